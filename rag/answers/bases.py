"""Bases: the figure that a relative figure is relative to ("10-20% of base salary"), quoted beside it."""

import re
from collections.abc import Iterator, Sequence

from rag.answers.citation import Quote
from rag.answers.sections import Entry, Profiles
from rag.answers.spans import Pick
from rag.guides.passages import own_path
from rag.text.words import stems

_RELATIVE = re.compile(
    r"(?:\d\s?%|\bper ?cent\b|\btimes\b|\b(?:half|third|quarter)\b)[^.;\n]{0,12}?"
    r"\b(?:above|below|over|under|(?:more|less|higher|lower) than|on top of|of)\s+(?:the\s+|an?\s+|your\s+)?"
    r"(?P<base>[a-z][a-z -]{2,39})",
    re.IGNORECASE,
)
_AMOUNT = re.compile(r"[$£€¥]\s?\d|\b\d{1,3}(?:,\d{3})+\b")
_MOST = 2  # units a pick may have to be short enough for a base beside it


def base_of(pick: Pick, profiles: Profiles) -> Quote | None:
    """The quote that states the base of a pick's relative figures, from the same section of the guide, or None where the pick
    has none, states it itself, or the section does not."""
    if pick.whole or len(pick.units) > _MOST:
        return None
    texts = [pick.support.text(at) for at in pick.units]
    relative = [match for text in texts for match in _RELATIVE.finditer(text)]
    if not relative or any(_AMOUNT.search(text) for text in texts):
        return None
    base = frozenset(stems(relative[0]["base"]))
    passage = pick.support.hit.passage
    section = own_path(passage.path, passage.career)[:2]
    entries = profiles.entries(passage.career) if passage.career else ()
    near = [entry for entry in entries if own_path(entry.path, passage.career)[:2] == section]
    return next(_stating(near, base), None) if base and len(section) > 1 else None


def _stating(entries: Sequence[Entry], base: frozenset[str]) -> Iterator[Quote]:
    """Items and sentences that give an amount and name the base in so many words, in a label or before the amount."""
    for entry in entries:
        for at, unit in enumerate(entry.units):
            text = entry.document.text[unit.start : unit.end]
            amount = _AMOUNT.search(text)
            told = unit.kind in ("item", "sentence") and not _RELATIVE.search(text)
            if told and amount and base <= frozenset(stems(text[: amount.start()])):
                yield entry.quote([at])
