"""A text as typed to the text as it is read, compared or named by."""

import re
import unicodedata

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# Characters that are not seen (soft hyphens, zero-width spaces, byte order marks) and letters that are set as one.
_AS_SEEN = str.maketrans(
    dict.fromkeys("\u00ad\u200b\u2060\ufeff", "")
    | {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st"}
)
_ACCENTS = re.compile("[\u0300-\u036f]")


def clean(text: str) -> str:
    """A question as it will be read: NFC, no control, format or tag characters, white space folded.

    Joiners between letters are kept (U+200C and U+200D shape words in several scripts)."""
    kept = (c if not _unseen(c) else " " if c in "\t\n\r\x0b\x0c\x85" else "" for c in unicodedata.normalize("NFC", text))
    return " ".join("".join(kept).split())


def _unseen(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"} and character not in "\u200c\u200d"


def printable(text: str) -> str:
    """A text for a terminal: characters that would move its cursor, ring, or turn the direction of writing are escaped."""
    return "".join(c if not _CONTROL.match(c) else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


def as_seen(text: str) -> str:
    """A text in NFC as its reader sees it: without characters that show nothing, ligatures as letters."""
    return unicodedata.normalize("NFC", text.translate(_AS_SEEN))


def fold(text: str) -> str:
    """A text with each run of white space as one space, and none around it."""
    return " ".join(text.split())


def slug(text: str) -> str:
    """A text's letters and digits in lower case and without accents, what stands between them a hyphen; empty if it has none."""
    plain = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold())))
    return re.sub(r"[\W_]+", "-", plain).strip("-")
