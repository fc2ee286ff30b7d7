"""What flows through the pipeline, as frozen values.

All offsets are 0-based, end-exclusive and count Unicode code points of `Document.text`; they are never bytes.
A higher score is better everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
BlockKind = Literal["heading", "paragraph", "item", "row"]
Status = Literal["answered", "not_found", "clarify", "routed"]
Cause = Literal["near", "unsure", "far", "role", "unclear", "language", "greeting"]

# What an answer rests on. `score`: a fitted probability. `opening`: the words with which a guide opens a career. `section`: a
# section of a career that is headed what is asked. `table`: what guides say of several careers, side by side. `greeting`: a
# greeting. `routing`: the service itself, such as of a question's language or of careers to pick from. `none`: nothing was found.
Basis = Literal["score", "opening", "section", "table", "greeting", "routing", "none"]


@dataclass(frozen=True, slots=True)
class Block:
    """The smallest laid-out run of a document: a heading, a paragraph, a list item or a table row.

    `start:end` leaves out list markers and heading marks. `level` is the heading's rank (1 is the title's, 0 is unknown)
    or the nesting depth of an item (0 is the outermost). `marker` is what stood before it ("•", "1.", "-", "##"), if anything.
    `label_end` closes the label of "Label: text", colon excluded.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    marker: str = ""
    label_end: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A guide as stored: its canonical text, and the blocks its parser saw in it.

    `sha256` is of the UTF-8 bytes of `text`. `page_starts` holds the offset at which each page begins (PDF only). `skipped`
    are spans that are no words of the guide, such as front matter. `left_out` are texts that the file shows and that are no
    content, such as menus and running heads; `lost` counts the letters and digits it shows beside these that `text` has not.
    `careers` are those that the file says it is about.
    """

    id: str
    path: str
    title: str
    text: str
    sha256: str
    blocks: tuple[Block, ...] = ()
    source_url: str | None = None
    collected: str | None = None
    language: str = "en"
    aliases: tuple[str, ...] = ()
    page_starts: tuple[int, ...] = ()
    skipped: tuple[tuple[int, int], ...] = ()
    lost: int = 0
    left_out: tuple[str, ...] = ()
    careers: tuple[str, ...] = ()

    def page(self, offset: int) -> int | None:
        """The 1-based page that holds `offset`, or None where the document has no pages."""
        return sum(start <= offset for start in self.page_starts) or None


@dataclass(frozen=True, slots=True)
class Group:
    """What one heading or lead-in holds: an optional lead-in, then paragraphs, items or rows in reading order."""

    blocks: tuple[Block, ...]
    lead_in: Block | None = None

    @property
    def start(self) -> int:
        return self.lead_in.start if self.lead_in else self.blocks[0].start

    @property
    def end(self) -> int:
        return self.blocks[-1].end if self.blocks else self.start


@dataclass(frozen=True, slots=True)
class Section:
    """A heading's own groups. `path` runs from the document's title to the section's heading; `career` is who it is about."""

    path: tuple[str, ...]
    career: str | None
    heading: Block | None
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """A document's recovered structure: its sections in reading order and the careers it describes."""

    title: str
    careers: tuple[str, ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """What can be quoted on its own: a sentence, an item or a row. `parent` indexes the group's units, lead-ins included."""

    kind: Literal["lead", "sentence", "item", "row"]
    start: int
    end: int
    level: int = 0
    parent: int | None = None
    label_end: int | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrievable run of one group, within the encoder's limit.

    A group too long for one passage spans several; `group` numbers groups through the index, and `first` is
    the position of this passage's first unit among its group's units.
    """

    id: str
    document_id: str
    career: str | None
    path: tuple[str, ...]
    group: int
    first: int
    start: int
    end: int
    units: tuple[Unit, ...]

    @property
    def heading(self) -> str:
        return self.path[-1]


@dataclass(frozen=True, slots=True)
class Encoding:
    """One encoded text: the pooled unit embedding (d,), unit token states (n, d), their ids (n,) and character spans (n, 2)."""

    embedding: Floats
    tokens: Floats
    ids: NDArray[np.int32]
    spans: NDArray[np.int32]


class Encoder(Protocol):
    """Texts to encodings. Implemented by the real model and by a word-hashing stand-in for tests."""

    @property
    def dimension(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> list[Encoding]: ...


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question, its row in the index, its score, and the signals that the score is made of: `lexical` is
    BM25's share of the most it could be, `dense` the cosine with the passage, `sentence` that with its best unit, `late` the late
    interaction of their tokens."""

    passage: Passage
    row: int
    score: float
    lexical: float = 0.0
    dense: float = 0.0
    sentence: float = 0.0
    late: float = 0.0


@dataclass(frozen=True, slots=True)
class Part:
    """How a stretch of a quote is laid out: offsets into the document, so a page can show a flattened list as a list.

    `best` marks the unit of the quote that answers most likely."""

    kind: Literal["lead", "sentence", "item", "row"]
    start: int
    end: int
    level: int = 0
    label_end: int | None = None
    best: bool = False


@dataclass(frozen=True, slots=True)
class Citation:
    """One unbroken run of a guide: `document.text[start:end]` is the quote. Numbered from 1 in order of first use.

    Of a passage that is only near, `why` holds the words that make it so."""

    number: int
    document: Document
    passage: Passage
    start: int
    end: int
    score: float
    parts: tuple[Part, ...]
    why: str = ""

    @property
    def quote(self) -> str:
        return self.document.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Segment:
    """`answer.text[start:end]` is the quote of citation `number`."""

    start: int
    end: int
    number: int


@dataclass(frozen=True, slots=True)
class Partial:
    """Where a question asks for a place, a unit, a level or a year that the quotes are not of: what was asked, and what they
    give instead, each as it stands after "for" ("UK", "US market, 2024")."""

    asked: str
    given: str


@dataclass(frozen=True, slots=True)
class Confidence:
    """A calibrated probability that the answer holds, and the threshold it had to reach."""

    value: float
    threshold: float
    calibration: str | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """A question the corpus can answer, offered as a next step; `where` is the section it is answered from, `label` what to
    call it where that is not the question itself (a career's name)."""

    question: str
    document_id: str | None = None
    where: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A table over careers: `rows` pairs an aspect with one citation number, or None for "not said", a column."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, tuple[int | None, ...]], ...]


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """What an answer was drawn from."""

    id: str
    built_at: str
    documents: int
    passages: int
    embedding_model: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer in the guides' words, or an abstention with its cause.

    `text` joins the quotes of `segments`; it is empty unless `status` is "answered". `remarks` are our words about an
    answer (a date in a heading, what is missing). `confidence` is None where the answer carries no fitted probability; `basis`
    then says what it rests on. `nearest` are the passages that came near where none answers, numbered among themselves.
    """

    status: Status
    question: str
    standalone: str
    index: IndexInfo
    confidence: Confidence | None
    text: str = ""
    segments: tuple[Segment, ...] = ()
    citations: tuple[Citation, ...] = ()
    message: str | None = None
    cause: Cause | None = None
    remarks: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    comparison: Comparison | None = None
    basis: Basis | None = None
    nearest: tuple[Citation, ...] = ()
    partial: Partial | None = None
    timings_ms: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of the conversation, as the reader typed it."""

    question: str
