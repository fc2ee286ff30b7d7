"""A store made of parts: what finds passages by their words, by their embedding and by those of their units, and their tokens."""

from collections.abc import Sequence
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from rag.datatypes import Floats, Passage
from rag.retrieval.lexical import Postings, best
from rag.retrieval.store import Candidates, Rows, Runs, Tokens, Vectors
from rag.retrieval.tokens import TokenRows
from rag.retrieval.values import Values

POOL = 100  # candidates taken from each search
_KEPT = 65_536  # passages of which it is remembered where their units begin

V = TypeVar("V", bound=Vectors)
W = TypeVar("W", bound=Postings)
T = TypeVar("T", bound=TokenRows)


class PartStore(Generic[V, W, T]):
    """A store of parts: `dense`, `lexical` and `tokens` hold a row a passage, `units` a row a unit, in passage order.

    `counts` says how many units each passage has; `unit_passage` maps a unit's row to its passage's, `unit_first` a passage's to
    its first unit's.
    """

    def __init__(self, passages: Values[Passage], counts: NDArray[np.int32], dense: V, units: V, lexical: W, tokens: T) -> None:
        self.dense, self.units, self.lexical, self.tokens = dense, units, lexical, tokens
        self.counts, self._passages = counts, passages
        self.unit_passage = np.repeat(np.arange(len(counts)), self.counts).astype(np.int32)
        self.unit_first = (np.cumsum(self.counts, dtype=np.int64) - self.counts).astype(np.int32)
        self._runs: dict[int, Runs] = {}

    def candidates(self, text: str, embedding: Floats, rows: Rows | None = None) -> Candidates:
        """The `POOL` best passages by each of three searches together, or those of `rows`, with how near each is."""
        scores = self.lexical.scores(text)
        chosen = self._near(scores, embedding) if rows is None else rows
        return Candidates(
            rows=chosen,
            lexical=np.asarray(scores[chosen] / max(self.lexical.idf_mass(text), 1e-9), dtype=np.float32),
            dense=self.dense.vectors(chosen) @ embedding,
            sentence=self._best_unit(chosen, embedding),
        )

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """The passages of some rows, in their order."""
        return self._passages.of(rows)

    def runs(self, rows: Sequence[int]) -> list[Runs]:
        """Where the headings and units of some passages begin among their tokens."""
        found = {row: known for row in rows if (known := self._runs.get(row))}
        missing = [row for row in rows if row not in found]
        for row, passage in zip(missing, self._passages.of(missing), strict=True):
            head, starts = self.tokens.starts(row, [unit.start for unit in passage.units])
            found[row] = Runs(np.unique(np.append(starts, 0)), head > 0)
        if len(self._runs) + len(missing) > _KEPT:
            self._runs.clear()
        self._runs.update((row, found[row]) for row in missing)
        return [found[row] for row in rows]

    def tokens_of(self, row: int) -> Tokens:
        """A passage's tokens with their states."""
        return self.tokens.of(row)

    def idf(self, ids: NDArray[np.int32]) -> Floats:
        """How rare tokens are among the passages, by their ids."""
        return self.tokens.idf(ids)

    def cosines(self, states: Floats, rows: Sequence[int]) -> list[Floats]:
        """Unit states (t, d) and rows to the cosines with the tokens of each row, (t, n) a row."""
        return self.tokens.cosines(states, rows)

    def _near(self, scores: Floats, embedding: Floats) -> Rows:
        near = self.dense.search(embedding, POOL)[1][0]
        units = self.units.search(embedding, 2 * POOL)[1][0]
        return np.unique(np.concatenate([best(scores, POOL), near, self.unit_passage[units].astype(np.int64)]))

    def _best_unit(self, rows: Rows, embedding: Floats) -> Floats:
        if not len(rows):
            return np.zeros(0, dtype=np.float32)
        counts = self.counts[rows].astype(np.int64)
        begins = np.cumsum(counts) - counts
        units = np.arange(counts.sum()) + np.repeat(self.unit_first[rows] - begins, counts)
        scores = self.units.vectors(units) @ embedding
        return np.maximum.reduceat(scores, begins).astype(np.float32)
