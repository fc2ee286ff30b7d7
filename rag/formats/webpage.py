"""Web pages to text and blocks: the main content with its headings, lists and tables, without navigation and other furniture."""

import copy
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import trafilatura
from trafilatura.settings import use_config

from rag.errors import CorpusError
from rag.formats.blocks import BOLD_LINE, reads_as_line
from rag.formats.manuscript import Manuscript, Parsed, count_characters, tidy
from rag.text.decoding import decode

_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_-]+)""")
_XML = re.compile(r"\A\s*<\?xml[^>]*\?>")
_FURNITURE = (
    "script",
    "style",
    "noscript",
    "template",
    "nav",
    "header",
    "footer",
    "aside",
    "form",
    "button",
    "svg",
    "select",
    "head",
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_CONTAINERS = ("body", "main", "article", "section", "div", "center", "details", "blockquote", "p")
_INLINE = frozenset(
    """a abbr b bdi bdo big br cite code data del dfn em font i img ins kbd label mark q s samp small span strike strong sub sup
    time tt u var wbr""".split()  # noqa: SIM905
)
_BLOCKS = ("head", "p", "list", "item", "table", "quote", "code", "ab", "div")

# A date is only taken where the page states one; the extensive search guesses from any number that looks like a year.
_CONFIG = use_config()
_CONFIG["DEFAULT"]["extensive_date_search"] = "off"
_WHOLE = copy.deepcopy(_CONFIG)
_WHOLE["DEFAULT"]["min_extracted_size"] = "1"


def read_page(data: bytes) -> Parsed:
    """A page's main content and what it says of itself. Raises CorpusError if there is no content."""
    charset = _CHARSET.search(data[:2048])
    text = decode(data, charset.group(1).decode() if charset else None)
    fragment = "" if re.search("<(html|body)", text, re.IGNORECASE) else "<!doctype html>"
    tree = trafilatura.load_html(fragment + _XML.sub("", text))
    if tree is None:
        raise CorpusError("not an HTML page")
    said = _said(tree)
    for container in list(tree.iter(*_CONTAINERS)):
        _wrap_loose(container)
    shown = sum(map(count_characters, _visible(tree)))
    page = _content(tree)
    if page is None:
        raise CorpusError("no main content found in the page; check that it holds paragraphs of text")
    manuscript = Manuscript()
    _Content(manuscript).children(page.body)
    return manuscript.finish(said | {"title": page.title or "", "source": page.url or "", "date": page.date or ""}, shown)


def _wrap_loose(container: Any) -> None:
    """Make a paragraph of each run of text that stands loose in a container, and cut runs at empty lines, as a browser shows
    them: trafilatura drops some text that is in no paragraph."""
    children = list(container)
    pairs = pairwise(children)
    empty_lines = {after for br, after in pairs if br.tag == after.tag == "br" and not (br.tail or "").strip()}
    if container.tag == "p":
        if not empty_lines:
            return
        container.tag = "div"
    text, container.text, container[:] = container.text, None, []
    run = _paragraph(container, text) if (text or "").strip() else None
    for child in children:
        tail, child.tail = child.tail, None
        if child.tag in _INLINE and child not in empty_lines:
            run = _paragraph(container) if run is None else run
            run.append(child)
            child.tail = tail
            continue
        if child.tag not in _INLINE:
            container.append(child)
        run = _paragraph(container, tail) if (tail or "").strip() else None


def _paragraph(container: Any, text: str | None = None) -> Any:
    paragraph = container.makeelement("p")
    paragraph.text = text
    container.append(paragraph)
    return paragraph


def _content(tree: Any) -> Any:
    """The main content and metadata that trafilatura finds, or None.

    Where a page marks no container for it, trafilatura gathers paragraphs and lists but drops the headings: the whole body is
    then declared an article, of which the furniture still goes.
    """
    page = _extract(tree, _CONFIG)
    headings = sum(1 for heading in tree.iter(*_HEADINGS) if next(heading.iterancestors(*_FURNITURE), None) is None)
    if page is not None and 2 * len(list(page.body.iter("head"))) >= headings:
        return page
    whole = copy.deepcopy(tree)
    body = whole.find("body")
    if body is None:
        return page
    body.tag = "article"
    outer = body.makeelement("body")
    whole.replace(body, outer)
    outer.append(body)
    return _extract(whole, _WHOLE) or page


