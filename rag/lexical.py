"""Words to the texts that share them, by BM25 over stems with bm25s."""

from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from rag.datatypes import Floats
from rag.errors import StoreError
from rag.text import stems

# Lucene's variant: a term adds idf * tf / (tf + k1 * (1 - b + b * length / mean length)), so never more than its idf.
_METHOD, _K1, _B = "lucene", 1.5, 0.75


class LexicalStore:
    """BM25 over the stems of texts, one text a row. Scores are at least 0 and at most the query's `idf_mass`."""

    def __init__(self, bm25: bm25s.BM25) -> None:
        self._bm25 = bm25
        self._ids: dict[str, int] = bm25.vocab_dict
        self._size = int(bm25.scores["num_docs"])
        self._frequencies = np.diff(bm25.scores["indptr"])

    def __len__(self) -> int:
        return self._size

    @classmethod
    def build(cls, texts: Sequence[str]) -> "LexicalStore":
        """A store of texts, one a row."""
        tokens = [stems(text) for text in texts]
        # Ids in the order of the alphabet, so the same texts give the same files: bm25s numbers a set, whose order varies.
        vocabulary = {token: id for id, token in enumerate(sorted({token for row in tokens for token in row}))}
        bm25 = bm25s.BM25(method=_METHOD, k1=_K1, b=_B)
        ids = [[vocabulary[token] for token in row] for row in tokens]
        # Where no text has a word, bm25s divides by zero; a word that no query can hold stands in.
        bm25.index((ids, vocabulary) if vocabulary else ([[0] for _ in texts], {"": 0}), show_progress=False)
        return cls(bm25)

    def scores(self, query: str) -> Floats:
        """A query to the BM25 score of every row (n,)."""
        ids = [self._ids[stem] for stem in stems(query) if stem in self._ids]
        if not ids:
            return np.zeros(self._size, dtype=np.float32)
        return np.asarray(self._bm25.get_scores_from_ids(ids), dtype=np.float32)

    def search(self, query: str, k: int) -> tuple[Floats, NDArray[np.int64]]:
        """A query to at most `k` scores and rows, best first, equal scores in row order; rows that share no word are left out."""
        scores = self.scores(query)
        rows = np.flatnonzero(scores > 0)
        order = np.lexsort((rows, -scores[rows]))[: max(0, k)]
        return scores[rows[order]], rows[order].astype(np.int64)

    def idf(self, stem: str) -> float:
        """How rare a stem is, log(1 + (n - df + 0.5) / (df + 0.5)); a stem in no text is the rarest."""
        found = self._ids.get(stem)
        frequency = 0 if found is None else int(self._frequencies[found])
        return float(np.log1p((self._size - frequency + 0.5) / (frequency + 0.5)))

    def idf_mass(self, query: str) -> float:
        """The sum of the idf of a query's stems, repeats counted: no score of the query reaches it."""
        return sum(self.idf(stem) for stem in stems(query))

    def save(self, folder: Path, name: str = "bm25") -> None:
        """Write the folder `<name>` into `folder`."""
        self._bm25.save(str(folder / name), show_progress=False)

    @classmethod
    def load(cls, folder: Path, name: str = "bm25") -> "LexicalStore":
        """The store of the folder `<name>`, memory-mapped."""
        try:
            return cls(bm25s.BM25.load(str(folder / name), mmap=True, show_progress=False))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(f"Cannot read {folder / name}; run `verbatim build`.") from error
