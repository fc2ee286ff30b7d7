"""Plain text without what its printed form repeated: lines at the head and foot of its pages, and its table of contents."""

import re
from collections import Counter, defaultdict
from itertools import pairwise

from rag.text.words import words

_LEADERS = re.compile(r"(?:^[^\n]{2,100}?(?:[ \t]*[.·…]){4,}[ \t]*\d{1,4}[ \t]*(?:\n|\Z)\s*){2,}", re.MULTILINE)
_LINE = re.compile(r"^[ \t]*(\S[^\n]{0,119})$", re.MULTILINE)
_FIGURES = re.compile(r"\d+")
_SEEN = re.compile(r"[^\n]")
_MAY_END = '.!?:;)”"'


def without_running(text: str) -> tuple[str, tuple[str, ...]]:
    """A text without lines that stand alone again and again while a figure in them grows, and without a table of contents with
    dots to its page numbers; and what was left out. A sentence that such a line cut is joined."""
    left_out: list[str] = []
    lines = Counter(_title(line[1]) for line in _LINE.finditer(text))

    def note(found: re.Match[str]) -> str:
        if not _leads_to(found[0], lines):
            return found[0]
        left_out.append(" ".join(found[0].split()))
        return ""

    text = _LEADERS.sub(note, text)
    shapes: dict[str, list[re.Match[str]]] = defaultdict(list)
    for line in _LINE.finditer(text):
        if _FIGURES.search(line[1]) and _alone(text, line):
            shapes[_FIGURES.sub("0", " ".join(line[1].split()))].append(line)
    running = sorted((line for lines in shapes.values() if _counts(lines) for line in lines), key=lambda line: line.start())
    pieces, at = [], 0
    for line in running:
        below = _SEEN.search(text, line.end())
        before, after = text[at : line.start()].rstrip("\n"), below.start() if below else len(text)
        cut = before[-1:] not in _MAY_END and (text[after : after + 1].islower() or text[after : after + 1].isdigit())
        pieces.append(before + ("\n" if cut else "\n\n"))
        left_out.append(" ".join(line[1].split()))
        at = after
    return ("".join([*pieces, text[at:]]) if running else text), tuple(left_out)


def _leads_to(table: str, lines: Counter[tuple[str, ...]]) -> bool:
    """Whether a table with dots is one of contents, and not of figures that would be lost: its numbers never fall, and most of
    its titles stand in the text again, as a line of it. `lines` counts the titles of all lines."""
    entries = [entry for entry in table.splitlines() if entry.strip()]
    pages = [int(_FIGURES.findall(entry)[-1]) for entry in entries]
    again = sum(lines[_title(entry)] > 1 for entry in entries)
    return pages == sorted(pages) and 2 * again > len(entries)


def _title(line: str) -> tuple[str, ...]:
    """A line without its dots and figures."""
    return tuple(word for word in words(line) if word.isalpha())


def _alone(text: str, line: re.Match[str]) -> bool:
    above = line.start() < 2 or text[line.start() - 2 : line.start()] == "\n\n"
    return above and text[line.end() : line.end() + 2] in ("\n\n", "\n", "")


def _counts(lines: list[re.Match[str]]) -> bool:
    """Whether a figure grows by one, the others staying, from each of two lines or more to the next."""
    if len(lines) < 2:
        return False
    rows = [[int(figure) for figure in _FIGURES.findall(line[1])] for line in lines]
    steps = [[after - before for before, after in zip(*pair, strict=True)] for pair in pairwise(rows)]
    return all(sorted(step) == [*[0] * (len(step) - 1), 1] for step in steps)
