"""What a parser hands on; and, for a guide that is not text itself, its canonical text written block by block."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rag.datatypes import Block, BlockKind
from rag.formats.blocks import BOLD_LINE, HEADER, labelled
from rag.formats.plaintext import plain_blocks
from rag.text.cleaning import as_seen, fold

_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
_WORD = re.compile(r"[^\W_]+")
_RAISED = str.maketrans("0123456789+-=()abcdefghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file says: its canonical text, and the blocks its format shows, with offsets into that text.

    `meta` may hold "source", "date", "language" and "aliases" (one a line). `skipped` are spans that are no words of the guide,
    such as front matter. `page_starts` holds the offset at which each page begins. `left_out` are texts that the file shows and
    that are no content (menus, running heads, what is struck out); `lost` counts the letters and digits that it shows beside
    these and that `text` has not.
    """

    text: str
    blocks: tuple[Block, ...]
    title: str | None = None
    meta: dict[str, str] = field(default_factory=dict)
    page_starts: tuple[int, ...] = ()
    skipped: tuple[tuple[int, int], ...] = ()
    lost: int = 0
    left_out: tuple[str, ...] = ()


class Manuscript:
    """A text in the making. Items stand under their marker, rows have their cells parted by " | "."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self.left_out: list[str] = []

    def leave_out(self, text: str) -> None:
        """Note a text that the file shows and that is no content."""
        if any(map(str.isalnum, text)):
            self.left_out.append(fold(text))

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks so far."""
        return tuple(self._blocks)

    @property
    def kind(self) -> BlockKind | None:
        """The kind of the last block."""
        return self._blocks[-1].kind if self._blocks else None

    def lines(self) -> list[str]:
        """The text of each block so far."""
        text = self.text
        return [text[block.start : block.end] for block in self._blocks]

    def headings(self, rank: int | None = None) -> list[str]:
        """The headings so far, or those of a rank."""
        text = self.text
        return [
            text[block.start : block.end]
            for block in self._blocks
            if block.kind == "heading" and (rank is None or block.level == rank)
        ]

    def add(self, kind: BlockKind, text: str, level: int = 0, marker: str = "") -> int | None:
        """Write a block under the last one, white space folded and line breaks kept, and return where its text starts.

        A text without words is left out."""
        text = tidy(text)
        if not any(character.isalnum() for character in text):
            return None
        if self._blocks:
            self._write("\n" if kind in ("item", "row") and self._blocks[-1].kind == kind else "\n\n")
        if kind == "item":
            self._write("  " * level + (f"{marker} " if marker else ""))
        start = self._length
        self._blocks.append(Block(kind, start, start + len(text), level, marker))
        self._write(text)
        return start

    def add_heading(self, text: str, rank: int) -> int | None:
        """Write a heading that its file marks as one, of a rank from 1, and return where its text starts."""
        return self.add("heading", text.replace("\n", " "), rank, "#" * min(rank, 6))

    def add_prose(self, text: str) -> None:
        """Write a paragraph, or the list that was typed into it: lines that begin with a bullet or a number are items."""
        for block in plain_blocks(text):
            self.add(block.kind, text[block.start : block.end], block.level, block.marker)

    def add_table(self, rows: Sequence[Sequence[str]], headers: Sequence[bool]) -> list[int | None]:
        """Write a table and return where each row starts; `headers` tells which rows head it. A lone first cell is its caption,
        a single column is prose. A heading row that comes again is left out."""
        starts: list[int | None] = []
        rows = [list(cells) for cells in rows]
        headers = headers if any(headers) else [at == 0 and _heads(rows) for at in range(len(rows))]
        said: set[tuple[str, ...]] = set()
        for at, (cells, header) in enumerate(zip(rows, headers, strict=True)):
            again = tuple(cells) in said
            said.update([tuple(cells)] if header else ())
            if again:
                self.leave_out(" ".join(cells))
                starts.append(None)
                continue
            if len(cells) <= 1 or (at == 0 and not any(cell.strip() for cell in cells[1:])):
                starts.append(self.add("paragraph", cells[0] if cells else ""))
            else:
                line = " | ".join(" ".join(tidy(cell).split()) for cell in cells)
                starts.append(self.add("row", line.rstrip(" |").lstrip(), marker=HEADER if header else ""))
        return starts

    def finish(self, said: dict[str, str], lost: int = 0, page_starts: tuple[int, ...] = ()) -> Parsed:
        """The text and its blocks, with what the file said of itself ("title" and the keys of `Parsed.meta`) and how many
        letters and digits of it are lost. Where only bold lines are headings, their rank is unknown (0)."""
        text = self.text
        marked = any(block.kind == "heading" and block.level != BOLD_LINE for block in self._blocks)
        ranked = [block if marked or block.kind != "heading" else replace(block, level=0) for block in self._blocks]
        blocks = tuple(labelled(text, block) for block in ranked)
        meta = {name: value for name, value in said.items() if value and name != "title"}
        return Parsed(text, blocks, said.get("title") or None, meta, page_starts, lost=lost, left_out=tuple(self.left_out))

    @property
    def text(self) -> str:
        """What is written so far."""
        return "".join(self._pieces)

    def _write(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)


def tidy(text: str) -> str:
    """A text in NFC without invisible characters, each run of white space folded to a space or a line break."""
    lines = (" ".join(line.split()) for line in _UNSEEN.sub("", as_seen(text)).split("\n"))
    return "\n".join(filter(None, lines))


def count_characters(text: str) -> int:
    """How many characters of a text are letters or digits."""
    return sum(map(str.isalnum, text))


def missing(shown: str, held: str) -> int:
    """How many letters and digits are in words that a file shows more often than its text holds them."""
    absent = Counter(_WORD.findall(tidy(shown))) - Counter(_WORD.findall(tidy(held)))
    return sum(len(word) * times for word, times in absent.items())


def raised(tag: str, text: str) -> str:
    """What stands in an element "sup" or "sub": figures and single letters as the characters that are shown so. A note's mark, or
    a power, would else be read as part of the figure before it."""
    table = _RAISED if tag == "sup" else _LOWERED if tag == "sub" else None
    bare = text.strip()
    return text.translate(table) if table and (len(bare) == 1 or not any(map(str.isalpha, bare))) else text


def _heads(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row of a table that marks none heads it: it comes again, or has no figure where all rows below do."""
    if len(rows) > 2 and len(rows[0]) > 1 and rows[0] in rows[1:]:
        return True
    if len(rows) < 3 or len(rows[0]) < 2 or not all(cell.strip() for cell in rows[0]) or (len(rows[0]) == 2 and len(rows) < 4):
        return False
    figures = [[any(map(str.isdigit, cell)) for cell in row] for row in rows]
    return not any(figures[0]) and any(all(column) for column in zip(*figures[1:], strict=False))
