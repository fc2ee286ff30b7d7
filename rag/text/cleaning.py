"""A text as typed to the text as it is read, compared or named by."""

import re
import unicodedata

_ACCENTS = re.compile("[\u0300-\u036f]")


def clean(text: str) -> str:
    """A question as it will be read: NFC, no control, format or tag characters, white space folded.

    Joiners between letters are kept (U+200C and U+200D shape words in several scripts)."""
    kept = (c if not _unseen(c) else " " if c in "\t\n\r\x0b\x0c\x85" else "" for c in unicodedata.normalize("NFC", text))
    return " ".join("".join(kept).split())


def _unseen(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"} and character not in "\u200c\u200d"


def fold(text: str) -> str:
    """A text with each run of white space as one space, and none around it."""
    return " ".join(text.split())


def slug(text: str) -> str:
    """A text's letters and digits in lower case and without accents, what stands between them a hyphen; empty if it has none."""
    plain = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold())))
    return re.sub(r"[\W_]+", "-", plain).strip("-")
