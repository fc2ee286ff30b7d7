"""How well the units of a group account for the terms of a question: by word, by facet, by meaning in context."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from rag.datatypes import Document, Floats, Hit, Passage, Unit
from rag.index import Index
from rag.lexicon import facets_of
from rag.passages import own_path
from rag.reading import Reading, Term
from rag.retrieval import Query, Rows
from rag.text import stems, words

# Token states of unrelated words have cosines up to about .33, of words that mean the same in context from about .45 on
# (read off the seed guide's near misses and paraphrases); in between the support grows evenly. It never reaches a word's own.
NONE, FULL, NEAR = 0.33, 0.62, 0.85
FACET = 0.85  # a word of the same facet ("wages" for "Salary")
MENTION = 0.7  # what a question is about, only mentioned in passing ("language-related tasks" when duties are asked)


Place = Literal["intro", "closing", "body"]


@dataclass(frozen=True, slots=True)
class Support:
    """A group under a question. Matrices are (terms, units): `own` by a unit's own words, `above` by its headings and parents.

    `dense` (units,) is the cosine of the question with each unit; `late` and `late_own` (units,) the weighted mean over the
    question's tokens of the best cosine with a token of the unit and what stands above it, and of the unit alone. `place`
    says whether prose introduces the sections below it or closes the lists before it.
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
        self._index = index
        self._rows: dict[int, list[int]] = {}
        for row, passage in enumerate(index.passages):
            self._rows.setdefault(passage.group, []).append(row)
        self._unit_stems = lru_cache(maxsize=65536)(self._stems_of)

    def weigh(self, reading: Reading, query: Query, hits: Sequence[Hit]) -> list[Support]:
        """Hits to the support their groups give, in the order of each group's best hit."""
        seen: dict[int, Hit] = {}
        for hit in hits:
            seen.setdefault(hit.passage.group, hit)
        shares = _shares(reading.terms, query)
        return [self._support(reading, query, hit, shares) for hit in seen.values()]

    def _support(self, reading: Reading, query: Query, hit: Hit, shares: Floats) -> Support:
        index, rows = self._index, self._rows[hit.passage.group]
        passages = tuple(index.passages[row] for row in rows)
        units = tuple(unit for passage in passages for unit in passage.units)
        document = index.documents[hit.passage.document_id]
        firsts = np.concatenate([index.unit_first[row] + np.arange(len(index.passages[row].units)) for row in rows])
        dense = index.units.vectors(firsts) @ query.encoding.embedding
        heading = _heading_stems(hit.passage)
        best, best_head = self._best(query, rows)
        near_head = np.where([term.exact for term in reading.terms], 0.0, _scaled(shares @ best_head))
        said = [_by_word(term, heading, 1.0, FACET) for term in reading.terms]
        head = np.maximum(np.array(said, dtype=np.float32), near_head).astype(np.float32)
        own = np.maximum(self._by_words(reading.terms, document, units), _admitted(reading.terms, units, _scaled(shares @ best)))
        late, late_own = _late(units, query.weights, best, best_head)
        weights = np.array([term.weight for term in reading.terms], dtype=np.float32)
        above = _above(units, own, head)
        return Support(
            hit, document, passages, units, own, above, dense.astype(np.float32), late, late_own, weights, self._place(rows)
        )

    def _place(self, rows: Sequence[int]) -> Place:
        """Where a group stands in its section, from the passages before and after it in the guide."""
        passages = self._index.passages
        first, last = passages[rows[0]], passages[rows[-1]]
        before = passages[rows[0] - 1] if rows[0] else None
        after = passages[rows[-1] + 1] if rows[-1] + 1 < len(passages) else None
        if before and before.document_id == first.document_id and before.path == first.path and before.units[-1].kind == "item":
            return "closing"
        below = after and after.document_id == last.document_id and len(after.path) > len(last.path)
        return "intro" if below and after and after.path[: len(last.path)] == last.path else "body"

    def _best(self, query: Query, rows: Sequence[int]) -> tuple[Floats, Floats]:
        """The best cosine of each of the question's tokens with a token of each unit (n, units), and of the headings (n,)."""
        columns: list[Floats] = []
        head = np.zeros(len(query.weights), dtype=np.float32)
        for row in rows:
            states, _, spans = self._index.tokens.passage(row)
            units = self._index.passages[row].units
            cosines = query.encoding.tokens @ states.T
            path = int((spans[:, 0] < 0).sum())
            if path:
                head = np.maximum(head, cosines[:, :path].max(axis=1))
            starts = path + np.searchsorted(spans[path:, 0], [unit.start for unit in units])
            columns.append(_best_of_runs(cosines, starts))
        return np.concatenate(columns, axis=1), head

    def _by_words(self, terms: Sequence[Term], document: Document, units: Sequence[Unit]) -> Floats:
        """Support by words, (terms, units): what a question is about counts in full in a lead-in or label only, elsewhere it
        is a mention."""
        found = np.zeros((len(terms), len(units)), dtype=np.float32)
        for column, unit in enumerate(units):
            known = self._unit_stems(document.id, unit.start, unit.end)
            label = self._unit_stems(document.id, unit.start, unit.label_end) if unit.label_end else frozenset()
            for row, term in enumerate(terms):
                if not term.facets or unit.kind == "lead":
                    found[row, column] = _by_word(term, known, 1.0, FACET)
                else:
                    found[row, column] = max(_by_word(term, label, 1.0, FACET), _by_word(term, known, MENTION, MENTION - 0.1))
        return found

    def _stems_of(self, document_id: str, start: int, end: int) -> frozenset[str]:
        return unit_stems(self._index.documents[document_id].text[start:end])


