"""How well the units of a group account for the terms of a question: by word, by facet, by meaning in context."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.answers.frames import Frame, Frames, Place, Rows, Words
from rag.datatypes import Document, Floats, Hit, Passage, Unit
from rag.index.index import Index
from rag.questions.question import Reading, Term
from rag.retrieval.search import Query
from rag.timing import stage

# Token states of unrelated words have cosines up to about .33, of words that mean the same in context from about .45 on
# (read off the seed guide's near misses and paraphrases); in between the support grows evenly. It never reaches a word's own.
NONE, FULL, NEAR = 0.33, 0.62, 0.85
FACET = 0.85  # a word of the same facet ("wages" for "Salary")
UPPER = 0.9
MENTION = 0.7  # what a question is about, only mentioned in passing ("language-related tasks" when duties are asked)


@dataclass(frozen=True, slots=True)
class Support:
    """A group under a question. Matrices are (terms, units): `own` by a unit's own words, `above` by its headings and parents.

    `dense` (units,) is the cosine of the question with each unit; `late` and `late_own` (units,) the weighted mean over the
    question's tokens of the best cosine with a token of the unit and what stands above it, and of the unit alone. `main`
    says whether the group is of the career that its guide begins with, `place` whether prose introduces the sections below it or
    closes the lists before it.
    """

    hit: Hit
    document: Document
    passages: tuple[Passage, ...]
    units: tuple[Unit, ...]
    own: Floats
    above: Floats
    dense: Floats
    late: Floats
    late_own: Floats
    weights: Floats
    main: bool
    place: Place

    @property
    def full(self) -> Floats:
        """Support from anywhere, (terms, units)."""
        return np.asarray(np.maximum(self.own, self.above), dtype=np.float32)

    def coverage(self, matrix: Floats) -> Floats:
        """The weighted mean over terms of a (terms, units) matrix; 1 where there are no terms."""
        if not len(self.weights):
            return np.ones(matrix.shape[1], dtype=np.float32)
        return np.asarray(self.weights @ matrix / self.weights.sum(), dtype=np.float32)

    def text(self, at: int) -> str:
        """A unit's words."""
        return self.document.text[self.units[at].start : self.units[at].end]

    def children(self, at: int) -> list[int]:
        """The units that stand under a unit, at any depth."""
        under = {at}
        for position in range(at + 1, len(self.units)):
            if self.units[position].parent in under:
                under.add(position)
        return sorted(under - {at})


