"""Untagged PDFs to blocks, by how they look: letter size and weight, gaps, indentation, markers, and heads that recur."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from heapq import nlargest, nsmallest
from itertools import pairwise

from rag.datatypes import BlockKind
from rag.formats.blocks import BOLD_LINE, reads_as_line, split_item
from rag.formats.manuscript import tidy
from rag.formats.pdflines import Line
from rag.formats.pdftext import PagedManuscript, Snippet, words_of

_LARGER = 1.12  # a heading's letters are at least this much larger than the text's
_EVEN = 0.25  # lines of one paragraph differ by less than this, in letter heights, in their spacing
_WIDEST = 2.2  # letter heights between the lines of one paragraph
_BESIDE = 10  # a column stands this many letter heights to the right of another at least: less is an indent


def without_furniture(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without the first and last lines that recur on half of them (page numbers apart)."""
    edges = [_edge(lines) for lines in pages]
    seen = Counter(key for edge in edges for key in {_recurring(line) for line in edge})
    often = {key for key, pages_with in seen.items() if pages_with >= max(2, len(pages) / 2)}
    return [
        [line for line in lines if line not in edge or _recurring(line) not in often]
        for lines, edge in zip(pages, edges, strict=True)
    ]


def _edge(lines: Sequence[Line]) -> list[Line]:
    """The two lowest lines of a page and the two highest."""
    return [*nsmallest(2, lines, key=lambda line: line.y), *nlargest(2, lines, key=lambda line: line.y)]


def _recurring(line: Line) -> tuple[str, int]:
    return re.sub(r"\d+", "#", line.text.lower()), round(line.y / 4)


def write_lines(pages: Sequence[Sequence[Line]], snippets: Sequence[Snippet]) -> PagedManuscript:
    """The blocks that lines make up, written; `snippets` are all of the file's, whose words tell how a hyphen is meant."""
    lines = [line for page in pages for line in page]
    letters = Counter[float]()
    for line in lines:
        letters[line.size] += len(line.text)
    body = letters.most_common(1)[0][0] if letters else 1.0
    sizes = sorted({line.size for line in lines if line.size >= _LARGER * body and len(line.text) < 200}, reverse=True)
    manuscript = PagedManuscript(words_of(snippets))
    _Layout(manuscript, sizes, _leading(lines)).write(lines)
    return manuscript


def _leading(lines: Sequence[Line]) -> float:
    """The commonest distance from line to line, in letter heights."""
    gaps = Counter(round(_gap(above, below), 1) for above, below in pairwise(lines) if _gap(above, below) > 0.5)
    return min(gaps.most_common(1)[0][0], _WIDEST) if gaps else 1.2


def _gap(above: Line, below: Line) -> float:
    return (above.y - below.y) / max(below.size, 1.0) if above.page == below.page else 0.0