def _best_of_runs(cosines: Floats, starts: Rows) -> Floats:
    """The largest number, at least 0, of each run of columns that begins at `starts` and ends where the next begins."""
    width = cosines.shape[1]
    if not width:
        return np.zeros((len(cosines), len(starts)), dtype=np.float32)
    best = np.maximum.reduceat(cosines, np.minimum(starts, width - 1), axis=1)
    return np.where(starts < np.append(starts[1:], width), np.maximum(best, 0.0), 0.0).astype(np.float32)


def unit_stems(text: str) -> frozenset[str]:
    """Stems of a text's content words and numbers, also of the parts of "401(k)" or "10-20%"."""
    return (
        frozenset(stems(text)) | frozenset(re.findall(r"\d+", text)) | frozenset(word for word in words(text) if len(word) == 1)
    )


def _admitted(terms: Sequence[Term], units: Sequence[Unit], near: Floats) -> Floats:
    """What support by meaning counts, (terms, units): none for numbers and names, and no more than a mention for a facet outside
    a lead-in."""
    exact = np.array([term.exact for term in terms], dtype=bool)[:, None]
    facet = np.array([bool(term.facets) for term in terms], dtype=bool)[:, None]
    lead = np.array([unit.kind == "lead" for unit in units], dtype=bool)
    return np.where(exact, 0.0, np.where(facet & ~lead, np.minimum(near, MENTION - 0.1), near)).astype(np.float32)


def _by_word(term: Term, known: frozenset[str], word: float, facet: float) -> float:
    """`word` where the words of a term, or of another way to say it, all stand; `facet` where a word of its facet does."""
    if any(alternative <= known for alternative in term.alternatives):
        return word
    return facet if term.facets & facets_of(known) else 0.0


def _heading_stems(passage: Passage) -> frozenset[str]:
    path = own_path(passage.path, passage.career)
    below = path[1:] if len(path) > 1 or passage.career else path
    return unit_stems(" ".join(below))


def _above(units: Sequence[Unit], own: Floats, head: Floats) -> Floats:
    """For each unit the best of the headings and the units it stands under."""
    above = np.repeat(head[:, None], len(units), axis=1)
    for position, unit in enumerate(units):
        if unit.parent is not None:
            above[:, position] = np.maximum(above[:, unit.parent], own[:, unit.parent])
    return above


def _shares(terms: Sequence[Term], query: Query) -> Floats:
    """The share of each of the question's tokens in each term's mean (terms, tokens); none in a term that the encoder cut off."""
    spans = query.encoding.spans
    inside = [(spans[:, 0] >= term.start) & (spans[:, 1] <= term.end) & (spans[:, 1] > spans[:, 0]) for term in terms]
    chosen = np.array(inside, dtype=np.float32).reshape(len(terms), len(spans))
    return np.asarray(chosen / np.maximum(chosen.sum(axis=1, keepdims=True), 1.0), dtype=np.float32)


def _scaled(cosine: Floats) -> Floats:
    return np.asarray(NEAR * np.clip((cosine - NONE) / (FULL - NONE), 0.0, 1.0), dtype=np.float32)


def _late(units: Sequence[Unit], weights: Floats, best: Floats, head: Floats) -> tuple[Floats, Floats]:
    full = np.maximum(best, head[:, None])
    for position, unit in enumerate(units):
        if unit.parent is not None:
            full[:, position] = np.maximum(full[:, position], full[:, unit.parent])
    return (weights @ full / weights.sum()).astype(np.float32), (weights @ best / weights.sum()).astype(np.float32)
