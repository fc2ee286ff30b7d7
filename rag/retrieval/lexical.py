"""Words to the texts that share them, by BM25 over stems: weighed by bm25s when built, summed here when asked."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from rag.datatypes import Floats
from rag.errors import StoreError
from rag.text.words import stems

# Lucene's variant: a term adds idf * tf / (tf + k1 * (1 - b + b * length / mean length)), so never more than its idf.
_METHOD, _K1, _B = "lucene", 1.5, 0.75
Posting = tuple[NDArray[np.int32], Floats]  # the rows of the texts that hold a stem, and its weight in each
_SIZE, _VOCABULARY, _WEIGHTS, _ROWS, _STARTS = "size.json", "vocabulary.json", "weights.npy", "rows.npy", "starts.npy"


class Postings(ABC):
    """BM25 over the stems of `size` texts, wherever their weights are kept. Scores are at least 0 and less than the query's
    `idf_mass`."""

    def __init__(self, size: int) -> None:
        self._size = size

    def __len__(self) -> int:
        return self._size

    @abstractmethod
    def of(self, wanted: Sequence[str]) -> list[Posting]:
        """The postings of some stems, in their order."""

    def scores(self, query: str) -> Floats:
        """A query to the BM25 score of every row (n,)."""
        scores = np.zeros(self._size, dtype=np.float32)
        for rows, weights in self.of(stems(query)):
            scores[rows] += weights
        return scores

    def search(self, query: str, k: int) -> tuple[Floats, NDArray[np.int64]]:
        """A query to at most `k` scores and rows, best first, equal scores in row order; rows that share no word are left out."""
        scores = self.scores(query)
        rows = best(scores, k)
        return scores[rows], rows

    def idf_mass(self, query: str) -> float:
        """The sum of the idf of a query's stems, repeats counted: no score of the query reaches it. A stem's idf is
        log(1 + (n - df + 0.5) / (df + 0.5)); a stem in no text is the rarest."""
        return sum(float(np.log1p((self._size - len(rows) + 0.5) / (len(rows) + 0.5))) for rows, _ in self.of(stems(query)))


class LexicalStore(Postings):
    """The postings of a folder.

    A stem's weights are `weights[starts[id]:starts[id + 1]]`, each for the row beside it in `rows`.
    """

    def __init__(
        self, size: int, vocabulary: dict[str, int], weights: Floats, rows: NDArray[np.int32], starts: NDArray[np.int64]
    ) -> None:
        super().__init__(size)
        self._vocabulary, self._weights, self._rows, self._starts = vocabulary, weights, rows, starts

    def of(self, wanted: Sequence[str]) -> list[Posting]:
        columns = [self._column(stem) for stem in wanted]
        return [(self._rows[column], self._weights[column]) for column in columns]

    @property
    def stems(self) -> Sequence[str]:
        """Every stem that is held."""
        return tuple(self._vocabulary)

    @classmethod
    def build(cls, texts: Sequence[str]) -> "LexicalStore":
        """A store of texts, one a row."""
        # It brings scipy and tqdm, a third of all that a server would import, for which a server has no use.
        import bm25s

        tokens = [stems(text) for text in texts]
        # Ids in the order of the alphabet, so the same texts give the same files: bm25s numbers a set, whose order varies.
        vocabulary = {token: id for id, token in enumerate(sorted({token for row in tokens for token in row}))}
        if not vocabulary:  # bm25s divides by zero
            return cls(len(texts), {}, np.zeros(0, np.float32), np.zeros(0, np.int32), np.zeros(1, np.int64))
        bm25 = bm25s.BM25(method=_METHOD, k1=_K1, b=_B)
        bm25.index(([[vocabulary[token] for token in row] for row in tokens], dict(vocabulary)), show_progress=False)
        columns = bm25.scores
        return cls(len(texts), vocabulary, columns["data"], columns["indices"], np.asarray(columns["indptr"], dtype=np.int64))

    def save(self, folder: Path, name: str = "bm25") -> None:
        """Write the folder `<name>` into `folder`."""
        into = folder / name
        into.mkdir(parents=True, exist_ok=True)
        (into / _SIZE).write_bytes(msgspec.json.encode(self._size))
        (into / _VOCABULARY).write_bytes(msgspec.json.encode(list(self._vocabulary)))
        for file, array in ((_WEIGHTS, self._weights), (_ROWS, self._rows), (_STARTS, self._starts)):
            np.save(into / file, array)

    @classmethod
    def load(cls, folder: Path, name: str = "bm25") -> "LexicalStore":
        """The store of the folder `<name>`, memory-mapped so that serving processes share its pages."""
        into = folder / name
        try:
            size = msgspec.json.decode((into / _SIZE).read_bytes(), type=int)
            stems_by_id = msgspec.json.decode((into / _VOCABULARY).read_bytes(), type=list[str])
            weights, rows, starts = (np.asarray(np.load(into / file, mmap_mode="r")) for file in (_WEIGHTS, _ROWS, _STARTS))
        except (OSError, ValueError, msgspec.MsgspecError) as error:
            raise StoreError(f"Cannot read {into}; run `verbatim build`.") from error
        return cls(size, {stem: id for id, stem in enumerate(stems_by_id)}, weights, rows, starts)

    def _column(self, stem: str) -> slice:
        id = self._vocabulary.get(stem)
        return slice(0, 0) if id is None else slice(int(self._starts[id]), int(self._starts[id + 1]))


def best(scores: Floats, k: int) -> NDArray[np.int64]:
    """The rows of the `k` best scores above 0, best first, equal ones in row order."""
    rows = np.flatnonzero(scores > 0)
    return rows[np.lexsort((rows, -scores[rows]))[: max(0, k)]].astype(np.int64)
