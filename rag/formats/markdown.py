"""The blocks of a Markdown text, with offsets into it."""

import re
from collections.abc import Callable
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from rag.datatypes import Block, BlockKind
from rag.formats.blocks import HEADER, labelled
from rag.text.sentences import trim

_PARSER = MarkdownIt("commonmark", {"maxNesting": 50}).enable("table")
_ROW_OPENS = re.compile(r"[>\s]*\|?\s*")

Span = tuple[int, int]


def markdown_blocks(text: str, start: int = 0) -> tuple[tuple[Block, ...], tuple[Span, ...]]:
    """The headings, items, table rows and paragraphs of `text[start:]` in order, outer marks left out; and the spans skipped
    because a reader is shown no words there (images, comments, link definitions).

    Code and raw HTML with words in it are paragraphs."""
    environment: dict[str, Any] = {}
    walk = _Tokens(text, start)
    for token in _PARSER.parse(text[start:], environment):
        walk.step(token)
    references = [*environment.get("references", {}).values(), *environment.get("duplicate_refs", [])]
    walk.skipped += [walk.lines_span(reference["map"]) for reference in references]
    return tuple(labelled(text, block) for block in walk.blocks), tuple(sorted(walk.skipped))


def html_blocks(text: str) -> list[Span]:
    """The offsets of the runs of HTML that stand in lines of their own."""
    starts = [0, *(match.end() for match in re.finditer("\n", text)), len(text) + 1]
    tokens = (token for token in _PARSER.parse(text) if token.type == "html_block" and not token.level and token.map)
    return [(starts[token.map[0]], min(starts[token.map[1]], len(text))) for token in tokens if token.map]


class _Tokens:
    """A pass over the parser's tokens that remembers the list, heading or table it is in."""

    def __init__(self, text: str, start: int) -> None:
        self.text = text
        self.lines = [start, *(match.end() for match in re.compile("\n").finditer(text, start)), len(text) + 1]
        self.blocks: list[Block] = []
        self.skipped: list[Span] = []
        self.depth = 0
        self.marker = ""
        self.heading: Token | None = None
        self.in_table = self.in_header = False

    def step(self, token: Token) -> None:
        """Take one token."""
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                self.depth += 1
            case "bullet_list_close" | "ordered_list_close":
                self.depth -= 1
            case "list_item_open":
                self.marker = token.info + token.markup
            case "list_item_close":
                self.marker = ""
            case "heading_open":
                self.heading = token
            case "table_open" | "table_close":
                self.in_table = token.type == "table_open"
            case "thead_open" | "thead_close":
                self.in_header = token.type == "thead_open"
            case "tr_open":
                self._add("row", *self._inside(_cells, token), marker=HEADER if self.in_header else "")
            case "inline" if not self.in_table:
                self._inline(token)
            case "html_block":
                self._add("paragraph", *self._inside(_between_tags, token))
            case "fence":
                self._fence(token)
            case "code_block":
                self._add("paragraph", *self.lines_span(token.map))

    def lines_span(self, lines: list[int] | None) -> Span:
        """Offsets of a range of lines, white space around them left out."""
        first, last = lines or (0, 0)
        return trim(self.text, self.lines[first], max(self.lines[first], self.lines[last] - 1))

    def _add(self, kind: BlockKind, start: int, end: int, level: int = 0, marker: str = "") -> None:
        if any(character.isalnum() for character in self.text[start:end]):
            self.blocks.append(Block(kind, start, end, level, marker))

    def _inside(self, part: Callable[[str, int, int], Span], token: Token) -> Span:
        """What `part` finds in a token's lines; the rest is skipped."""
        start, end = self.lines_span(token.map)
        inner = part(self.text, start, end)
        self.skipped += [span for span in ((start, inner[0]), (inner[1], end)) if span[0] < span[1]]
        return inner

    def _inline(self, token: Token) -> None:
        """The text of a heading, an item or a paragraph: its first line holds marks before it, its last may hold some after."""
        start, end = self.lines_span([token.map[0], token.map[0] + 1] if token.map else None)
        content = token.content.split("\n", 1)[0].rstrip()
        found = self.text.rfind(content, start, end)
        start = found if found >= 0 else start
        hashes = self.heading is not None and self.heading.markup.startswith("#")  # there may be some after the text as well
        end = start + len(content) if hashes else self.lines_span(token.map)[1]
        heading, marker, self.heading, self.marker = self.heading, self.marker, None, ""
        if all(
            child.type in ("image", "softbreak", "html_inline") or not child.content.strip() for child in token.children or ()
        ):
            self.skipped.append((start, end))
        elif heading:
            self._add("heading", start, end, int(heading.tag[1]), heading.markup)
        elif marker:
            self._add("item", start, end, self.depth - 1, marker)
        else:
            self._add("paragraph", start, end)

    def _fence(self, token: Token) -> None:
        first, last = token.map or [0, 0]
        below = self.text[slice(*self.lines_span([last - 1, last]))].strip(" \t>")
        closed = last - 1 > first and below.startswith(token.markup) and not below.strip(token.markup[0])
        self.skipped.append(self.lines_span([first, first + 1]))
        self._add("paragraph", *self.lines_span([first + 1, last - closed]))


def _cells(text: str, start: int, end: int) -> Span:
    """A table's row without the bars around it."""
    opens = _ROW_OPENS.match(text, start, end)
    start = opens.end() if opens else start
    start, end = trim(text, start, end)
    if start < end and text[end - 1] == "|" and text[end - 2] != "\\":
        end -= 1
    return trim(text, start, end)


def _between_tags(text: str, start: int, end: int) -> Span:
    """A stretch of HTML without the tags, comments and white space around its words; it is read once, from its start."""
    found: list[int] = []
    at, last_comment, last_tag = start, text.rfind("-->", start, end), text.rfind(">", start, end)
    while at < end:
        comment = text.startswith("<!--", at) and at + 4 <= last_comment
        if comment or (text[at] == "<" and at < last_tag):
            at = text.index("-->", at + 4) + 3 if comment else text.index(">", at) + 1
            continue
        following = text.find("<", at + 1, end)
        following = following if following >= 0 else end
        words = trim(text, at, following)
        found += words if words[0] < words[1] else ()
        at = following
    return (found[0], found[-1]) if found else (end, end)
