"""Supports to picks: which units of which groups answer a question, and how the guide lays them out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rag.answers.scoring import FIGURE, unit_scores
from rag.answers.support import Support
from rag.datatypes import Floats, Unit
from rag.questions.question import Reading
from rag.questions.topics import FACETS, LIGHT_WORDS
from rag.text.words import content_words, stems

SPECIFIC = 0.12  # own words must add so much coverage over the heading for one unit to be the answer rather than the list
ALIKE = 0.8  # units that add at least this share of what the best adds stand beside it
MOST_UNITS = 4
NEAR_SCORE = 3.0  # within which a section's list goes before its prose
HALF = 0.5  # support below which something is hardly what is asked
CLEAR = 0.8  # support from which something is about what is asked
NAMED = 0.8  # support of a lead-in's own words from which it names what is asked
HEADED = 0.6  # support of the headings over a list from which the list is what is asked for
LIST_CHARS = 900
_SAME = 0.7
_EQUAL = 1.0  # a difference in score within which two statements stand beside each other
PARAGRAPH_CHARS = 420  # a paragraph so short is quoted whole where its heading is what is asked about


@dataclass(frozen=True, slots=True)
class Pick:
    """Units of one group, by position and in reading order, that answer together; `score` is the best unit's."""

    support: Support
    units: tuple[int, ...]
    score: float
    whole: bool = False

    @property
    def headed(self) -> bool:
        """Whether it is the whole of a section whose headings are what is asked."""
        return self.whole and min(self.support.above[:, self.units[-1]], default=0.0) >= CLEAR

    def terms(self) -> Floats:
        """How well the picked units account for each term (terms,)."""
        return np.asarray(self.support.full[:, list(self.units)].max(axis=1, initial=0.0), dtype=np.float32)


def pick(reading: Reading, supports: Sequence[Support]) -> list[Pick]:
    """The picks that answer a question, best first: the best unit of each group with what belongs to it."""
    if not supports:
        return []
    picks = []
    ends = np.cumsum([len(support.units) for support in supports])
    for support, scores in zip(supports, np.split(unit_scores(reading, *supports), ends[:-1]), strict=True):
        if len(scores):
            at = int(scores.argmax())
            picks.append(_expand(reading, support, scores, at))
    picks.sort(key=lambda one: -one.score)
    if not picks:
        return []
    plain = _is_plain(reading, picks[0])
    picks = _past_intro(_headed_first(reading, picks)) if plain else picks
    return [_listed(reading, picks, plain), *picks[1:]]


def _is_plain(reading: Reading, best: Pick) -> bool:
    """Whether the best pick answers nothing of a question but what a section is about ("the salary")."""
    met = zip(reading.terms, best.terms(), strict=True)
    return bool(reading.facets) and all(term.facets or support < HALF for term, support in met)


def _headed_first(reading: Reading, picks: Sequence[Pick]) -> list[Pick]:
    """Picks with the best of those whose heading is about nothing but what is asked ("What is the salary?") before one that
    stands hardly higher and whose heading speaks of other things too ("Does a master's degree pay for itself?")."""
    if _is_pure(reading, picks[0]):
        return list(picks)
    return _led_by(picks, (one for one in picks[1:] if _is_pure(reading, one)))


def _past_intro(picks: Sequence[Pick]) -> list[Pick]:
    """Picks with a section whose headings are what is asked before a sentence that stands hardly higher and only introduces the
    sections below it."""
    best = picks[0]
    if best.whole or best.support.place != "intro":
        return list(picks)
    return _led_by(picks, (one for one in picks[1:] if one.headed))


def _led_by(picks: Sequence[Pick], wanted: Iterable[Pick]) -> list[Pick]:
    """Picks with the first of those wanted before the best, where it scores hardly less."""
    first = next((one for one in wanted if picks[0].score - one.score < NEAR_SCORE), picks[0])
    return [first, *(one for one in picks if one is not first)]


def _is_pure(reading: Reading, one: Pick) -> bool:
    """Whether a pick's heading says nothing but what a question is about."""
    passage = one.support.hit.passage
    words = " ".join(word for word in content_words(passage.heading) if word not in LIGHT_WORDS)
    said = frozenset(stems(words)) - frozenset(stems(passage.career or ""))
    return bool(said) and said <= frozenset().union(*(FACETS[facet].stems for facet in reading.facets))


