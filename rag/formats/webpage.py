"""Web pages to text and blocks: what a browser shows of the page, with its headings, lists and tables, without its furniture."""

import re
from typing import Any

from lxml import etree, html

from rag.errors import CorpusError
from rag.formats.blocks import BOLD_LINE, counted, reads_as_line
from rag.formats.manuscript import Manuscript, Parsed, missing, raised, tidy
from rag.formats.pagefacts import said_by
from rag.formats.tables import Cell, cell_text, spread
from rag.formats.visible import HEADINGS, INLINE, Visibility
from rag.text.cleaning import fold
from rag.text.decoding import decode

_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_-]+)""")
_XML = re.compile(r"\A\s*<\?xml[^>]*\?>")
_BOLD = frozenset(("b", "strong"))
_LISTS = frozenset(("ul", "ol", "menu", "dir", "dl"))
_MAX_DEPTH = 120  # elements within each other: below it only their text is read
_NO_TEXT = "no main content found in the page; if it needs its script, save it from a browser as it is shown"


def read_page(data: bytes) -> Parsed:
    """What a page shows and what it says of itself. Raises CorpusError if it shows no text."""
    charset = _CHARSET.search(data[:2048])
    text = decode(data, charset.group(1).decode() if charset else None)
    tree = parsed_page(text)
    if tree is None:
        raise CorpusError(_NO_TEXT)
    visibility = Visibility(tree)
    if visibility.body is None:
        raise CorpusError(_NO_TEXT)
    manuscript = written(visibility)
    if not manuscript.text:
        raise CorpusError(_NO_TEXT)
    lost = missing(visibility.text(visibility.body), "\n".join([manuscript.text, *manuscript.left_out]))
    return manuscript.finish(said_by(tree, manuscript), lost)


def parsed_page(text: str) -> Any:
    """The tree of a page, or of a piece of one; None where it holds nothing."""
    parser = html.HTMLParser(huge_tree=True, encoding="utf-8")
    try:
        return html.document_fromstring(_XML.sub("", text).encode("utf-8"), parser=parser)
    except etree.ParserError:
        return None


def written(visibility: Visibility) -> Manuscript:
    """The blocks of a page that was looked over."""
    walk = _Walk(visibility, Manuscript())
    walk.children(visibility.body, 0)
    walk.flush()
    return walk.manuscript


class _List:
    """An open list: what the next item's number is."""

    def __init__(self, element: Any) -> None:
        self.ordered = element.tag == "ol"
        items = sum(1 for _ in element.iterchildren("li")) if element.get("reversed") is not None else 0
        self.step = -1 if items else 1
        self.next = _number(element.get("start"), items or 1)
        self.style = element.get("type") or "1"

    def marker(self, item: Any) -> str:
        """The marker that a browser shows before an item."""
        if not self.ordered:
            return "•"
        value = _number(item.get("value"), self.next)
        self.next = value + self.step
        return f"{counted(value, item.get('type') or self.style)}."


