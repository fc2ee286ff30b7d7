"""The snippets of text on a PDF's pages, and how they join into the running text of blocks that know their pages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from rag.datatypes import BlockKind
from rag.formats.manuscript import Manuscript

if TYPE_CHECKING:
    from spellchecker import SpellChecker

_HYPHEN = re.compile(r"([^\W\d_]+)[-\u2010\u00ad]$")
_CUT = re.compile(r"[^\W\d_]+[-\u2010\u00ad]\s*\n\s*[^\W\d_]+")
_HEAD = re.compile(r"[^\W\d_]+")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_RARE = 50  # uses of the rarest words in the lexicon
_WIDE = "\u2e80"  # from here on scripts are written without spaces

PageText = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Snippet:
    """A run of text in one font; x and y are of its start in points, y upwards, `right` is where it ends. `mark` is its
    marked-content id, `artifact` tells running heads and the like where the file says so."""

    text: str
    page: int
    x: float
    y: float
    size: float
    bold: bool
    mark: int | None = None
    artifact: bool = False
    right: float = 0.0


def words_of(snippets: Sequence[Snippet]) -> frozenset[str]:
    """The words a text uses, hyphenated ones whole, in lower case; those cut at a line's end are left out."""
    text = _CUT.sub(" ", "".join(snippet.text for snippet in snippets))
    return frozenset(word.lower() for word in _WORD.findall(text))


def join_lines(lines: Sequence[str], words: frozenset[str]) -> str:
    """Lines as running text. A hyphen at a line's end goes, unless the text has the hyphenated word, or both halves as words."""
    text = ""
    for line in (" ".join(line.split()) for line in lines):
        cut, head = _HYPHEN.search(text, text.rfind(" ") + 1), _HEAD.match(line)  # of a long text its last word
        if not text or not line:
            text += line
        elif cut and head and line[0].islower():
            keep = _is_compound(cut.group(1).lower(), head.group().lower(), words) and not text.endswith("\u00ad")
            text = (text if keep else text[:-1]) + line
        else:
            text += line if text[-1] >= _WIDE and line[0] >= _WIDE else f" {line}"
    return text


def _is_compound(first: str, second: str, words: frozenset[str]) -> bool:
    if f"{first}-{second}" in words:
        return True
    if first + second in words:
        return False
    return (first in words and second in words) or _is_known_compound(first, second)


def _is_known_compound(first: str, second: str) -> bool:
    """Whether both halves are English words, and the whole is none, or hardly."""
    uses = _lexicon().word_frequency
    return bool(uses[first] and uses[second] and uses[first + second] <= _RARE)


@cache
def _lexicon() -> "SpellChecker":
    # Half a second, which only a text with a hyphen at a line's end that itself does not explain spends.
    from spellchecker import SpellChecker

    return SpellChecker(distance=1)


class PagedManuscript(Manuscript):
    """A manuscript of paged text, given in runs of (page from 0, text), lines ended by line feeds. `words` are those of the whole
    text: they tell which hyphens at a line's end belong to a word."""

    def __init__(self, words: frozenset[str]) -> None:
        super().__init__()
        self._words = words
        self._notes: list[tuple[int, int, bool]] = []

    def add_runs(self, kind: BlockKind, runs: Sequence[PageText], level: int = 0, marker: str = "") -> None:
        """Write a block, and note where pages begin in it."""
        self.note(self.add(kind, self.running(runs), level, marker), runs)

    def running(self, runs: Sequence[PageText]) -> str:
        """The running text of runs."""
        return join_lines("".join(text for _, text in runs).split("\n"), self._words)

    def note(self, start: int | None, runs: Sequence[PageText]) -> None:
        """Note on which page the block at `start` begins, and where in it later pages do."""
        if start is None:
            return
        for page in dict.fromkeys(page for page, _ in runs):
            before = self.running([run for run in runs if run[0] < page])
            self._notes.append((page, start + len(before) + bool(before), not before))

    def page_offsets(self) -> dict[int, int]:
        """The offset at which each page begins. A page that begins within a block counts only if no block of an earlier page
        follows: what recurs on every page is in one block."""
        offsets: dict[int, int] = {}
        ordered = sorted(self._notes, key=lambda note: note[1])
        last = {page: offset for page, offset, starts in ordered if starts}
        for page, offset, starts in ordered:
            if starts or not any(offset < end for earlier, end in last.items() if earlier < page):
                offsets.setdefault(page, offset)
        return offsets
