"""What guides are made of, and what search finds in them, as frozen values.

All offsets are 0-based, end-exclusive and count Unicode code points of `Document.text`; they are never bytes.
A higher score is better everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
BlockKind = Literal["heading", "paragraph", "item", "row"]


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
