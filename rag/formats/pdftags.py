"""Tagged PDFs to blocks: the structure tree that word processors and browsers leave says what is a heading, item or row."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from rag.formats.blocks import BOLD_LINE, reads_as_line
from rag.formats.manuscript import tidy
from rag.formats.pdftext import PagedManuscript, PageText, Snippet, words_of
from rag.formats.tables import Cell, spread

_HEADING = re.compile(r"/H([1-6])?")
_BLOCKS = (
    "/P",
    "/L",
    "/LI",
    "/Table",
    "/H",
    "/H1",
    "/H2",
    "/H3",
    "/H4",
    "/H5",
    "/H6",
    "/BlockQuote",
    "/Caption",
    "/Note",
    "/Code",
)
_MAX_DEPTH = 60

Snippets = list[Snippet]


class Element:
    """An element of the structure tree: its standard type, its attributes, and what it holds, elements and snippets in order."""

    def __init__(self, kind: str, attributes: Mapping[str, Any], children: "Sequence[Element | Snippets]") -> None:
        self.kind = kind
        self.attributes = attributes
        self.children = children

    def snippets(self, outside: tuple[str, ...] = ()) -> Snippets:
        """The snippets in the element, those within elements of the kinds named left out."""
        found: Snippets = []
        for child in self.children:
            if isinstance(child, list):
                found += child
            elif child.kind not in outside:
                found += child.snippets(outside)
        return found

    def parts(self, *kinds: str) -> "Iterator[Element]":
        """The nearest elements of these kinds below this one."""
        for child in self.children:
            if isinstance(child, Element):
                if child.kind in kinds:
                    yield child
                else:
                    yield from child.parts(*kinds)


def structure(reader: PdfReader, pages: Sequence[Snippets]) -> Element | None:
    """The structure tree of a PDF with the pages' snippets in their places, or None if it has none."""
    root: Any = reader.root_object.get("/StructTreeRoot")
    root = root.get_object() if root is not None else None
    if not isinstance(root, DictionaryObject):
        return None
    roles = {str(name): str(role) for table in _held(root, "/RoleMap") for name, role in table.items()}
    numbers = {page.indirect_reference.idnum: at for at, page in enumerate(reader.pages) if page.indirect_reference}
    marked: dict[tuple[int, int], Snippets] = {}
    for snippet in (snippet for snippets in pages for snippet in snippets if snippet.mark is not None):
        marked.setdefault((snippet.page, snippet.mark or 0), []).append(snippet)
    return _Builder(roles, numbers, marked).element(root, 0, 0)


class _Builder:
    """Makes nodes of a tree's dictionaries, each once, so that a loop in a broken file ends."""

    def __init__(self, roles: dict[str, str], pages: dict[int, int], marked: dict[tuple[int, int], Snippets]) -> None:
        self.roles = roles
        self.pages = pages
        self.marked = marked
        self.seen: set[int] = set()

    def element(self, dictionary: DictionaryObject, page: int, depth: int) -> Element:
        """The element that a dictionary of the tree is; it is on the page it inherits unless it names one."""
        self.seen.add(id(dictionary))
        page = self.page(dictionary, page)
        kind = str(dictionary.get("/S", ""))
        kind = kind if _HEADING.fullmatch(kind) or kind in _BLOCKS else self.roles.get(kind, kind)
        attributes = {
            str(name): value for owner in _held(dictionary, "/A") if hasattr(owner, "items") for name, value in owner.items()
        }
        children = [self.child(kid, page, depth + 1) for kid in _held(dictionary, "/K")]
        return Element(kind, attributes, [child for child in children if child is not None])

    def child(self, kid: Any, page: int, depth: int) -> Element | Snippets | None:
        """What a kid stands for: the snippets of a mark, or an element."""
        if isinstance(kid, int):
            return self.marked.pop((page, kid), None)
        if not isinstance(kid, DictionaryObject) or kid.get("/Type") == "/OBJR":
            return None
        mark = kid.get("/MCID")
        if isinstance(mark, int):
            return self.marked.pop((self.page(kid, page), mark), None)
        return self.element(kid, page, depth) if depth < _MAX_DEPTH and id(kid) not in self.seen else None

    def page(self, element: DictionaryObject, inherited: int) -> int:
        """The number of the page an element names, else the one it inherits."""
        reference = element.raw_get("/Pg") if "/Pg" in element else None
        return self.pages.get(getattr(reference, "idnum", -1), inherited)