def _listed(reading: Reading, picks: Sequence[Pick], plain: bool) -> Pick:
    """The best pick; where it is prose of a section that is wanted as a whole, the section's list or table goes before it if the
    prose only introduces or closes the section, or if the list's own lead-in names what is asked. Where the question is `plain`,
    so does any table of the section, and a list under a heading below it that says just what is asked."""
    best = picks[0]
    if not best.whole or best.support.units[best.units[-1]].kind != "sentence":
        return best
    path = best.support.hit.passage.path
    for one in picks[1:]:
        support, last = one.support, one.units[-1]
        below = plain and support.hit.passage.path[: len(path)] == path and _is_pure(reading, one)
        if not (support.hit.passage.path == path or below) or support.units[last].kind not in ("item", "row"):
            continue
        units = whole_list(support, last)
        named = float(support.coverage(support.own)[units[0]]) >= NAMED and support.units[units[0]].kind == "lead"
        near = best.score - one.score < NEAR_SCORE and (named or best.support.place != "body")
        if near or (plain and support.units[last].kind == "row"):
            return replace(one, units=units, whole=True)
    return best


def _expand(reading: Reading, support: Support, scores: Floats, at: int) -> Pick:
    """The best unit with what belongs to it: the list it leads in to or is one of, its own list, or units of like standing."""
    units, score = support.units, float(scores[at])
    if under := support.children(at):
        return Pick(support, (at, *under), score, True)
    gain = support.coverage(np.maximum(support.own - support.above, 0.0))
    if gain[at] < SPECIFIC or _asks_whole(reading, support, at):
        return Pick(support, whole_list(support, at), score, True)
    siblings = _siblings(units, at)
    alike = [other for other in siblings if gain[other] >= ALIKE * gain[at]]
    chosen = {at, *alike} if len(alike) <= MOST_UNITS else {at}
    return Pick(support, tuple(sorted(chosen | _covering(support, siblings, chosen))), score)


def _asks_whole(reading: Reading, support: Support, at: int) -> bool:
    """Whether a list or short paragraph is wanted whole: its heading is what is asked about, or is itself the question."""
    units = support.units
    run = whole_list(support, at)
    headed = float(support.coverage(support.above)[at]) >= HEADED
    short = units[run[-1]].end - units[run[0]].start <= PARAGRAPH_CHARS
    if units[at].kind == "sentence":
        return short and (headed or support.hit.passage.heading.endswith("?"))
    listed = units[run[-1]].end - units[run[0]].start <= LIST_CHARS
    return headed and listed and units[at].kind == "item" and not FIGURE.search(reading.text)


def _covering(support: Support, siblings: Sequence[int], chosen: set[int]) -> set[int]:
    """Siblings that hold in so many words what the chosen units leave open ("Silicon Valley or Austin")."""
    added: set[int] = set()
    for own, full in zip(support.own, support.full, strict=True):
        if max(full[at] for at in chosen) < 0.5:
            added |= {other for other in siblings if own[other] == 1.0}
    return added if len(added) <= 2 else set()


def whole_list(support: Support, at: int) -> tuple[int, ...]:
    """The list or paragraph a unit is part of, with its lead-in."""
    units = support.units
    top = at
    while (parent := units[top].parent) is not None and units[parent].kind != "lead":
        top = parent
    lead = units[top].parent
    if lead is not None:
        return (lead, *support.children(lead))
    run = [i for i, unit in enumerate(units) if unit.parent is None and unit.kind == units[top].kind]
    return tuple(sorted({i for one in run for i in (one, *support.children(one))}))


def _siblings(units: Sequence[Unit], at: int) -> list[int]:
    return [i for i, unit in enumerate(units) if unit.parent == units[at].parent and unit.kind == units[at].kind]


def restated(picks: Sequence[Pick]) -> list[Pick]:
    """The same thing said in another place: a list under the same heading, or units that account for as much and stand as high.
    Where a guide is not of one mind, the reader sees both."""
    best = picks[0]
    for one in picks[1:4]:
        passage, other = best.support.hit.passage, one.support.hit.passage
        elsewhere = other.path != passage.path and other.career == passage.career
        if best.whole and one.whole and elsewhere and other.heading == passage.heading:
            return [one]
        single = not (best.whole or one.whole) and len(best.units) == len(one.units) == 1
        equal = single and best.score - one.score < _EQUAL and float(one.terms().min(initial=1.0)) >= CLEAR
        if equal and elsewhere and not _same_words(best, one):
            return [one]
    return []


def _same_words(one: Pick, other: Pick) -> bool:
    """Whether two picks say much the same in much the same words: most stems of the shorter stand in the longer."""
    first, second = (frozenset(stems(pick.support.text(pick.units[0]))) for pick in (one, other))
    return len(first & second) > _SAME * min(len(first), len(second))
