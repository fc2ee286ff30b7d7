"""What a parser hands on; and, for a guide that is not text itself, its canonical text written block by block."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rag.datatypes import Block, BlockKind
from rag.formats.blocks import BOLD_LINE, HEADER, labelled
from rag.formats.plaintext import plain_blocks

_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file says: its canonical text, and the blocks its format shows, with offsets into that text.

    `meta` may hold "source", "date", "language" and "aliases" (one a line). `skipped` are spans that are no words of the guide,
    such as front matter. `page_starts` holds the offset at which each page begins. `lost` counts the letters and digits
    that the file shows and `text` leaves out (page furniture, text boxes the library does not reach).
    """

    text: str
    blocks: tuple[Block, ...]
    title: str | None = None
    meta: dict[str, str] = field(default_factory=dict)
    page_starts: tuple[int, ...] = ()
    skipped: tuple[tuple[int, int], ...] = ()
    lost: int = 0


class Manuscript:
    """A text in the making. Items stand under their marker, rows have their cells parted by " | "."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []

    def add(self, kind: BlockKind, text: str, level: int = 0, marker: str = "") -> int | None:
        """Write a block under the last one, white space folded and line breaks kept, and return where its text starts.

        A text without words is left out."""
        text = tidy(text)
        if not any(character.isalnum() for character in text):
            return None
        if self._blocks:
            self._write("\n" if kind in ("item", "row") and self._blocks[-1].kind == kind else "\n\n")
        if kind == "item":
            self._write("  " * level + marker + " ")
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
        a single column is prose."""
        starts: list[int | None] = []
        for at, (cells, header) in enumerate(zip(rows, headers, strict=True)):
            if len(cells) <= 1 or (at == 0 and not any(cell.strip() for cell in cells[1:])):
                starts.append(self.add("paragraph", cells[0] if cells else ""))
            else:
                line = " | ".join(" ".join(tidy(cell).split()) for cell in cells)
                starts.append(self.add("row", line.rstrip(" |").lstrip(), marker=HEADER if header else ""))
        return starts

    def finish(self, said: dict[str, str], shown: int = 0, page_starts: tuple[int, ...] = ()) -> Parsed:
        """The text and its blocks, with what the file said of itself ("title" and the keys of `Parsed.meta`) and how many
        letters and digits it showed. Where only bold lines are headings, their rank is unknown (0)."""
        text = self.text
        marked = any(block.kind == "heading" and block.level != BOLD_LINE for block in self._blocks)
        ranked = [block if marked or block.kind != "heading" else replace(block, level=0) for block in self._blocks]
        blocks = tuple(labelled(text, block) for block in ranked)
        meta = {name: value for name, value in said.items() if value and name != "title"}
        lost = max(0, shown - sum(count_characters(text[block.start : block.end]) for block in blocks))
        return Parsed(text, blocks, said.get("title") or None, meta, page_starts, lost=lost)

    @property
    def text(self) -> str:
        """What is written so far."""
        return "".join(self._pieces)

    def _write(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)


def tidy(text: str) -> str:
    """A text in NFC without invisible characters, each run of white space folded to a space or a line break."""
    lines = (" ".join(line.split()) for line in _UNSEEN.sub("", unicodedata.normalize("NFC", text)).split("\n"))
    return "\n".join(filter(None, lines))


def count_characters(text: str) -> int:
    """How many characters of a text are letters or digits."""
    return sum(map(str.isalnum, text))
