"""A text file's front matter, and the blocks of plain text: list items by their markers, marked headings, and paragraphs
between blank lines."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import yaml

from rag.datatypes import Block
from rag.errors import CorpusError
from rag.formats.blocks import BULLETS, ITEM, labelled
from rag.text.sentences import trim

_HASHES = re.compile(r"(#{1,6})[ \t]+(?=\S)")
_UNDERLINE = re.compile(r"(=|-|~)\1{2,}\s*")
_FENCED = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_TOML = re.compile(r"\A\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_FIELDS = re.compile(r"(?:[A-Z][\w /-]{0,30}:[ \t]+\S[^\n]{0,120}\n){2,}(?=\s*\n|\Z)")
_KEY = re.compile(r"[A-Za-z][\w -]*:(?:\s|$)")
_NAMES = {"source": "source", "source_url": "source", "url": "source", "date": "date", "collected": "date"} | {
    name: name for name in ("title", "language", "aliases", "careers")
}
_NAMES["lang"] = "language"


@dataclass(slots=True)
class _Level:
    """An open list: how far its markers are indented, and whether they count."""

    indent: int
    ordered: bool


def read_front_matter(text: str) -> tuple[dict[str, str], int]:
    """The title, source, date, language, aliases and careers (one a line) in the front matter, YAML or TOML, and the offset at
    which the guide begins.

    Raises CorpusError if it is neither."""
    if toml := _TOML.match(text):
        try:
            return _named(tomllib.loads(toml.group(1))), toml.end()
        except tomllib.TOMLDecodeError as error:
            raise CorpusError(f"front matter between +++ is not valid TOML ({error}); mend it") from error
    fenced = _FENCED.match(text)
    if not fenced or not _KEY.match(fenced.group(1).lstrip()):
        return {}, 0
    try:
        aliases = (event.start_mark for event in yaml.parse(fenced.group(1)) if isinstance(event, yaml.AliasEvent))
        if at := next(aliases, None):  # a few lines of them that name each other stand for more text than a machine can hold
            raise CorpusError(f"front matter repeats a value by its name at line {at.line + 2}; write it out")
        values = yaml.safe_load(fenced.group(1))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        raise CorpusError(f'front matter is not valid YAML at line {line}; put a value with a colon in "quotes"') from error
    if not isinstance(values, dict):
        return {}, 0
    return _named(values), fenced.end()


def _named(values: dict[Any, Any]) -> dict[str, str]:
    named = ((_NAMES.get(str(key).strip().lower()), _written(value)) for key, value in values.items())
    return {name: value for name, value in named if name and value}


def read_fields(text: str, start: int = 0) -> dict[str, str]:
    """What the fields say with which a text opens, "Title: Deputy Auditor" among them; they stay in the text."""
    fields = _FIELDS.match(text, start)
    named = (line.split(":", 1) for line in fields.group().strip().split("\n")) if fields else ()
    return {
        _NAMES[key]: " ".join(value.split()) for name, value in named if (key := name.split()[-1].lower()) in ("title", "date")
    }


def _written(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(filter(None, map(_written, value)))
    return "" if value is None else " ".join(str(value).split())


def plain_blocks(text: str, start: int = 0) -> tuple[Block, ...]:
    """The blocks of `text[start:]`. Lines marked with `#` or underlined are headings where a text has more than one; any other
    bare line is a paragraph, for the outline to judge."""
    blocks = list(_blocks(text, start, marked=True))
    if sum(block.kind == "heading" for block in blocks) == 1:
        blocks = list(_blocks(text, start, marked=False))
    return tuple(labelled(text, block) for block in blocks)


def _blocks(text: str, start: int, marked: bool) -> Iterator[Block]:
    block: Block | None = None
    levels: list[_Level] = []
    lines = _lines(text, start)
    for (begin, end), below in zip(lines, [*lines[1:], None], strict=True):
        first, last = trim(text, begin, end)
        item = ITEM.match(text, begin, end)
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
