"""Word documents (.docx) to text and blocks: headings and lists by their styles and numbering, tables by their rows."""

import io
import re
import zipfile
from collections.abc import Iterator
from string import ascii_lowercase
from typing import Any

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from rag.errors import CorpusError
from rag.formats.blocks import BOLD_LINE, reads_as_line
from rag.formats.manuscript import Manuscript, Parsed, count_characters, tidy

_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"  # says again what stands beside it
_ENCRYPTED = b"\xd0\xcf\x11\xe0"  # Word wraps a document with a password, and all of Word 97, in an OLE file
_HEADING = re.compile(r"heading ([1-9])", re.IGNORECASE)
_LIST_STYLE = re.compile(r"list (?:bullet|number)(?: ([2-9]))?", re.IGNORECASE)
_WRAPPERS = frozenset(map(qn, ("w:sdt", "w:sdtContent", "w:ins", "w:moveTo", "w:customXml", "w:smartTag")))
_UNSEEN = frozenset((*map(qn, ("w:del", "w:moveFrom", "w:pPr", "w:rPr", "w:txbxContent", "w:instrText", "w:sdtPr")), _FALLBACK))


def read_word(data: bytes, max_expanded: int) -> Parsed:
    """A Word document's body and what its properties say. Raises CorpusError if it is encrypted, broken, or unpacks to more
    than `max_expanded` bytes."""
    if data.startswith(_ENCRYPTED):
        raise CorpusError("locked with a password, or in the old .doc format; save it as .docx without a password")
    try:
        _check_size(data, max_expanded)
        return _read(docx.Document(io.BytesIO(data)))
    except CorpusError:
        raise
    except Exception as error:  # a broken file may raise nearly anything from zipfile, lxml and python-docx
        reason = f"broken or not a Word document ({type(error).__name__}); open it in Word and save it as .docx"
        raise CorpusError(reason) from error


def _check_size(data: bytes, max_expanded: int) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        expanded = sum(entry.file_size for entry in package.infolist())
    if expanded > max_expanded:
        raise CorpusError(f"unpacks to {expanded:,} bytes, over {max_expanded:,} (ten times VERBATIM_MAX_FILE_BYTES)")


def _read(document: Any) -> Parsed:
    body = document.element.body
    walk = _Body(document)
    walk.blocks(body)
    properties = document.core_properties
    stated = " ".join((properties.title or "").split())
    title = walk.title or (stated if stated.casefold() in walk.manuscript.text.casefold() else "")
    # Equal dates are those of a template that was never saved again.
    date = properties.modified if properties.modified != properties.created else None
    said = {"title": title, "language": properties.language or "", "date": date.date().isoformat() if date else ""}
    shown = sum(count_characters(node.text or "") for node in body.iter(qn("w:t")) if _is_shown(node))
    return walk.manuscript.finish(said, shown)