def _extract(tree: Any, config: Any) -> Any:
    page = trafilatura.bare_extraction(
        tree, favor_recall=True, include_formatting=True, include_comments=False, with_metadata=True, config=config
    )
    return page if page is not None and page.body is not None else None


def _said(tree: Any) -> dict[str, str]:
    language = tree.get("lang") or tree.get("xml:lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang")
    names = {str(meta.get("name") or "").lower(): meta.get("content") or "" for meta in tree.iter("meta")}
    aliases = "\n".join(alias.strip() for alias in names.get("aliases", "").split(",") if alias.strip())
    return {name: value for name, value in (("language", language), ("aliases", aliases)) if value}


def _visible(element: Any) -> Iterator[str]:
    if not isinstance(element.tag, str) or element.tag in _FURNITURE:
        return
    yield element.text or ""
    for child in element:
        yield from _visible(child)
        yield child.tail or ""


class _Content:
    """A walk over the main content as trafilatura gives it: head, p, list, item, table, row, cell, quote, code, hi, lb."""

    def __init__(self, manuscript: Manuscript) -> None:
        self.manuscript = manuscript
        self.rank = 1

    def children(self, parent: Any) -> None:
        """Write what stands in an element: its blocks, and the text between them as paragraphs."""
        for piece in _pieces(parent):
            if not isinstance(piece, str):
                self.block(piece)
                continue
            for paragraph in re.split(r"\n\s*\n", piece):
                self.manuscript.add_prose(paragraph)

    def block(self, element: Any) -> None:
        """Write one block element."""
        match element.tag:
            case "head":
                given = re.search(r"h([1-6])", element.get("rend") or "")
                level = int(given.group(1)) if given else min(self.rank + 1, 6)
                self.rank = level if given else self.rank
                self.manuscript.add_heading(_text(element), level)
            case "list":
                self.list(element, 0)
            case "table":
                self.table(element)
            case "p" if _all_bold(element):
                self.manuscript.add("heading", _text(element), BOLD_LINE)
            case _:
                self.children(element)

    def list(self, element: Any, level: int) -> None:
        """Write a list; a definition stands one level under its term."""
        number = 0
        for child in element:
            if child.tag != "item":
                self.block(child)
                continue
            number += 1
            inner = level + (child.get("rend") or "").startswith("dd")
            self.item(child, inner, f"{number}." if element.get("rend") == "ol" else "•")

    def item(self, element: Any, level: int, marker: str) -> None:
        """Write an item: its first text, then the paragraphs and lists under it."""
        for at, piece in enumerate(_pieces(element)):
            if at == 0 and (isinstance(piece, str) or piece.tag == "p"):
                self.manuscript.add("item", piece if isinstance(piece, str) else _text(piece), level, marker)
            elif isinstance(piece, str):
                self.manuscript.add("paragraph", piece)
            elif piece.tag == "list":
                self.list(piece, level + 1)
            else:
                self.block(piece)

    def table(self, element: Any) -> None:
        """Write a table; a row of heading cells heads it."""
        rows = [[cell for cell in row if cell.tag == "cell"] for row in element.iter("row")]
        headers = [all(cell.get("role") == "head" for cell in row) for row in rows]
        self.manuscript.add_table([[_text(cell) for cell in row] for row in rows], headers)


def _pieces(parent: Any) -> Iterator[Any]:
    """What an element holds, in order: runs of its text, and the blocks that part them."""
    breaks = "\n" if parent.tag in ("quote", "code") else " "
    run = (parent.text or "").replace("\n", breaks)
    for child in parent:
        if child.tag in _BLOCKS:
            yield from filter(str.strip, [run])
            yield child
            run = ""
        else:
            run += _text(child)
        run += (child.tail or "").replace("\n", breaks)
    yield from filter(str.strip, [run])


def _text(element: Any) -> str:
    """An element's text: a line break where it has one or a block ends, a space for those of the source."""
    if element.tag == "lb":
        return "\n"
    return "".join(piece if isinstance(piece, str) else f"\n{_text(piece)}\n" for piece in _pieces(element))


def _all_bold(element: Any) -> bool:
    bold = tidy("".join(_text(child) for child in element if child.tag == "hi" and child.get("rend") == "#b"))
    return reads_as_line(bold) and bold == tidy(_text(element))
