"""What the blocks of all formats have in common: markers that say what a block is, list marks, labels, and lines that read as
headings."""

import re
from dataclasses import replace

from rag.datatypes import Block
from rag.text.words import FUNCTION_WORDS, WORD

HEADER = "header"  # the marker of a table's heading row
BARE_LABEL = "label"  # the marker of an item that only names what follows it
BOLD_LINE = 7  # the rank of a heading that is only a bold line, where others are marked as headings
BULLETS = "•◦▪▫‣⁃∙●○■□◆◇➢➤►✓✔·*+–-"
LIST_MARK = rf"(?:[{re.escape(BULLETS)}]|\(?(?:\d{{1,3}}|[a-z]|[ivx]{{2,5}})[.)])"
ITEM = re.compile(rf"([ \t\xa0]*)({LIST_MARK})[ \t\xa0]+(?=\S)")
EMPHASIS = r"(?:\*\*|__)?"
_ROMAN_LETTERS = ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I")
_ROMAN = tuple(zip((1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1), _ROMAN_LETTERS, strict=True))
MAX_WORDS = 12  # of a heading
_MAX_CHARACTERS = 100
_OPEN_END = frozenset(["a", "an", "the", "and", "or", "of", "than", "that"])
_DANGLING = frozenset(["to", "with", "for", "in", "by", "from", "as", "on", "at"])  # may end a short heading ("Ways in")
_LABEL_WORD = r"(?:[^\s:.!?;]|[.!?](?=\S))+"


def _label(words: int) -> re.Pattern[str]:
    return re.compile(rf"{EMPHASIS}(?=[^\W_]){_LABEL_WORD}(?: {_LABEL_WORD}){{0,{words - 1}}}(?=:{EMPHASIS}[ \t]+\S)")


# A list item is often all label; a paragraph that runs five words to a colon is a sentence more often than a label.
_LABELS = {"item": _label(8), "paragraph": _label(4)}


def labelled(text: str, block: Block) -> Block:
    """The block with the end of its label set, if it reads "Label: text": up to eight words, or four in a paragraph."""
    pattern = _LABELS.get(block.kind)
    found = pattern.match(text, block.start, block.end) if pattern else None
    return replace(block, label_end=found.end()) if found else block


def split_item(line: str) -> tuple[str, str] | None:
    """The marker of a line that is a list item, and what stands after it; None for other lines."""
    item = ITEM.match(line)
    return (item.group(2), line[item.end() :]) if item else None


def mark_kind(marker: str) -> str:
    """What the markers of one list have in common: the bullet, or that they count in figures or in letters."""
    counts = re.fullmatch(r"\(?(?:(\d+)|[A-Za-z]{1,6})(?:\.\w+)*[.)]?", marker)
    if counts is None or marker in (HEADER, BARE_LABEL):
        return marker
    return "number" if counts[1] else "letter"


def counted(number: int, style: str) -> str:
    """A number as a list shows it: "1", "a" and "A" for letters, "i" and "I" for Roman figures."""
    if style in ("i", "I") and 0 < number < 4000:
        roman, left = "", number
        for value, letters in _ROMAN:
            roman += letters * (left // value)
            left %= value
        return roman if style == "I" else roman.lower()
    if style in ("a", "A") and number > 0:
        letters = ""
        while number:
            number, digit = divmod(number - 1, 26)
            letters = chr(ord(style) + digit) + letters
        return letters
    return str(number)


def reads_as_line(line: str) -> bool:
    """Whether a text is one short line that does not end like a sentence, as a heading that is only bold does."""
    return 0 < len(line) <= _MAX_CHARACTERS and "\n" not in line and line[-1] not in ".!;,"


def reads_as_heading(line: str) -> bool:
    """Whether a lone line reads as a heading: one short line, opened by a capital or digit, not ended like a sentence."""
    count = len(WORD.findall(line))
    if not reads_as_line(line) or not 0 < count <= MAX_WORDS or re.search(r":\s+[a-z]", line):
        return False
    if line.endswith("?"):
        return True
    first = line.lstrip("\"'“‘([#*")[:1]
    last = line.split()[-1].lower()
    if not (first.isupper() or first.isdigit()) or last in _OPEN_END or (last in _DANGLING and count > 5):
        return False
    return count <= (6 if line.endswith(":") else 8) or is_title_case(line)


def is_title_case(line: str) -> bool:
    """Whether all words of a line but function words begin with a capital or a digit."""
    return all(word[:1].isupper() or word[:1].isdigit() for word in WORD.findall(line) if word.lower() not in FUNCTION_WORDS)
