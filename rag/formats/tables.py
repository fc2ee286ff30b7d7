"""Cells that span rows and columns to the rows of a table, each with its labels."""

from collections.abc import Sequence
from typing import NamedTuple

_MOST = 1000  # rows or columns that a cell may span


class Cell(NamedTuple):
    """A cell's text, and how many columns and rows it spans (0 rows: all that are left)."""

    text: str
    columns: int = 1
    rows: int = 1


def spread(rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
    """Rows of texts in step: a cell over several rows is said in each, so that every row has its label; one over several columns
    has empty ones beside it."""
    grid: list[list[str]] = []
    open_cells: dict[int, tuple[str, int]] = {}  # by column: the text that goes on, and in how many more rows
    for at, row in enumerate(rows):
        line: list[str] = []
        cells = iter(row)
        cell = next(cells, None)
        while cell is not None or len(line) in open_cells:
            if len(line) in open_cells:
                text, left = open_cells.pop(len(line))
                if left > 1:
                    open_cells[len(line)] = (text, left - 1)
                line.append(text)
                continue
            assert cell is not None
            span = min(max(cell.columns, 1), _MOST)
            more = (len(rows) - at if cell.rows < 1 else min(cell.rows, _MOST)) - 1
            for column, text in enumerate([cell.text, *[""] * (span - 1)], len(line)):
                if more > 0:
                    open_cells[column] = (text, more)
                line.append(text)
            cell = next(cells, None)
        grid.append(line)
    return grid


def cell_text(lines: Sequence[str]) -> str:
    """The lines of a cell as one: parted by ";" where no mark or small letter tells that the next goes on with it."""
    text = ""
    for line in (" ".join(line.replace(" | ", " ").split()) for line in lines):
        if text and line:
            text += " " if text[-1] in ".,:;!?" or line[0].islower() else "; "
        text += line
    return text
