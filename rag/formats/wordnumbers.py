"""The numbers that Word shows before the items of its lists: it stores only how to count."""

import re
from typing import Any

from docx.oxml.ns import qn

from rag.formats.blocks import counted

_STYLES = {"lowerRoman": "i", "upperRoman": "I", "lowerLetter": "a", "upperLetter": "A"}
_PLACE = re.compile(r"%([1-9])")


class Numbers:
    """The lists of a document, each with how far it has counted at each of its nine levels."""

    def __init__(self, numbering: Any) -> None:
        self._levels: dict[tuple[str, int], Any] = {}
        self._abstract: dict[str, str] = {}
        self._starts: dict[tuple[str, int], int] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._used: set[str] = set()
        if numbering is not None:
            self._read(numbering)

    def _read(self, numbering: Any) -> None:
        abstracts = {one.get(qn("w:abstractNumId")): one for one in numbering.iter(qn("w:abstractNum"))}
        for number in numbering.iter(qn("w:num")):
            id = number.get(qn("w:numId"))
            self._abstract[id] = value(number, "w:abstractNumId") or ""
            for level in abstracts.get(self._abstract[id], ()):
                if level.tag == qn("w:lvl"):
                    self._levels[id, int(level.get(qn("w:ilvl")))] = level
            for override in number.iter(qn("w:lvlOverride")):
                at = int(override.get(qn("w:ilvl")))
                level = override.find(qn("w:lvl"))
                if level is not None:
                    self._levels[id, at] = level
                if (start := value(override, "w:startOverride")) is not None:
                    self._starts[id, at] = int(start)

    def marker(self, id: str, level: int) -> str:
        """The marker of the next item of a list at a level."""
        form = self._levels.get((id, level))
        style = (value(form, "w:numFmt") if form is not None else None) or "decimal"
        if form is None or style in ("bullet", "none"):
            return "•"
        counts = self._counts.setdefault(self._abstract.get(id, id), [None] * 9)
        if id not in self._used:  # a list that restarts does so where it is first used
            self._used.add(id)
            for at in range(9):
                counts[at] = None if (id, at) in self._starts else counts[at]
        before = counts[level]
        counts[level] = self._start(id, level) if before is None else before + 1
        counts[level + 1 :] = [None] * (8 - level)
        pattern = value(form, "w:lvlText") or f"%{level + 1}."
        return _PLACE.sub(lambda place: self._shown(id, int(place.group(1)) - 1, counts), pattern).strip() or "•"

    def _shown(self, id: str, level: int, counts: list[int | None]) -> str:
        form = self._levels.get((id, level))
        style = (value(form, "w:numFmt") if form is not None else None) or "decimal"
        count = counts[level]
        return counted(self._start(id, level) if count is None else count, _STYLES.get(style, "1"))

    def _start(self, id: str, level: int) -> int:
        form = self._levels.get((id, level))
        stated = value(form, "w:start") if form is not None else None
        return self._starts.get((id, level), int(stated or 1))


def value(element: Any, path: str) -> str | None:
    """The value of the property at a path below an element, or None."""
    found = element.find("/".join(map(qn, path.split("/"))))
    return str(found.get(qn("w:val"))) if found is not None and found.get(qn("w:val")) is not None else None
