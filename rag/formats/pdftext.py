"""The pieces of text on a PDF's pages, where they stand, and how their lines join into running text."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import hypot
from typing import Any

from pypdf import PageObject
from pypdf.generic import ContentStream, NameObject

_HYPHEN = re.compile(r"([^\W\d_]+)[-\u2010\u00ad]$")
_CUT = re.compile(r"[^\W\d_]+[-\u2010\u00ad]\s*\n\s*[^\W\d_]+")
_HEAD = re.compile(r"[^\W\d_]+")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_WIDE = "\u2e80"  # from here on scripts are written without spaces


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text in one font; x and y are of its start in points, y upwards. `mark` is its marked-content id, `artifact`
    tells running heads and the like where the file says so."""

    text: str
    page: int
    x: float
    y: float
    size: float
    bold: bool
    mark: int | None = None
    artifact: bool = False


def page_pieces(page: PageObject, number: int) -> list[Piece]:
    """The pieces of a page in the order of its content stream; line ends are pieces of their own."""
    pieces: list[Piece] = []
    marks: list[tuple[int | None, bool]] = []

    def before(operator: bytes, operands: list[Any], _cm: Any, _tm: Any) -> None:
        if operator in (b"BDC", b"BMC"):
            marks.append((_mark(page, operands), operands[:1] == ["/Artifact"]))
        elif operator == b"EMC" and marks:
            marks.pop()

    def text(text: str, cm: list[float], tm: list[float], font: dict[str, Any] | None, size: float) -> None:
        if text:
            x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
            y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            scale = hypot(tm[2], tm[3]) * hypot(cm[2], cm[3])
            mark = next((mark for mark, _ in reversed(marks) if mark is not None), None)
            artifact = any(artifact for _, artifact in marks)
            pieces.append(Piece(text, number, x, y, size * scale, _is_bold(font), mark, artifact))

    contents = page.get("/Contents")
    if contents is not None:
        page[NameObject("/Contents")] = _flushed_at_marks(page)
        page.extract_text(visitor_operand_before=before, visitor_text=text)
        page[NameObject("/Contents")] = contents
    return pieces


def _flushed_at_marks(page: PageObject) -> ContentStream:
    """A page's content with an identity `cm` before each mark: pypdf hands text on there, and would else give it to the mark
    that follows."""
    content = ContentStream(page.get_contents(), page.pdf, "bytes")
    operations: list[tuple[Any, bytes]] = []
    for operands, operator in content.operations:
        if operator in (b"BDC", b"BMC", b"EMC"):
            operations.append(([1, 0, 0, 1, 0, 0], b"cm"))
        operations.append((operands, operator))
    content.operations = operations
    return content


def _mark(page: PageObject, operands: list[Any]) -> int | None:
    properties = operands[1] if len(operands) > 1 else {}
    if isinstance(properties, NameObject):
        named = page.get("/Resources", {}).get_object().get("/Properties", {}).get_object()
        properties = named.get(properties, {}).get_object()
    mark = properties.get("/MCID") if hasattr(properties, "get") else None
    return int(mark) if mark is not None else None


def _is_bold(font: dict[str, Any] | None) -> bool:
    name = str((font or {}).get("/BaseFont", "")).lower()
    return any(weight in name for weight in ("bold", "black", "heavy", "-bd"))


def words_of(pieces: Sequence[Piece]) -> frozenset[str]:
    """The words a text uses, hyphenated ones whole, in lower case; those cut at a line's end are left out."""
    text = _CUT.sub(" ", "".join(piece.text for piece in pieces))
    return frozenset(word.lower() for word in _WORD.findall(text))


def join_lines(lines: Sequence[str], words: frozenset[str]) -> str:
    """Lines as running text. A hyphen at a line's end goes, unless the text has the hyphenated word, or both halves as words."""
    text = ""
    for line in (" ".join(line.split()) for line in lines):
        cut, head = _HYPHEN.search(text), _HEAD.match(line)
        if not text or not line:
            text += line
        elif cut and head and line[0].islower():
            keep = _is_compound(cut.group(1).lower(), head.group().lower(), words) and not text.endswith("\u00ad")
            text = (text if keep else text[:-1]) + line
        else:
            text += line if text[-1] >= _WIDE and line[0] >= _WIDE else f" {line}"
    return text


def _is_compound(first: str, second: str, words: frozenset[str]) -> bool:
    if f"{first}-{second}" in words:
        return True
    return first + second not in words and first in words and second in words


def page_offsets(notes: Iterable[tuple[int, int, bool]]) -> dict[int, int]:
    """The offset at which each page begins, from notes of (page, offset, whether a block starts there). A page that begins
    within a block counts only if no block of an earlier page follows: what recurs on every page is in one block."""
    offsets: dict[int, int] = {}
    ordered = sorted(notes, key=lambda note: note[1])
    last = {page: offset for page, offset, starts in ordered if starts}
    for page, offset, starts in ordered:
        if starts or not any(offset < end for earlier, end in last.items() if earlier < page):
            offsets.setdefault(page, offset)
    return offsets