class Weigher:
    """Weighs the groups of an index against readings."""

    def __init__(self, index: Index) -> None:
        self._index, self._frames = index, Frames(index)

    def weigh(self, reading: Reading, query: Query, hits: Sequence[Hit]) -> list[Support]:
        """Hits to the support their groups give, in the order of each group's best hit."""
        seen: dict[int, Hit] = {}
        for hit in hits:
            seen.setdefault(hit.passage.group, hit)
        if not seen:
            return []
        with stage("weigh"):
            return self._weigh(reading, query, seen)

    def _weigh(self, reading: Reading, query: Query, seen: Mapping[int, Hit]) -> list[Support]:
        """All groups at once: their units lie side by side in each matrix, and each group's support is a slice of it."""
        frames, terms = [self._frames.of(group) for group in seen], reading.terms
        side_by_side = _laid_out(frames)
        cosines = query.cosines(self._index.store, [row for frame in frames for row in frame.rows])
        best, heads = _best(side_by_side, np.concatenate(cosines, axis=1))
        dense = self._index.store.units.vectors(np.concatenate([frame.unit_rows for frame in frames])) @ query.encoding.embedding
        shares = _shares(terms, query)
        said = np.array([[_by_headings(term, frame) for frame in frames] for term in terms], dtype=np.float32)
        head = np.maximum(said.reshape(len(terms), len(frames)), _meant(terms, _scaled(shares @ heads)))
        near = _admitted(terms, np.concatenate([frame.leads for frame in frames]), _scaled(shares @ best))
        own = np.maximum(np.concatenate([_by_words(terms, frame) for frame in frames], axis=1), near)
        above = _under(side_by_side, head[:, side_by_side.group], own)
        late, late_own = _late(side_by_side, query.rarity, best, heads)
        weights = np.array([term.weight for term in terms], dtype=np.float32)
        return [
            Support(
                hit=hit,
                document=frame.document,
                passages=frame.passages,
                units=frame.units,
                own=own[:, part],
                above=above[:, part],
                dense=dense[part],
                late=late[part],
                late_own=late_own[part],
                weights=weights,
                main=frame.main,
                place=frame.place,
            )
            for frame, hit, part in zip(frames, seen.values(), side_by_side.parts, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class _SideBySide:
    """The units and tokens of several groups, laid end to end. `parts` are each group's units, `above` its heading tokens;
    `group` (units,) says whose a unit is, `starts` and `ends` (units,) bound its tokens, `parents` pairs units with theirs."""

    parts: tuple[slice, ...]
    group: Rows
    starts: Rows
    ends: Rows
    above: tuple[Rows, ...]
    parents: tuple[tuple[int, int], ...]


def _laid_out(frames: Sequence[Frame]) -> _SideBySide:
    counts = [len(frame.units) for frame in frames]
    units = np.cumsum([0, *counts]).tolist()
    tokens = np.cumsum([0, *(frame.tokens for frame in frames)]).tolist()
    return _SideBySide(
        parts=tuple(slice(first, first + count) for first, count in zip(units, counts, strict=False)),
        group=np.repeat(np.arange(len(frames)), counts),
        starts=np.concatenate([frame.starts + token for frame, token in zip(frames, tokens, strict=False)]),
        ends=np.concatenate([frame.ends + token for frame, token in zip(frames, tokens, strict=False)]),
        above=tuple(frame.above + token for frame, token in zip(frames, tokens, strict=False)),
        parents=tuple(
            (first + at, first + unit.parent)
            for frame, first in zip(frames, units, strict=False)
            for at, unit in enumerate(frame.units)
            if unit.parent is not None
        ),
    )


def _best(laid: _SideBySide, cosines: Floats) -> tuple[Floats, Floats]:
    """The best cosines, at least 0, of the question's tokens with those of each unit (n, units) and of each group's headings
    (n, groups)."""
    heads = np.stack([cosines[:, tokens].max(axis=1, initial=0.0) for tokens in laid.above], axis=1)
    # Units and what lies between them take turns; the column of zeros lets the last unit end somewhere.
    edges = np.stack([laid.starts, laid.ends], axis=1).ravel()
    ended = np.concatenate([cosines, np.zeros((len(cosines), 1), dtype=np.float32)], axis=1)
    best = np.maximum.reduceat(ended, edges, axis=1)[:, ::2]
    return np.where(laid.starts < laid.ends, np.maximum(best, 0.0), 0.0).astype(np.float32), heads


def _by_words(terms: Sequence[Term], frame: Frame) -> Floats:
    """Support by words, (terms, units): what a question is about counts in full in a lead-in or label only, elsewhere it is a
    mention."""
    found = np.zeros((len(terms), len(frame.units)), dtype=np.float32)
    for row, term in enumerate(terms):
        if not _by_word(term, frame.said, 1.0, FACET):
            continue
        for column, (unit, known) in enumerate(zip(frame.units, frame.words, strict=True)):
            if not term.facets or unit.kind == "lead":
                found[row, column] = _by_word(term, known, 1.0, FACET)
            else:
                mention = _by_word(term, known, MENTION, MENTION - 0.1)
                found[row, column] = max(_by_word(term, frame.labels[column], 1.0, FACET), mention)
    return found


def _admitted(terms: Sequence[Term], leads: NDArray[np.bool_], near: Floats) -> Floats:
    """What support by meaning counts, (terms, units): none for numbers and names, and no more than a mention for a facet outside
    a lead-in."""
    exact = np.array([term.exact for term in terms], dtype=bool)[:, None]
    facet = np.array([bool(term.facets) for term in terms], dtype=bool)[:, None]
    return np.where(exact, 0.0, np.where(facet & ~leads, np.minimum(near, MENTION - 0.1), near)).astype(np.float32)


def _by_headings(term: Term, frame: Frame) -> float:
    """Support by the words of the headings: in full by the group's own, a little less by those over it."""
    return max(_by_word(term, frame.heading, 1.0, FACET), UPPER * _by_word(term, frame.upper, 1.0, FACET))


def _by_word(term: Term, known: Words, word: float, facet: float) -> float:
    """`word` where the words of a term, or of another way to say it, all stand; `facet` where a word of its facet does."""
    for alternative in term.alternatives:  # a loop, not any(): this runs hundreds of times a question
        if alternative <= known.stems:
            return word
    return 0.0 if term.facets.isdisjoint(known.facets) else facet


def _meant(terms: Sequence[Term], near: Floats) -> Floats:
    """Support by meaning that headings give, (terms, groups): none for numbers and names."""
    exact = np.array([term.exact for term in terms], dtype=bool)[:, None]
    return np.where(exact, 0.0, near).astype(np.float32)


def _under(laid: _SideBySide, head: Floats, own: Floats) -> Floats:
    """For each unit the best of the headings (terms, units) and of the units it stands under."""
    above = np.array(head, dtype=np.float32)
    for unit, parent in laid.parents:
        above[:, unit] = np.maximum(above[:, parent], own[:, parent])
    return above


def _shares(terms: Sequence[Term], query: Query) -> Floats:
    """The share of each of the question's tokens in each term's mean (terms, tokens); none in a term that the encoder cut off."""
    spans = query.encoding.spans
    inside = [(spans[:, 0] >= term.start) & (spans[:, 1] <= term.end) & (spans[:, 1] > spans[:, 0]) for term in terms]
    chosen = np.array(inside, dtype=np.float32).reshape(len(terms), len(spans))
    return np.asarray(chosen / np.maximum(chosen.sum(axis=1, keepdims=True), 1.0), dtype=np.float32)


def _scaled(cosine: Floats) -> Floats:
    return np.asarray(NEAR * np.clip((cosine - NONE) / (FULL - NONE), 0.0, 1.0), dtype=np.float32)


def _late(laid: _SideBySide, weights: Floats, best: Floats, heads: Floats) -> tuple[Floats, Floats]:
    full = np.maximum(best, heads[:, laid.group])
    for unit, parent in laid.parents:
        full[:, unit] = np.maximum(full[:, unit], full[:, parent])
    return (weights @ full / weights.sum()).astype(np.float32), (weights @ best / weights.sum()).astype(np.float32)
