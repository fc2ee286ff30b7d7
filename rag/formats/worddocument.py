"""Word documents (.docx) to text and blocks: headings and lists by their styles and numbering, tables by their rows."""

import re
from collections.abc import Iterator
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from lxml import etree

from rag.errors import CorpusError
from rag.formats.blocks import BOLD_LINE, counted, reads_as_line
from rag.formats.manuscript import Manuscript, Parsed, missing, raised, tidy
from rag.formats.tables import cell_text
from rag.formats.wordnumbers import Numbers, value
from rag.formats.wordpackage import open_word
from rag.formats.wordstyles import FALLBACK, Run, Styles, text_of
from rag.text.cleaning import fold

_LIST_STYLE = re.compile(r"list (?:bullet|number)(?: ([2-9]))?", re.IGNORECASE)
_GOES_ON = re.compile(r"list (?:continue(?: [2-9])?|paragraph)", re.IGNORECASE)
_WRAPPERS = frozenset(map(qn, ("w:sdt", "w:sdtContent", "w:ins", "w:moveTo", "w:customXml", "w:smartTag")))
_NOTES = (("w:footnoteReference", RELATIONSHIP_TYPE.FOOTNOTES, "1"), ("w:endnoteReference", RELATIONSHIP_TYPE.ENDNOTES, "i"))


def read_word(data: bytes, max_expanded: int) -> Parsed:
    """A Word document's body and what its properties say. Raises CorpusError if it is encrypted, broken, or unpacks to more
    than `max_expanded` bytes."""
    try:
        return _read(open_word(data, max_expanded))
    except CorpusError:
        raise
    except Exception as error:  # a broken file may raise nearly anything from zipfile, lxml and python-docx
        reason = f"broken or not a Word document ({type(error).__name__}); open it in Word and save it as .docx"
        raise CorpusError(reason) from error


def _read(document: Any) -> Parsed:
    body = document.element.body
    notes = _numbered_notes(document, body)
    walk = _Body(document, notes)
    walk.blocks(body)
    walk.write_notes()
    for kind in (RELATIONSHIP_TYPE.HEADER, RELATIONSHIP_TYPE.FOOTER):
        for element in _related(document, kind):
            walk.manuscript.leave_out("\n".join(text_of(walk.styles.runs(one)) for one in element.iter(qn("w:p"))))
    properties = document.core_properties
    stated = fold(properties.title or "")
    title = walk.title or (stated if stated.casefold() in walk.manuscript.text.casefold() else "")
    # Equal dates are those of a template that was never saved again.
    date = properties.modified if properties.modified != properties.created else None
    said = {"title": title, "language": properties.language or "", "date": date.date().isoformat() if date else ""}
    holders = [body, *(note for element, note in notes.values())]
    paragraphs = [one for holder in holders for one in holder.iter(qn("w:p")) if _is_shown(one)]
    shown = "\n".join("".join(run.text for run in walk.styles.runs(one)) for one in paragraphs)
    return walk.manuscript.finish(said, missing(shown, "\n".join([walk.manuscript.text, *walk.manuscript.left_out])))


def _related(document: Any, kind: str) -> list[Any]:
    """The roots of the parts that a document names as of a kind."""
    parts = [relation.target_part for relation in document.part.rels.values() if relation.reltype == kind]
    return [etree.fromstring(part.blob) for part in parts]


def _numbered_notes(document: Any, body: Any) -> dict[str, tuple[str, Any]]:
    """The footnotes and endnotes with the marks that Word shows for them; each reference in the body is given its mark."""
    notes: dict[str, tuple[str, Any]] = {}
    for name, kind, style in _NOTES:
        held = {note.get(qn("w:id")): note for root in _related(document, kind) for note in root}
        for at, reference in enumerate((one for one in body.iter(qn(name)) if _is_shown(one)), 1):
            mark = raised("sup", counted(at, style))
            if (note := held.get(reference.get(qn("w:id")))) is not None:
                reference.set("shown", mark)
                notes[mark] = (mark, note)
    return notes