class _Body:
    """A walk over the body that counts the numbered lists and ranks the headings, one lower where there is a title above them."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self.manuscript = Manuscript()
        self.title = ""
        self.formats = _list_formats(document)
        self.counts: dict[str, list[int]] = {}
        self.below_title = any(paragraph.style.name == "Title" for paragraph in document.paragraphs if paragraph.style)

    def blocks(self, container: Any) -> None:
        """Write what stands in a body, a text box or a wrapper around blocks."""
        for element in container:
            if element.tag == qn("w:p"):
                self.paragraph(Paragraph(element, self.document))
            elif element.tag == qn("w:tbl"):
                self.table(element)
            elif element.tag in _WRAPPERS:
                self.blocks(element)

    def paragraph(self, paragraph: Paragraph) -> None:
        """Write a paragraph as a heading, an item or prose, and then the text boxes anchored in it."""
        text = _text(paragraph._p)
        rank = self.rank(paragraph)
        numbering = self.numbering(paragraph) if rank is None else None
        if rank is not None:
            self.manuscript.add_heading(text, rank)
        elif numbering:
            self.manuscript.add("item", text, *numbering)
        elif reads_as_line(tidy(text)) and _all_bold(paragraph):
            self.manuscript.add("heading", text, BOLD_LINE)
        else:
            self.manuscript.add_prose(text)
        for box in paragraph._p.iter(qn("w:txbxContent")):
            if _is_shown(box):
                self.blocks(box)

    def rank(self, paragraph: Paragraph) -> int | None:
        """The heading's rank by the paragraph's style or outline level, or None for other text."""
        for holder in _holders(paragraph):
            name = str(holder.find(qn("w:name")).get(qn("w:val"))) if holder.find(qn("w:name")) is not None else ""
            if name.lower() == "title":
                self.title = self.title or " ".join(_text(paragraph._p).split())
                return 1
            outline = _value(holder, "w:pPr/w:outlineLvl")
            found = _HEADING.fullmatch(name)
            level = int(found.group(1)) if found else int(outline) + 1 if outline else 10
            if level < 10:
                return min(level + self.below_title, 9)
        return None

    def numbering(self, paragraph: Paragraph) -> tuple[int, str] | None:
        """The nesting level and the marker of a list item, or None for other text."""
        holder = next((holder for holder in _holders(paragraph) if _value(holder, "w:pPr/w:numPr/w:numId")), None)
        number = _value(holder, "w:pPr/w:numPr/w:numId") if holder is not None else None
        if not number or number == "0":
            return None
        level = min(int(_value(holder, "w:pPr/w:numPr/w:ilvl") or 0), 8)
        styled = _LIST_STYLE.fullmatch(paragraph.style.name or "") if paragraph.style else None
        counts = self.counts.setdefault(number, [0] * 9)
        counts[level:] = [counts[level] + 1] + [0] * (8 - level)
        nesting = level or (int(styled.group(1) or 1) - 1 if styled else 0)
        return nesting, _marker(self.formats.get((number, level), "bullet"), counts[level])

    def table(self, table: Any) -> None:
        """Write a table: its first row heads it if the table or the row says so; a merged cell is written once."""
        rows = [row for row in table.iter(qn("w:tr")) if next(row.iterancestors(qn("w:tbl"))) is table]
        look = table.find(qn("w:tblPr") + "/" + qn("w:tblLook"))
        first = look is not None and (look.get(qn("w:firstRow")) == "1" or int(look.get(qn("w:val")) or "0", 16) & 0x20 > 0)
        headers = [
            row.find(qn("w:trPr") + "/" + qn("w:tblHeader")) is not None or (at == 0 and first) for at, row in enumerate(rows)
        ]
        self.manuscript.add_table([list(_cells(row)) for row in rows], headers)


def _cells(row: Any) -> Iterator[str]:
    for cell in row.iter(qn("w:tc")):
        if next(cell.iterancestors(qn("w:tr"))) is row:
            yield " ".join(_text(paragraph) for paragraph in cell.iter(qn("w:p")))
            yield from [""] * (int(_value(cell, "w:tcPr/w:gridSpan") or 1) - 1)


def _holders(paragraph: Paragraph) -> Iterator[Any]:
    """What may set a paragraph's properties: itself, its style, and the styles that one is based on."""
    yield paragraph._p
    style = paragraph.style
    while style is not None:
        yield style.element
        style = style.base_style


def _value(element: Any, path: str) -> str | None:
    found = element.find("/".join(map(qn, path.split("/"))))
    return str(found.get(qn("w:val"))) if found is not None and found.get(qn("w:val")) else None


def _list_formats(document: Any) -> dict[tuple[str, int], str]:
    """The number format ("bullet", "decimal", "lowerLetter") of each list and level."""
    try:
        numbering = document.part.part_related_by(RELATIONSHIP_TYPE.NUMBERING).element
    except KeyError:
        return {}
    levels = {
        abstract.get(qn("w:abstractNumId")): {
            int(level.get(qn("w:ilvl"))): _value(level, "w:numFmt") or "decimal" for level in abstract.iter(qn("w:lvl"))
        }
        for abstract in numbering.iter(qn("w:abstractNum"))
    }
    return {
        (number.get(qn("w:numId")), level): name
        for number in numbering.iter(qn("w:num"))
        for level, name in levels.get(_value(number, "w:abstractNumId"), {}).items()
    }


def _marker(name: str, count: int) -> str:
    if name in ("bullet", "none"):
        return "•"
    if name in ("lowerLetter", "upperLetter") and count <= 26:
        letter = ascii_lowercase[count - 1]
        return f"{letter.upper() if name.startswith('upper') else letter}."
    return f"{count}."


def _text(element: Any) -> str:
    """The text a reader sees in an element, deletions, field codes, hidden runs and text boxes left out."""
    if element.tag in _UNSEEN or not isinstance(element.tag, str):
        return ""
    if element.tag in (qn("w:t"), qn("m:t")):
        return str(element.text or "")
    if element.tag in (qn("w:br"), qn("w:cr")):
        return "\n"
    if element.tag in (qn("w:tab"), qn("w:ptab")):
        return "\t"
    if element.tag == qn("w:noBreakHyphen"):
        return "-"
    if element.tag == qn("w:r") and element.find(qn("w:rPr") + "/" + qn("w:vanish")) is not None:
        return ""
    return "".join(map(_text, element))


def _is_shown(element: Any) -> bool:
    return next(element.iterancestors(_FALLBACK), None) is None


def _all_bold(paragraph: Paragraph) -> bool:
    runs = [run for run in paragraph.runs if run.text.strip()]
    return bool(runs) and all(run.bold or (run.style is not None and run.style.name == "Strong") for run in runs)