class _Walk:
    """A walk over what a page shows. Text is gathered in `run` and written where a block begins or ends."""

    def __init__(self, visibility: Visibility, manuscript: Manuscript) -> None:
        self.visibility = visibility
        self.manuscript = manuscript
        self.run: list[tuple[str, bool]] = []
        self.lists: list[_List] = []
        self.item: tuple[int, str] | None = None  # the level and marker of the item whose text is read
        self.bold = 0
        self.rank = 1

    def children(self, element: Any, depth: int) -> None:
        """Take what stands in an element."""
        self.say(element.text, element)
        for child in element:
            self.node(child, depth + 1)
            self.say(child.tail, element)

    def say(self, text: str | None, inside: Any) -> None:
        """Take text as it is shown: line ends of the source are spaces, but in preformatted text."""
        if text:
            shown = text if inside.tag == "pre" else text.replace("\n", " ")
            self.run.append((shown, self.bold > 0))

    def node(self, element: Any, depth: int) -> None:
        """Take one element."""
        if self.visibility.is_hidden(element):
            return
        tag = element.tag
        opened = self.visibility.controlled(element) if tag == "button" else None
        if opened is not None and not self.visibility.is_furniture(element.getparent()) and not _in_heading(element):
            self.title(element, BOLD_LINE)
        elif self.visibility.is_struck(element) or self.visibility.is_furniture(element):
            self.leave_out(element)
        elif depth > _MAX_DEPTH:
            self.run.append((self.visibility.text(element), False))
        elif tag == "br":
            self.run.append(("\n", self.bold > 0))
        elif tag in ("sup", "sub"):
            self.run.append((raised(tag, fold(self.visibility.text(element))), self.bold > 0))
        elif tag in INLINE:
            self.bold += tag in _BOLD
            self.children(element, depth)
            self.bold -= tag in _BOLD
        else:
            self.flush()
            self.block(element, depth)
            self.flush()

    def block(self, element: Any, depth: int) -> None:
        """Take one element that stands in lines of its own."""
        tag = element.tag
        label = self.visibility.label(element)
        if label is not None:
            self.title(label, BOLD_LINE)
        if tag in HEADINGS or element.get("role") == "heading":
            level = int(tag[1]) if tag in HEADINGS else _number(element.get("aria-level"), 2)
            self.title(element, min(max(level, 1), 6))
        elif tag in ("summary", "legend"):
            self.title(element, BOLD_LINE)
        elif tag in _LISTS:
            self.lists.append(_List(element))
            self.children(element, depth)
            self.flush()
            self.lists.pop()
        elif tag in ("li", "dt", "dd"):
            outer, level = self.item, max(len(self.lists) - 1, 0) + (tag == "dd")
            self.item = (level, self.lists[-1].marker(element) if self.lists else "•")
            self.children(element, depth)
            self.flush()
            self.item = outer and (outer[0], "")
        elif tag == "table" and not _lays_out(element):
            self.table(element, depth)
        else:
            self.children(element, depth)

    def title(self, element: Any, rank: int) -> None:
        """Write a heading; what stands in an item after it is no item."""
        self.flush()
        words = self.visibility.text(element)
        if any(map(str.isalnum, words)):
            self.item = None
        if rank != BOLD_LINE:
            self.manuscript.add_heading(words, rank)
        elif reads_as_line(fold(words)):
            self.manuscript.add("heading", fold(words), BOLD_LINE)
        else:
            self.manuscript.add("paragraph", words)

    def leave_out(self, element: Any) -> None:
        """Note the text of what is furniture or struck out."""
        self.manuscript.leave_out(self.visibility.text(element))
        if element.tag not in INLINE:
            self.flush()

    def flush(self) -> None:
        """Write the text gathered: paragraphs, or an item and what goes on in it; a line that is all bold is a heading."""
        run, self.run = self.run, []
        for piece in re.split(r"\n\s*\n", "".join(text for text, _ in run)):
            if not any(map(str.isalnum, piece)):
                continue
            if self.item:
                level, marker = self.item
                self.manuscript.add("item", piece, level + (not marker), marker)
                self.item = (level, "")
            elif reads_as_line(tidy(piece)) and all(bold for text, bold in run if text.strip()):
                self.manuscript.add("heading", piece, BOLD_LINE)
            else:
                self.manuscript.add_prose(piece)

    def table(self, element: Any, depth: int) -> None:
        """Write a table of data, after its caption; a row of heading cells heads it."""
        own = [part for part in element.iter("caption", "tr") if next(part.iterancestors("table")) is element]
        for caption in (part for part in own if part.tag == "caption"):
            self.node(caption, depth)
        rows = [part for part in own if part.tag == "tr" and not self.visibility.is_hidden(part)]
        cells = [[cell for cell in row.iter("td", "th") if next(cell.iterancestors("tr")) is row] for row in rows]
        headers = [bool(row) and (all(cell.tag == "th" for cell in row) or _in_head(row[0])) for row in cells]
        grid = spread([[self.cell(cell, depth) for cell in row] for row in cells])
        self.manuscript.add_table(grid, headers)

    def cell(self, element: Any, depth: int) -> Cell:
        """A cell's text, what stands in lines of its own in it parted, and how far it spans."""
        inner = _Walk(self.visibility, Manuscript())
        if not self.visibility.is_hidden(element):
            inner.children(element, depth + 2)
            inner.flush()
        for words in inner.manuscript.left_out:
            self.manuscript.leave_out(words)
        return Cell(cell_text(inner.manuscript.lines()), _number(element.get("colspan"), 1), _number(element.get("rowspan"), 1))


def _in_heading(element: Any) -> bool:
    return next(element.iterancestors(*HEADINGS, "summary", "li", "dt"), None) is not None


def _in_head(cell: Any) -> bool:
    return next(cell.iterancestors("thead"), None) is not None


def _lays_out(table: Any) -> bool:
    """Whether a table only places things on the page: no heading cells, and sections or the like in its cells."""
    if table.get("role") in ("presentation", "none"):
        return True
    if next(table.iter("th", "caption", "thead"), None) is not None:
        return False
    blocks = sum(1 for _ in table.iter("p", "li"))
    return any(True for _ in table.iter(*HEADINGS)) or blocks > 3 * sum(1 for _ in table.iter("td"))


def _number(value: str | None, otherwise: int) -> int:
    found = re.match(r"\s*-?\d{1,6}", value or "")
    return int(found.group()) if found else otherwise