class _Body:
    """A walk over the body that counts the numbered lists and ranks the headings, one lower where there is a title above them."""

    def __init__(self, document: Any, notes: dict[str, tuple[str, Any]]) -> None:
        self.styles = Styles(document.styles.element)
        self.numbers = Numbers(next(iter(_related(document, RELATIONSHIP_TYPE.NUMBERING)), None))
        self.manuscript = Manuscript()
        self.title = ""
        self.notes = notes
        self.waiting: list[tuple[str, Any]] = []
        self.listed = False  # whether plain lines are items
        self.below_title = any(self.styles.rank(one) == 0 for one in document.element.body.iter(qn("w:p")))

    def blocks(self, container: Any) -> None:
        """Write what stands in a body, a cell, a text box or a wrapper around blocks."""
        for element in container:
            if element.tag == qn("w:p"):
                self.paragraph(element)
            elif element.tag == qn("w:tbl"):
                self.table(element)
                self.write_notes()
            elif element.tag in _WRAPPERS:
                self.leave_out(element) if _is_no_text(element) else self.blocks(element)

    def paragraph(self, paragraph: Any) -> None:
        """Write a paragraph as a heading, an item or prose, then the text boxes anchored in it and the notes it marks."""
        runs = self.styles.runs(paragraph)
        text = text_of(runs)
        if self.styles.is_contents(paragraph):
            self.manuscript.leave_out(text)
            return
        self.manuscript.leave_out(" ".join(run.text for run in runs if run.struck))
        rank = self.styles.rank(paragraph)
        numbering = self.numbering(paragraph) if rank is None else None
        if not numbering and text.strip():
            self.write_notes()
        if rank is not None:
            self.title = self.title or (fold(text) if rank == 0 else "")
            self.manuscript.add_heading(text, min(max(rank + self.below_title, 1), 9))
        elif numbering:
            self.manuscript.add("item", text, *numbering)
        elif reads_as_line(tidy(text)) and _all_bold(runs):
            self.manuscript.add("heading", text, BOLD_LINE)
        elif self.manuscript.kind == "item" and any(map(_GOES_ON.fullmatch, self.styles.names(paragraph)[:1])):
            self.manuscript.add("item", text, 1)
        elif self.listed:
            self.manuscript.add("item", text)
        else:
            self.manuscript.add_prose(text)
        for box in paragraph.iter(qn("w:txbxContent")):
            if _is_shown(box) and next(box.iterancestors(qn("w:p"))) is paragraph:
                self.blocks(box)
        self.waiting += [self.notes[run.text] for run in runs if run.marks and run.text in self.notes]
        if not numbering:
            self.write_notes()

    def write_notes(self) -> None:
        """Write the notes that were marked, each after its mark; those of a list's items stand after the list."""
        waiting, self.waiting = self.waiting, []
        for mark, note in waiting:
            words = " ".join(text_of(self.styles.runs(paragraph)) for paragraph in note.iter(qn("w:p")))
            self.manuscript.add("paragraph", f"{mark} {words.strip()}")

    def leave_out(self, element: Any) -> None:
        """Note the text of what is no text of the guide: a table of contents, or what an empty field says."""
        self.manuscript.leave_out("\n".join(text_of(self.styles.runs(one)) for one in element.iter(qn("w:p"))))

    def numbering(self, paragraph: Any) -> tuple[int, str] | None:
        """The nesting level and the marker of a list item, or None for other text."""
        path = "w:pPr/w:numPr/w:numId"
        holder = next((holder for holder in self.styles.holders(paragraph) if value(holder, path)), None)
        number = value(holder, path) if holder is not None else None
        if not number or number == "0":
            return None
        level = min(int(value(holder, "w:pPr/w:numPr/w:ilvl") or 0), 8)
        styled = next(filter(None, map(_LIST_STYLE.fullmatch, self.styles.names(paragraph))), None)
        nesting = level or (int(styled.group(1) or 1) - 1 if styled else 0)
        return nesting, self.numbers.marker(number, level)

    def table(self, table: Any) -> None:
        """Write a table: its first row heads it if the table or the row says so. A cell merged over rows is said in each; a table
        that holds sections only places them."""
        rows = [row for row in table.iter(qn("w:tr")) if next(row.iterancestors(qn("w:tbl"))) is table]
        rows = [row for row in rows if row.find(qn("w:trPr") + "/" + qn("w:del")) is None]
        cells = [[cell for cell in row.iter(qn("w:tc")) if next(cell.iterancestors(qn("w:tr"))) is row] for row in rows]
        if any(self.holds_sections(cell) for row in cells for cell in row):
            for cell in (cell for row in cells for cell in row):
                self.section(cell)
            return
        look = table.find(qn("w:tblPr") + "/" + qn("w:tblLook"))
        first = look is not None and (look.get(qn("w:firstRow")) in ("1", "true") or int(look.get(qn("w:val")) or "0", 16) & 0x20)
        headers = [
            row.find(qn("w:trPr") + "/" + qn("w:tblHeader")) is not None or (at == 0 and bool(first))
            for at, row in enumerate(rows)
        ]
        grid: list[list[str]] = []
        for row, held in zip(rows, cells, strict=True):
            line = [""] * int(value(row, "w:trPr/w:gridBefore") or 0)
            for cell in held:
                line += self.cell(cell, grid[-1][len(line) :] if grid else [])
            grid.append(line)
        self.manuscript.add_table(grid, headers)

    def section(self, cell: Any) -> None:
        """Write a cell that holds a section: short lines under its heading are a list."""
        paragraphs = [one for one in cell if one.tag == qn("w:p") and text_of(self.styles.runs(one)).strip()][1:]
        lines = [one for one in paragraphs if reads_as_line(tidy(text_of(self.styles.runs(one))))]
        self.listed = len(lines) > 1 and len(lines) == len(paragraphs)
        self.blocks(cell)
        self.listed = False

    def cell(self, cell: Any, above: list[str]) -> Iterator[str]:
        """A cell's text and an empty one for each further column; below the first row of a merged one, that of the row above."""
        span = int(value(cell, "w:tcPr/w:gridSpan") or 1)
        merged = cell.find(qn("w:tcPr") + "/" + qn("w:vMerge"))
        goes_on = merged is not None and merged.get(qn("w:val")) in (None, "continue")
        text = above[0] if goes_on and above else cell_text(self.inner(cell).lines())
        yield text
        yield from [""] * (span - 1)

    def inner(self, cell: Any) -> Manuscript:
        """What stands in a cell, as a text of its own."""
        outer, self.manuscript = self.manuscript, Manuscript()
        left_out = self.manuscript.left_out = outer.left_out
        waiting, self.waiting = self.waiting, []
        self.blocks(cell)
        found, self.manuscript = self.manuscript, outer
        self.waiting = waiting
        assert found.left_out is left_out
        return found

    def holds_sections(self, cell: Any) -> bool:
        """Whether a cell holds a heading with text under it."""
        paragraphs = [paragraph for paragraph in cell.iterchildren(qn("w:p")) if text_of(self.styles.runs(paragraph)).strip()]
        first = paragraphs[0] if len(paragraphs) > 1 else None
        return first is not None and (self.styles.rank(first) is not None or _all_bold(self.styles.runs(first)))


def _is_no_text(wrapper: Any) -> bool:
    """Whether a content control holds a table of contents, or what it says while it is empty."""
    properties = wrapper.find(qn("w:sdtPr"))
    if properties is None:
        return False
    gallery = properties.find(qn("w:docPartObj") + "/" + qn("w:docPartGallery"))
    contents = gallery is not None and (gallery.get(qn("w:val")) or "").lower().startswith("table of ")
    return contents or properties.find(qn("w:showingPlcHdr")) is not None


def _is_shown(element: Any) -> bool:
    return next(element.iterancestors(FALLBACK), None) is None


def _all_bold(runs: list[Run]) -> bool:
    told = [run for run in runs if run.text.strip()]
    return bool(told) and all(run.bold for run in told)
