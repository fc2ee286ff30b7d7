"""Stretches of a guide laid out for a page: headings, paragraphs, nested lists and tables.

The answer, the source page, the panel and the export all show what is made here. A element shows `document.text[start:end]`
without list marks and inline markup, and not a character else; which characters belong to which citation goes by offsets.
"""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal, Protocol

from rag.datatypes import Document
from rag.formats.blocks import HEADER
from web.addresses import Mark
from web.page.inline import Style, styles

ElementKind = Literal["heading", "paragraph", "list", "item", "table", "row", "cell"]
_ORDINAL = re.compile(r"(\d{1,3})[.)]\s+$")
_DEEPEST = 12  # lists within lists that are drawn; what is deeper stands beside what holds it
_CELL = re.compile(r"[^|\t]+")


class Piece(Protocol):
    """A block of a guide or a part of a quote."""

    @property
    def kind(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def level(self) -> int: ...
    @property
    def label_end(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one style."""

    text: str
    strong: bool = False
    emphasis: bool = False
    href: str | None = None


@dataclass(slots=True)
class Span:
    """Runs under the same marks; `opens` and `closes` say which marks begin and end here, over the whole layout."""

    marks: tuple[int, ...]
    runs: list[Run]
    opens: tuple[int, ...] = ()
    closes: tuple[int, ...] = ()


@dataclass(slots=True)
class Element:
    """A laid-out element. `anchor` is a heading's id, `first` numbers an ordered list's first item (0 for bullets).

    `level` ranks a heading, counts an item's depth, or is 1 for a table's heading row.
    """

    kind: ElementKind
    spans: list[Span] = field(default_factory=list)
    children: list["Element"] = field(default_factory=list)
    level: int = 0
    anchor: str = ""
    first: int = 0

    @property
    def text(self) -> str:
        """What the element itself shows, children left out."""
        return "".join(run.text for span in self.spans for run in span.runs)

    def walk(self) -> Iterator["Element"]:
        """The element and all below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


def lay_out(document: Document, pieces: Iterable[Piece], marks: Sequence[Mark] = ()) -> list[Element]:
    """Pieces of a document, in reading order, as elements; text under a mark is spanned by it."""
    elements: list[Element] = []
    listing = _Listing()
    headers = {block.start for block in document.blocks if block.kind == "row" and block.marker == HEADER}
    for piece in _joined(document.text, pieces, headers):
        spans = list(_spans(document, piece, marks))
        if not spans:
            continue
        if piece.kind == "item":
            ordinal = _ORDINAL.search(document.text, max(0, piece.start - 8), piece.start)
            top = listing.add(Element("item", spans, level=piece.level), int(ordinal[1]) if ordinal else 0)
            if top is not None:
                elements.append(top)
            continue
        listing = _Listing()
        if piece.kind == "row":
            if not elements or elements[-1].kind != "table":
                elements.append(Element("table"))
            elements[-1].children.append(_row(document, piece, marks, piece.start in headers))
        else:
            elements.append(Element("heading" if piece.kind == "heading" else "paragraph", spans, level=piece.level))
    _bound(elements)
    return elements


def shown_words(document: Document, piece: Piece) -> str:
    """What a piece shows, as one line."""
    return " ".join("".join(document.text[style.start : style.end] for style in _styles(document, piece)).split())


def _styles(document: Document, piece: Piece) -> Iterator[Style]:
    return styles(document.text, piece.start, piece.end, document.path.lower().endswith((".md", ".markdown")))


@dataclass(frozen=True, slots=True)
class _Stretch:
    kind: str
    start: int
    end: int
    level: int = 0
    label_end: int | None = None


def _joined(text: str, pieces: Iterable[Piece], headers: Container[int]) -> Iterator[_Stretch]:
    """Pieces as stretches, what runs on in the same paragraph or item joined into one. `headers` are the starts of tables'
    heading rows, which lead in to their tables and are rows again here."""
    held: _Stretch | None = None
    for piece in pieces:
        stretch = _stretch(text, piece, "row" if piece.start in headers else piece.kind)
        if held and held.kind == stretch.kind and _runs_on(text[held.end : piece.start], piece):
            held = replace(held, end=piece.end)
            continue
        if held:
            yield held
        held = stretch
    if held:
        yield held


def _stretch(text: str, piece: Piece, kind: str) -> _Stretch:
    label_end = piece.label_end
    if kind in ("paragraph", "sentence", "lead"):
        kind = "paragraph"
        # A lead-in ("Typically requires:") labels what follows it, not itself.
        label_end = label_end if label_end and text[label_end : piece.end].strip(" :*") else None
    return _Stretch(kind, piece.start, piece.end, piece.level, label_end)


def _runs_on(gap: str, piece: Piece) -> bool:
    """Whether a piece goes on where the one before it ended. A long item's sentences are pieces of their own, without a label."""
    if gap.strip() or piece.kind in ("heading", "row"):
        return False
    if piece.kind == "item":
        return "\n" not in gap and piece.label_end is None
    return "\n" not in gap if piece.kind == "paragraph" else not re.search(r"\n\s*\n", gap)


def _spans(document: Document, piece: Piece, marks: Sequence[Mark]) -> Iterator[Span]:
    """What a piece shows, cut where a mark begins or ends and where its label ends."""
    held: Span | None = None
    marks = [mark for mark in marks if mark.start < piece.end and piece.start < mark.end]
    for style in _styles(document, piece):
        for part in _cut(style, piece, marks):
            under = tuple(mark.number for mark in marks if mark.start < part.end and part.start < mark.end)
            run = Run(document.text[part.start : part.end], part.strong, part.emphasis, part.href)
            if held is not None and held.marks == under:
                held.runs.append(run)
                continue
            if held is not None:
                yield held
            held = Span(under, [run])
    if held is not None:
        yield held


def _cut(style: Style, piece: Piece, marks: Sequence[Mark]) -> Iterator[Style]:
    label_end = piece.label_end or piece.start
    if not marks and label_end <= style.start:  # most of a guide
        yield style
        return
    edges = {style.start, style.end, label_end, *(mark.start for mark in marks), *(mark.end for mark in marks)}
    inside = sorted(edge for edge in edges if style.start <= edge <= style.end)
    for start, end in pairwise(inside):
        yield replace(style, start=start, end=end, strong=style.strong or end <= label_end)


def _row(document: Document, row: Piece, marks: Sequence[Mark], header: bool) -> Element:
    """A row and its cells, whose text parts them by bars or tabs; a heading row has level 1."""
    cells = []
    for match in _CELL.finditer(document.text, row.start, row.end):
        text = match.group()
        start = match.start() + len(text) - len(text.lstrip())
        cells.append(Element("cell", list(_spans(document, _Stretch("cell", start, match.start() + len(text.rstrip())), marks))))
    return Element("row", children=cells, level=int(header))


class _Listing:
    """A run of items under construction: nested lists, outermost first."""

    def __init__(self) -> None:
        self._open: list[Element] = []

    def add(self, item: Element, ordinal: int) -> Element | None:
        """Put an item at its depth; returns the list it started if that is an outermost one."""
        while len(self._open) > 1 and item.level < self._open[-1].level:
            self._open.pop()
        current = self._open[-1] if self._open else None
        deeper = current is not None and item.level > current.level and len(self._open) < _DEEPEST
        same = current is not None and not deeper and bool(current.first) == bool(ordinal)
        if current is not None and same:
            current.level = item.level
            current.children.append(item)
            return None
        listing = Element("list", children=[item], level=item.level, first=ordinal)
        if current is not None and not deeper:
            self._open.pop()
        parent = self._open[-1].children[-1] if self._open else None
        self._open.append(listing)
        if parent is None:
            return listing
        parent.children.append(listing)
        return None


def _bound(elements: Sequence[Element]) -> None:
    """Note on the spans where each mark first and last shows."""
    spans = [span for element in elements for below in element.walk() for span in below.spans]
    first: dict[int, Span] = {}
    last: dict[int, Span] = {}
    for span in spans:
        for number in span.marks:
            first.setdefault(number, span)
            last[number] = span
    for span in spans:
        span.opens = tuple(number for number in span.marks if first[number] is span)
        span.closes = tuple(number for number in span.marks if last[number] is span)
