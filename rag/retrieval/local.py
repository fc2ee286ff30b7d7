"""The passages of one folder: BM25, FAISS and the token states, read from disk as they are needed."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.datatypes import Floats, Passage
from rag.retrieval.dense import DenseStore
from rag.retrieval.lexical import LexicalStore, best
from rag.retrieval.store import Candidates, Rows, Runs, Tokens
from rag.retrieval.tokens import TokenStore

POOL = 100  # candidates taken from each search
_KEPT = 65_536  # passages of which it is remembered where their units begin
PASSAGES, UNITS = "passages", "units"


class LocalStore:
    """A store of parts: `dense`, `lexical` and `tokens` hold a row a passage, `units` a row a unit, in passage order.

    `unit_passage` maps a unit's row to its passage's, `unit_first` a passage's to its first unit's.
    """

    def __init__(
        self, passages: Sequence[Passage], dense: DenseStore, units: DenseStore, lexical: LexicalStore, tokens: TokenStore
    ) -> None:
        self.dense, self.units, self.lexical, self.tokens = dense, units, lexical, tokens
        self._passages = passages
        self._counts = np.array([len(passage.units) for passage in passages], dtype=np.int64)
        self.unit_passage = np.repeat(np.arange(len(passages)), self._counts).astype(np.int32)
        self.unit_first = (np.cumsum(self._counts) - self._counts).astype(np.int32)
        self._runs: dict[int, Runs] = {}

    @classmethod
    def load(cls, folder: Path, passages: Sequence[Passage], dimension: int) -> "LocalStore":
        """The store whose parts were saved into `folder`, memory-mapped so that serving processes share their pages."""
        return cls(
            passages,
            DenseStore.load(folder, PASSAGES),
            DenseStore.load(folder, UNITS),
            LexicalStore.load(folder),
            TokenStore.load(folder, dimension),
        )

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

    def passage(self, row: int) -> Passage:
        """The passage of a row."""
        return self._passages[row]

    def runs(self, row: int) -> Runs:
        """Where the headings and units of a passage begin among its tokens."""
        known = self._runs.get(row)
        if known is None:
            if len(self._runs) >= _KEPT:
                self._runs.clear()
            head, starts = self.tokens.starts(row, [unit.start for unit in self._passages[row].units])
            known = self._runs[row] = Runs(np.unique(np.append(starts, 0)), head > 0)
        return known

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
        counts = self._counts[rows]
        begins = np.cumsum(counts) - counts
        units = np.arange(counts.sum()) + np.repeat(self.unit_first[rows] - begins, counts)
        scores = self.units.vectors(units) @ embedding
        return np.maximum.reduceat(scores, begins).astype(np.float32)
