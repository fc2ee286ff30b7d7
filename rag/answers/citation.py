"""Picks to an answer: quotes with numbered citations, laid out as the guide lays them out, in our words nothing but remarks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answers.spans import Pick
from rag.datatypes import Citation, Document, Part, Passage, Segment, Unit
from rag.guides.passages import own_path

_PARENTHESES = re.compile(r"\(([^()]*\d{4}[^()]*)\)")


@dataclass(frozen=True, slots=True)
class Quote:
    """An unbroken run of units of one document, to be cited; `score` in [0, 1] says how near it is to the question."""

    document: Document
    passage: Passage
    units: tuple[Unit, ...]
    score: float

    @property
    def start(self) -> int:
        return self.units[0].start

    @property
    def end(self) -> int:
        return max(unit.end for unit in self.units)


def quotes(pick: Pick) -> list[Quote]:
    """A pick's units as runs: units that follow each other in the guide are one run. Of a sentence that a page break cuts, both
    parts are quoted."""
    support = pick.support
    runs: list[list[int]] = []
    for at in _mended(pick):
        if runs and at == runs[-1][-1] + 1 and _joined(support.document.text, support.units[at - 1], support.units[at]):
            runs[-1].append(at)
        else:
            runs.append([at])
    return [
        Quote(
            support.document,
            _holder(support.passages, run[0]),
            tuple(support.units[at] for at in run),
            min(max(float(support.dense[run].max()), 0.0), 1.0),
        )
        for run in runs
    ]


def _mended(pick: Pick) -> list[int]:
    """A pick's units with the other parts of cut sentences."""
    units, text = pick.support.units, pick.support.text
    found = set(pick.units)
    pairs = [(at - 1, at) for at in range(1, len(units)) if units[at - 1].kind == units[at].kind == "sentence"]
    for before, after in [*pairs, *reversed(pairs)]:
        if found & {before, after} and text(before)[-1].isalnum() and text(after)[0].islower():
            found |= {before, after}
    return sorted(found)


def _joined(text: str, before: Unit, after: Unit) -> bool:
    """Whether nothing but list marks, rules and white space stands between two units: no page footer, no heading."""
    between = text[before.end : after.start].split()
    return all(not any(map(str.isalnum, piece)) or (len(piece) <= 4 and sum(map(str.isalpha, piece)) <= 1) for piece in between)


def _holder(passages: Sequence[Passage], at: int) -> Passage:
    return next(passage for passage in reversed(passages) if passage.first <= at)


def cite(found: Sequence[Quote]) -> tuple[str, tuple[Segment, ...], tuple[Citation, ...]]:
    """Quotes to the answer's text, its segments and its citations, numbered in order; one within an earlier one is left out."""
    text = ""
    segments: list[Segment] = []
    citations: list[Citation] = []
    for quote in found:
        if any(c.document.id == quote.document.id and c.start <= quote.start and quote.end <= c.end for c in citations):
            continue
        number = len(citations) + 1
        words = quote.document.text[quote.start : quote.end]
        text += "\n\n" if text else ""
        segments.append(Segment(len(text), len(text) + len(words), number))
        text += words
        parts = tuple(Part(unit.kind, unit.start, unit.end, unit.level, unit.label_end) for unit in quote.units)
        citations.append(Citation(number, quote.document, quote.passage, quote.start, quote.end, quote.score, parts))
    return text, tuple(segments), tuple(citations)


def remarks(picks: Sequence[Pick], text: str) -> tuple[str, ...]:
    """What the reader should know of the quotes: the date in a heading over figures, the label an item stands under."""
    said: list[str] = []
    for pick in picks:
        passage = pick.support.hit.passage
        dated = [match[1] for heading in own_path(passage.path, passage.career) if (match := _PARENTHESES.search(heading))]
        if dated and re.search(r"\d", text):
            said.append(f"The guide heads these figures “{dated[-1]}”.")
        if not pick.whole and (label := _label(pick)):
            said.append(label)
    return tuple(dict.fromkeys(said))


def _label(pick: Pick) -> str:
    """What a pick's only units stand under and the quote does not show: an item's label, a table's columns."""
    units = pick.support.units
    parents = {units[at].parent for at in pick.units}
    parent = parents.pop() if len(parents) == 1 else None
    if parent is None or parent in pick.units:
        return ""
    above = pick.support.text(parent).strip("*:| ")
    if units[pick.units[0]].kind == "row":
        return f"The table’s columns are “{' '.join(above.split())}”."
    return "" if units[parent].kind == "lead" else f"Listed under “{above}”."
