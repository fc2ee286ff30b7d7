"""What a question is answered with, as frozen values. Offsets are as in `rag.datatypes`."""

from dataclasses import dataclass, field
from typing import Literal

from rag.datatypes import Document, Passage

Status = Literal["answered", "not_found", "clarify", "routed"]
Cause = Literal["near", "unsure", "far", "role", "unclear", "language", "greeting"]

# What an answer rests on. `score`: a fitted probability. `opening`: the words with which a guide opens a career. `section`: a
# section of a career that is headed what is asked. `table`: what guides say of several careers, side by side. `greeting`: a
# greeting. `routing`: the service itself, such as of a question's language or of careers to pick from. `none`: nothing was found.
Basis = Literal["score", "opening", "section", "table", "greeting", "routing", "none"]


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
    """One unbroken run of a guide: `document.text[start:end]` is the quote. Numbered from 1 in order of first use, but a header
    row or a lead-in after what it stands over.

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
    """Where a question asks for a place or a year that the quotes, or the passages that came nearest, are not of: what was asked,
    and what they give instead, each as it stands after "for" ("UK", "US market, 2024")."""

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
