"""The snippets of a PDF's page to its lines, with the cells of those that are rows of a table."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.formats.blocks import LIST_MARK
from rag.formats.pdftext import Snippet

# What symbol fonts put for bullets; codes that a font leaves undefined stand for one as well (PDF 32000-1, annex D).
_SYMBOLS = str.maketrans({"\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "➢", "\uf0fc": "✓", "\x7f": "•"})
_APART = 1.5  # letter heights between the texts of two columns
_MARKER_ALONE = re.compile(rf"\s*{LIST_MARK}\s*")

# Tables of a page: where each stands (left, bottom, right, top), and the snippets of each cell of each row.
Tables = Sequence[tuple[tuple[float, float, float, float], Sequence[Sequence[Sequence[Snippet]]]]]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page: its text, where it starts, and how large and whether bold its letters are. `cells` are the texts that
    stand in columns, if it looks like a table's row."""

    text: str
    page: int
    x: float
    y: float
    size: float
    bold: bool
    cells: tuple[str, ...] = ()
    right: float = 0.0


def page_lines(snippets: Sequence[Snippet]) -> list[Line]:
    """The lines of a page in the order of its content stream, which follows columns where the file's maker did.

    A snippet goes on with the line if it stands to the right at nearly the same height: pypdf breaks lines at a bullet that is
    set a little lower, and between the cells of a row."""
    lines: list[list[Snippet]] = []
    for snippet in snippets:
        last = lines[-1][-1] if lines else None
        level = last is not None and abs(last.y - snippet.y) < 0.4 * max(snippet.size, last.size)
        if last and not snippet.text.strip():
            lines[-1].append(replace(last, text=snippet.text))
        elif last and level and (snippet.x > last.x or not last.text.endswith("\n")):
            lines[-1].append(snippet)
        elif snippet.text.strip() and not snippet.artifact:
            lines.append([snippet])
    return [_line(line) for line in lines]


def _line(snippets: Sequence[Snippet]) -> Line:
    words = [snippet for snippet in snippets if snippet.text.strip()]
    largest = max(words, key=lambda snippet: len(snippet.text.strip()))
    text = " ".join("".join(snippet.text for snippet in snippets).translate(_SYMBOLS).split())
    bold = all(snippet.bold for snippet in words if not _MARKER_ALONE.fullmatch(snippet.text))
    return Line(text, words[0].page, words[0].x, words[0].y, round(largest.size, 1), bold, _cells(snippets), words[-1].right)


def _cells(snippets: Sequence[Snippet]) -> tuple[str, ...]:
    """The texts of a line that stand in columns, if they do: wide gaps part them."""
    cells: list[str] = []
    last: Snippet | None = None
    for snippet in (snippet for snippet in snippets if snippet.text.strip()):
        apart = last is None or snippet.x - last.right > _APART * snippet.size
        cells[len(cells) :] = [snippet.text] if apart else []
        cells[-1] += "" if apart else snippet.text
        last = snippet
    texts = tuple(" ".join(cell.translate(_SYMBOLS).split()) for cell in cells)
    return texts if len(texts) > 1 and not _MARKER_ALONE.fullmatch(texts[0]) else ()


def with_tables(lines: Sequence[Line], tables: Tables) -> list[Line]:
    """The lines, with those in a table that is drawn with rules as its rows: a cell may hold several."""
    kept = list(lines)
    for (left, bottom, right, top), grid in tables:
        inside = [line for line in kept if left - 2 <= line.x <= right and bottom - 2 <= line.y <= top + 2]
        if not inside:
            continue
        place = kept.index(inside[0])
        rows = []
        for cells in grid:
            texts = tuple(" ".join("".join(f"{one.text} " for one in cell).translate(_SYMBOLS).split()) for cell in cells)
            told = [one for cell in cells for one in cell if one.text.strip()]
            if told:
                bold = all(one.bold for one in told)
                rows.append(replace(inside[0], text=" ".join(texts), y=told[0].y, bold=bold, cells=texts))
        kept[place:] = [*rows, *(line for line in kept[place:] if line not in inside)]
    return kept
