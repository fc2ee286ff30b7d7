"""Units to quotes, quotes to the citations and the text of an answer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answers.evidence import Group
from rag.answers.wording import say
from rag.datatypes import Document, Passage, Unit
from rag.guides.passages import own_path
from rag.reply import Citation, Part, Segment

_DATED = re.compile(r"\(([^()]*\d{4}[^()]*)\)")


@dataclass(frozen=True, slots=True)
class Quote:
    """An unbroken run of units of one document, to be cited; `score` in [0, 1] is the probability that its passage answers,
    `best` (an index of `units`) the unit that is likeliest the answer, `why` the words that make it near where it is none."""

    document: Document
    passage: Passage
    units: tuple[Unit, ...]
    score: float
    best: int | None = None
    why: str = ""

    @property
    def start(self) -> int:
        return self.units[0].start

    @property
    def end(self) -> int:
        return max(unit.end for unit in self.units)

    @property
    def text(self) -> str:
        return self.document.text[self.start : self.end]

    def citation(self, number: int) -> Citation:
        """The quote as a citation under a number."""
        parts = tuple(
            Part(unit.kind, unit.start, unit.end, unit.level, unit.label_end, best=at == self.best)
            for at, unit in enumerate(self.units)
        )
        return Citation(number, self.document, self.passage, self.start, self.end, self.score, parts, self.why)


def quotes(group: Group, units: Sequence[int], score: float, best: int | None = None) -> list[Quote]:
    """Units of a group as quotes: those that follow each other in the guide are one. Of a sentence that a page break cuts, both
    parts are quoted."""
    runs: list[list[int]] = []
    for at in _mended(group, units):
        if runs and at == runs[-1][-1] + 1 and _joined(group.document.text, group.units[at - 1], group.units[at]):
            runs[-1].append(at)
        else:
            runs.append([at])
    return [
        Quote(
            group.document,
            group.passage(run[0]),
            tuple(group.units[at] for at in run),
            min(max(score, 0.0), 1.0),
            run.index(best) if best in run and len(run) > 1 else None,
        )
        for run in runs
    ]


def holding(found: Sequence[Quote], unit: Unit) -> Quote:
    """The quote that holds a unit: of an item under its lead-in, not the lead-in."""
    return next((quote for quote in found if unit in quote.units), found[0])


def cite(found: Sequence[Quote]) -> tuple[str, tuple[Segment, ...], tuple[Citation, ...]]:
    """Quotes to the answer's text, its segments and its citations, numbered in order, but a header row or a lead-in after what it
    stands over: number 1 is what answers. A quote within an earlier one is left out."""
    kept: list[Quote] = []
    for quote in found:
        if not any(one.document.id == quote.document.id and one.start <= quote.start and quote.end <= one.end for one in kept):
            kept.append(quote)
    numbered = _heads_last(kept)
    text, segments = "", []
    for quote in kept:
        text += "\n\n" if text else ""
        segments.append(Segment(len(text), len(text) + len(quote.text), numbered.index(quote) + 1))
        text += quote.text
    return text, tuple(segments), tuple(quote.citation(number) for number, quote in enumerate(numbered, 1))


def _heads_last(found: Sequence[Quote]) -> list[Quote]:
    """Quotes in their order, those that only lead in to another right after it."""
    order: list[Quote] = []
    above: list[Quote] = []
    for quote in found:
        if all(unit.kind == "lead" for unit in quote.units):
            above.append(quote)
        else:
            order += [quote, *above]
            above = []
    return order + above


def dated(group: Group) -> str:
    """What stands in brackets with a year in the last heading over a group that has such brackets; "" where none has."""
    asides = [match[1] for heading in own_path(group.path, group.career) if (match := _DATED.search(heading))]
    return asides[-1] if asides else ""


def remarks(group: Group, units: Sequence[int]) -> tuple[str, ...]:
    """What the reader should know of quoted units: the date in a heading over figures, the label or columns they stand under."""
    said: list[str] = []
    words = " ".join(group.text(at) for at in units)
    if (aside := dated(group)) and re.search(r"\d", words):
        said.append(say("remarks", "dated", date=aside))
    if (part := _part_of_list(group, units)) is not None:
        said.append(say("remarks", "part", n=part[0], of=part[1]))
    parents = {group.units[at].parent for at in units}
    parent = parents.pop() if len(parents) == 1 else None
    if parent is not None and parent not in units:
        above = " ".join(group.text(parent).strip("*:：| ").split())
        if group.units[units[0]].kind == "row":
            said.append(say("remarks", "columns", columns=above))
        else:
            said.append(say("remarks", "under", lead=above))
    return tuple(said)


def _part_of_list(group: Group, units: Sequence[int]) -> tuple[int, int] | None:
    """How many of how many items of a list are quoted, or None where that is one, or all: several that leave others out would
    else be taken for the whole list."""
    kin = [(group.units[at].level, group.units[at].parent) for at in units if group.units[at].kind == "item"]
    outer = min(kin, key=lambda one: one[0], default=None)
    whole = sum(unit.kind == "item" and (unit.level, unit.parent) == outer for unit in group.units)
    return (kin.count(outer), whole) if outer is not None and 1 < kin.count(outer) < whole else None


def _mended(group: Group, units: Sequence[int]) -> list[int]:
    """Units with the other parts of cut sentences."""
    found = set(units)
    pairs = [(at - 1, at) for at in range(1, len(group.units)) if group.units[at - 1].kind == group.units[at].kind == "sentence"]
    for before, after in [*pairs, *reversed(pairs)]:
        if found & {before, after} and group.text(before)[-1].isalnum() and group.text(after)[0].islower():
            found |= {before, after}
    return sorted(found)


def _joined(text: str, before: Unit, after: Unit) -> bool:
    """Whether nothing but list marks, rules and white space stands between two units: no page footer, no heading."""
    between = text[before.end : after.start].split()
    return all(not any(map(str.isalnum, piece)) or (len(piece) <= 4 and sum(map(str.isalpha, piece)) <= 1) for piece in between)
