"""Whether an answer holds a fact, however the two write quote marks, dashes, ranges, lists and markup."""

import re
import unicodedata

from rag.formats.blocks import BULLETS
from rag.text.cleaning import fold

_MARKS = str.maketrans(
    {
        **dict.fromkeys("‘’ʼ", "'"),
        **dict.fromkeys("“”", '"'),
        **dict.fromkeys("–—‑‒−", "-"),
        **dict.fromkeys("\u00ad\u200b\ufeff"),
    }
)
# What is written in several ways, and the one way it is compared in; the order matters.
_FORMS = tuple(
    (re.compile(pattern), form)
    for pattern, form in (
        (r"\[([^\]]*)\]\(https?:[^)]*\)", r"\1"),  # a link is its text
        (r"\s*\[\^?[\d,\s]+\]", ""),  # [1] points at a citation
        (rf"(?m)^\s*(?:[>{re.escape(BULLETS)}]|\d{{1,2}}[.)])\s+", " "),  # list markers
        (r"[*_`~\\]+", ""),
        (r"[#|•◦▪\s]+", " "),
        (r"between (\$?\d[\d,.]*%?) and (?=\$?\d)", r"\1-"),  # "between 3 and 5" is 3-5
        (r"(?<=[\d%+k]) (?:to|through) (?=\$?\d)", "-"),  # so is "3 to 5"
        (r"\s*-\s*", "-"),
        (r"(\d)%-(\d[\d.]*%)", r"\1-\2"),  # 10%-20% is 10-20%
        (r"\s+([,.;:!?)])", r"\1"),
    )
)


def plain(text: str) -> str:
    """A text without markup, list markers and case, its quote marks, dashes and ranges written one way."""
    text = unicodedata.normalize("NFKC", text).translate(_MARKS).lower()
    for pattern, form in _FORMS:
        text = pattern.sub(form, text)
    return fold(text)


def holds(text: str, fact: str) -> bool:
    """Whether a text already made `plain` holds a fact, standing free of other digits: "135%" does not hold "35%"."""
    wanted = plain(fact)
    if not wanted:
        return False
    before = r"(?<!\d)" if wanted[0].isdigit() else ""
    after = r"(?!\d)" if wanted[-1].isdigit() else ""
    return re.search(before + re.escape(wanted) + after, text) is not None
