"""The letters of a PDF's pages, as pdfplumber sets them, to snippets: runs in one font, without what is struck or not seen."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from pdfminer.encodingdb import EncodingDB

from rag.formats.manuscript import raised
from rag.formats.pdftext import Snippet

# pdfminer reads the soft hyphen of Windows' encoding as a blank: a word cut there could not be joined.
EncodingDB.win2unicode[0xAD] = "\u00ad"

_UNKNOWN = re.compile(r"\(cid:\d+\)")  # a code that a font leaves undefined: a bullet, mostly
_WORD_GAP = 0.18  # letter heights between words that no blank parts
_CELL_GAP = 1.5  # letter heights between what stands in columns
_SMALLER = 0.85  # a raised letter is at most so large
_RULE = 1.5  # points: a line is no higher


def page_snippets(page: Any, number: int, left_out: list[str]) -> list[Snippet]:
    """The snippets of a page in the order of its content stream, line ends in the text of those that end them. What is struck
    out, stands across the page, or has its field's value beside it is noted or set in its place."""
    rules = [(rule["x0"], rule["x1"], page.height - rule["bottom"], page.height - rule["top"]) for rule in _rules(page)]
    seen: list[Any] = []
    apart: list[str] = []
    for char in page.chars:
        if _is_off(page, char):
            continue
        if not char["upright"] or _is_struck(char, rules):
            apart.append(char["text"])
        else:
            seen.append(char)
    if apart:
        left_out.append("".join(apart))
    return _with_fields(page, number, list(_snippets(seen, number)))


def _rules(page: Any) -> list[Any]:
    return [rule for rule in (*page.lines, *page.rects) if rule["height"] <= _RULE < rule["width"]]


def _is_off(page: Any, char: Any) -> bool:
    """Whether a letter stands off the page, is too small to see, or is white where nothing dark is under it."""
    middle, height = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    if not (0 <= middle <= page.width and 0 <= height <= page.height) or char["size"] < 1:
        return True
    colour = char.get("non_stroking_color")
    white = isinstance(colour, (tuple, list)) and len(colour) in (1, 3) and all(part == 1 for part in colour)
    return white and not any(
        shape["x0"] <= middle <= shape["x1"] and shape["top"] <= height <= shape["bottom"]
        for shape in (*page.rects, *page.curves, *page.images)
    )


def _is_struck(char: Any, rules: Sequence[tuple[float, float, float, float]]) -> bool:
    low, high = char["matrix"][5] + 0.15 * char["size"], char["matrix"][5] + 0.45 * char["size"]
    middle = (char["x0"] + char["x1"]) / 2
    return any(left <= middle <= right and low <= (bottom + top) / 2 <= high for left, right, bottom, top in rules)


def _snippets(chars: Sequence[Any], number: int) -> Iterator[Snippet]:
    run: list[str] = []
    first: Any = None
    last: Any = None
    base = 0.0  # the height of the line's letters, and their size
    size = 1.0
    for char in chars:
        text = _UNKNOWN.sub("\x7f", char["text"])
        height = char["matrix"][5]
        raised_up = last is not None and char["size"] <= _SMALLER * size and 0.1 * size < height - base < 0.8 * size
        near = last is not None and -size < char["x0"] - last["x1"] < size
        if raised_up and near:
            text, height = raised("sup", text), base
        gap = char["x0"] - last["x1"] if last is not None else 0.0
        goes_on = last is not None and abs(height - base) < 0.4 * max(size, char["size"]) and gap > -size
        if first is not None and not (goes_on and gap < _CELL_GAP * size and _same(first, char, raised_up and near)):
            yield _snippet(
                run, first, last, base, size, number, "" if goes_on and gap < _WORD_GAP * size else " " if goes_on else "\n"
            )
            run, first = [], None
        elif first is not None and gap > _WORD_GAP * size and text.strip() and run[-1][-1:].strip():
            run.append(" ")
        if first is None:
            first = char
            if not (raised_up and near):
                base, size = height, char["size"]
        run.append(text)
        last = char
    if first is not None:
        yield _snippet(run, first, last, base, size, number, "\n")


def _same(first: Any, char: Any, raised_up: bool) -> bool:
    return first["mcid"] == char["mcid"] and first["tag"] == char["tag"] and (raised_up or first["fontname"] == char["fontname"])


def _snippet(run: Sequence[str], first: Any, last: Any, base: float, size: float, number: int, end: str) -> Snippet:
    name = first["fontname"].lower()
    bold = any(weight in name for weight in ("bold", "black", "heavy", "-bd"))
    text = "".join(run) + end
    return Snippet(text, number, first["x0"], base, size, bold, first["mcid"], first["tag"] == "Artifact", last["x1"])


def _with_fields(page: Any, number: int, snippets: list[Snippet]) -> list[Snippet]:
    """The snippets, with the values of form fields after what stands before them in their line."""
    for field in page.annots:
        value = field["data"].get("V") if "FT" in field["data"] or "Parent" in field["data"] else None
        text = _value(value).strip()
        if not text or hasattr(value, "name") or field["data"].get("F", 0) & 2:
            continue
        x, y = field["x0"], page.height - field["bottom"] + 0.2 * (field["bottom"] - field["top"])
        size = min(0.8 * (field["bottom"] - field["top"]), 12.0)
        before = [at for at, one in enumerate(snippets) if abs(one.y - y) < size and one.x < x]
        place = before[-1] + 1 if before else next((at for at, one in enumerate(snippets) if one.y < y), len(snippets))
        if before and snippets[place - 1].right > x:
            x = snippets[place - 1].right
        snippets.insert(place, Snippet(f" {text}\n", number, x, snippets[place - 1].y if before else y, size, False, right=x))
    return snippets


def _value(value: Any) -> str:
    if isinstance(value, bytes):
        marked = value.startswith(b"\xfe\xff")
        return value[2:].decode("utf-16-be", "replace") if marked else value.decode("latin-1")
    return value if isinstance(value, str) else ""


def page_tables(
    page: Any, snippets: Sequence[Snippet]
) -> list[tuple[tuple[float, float, float, float], list[list[list[Snippet]]]]]:
    """The tables of a page that are drawn with rules: where each stands (left, bottom, right, top), and the snippets of each
    cell; those of a cell merged over rows are in each."""
    found = []
    for table in page.find_tables():
        grid: list[list[list[Snippet]]] = []
        for row in table.rows:
            line: list[list[Snippet]] = []
            for at, cell in enumerate(row.cells):
                if cell is not None:
                    line.append([one for one in snippets if _is_in(one, cell, page.height)])
                else:
                    left = next((other for other in reversed(row.cells[:at]) if other), None)
                    wide = left is not None and left[2] >= (row.bbox[2] if at + 1 == len(row.cells) else left[2] + 1)
                    line.append([] if wide or not grid else grid[-1][at])
            grid.append(line)
        left, top, right, bottom = table.bbox
        if len(grid) > 1 and max(map(len, grid)) > 1:
            found.append(((left, page.height - bottom, right, page.height - top), grid))
    return found


def _is_in(snippet: Snippet, cell: tuple[float, float, float, float], height: float) -> bool:
    left, top, right, bottom = cell
    y = height - snippet.y - 0.3 * snippet.size
    return left - 1 <= snippet.x <= right and top <= y <= bottom
