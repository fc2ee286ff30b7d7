"""Question to ranked hits: BM25, passage and sentence embeddings, then late interaction over the best."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rag.datatypes import Encoder, Encoding, Floats, Hit
from rag.index.index import Index
from rag.retrieval.tokens import TokenStore
from rag.text.words import FUNCTION_WORDS
from rag.timing import stage
from rag.weakmethods import weakly

Rows = NDArray[np.int64]

# score = .5 B' + .1 D + .4 S + 1.5 M. B': BM25 over the question's idf mass; D, S: cosine with the passage and with its best
# sentence; M: idf-weighted mean, over the question's tokens, of the best cosine with a token, half of it anywhere in the passage,
# half in one unit or its headings. Measured on SQuAD's 1,299 questions about eight articles (MRR@10): BM25 alone .83, without M
# .88, with M over whole passages and no function words .910, with M as it is .915. The same weights do for half of the articles
# as for the other half, and fitting them to one half gains nothing on the other.
LEXICAL, DENSE, SENTENCE, LATE = 0.5, 0.1, 0.4, 1.5
POOL = 100  # candidates taken from each search
LATE_POOL = 20  # of which the best so many are scored token by token


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it is searched: its words, its encoding, and the weight of each of its tokens (n,).

    `weights` are of what it is about, `rarity` of all its words: in context, "when" is near a year and "who" near a name.
    `known` keeps the cosines of its tokens with those of passages, by row: the same are wanted to find and to weigh.
    """

    text: str
    encoding: Encoding
    weights: Floats
    rarity: Floats
    known: dict[int, Floats] = field(default_factory=dict)

    def cosines(self, tokens: TokenStore, rows: Sequence[int]) -> list[Floats]:
        """The cosines of the question's tokens (n,) with those of each row, (n, tokens) a row."""
        missing = [row for row in rows if row not in self.known]
        if missing:
            self.known.update(zip(missing, tokens.cosines(self.encoding.tokens, missing), strict=True))
        return [self.known[row] for row in rows]


class Retriever:
    """Finds the passages of an index that a question is about."""

    def __init__(self, index: Index, encoder: Encoder) -> None:
        self._index, self._encoder = index, encoder
        self._unit_counts = np.bincount(index.unit_passage, minlength=len(index.passages))
        self._runs = lru_cache(maxsize=65536)(weakly(self._runs_of))

    def query(self, text: str) -> Query:
        """A question, encoded; marks weigh nothing, nor in `weights` do function words, unless there is nothing else."""
        with stage("encode"):
            encoding = self._encoder.encode([text])[0]
        idf = self._index.tokens.idf(encoding.ids)
        rarity = np.where(_wordlike(text, encoding), idf, 0.0)
        plain = np.array([text[start:end].lower() in FUNCTION_WORDS for start, end in encoding.spans], dtype=bool)
        return Query(text, encoding, _or_ones(np.where(plain, 0.0, rarity)), _or_ones(rarity))

    def search(self, query: Query, k: int = 10, rows: Rows | None = None) -> list[Hit]:
        """The best `k` hits for a query, best first, equal scores in passage order; of `rows` only, where they are given."""
        with stage("search"):
            return self._search(query, k, self._candidates(query) if rows is None else rows)

    def _search(self, query: Query, k: int, candidates: Rows) -> list[Hit]:
        if len(candidates) == 0:
            return []
        lexical = self._index.lexical.scores(query.text)[candidates] / max(self._index.lexical.idf_mass(query.text), 1e-9)
        dense = self._index.dense.vectors(candidates) @ query.encoding.embedding
        sentence = self._best_sentence(query, candidates)
        first = LEXICAL * lexical + DENSE * dense + SENTENCE * sentence
        late = np.zeros(len(candidates), dtype=np.float32)
        top = np.lexsort((candidates, -first))[: max(k, LATE_POOL)]
        late[top] = self.late(query, candidates[top])
        total = first + LATE * late
        best = top[np.lexsort((candidates[top], -total[top]))][:k]
        passages = self._index.passages
        return [
            Hit(
                passages[int(candidates[i])],
                int(candidates[i]),
                float(total[i]),
                float(lexical[i]),
                float(dense[i]),
                float(sentence[i]),
                float(late[i]),
            )
            for i in best
        ]

    def late(self, query: Query, rows: Rows) -> Floats:
        """How well passages' tokens answer a query's, in [-1, 1] (late interaction as in ColBERT, weighted by idf): the mean of
        the passage taken whole and of its best unit under its headings, for words count more where they stand together."""
        cosines = query.cosines(self._index.tokens, rows.tolist())
        counts = np.array([one.shape[1] for one in cosines], dtype=np.int64)
        scores = np.zeros(len(rows), dtype=np.float32)
        filled = np.flatnonzero(counts)
        if not len(filled):
            return scores
        runs = [self._runs(int(row)) for row in rows[filled]]
        starts = np.concatenate([at + run for at, (run, _) in zip((np.cumsum(counts) - counts)[filled], runs, strict=True)])
        best = np.maximum.reduceat(np.concatenate(cosines, axis=1), starts, axis=1)
        sizes = np.array([len(run) for run, _ in runs])
        first = np.cumsum(sizes) - sizes
        whole = query.rarity @ np.maximum.reduceat(best, first, axis=1)
        above = np.where([headed for _, headed in runs], best[:, first], -1.0)
        units = query.rarity @ np.maximum(best, np.repeat(above, sizes, axis=1))
        scores[filled] = (whole + np.maximum.reduceat(units, first)) / (2 * query.rarity.sum())
        return scores

    def _runs_of(self, row: int) -> tuple[Rows, bool]:
        """Where a passage's headings, if its tokens have any, and then each of its units begin among its tokens."""
        head, starts = self._index.tokens.starts(row, [unit.start for unit in self._index.passages[row].units])
        return np.unique(np.append(starts, 0)), head > 0

    def _candidates(self, query: Query) -> Rows:
        vector = query.encoding.embedding[None, :]
        _, words = self._index.lexical.search(query.text, POOL)
        _, near = self._index.dense.search(vector, POOL)
        _, sentences = self._index.units.search(vector, 2 * POOL)
        return np.unique(np.concatenate([words, near[0], self._index.unit_passage[sentences[0]].astype(np.int64)]))

    def _best_sentence(self, query: Query, candidates: Rows) -> Floats:
        counts = self._unit_counts[candidates]
        begins = np.cumsum(counts) - counts
        rows = np.arange(counts.sum()) + np.repeat(self._index.unit_first[candidates] - begins, counts)
        scores = self._index.units.vectors(rows) @ query.encoding.embedding
        return np.maximum.reduceat(scores, begins).astype(np.float32)


def _wordlike(text: str, encoding: Encoding) -> NDArray[np.bool_]:
    return np.array([any(c.isalnum() for c in text[start:end]) for start, end in encoding.spans], dtype=bool)


def _or_ones(weights: NDArray[np.floating]) -> Floats:
    return (weights if weights.sum() > 0 else np.ones_like(weights)).astype(np.float32)