def _held(element: DictionaryObject, key: str) -> list[Any]:
    """The values under a key that holds one or an array of them."""
    held: Any = element.get(key)
    held = held.get_object() if held is not None else []
    return [value.get_object() for value in held] if isinstance(held, list) else [held]


def write_tagged(root: Element) -> PagedManuscript:
    """The blocks of a structure tree, written."""
    tree = _Tree(PagedManuscript(words_of(root.snippets())))
    tree.blocks(root)
    return tree.manuscript


class _Tree:
    """A walk over the structure tree that writes a block for each element that is one."""

    def __init__(self, manuscript: PagedManuscript) -> None:
        self.manuscript = manuscript

    def blocks(self, element: Element) -> None:
        """Write the blocks below an element; snippets between them are a paragraph."""
        for is_block, run in groupby(element.children, key=lambda child: isinstance(child, Element) and _holds_blocks(child)):
            if not is_block:
                self.prose([snippet for child in run for snippet in (child if isinstance(child, list) else child.snippets())])
                continue
            for child in run:
                if isinstance(child, Element):
                    self.block(child)

    def block(self, element: Element) -> None:
        """Write one element."""
        heading = _HEADING.fullmatch(element.kind)
        if heading:
            level = int(heading.group(1) or 1)
            self.manuscript.add_runs("heading", _runs(element.snippets()), level, "#" * level)
        elif element.kind == "/L":
            self.list(element, 0)
        elif element.kind == "/Table":
            self.table(element)
        elif element.kind in ("/TOC", "/Index"):
            self.manuscript.leave_out(self.text(element))
        elif element.kind in ("/P", "/Note", "/Code", "/Caption") and not any(element.parts(*_BLOCKS)):
            self.prose(element.snippets())
        else:
            self.blocks(element)

    def prose(self, snippets: Snippets) -> None:
        """Write a paragraph; one that is a bold line is a heading."""
        runs = _runs(snippets)
        bold = all(snippet.bold for snippet in snippets if snippet.text.strip())
        if bold and reads_as_line(tidy(self.manuscript.running(runs))):
            self.manuscript.add_runs("heading", runs, BOLD_LINE)
        else:
            self.manuscript.add_runs("paragraph", runs)

    def list(self, element: Element, level: int) -> None:
        """Write a list; a list that stands beside the items belongs to the item before it."""
        for at, item in enumerate(element.parts("/LI", "/L")):
            if item.kind == "/L":
                self.list(item, level + 1)
                continue
            labels = "".join(self.text(label) for label in item.parts("/Lbl", "/L") if label.kind == "/Lbl")
            numbered = str(element.attributes.get("/ListNumbering", "")) in ("/Decimal", "/UpperRoman", "/LowerRoman")
            marker = labels if any(map(str.isalnum, labels)) else f"{at + 1}." if numbered else "•"
            self.manuscript.add_runs("item", _runs(item.snippets(outside=("/Lbl", "/L"))), level, marker)
            for inner in item.parts("/L"):
                self.list(inner, level + 1)

    def table(self, element: Element) -> None:
        """Write a table; a row of heading cells heads it, and a merged cell keeps the columns in step."""
        for caption in element.parts("/Caption"):
            self.prose(caption.snippets())
        rows = [list(row.parts("/TH", "/TD")) for row in element.parts("/TR")]
        cells = spread(
            [[Cell(self.text(cell), _span(cell, "/ColSpan"), _span(cell, "/RowSpan")) for cell in row] for row in rows]
        )
        headers = [bool(row) and all(cell.kind == "/TH" for cell in row) for row in rows]
        starts = self.manuscript.add_table(cells, headers)
        for start, row in zip(starts, rows, strict=True):
            self.manuscript.note(start, [run for cell in row for run in _runs(cell.snippets())])

    def text(self, element: Element) -> str:
        """The running text of an element."""
        return self.manuscript.running(_runs(element.snippets()))


def _runs(snippets: Snippets) -> list[PageText]:
    return [(snippet.page, snippet.text) for snippet in snippets]


def _holds_blocks(element: Element) -> bool:
    return element.kind in _BLOCKS or any(element.parts(*_BLOCKS))


def _span(cell: Element, name: str) -> int:
    span = cell.attributes.get(name, 1)
    return max(int(span), 1) if isinstance(span, int) else 1
