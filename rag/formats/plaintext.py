"""The blocks of a plain text: list items by their markers, marked headings, and paragraphs between blank lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from rag.datatypes import Block
from rag.text.sentences import trim

BULLETS = "•◦▪▫‣⁃∙●○■□◆◇➢➤►✓✔·*+–-"
_ITEM = re.compile(rf"([ \t\xa0]*)([{re.escape(BULLETS)}]|\(?(?:\d{{1,3}}|[a-z]|[ivx]{{2,5}})[.)])[ \t\xa0]+(?=\S)")
_HASHES = re.compile(r"(#{1,6})[ \t]+(?=\S)")
_UNDERLINE = re.compile(r"(=|-|~)\1{2,}\s*")
_LABEL_WORD = r"(?:[^\s:.!?;]|[.!?](?=\S))+"


def _label(words: int) -> re.Pattern[str]:
    return re.compile(rf"(?:\*\*|__)?(?=[^\W_]){_LABEL_WORD}(?: {_LABEL_WORD}){{0,{words - 1}}}(?=:(?:\*\*|__)?[ \t]+\S)")


# A list item is often all label; a paragraph that runs five words to a colon is a sentence more often than a label.
_LABELS = {"item": _label(8), "paragraph": _label(4)}


@dataclass(slots=True)
class _Level:
    """An open list: how far its markers are indented, and whether they count."""

    indent: int
    ordered: bool


def plain_blocks(text: str, start: int = 0) -> tuple[Block, ...]:
    """The blocks of `text[start:]`. Lines marked with `#` or underlined are headings where a text has more than one; any other
    bare line is a paragraph, for the outline to judge."""
    blocks = list(_blocks(text, start, marked=True))
    if sum(block.kind == "heading" for block in blocks) == 1:
        blocks = list(_blocks(text, start, marked=False))
    return tuple(labelled(text, block) for block in blocks)


def split_item(line: str) -> tuple[str, str] | None:
    """The marker of a line that is a list item, and what stands after it; None for other lines."""
    item = _ITEM.match(line)
    return (item.group(2), line[item.end() :]) if item else None


def labelled(text: str, block: Block) -> Block:
    """The block with the end of its label set, if it reads "Label: text": up to eight words, or four in a paragraph."""
    pattern = _LABELS.get(block.kind)
    found = pattern.match(text, block.start, block.end) if pattern else None
    return replace(block, label_end=found.end()) if found else block


def _blocks(text: str, start: int, marked: bool) -> Iterator[Block]:
    block: Block | None = None
    levels: list[_Level] = []
    lines = _lines(text, start)
    for (begin, end), below in zip(lines, [*lines[1:], None], strict=True):
        first, last = trim(text, begin, end)
        item = _ITEM.match(text, begin, end)
        if block and first < last and not item and _continues(text, block, begin, first, marked):
            block = replace(block, end=last)
            continue
        if block:
            yield block
        opens, block = block is not None and text[block.end - 1] == ":", None
        if item:
            block = Block("item", item.end(), last, _nest(levels, item, opens), item.group(2))
            continue
        if first == begin and first < last:
            levels.clear()
        heading = _heading(text, first, last, below) if marked else None
        if heading:
            yield heading
        elif first < last and not _UNDERLINE.fullmatch(text, first, last):
            block = Block("paragraph", first, last)
    if block:
        yield block


def _lines(text: str, start: int) -> list[tuple[int, int]]:
    ends = [match.start() for match in re.finditer("\n", text)]
    breaks = [start - 1, *(end for end in ends if end >= start), len(text)]
    return [(before + 1, after) for before, after in pairwise(breaks)]


def _continues(text: str, block: Block, begin: int, first: int, marked: bool) -> bool:
    """Whether a line that is no item belongs to the open block: an item goes on only if indented or in mid-sentence."""
    if marked and _HASHES.match(text, first):
        return False
    return block.kind == "paragraph" or first > begin or text[first].islower()


def _heading(text: str, first: int, last: int, below: tuple[int, int] | None) -> Block | None:
    if hashes := _HASHES.match(text, first, last):
        return Block("heading", hashes.end(), last, len(hashes.group(1)), hashes.group(1))
    under = _UNDERLINE.fullmatch(text, *below) if below and first < last else None
    if under and not _UNDERLINE.fullmatch(text, first, last):
        return Block("heading", first, last, 1 if under.group(1) == "=" else 2, under.group(1))
    return None


def _nest(lists: list[_Level], item: re.Match[str], opens: bool) -> int:
    """The nesting level of an item; a colon at the end of the line before `opens` a list of the other sort at the same indent."""
    indent = len(item.group(1).expandtabs(4))
    ordered = item.group(2) not in BULLETS
    while lists and indent <= lists[-1].indent - 2:
        lists.pop()
    if not lists or indent >= lists[-1].indent + 2 or (opens and lists[-1].ordered and not ordered):
        lists.append(_Level(indent, ordered))
    elif ordered and len(lists) > 1 and lists[-2].ordered and not lists[-1].ordered and indent <= lists[-2].indent + 1:
        lists.pop()
    return len(lists) - 1