class _Layout:
    """Gathers lines into blocks and writes them."""

    def __init__(self, manuscript: PagedManuscript, sizes: Sequence[float], leading: float) -> None:
        self.manuscript = manuscript
        self.sizes = sizes
        self.leading = leading
        self.indents: list[float] = []
        self.edges: dict[Line, float] = {}

    def write(self, lines: Sequence[Line]) -> None:
        """Write all lines."""
        lines = _aligned(list(_rows_only_in_runs(lines)))
        self.edges = self.right_edges(lines)
        for block in self.blocks(lines):
            first = block[0]
            rank = self.rank(block)
            item = split_item(first.text)
            if len(first.cells) > 1:
                self.table(block)
            elif rank is not None:
                self.add("heading", block, rank)
            elif item:
                self.item(block, item[0])
            else:
                self.indents = self.indents if first.x > min(self.indents, default=0) + 1 else []
                self.add("paragraph", block)

    def blocks(self, lines: Sequence[Line]) -> Iterator[list[Line]]:
        """The runs of lines that belong together."""
        block: list[Line] = []
        for line in lines:
            if block and self.continues(block, line):
                block.append(line)
                continue
            if block:
                yield block
            block = [line]
        if block:
            yield block

    def continues(self, block: Sequence[Line], line: Line) -> bool:
        """Whether a line goes on with the block above it."""
        last, first = block[-1], block[0]
        if len(line.cells) > 1 or len(last.cells) > 1:
            return len(line.cells) == len(last.cells)
        if split_item(line.text) or abs(line.size - last.size) > 0.05 * last.size or self.rank([last]) != self.rank([line]):
            return False
        gap = _gap(last, line)
        if gap <= 0:  # a new column or page
            return line.text[:1].islower() or last.text[-1] not in ".!?:;"
        if gap > self.leading + _EVEN or self.ends_early(last, line):
            return False
        ended = last.text[-1] in ".!?:"
        if split_item(first.text):
            return line.x > first.x + 1 or not ended
        return not (ended and line.x > last.x + 0.8 * line.size)

    def right_edges(self, lines: Sequence[Line]) -> dict[Line, float]:
        """Where the longest line ends of those that stand evenly spaced with a line, for each line."""
        runs: list[list[Line]] = []
        for line in lines:
            above = runs[-1][-1] if runs else None
            even = above is not None and above.size == line.size and 0 < _gap(above, line) <= self.leading + _EVEN
            runs[-1].append(line) if even else runs.append([line])
        return {line: max(other.right for other in run) for run in runs for line in run}

    def ends_early(self, above: Line, line: Line) -> bool:
        """Whether the line above stops so far from the text's edge that the next word was put on a new line on purpose."""
        edge = self.edges[line]
        word = 0.45 * line.size * len(line.text.split(" ", 1)[0])
        return not above.text.endswith(("-", "\u2010", "\u00ad")) and edge - above.right > word + 0.25 * (edge - line.x)

    def rank(self, block: Sequence[Line]) -> int | None:
        """The rank of a heading: by size, else that of a bold line; None for other text."""
        size = block[0].size
        if size in self.sizes:
            return min(self.sizes.index(size) + 1, 6)
        if all(line.bold for line in block) and len(block) == 1 and reads_as_line(tidy(block[0].text)) and not block[0].cells:
            return BOLD_LINE
        return None

    def item(self, block: Sequence[Line], marker: str) -> None:
        """Write a list item, nested by how far its marker is indented."""
        x = block[0].x
        while self.indents and x <= self.indents[-1] - 0.5 * block[0].size:
            self.indents.pop()
        if not self.indents or x >= self.indents[-1] + 0.5 * block[0].size:
            self.indents.append(x)
        text = (split_item(block[0].text) or ("", ""))[1]
        self.add("item", [replace(block[0], text=text), *block[1:]], len(self.indents) - 1, marker)

    def table(self, block: Sequence[Line]) -> None:
        """Write a table; its first row heads it if it alone is bold."""
        headed = block[0].bold and not any(line.bold for line in block[1:])
        starts = self.manuscript.add_table([line.cells for line in block], [headed and not at for at in range(len(block))])
        for line, start in zip(block, starts, strict=True):
            self.manuscript.note(start, [(line.page, line.text)])

    def add(self, kind: BlockKind, block: Sequence[Line], level: int = 0, marker: str = "") -> None:
        """Write one block."""
        self.manuscript.add_runs(kind, [(line.page, f"{line.text}\n") for line in block], level, marker)


def _aligned(lines: Sequence[Line]) -> list[Line]:
    """The lines, those of a column beside another moved to where the first one begins: an indent means the same in both."""
    columns: list[list[Line]] = []
    for line in lines:
        above = columns[-1][-1] if columns else None
        goes_on = above is not None and above.page == line.page and line.y < above.y + line.size
        columns[-1].append(line) if goes_on else columns.append([line])
    first: dict[int, float] = {}
    for column in columns:
        left = min(line.x for line in column)
        first[column[0].page] = min(left, first.get(column[0].page, left))
    moved = []
    for column in columns:
        shift = min(line.x for line in column) - first[column[0].page]
        moved += [replace(line, x=line.x - shift) if shift > _BESIDE * line.size else line for line in column]
    return moved


def _rows_only_in_runs(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines, with cells kept only where two rows of as many columns stand together: a lone one is a line with gaps."""
    for at, line in enumerate(lines):
        beside = (*lines[max(0, at - 1) : at], *lines[at + 1 : at + 2])
        alone = not any(len(other.cells) == len(line.cells) and other.page == line.page for other in beside)
        yield replace(line, cells=()) if alone else line
