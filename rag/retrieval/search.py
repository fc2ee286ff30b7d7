"""Question to ranked hits: the candidates of a store by their words and embeddings, then late interaction over the best."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rag.datatypes import Encoder, Encoding, Floats, Hit
from rag.retrieval.store import Rows, Store, TokenStates
from rag.timing import stage

# score = .5 B' + 1 D + 1 S + 1.5 M. B': BM25 over the question's idf mass; D, S: cosine with the passage and with its best unit;
# M: idf-weighted mean, over the question's tokens, of the best cosine with a token, half of it anywhere in the passage, half in
# one unit or its headings. First passage right on eight guides never fitted on (n = 301): .68 with all-mpnet-base-v2, .56 with
# all-MiniLM-L6-v2 at .5, .1, .4 and 1.5; unfitted, and what weighs in the end is fitted with the scorer (rag/answers/chances.py).
LEXICAL, DENSE, SENTENCE, LATE = 0.5, 1.0, 1.0, 1.5
LATE_POOL = 40  # the best so many candidates are scored token by token
TURNS = 2  # earlier questions that a question is searched with
OWN = 0.4  # weight of what a question finds alone beside what it finds with the earlier ones


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it is searched: its words, its encoding, and how rare each of its tokens is (n,), marks not at all.

    Function words count too: in context, "when" is near a year and "who" near a name. `known` keeps the cosines of its tokens
    with those of passages, by row: the same are wanted to find and to weigh.
    """

    text: str
    encoding: Encoding
    rarity: Floats
    known: dict[int, Floats] = field(default_factory=dict)

    def cosines(self, tokens: TokenStates, rows: Sequence[int]) -> list[Floats]:
        """The cosines of the question's tokens (n,) with those of each row, (n, tokens) a row."""
        missing = [row for row in rows if row not in self.known]
        if missing:
            self.known.update(zip(missing, tokens.cosines(self.encoding.tokens, missing), strict=True))
        return [self.known[row] for row in rows]


@dataclass(frozen=True, slots=True)
class Found:
    """The hits for a question, best first, and the encoding of the question with those before it; `start` is where it begins
    among them."""

    hits: list[Hit]
    encoding: Encoding
    start: int

    @property
    def own(self) -> NDArray[np.bool_]:
        """Which of the encoded tokens are the question's own, (n,)."""
        return self.encoding.spans[:, 0] >= self.start


class Retriever:
    """Finds the passages of a store that a question is about."""

    def __init__(self, store: Store, encoder: Encoder) -> None:
        self._store, self._encoder = store, encoder

    def query(self, text: str) -> Query:
        """A question, encoded; marks weigh nothing unless there is nothing else."""
        with stage("encode"):
            encoding = self._encoder.encode([text])[0]
        rarity = np.where(_wordlike(text, encoding), self._store.idf(encoding.ids), 0.0)
        return Query(text, encoding, (rarity if rarity.sum() > 0 else np.ones_like(rarity)).astype(np.float32))

    def search(self, query: Query, k: int = 10, rows: Rows | None = None) -> list[Hit]:
        """The best `k` hits for a query, best first, equal scores in passage order; of `rows` only, where they are given."""
        with stage("search"):
            found = self._store.candidates(query.text, query.encoding.embedding, rows)
            first = LEXICAL * found.lexical + DENSE * found.dense + SENTENCE * found.sentence
            late = np.zeros(len(found.rows), dtype=np.float32)
            top = np.lexsort((found.rows, -first))[: max(k, LATE_POOL)]
            late[top] = self.late(query, found.rows[top])
            total = first + LATE * late
            best = top[np.lexsort((found.rows[top], -total[top]))][:k]
            signals = np.stack([total, found.lexical, found.dense, found.sentence, late], axis=1)[best].tolist()
            ranked = found.rows[best].tolist()
            return [Hit(*its[:2], *its[2]) for its in zip(self._store.passages(ranked), ranked, signals, strict=True)]

    def find(self, text: str, earlier: Sequence[str] = (), rows: Rows | None = None) -> Found:
        """The best `LATE_POOL` hits for a question in its conversation, of `rows` where they are given: its signals alone and
        with the questions before it, as one."""
        alone = self.query(text)
        if not earlier:
            return Found(self.search(alone, LATE_POOL, rows), alone.encoding, 0)
        before = " ".join(earlier[-TURNS:]) + " "
        joined = self.query(before + text)
        union = {hit.row for query in (alone, joined) for hit in self.search(query, LATE_POOL, rows)}
        every = np.array(sorted(union), dtype=np.int64)
        by_row = {hit.row: hit for hit in self.search(joined, len(every), every)}
        mixed = [_mixed(hit, by_row[hit.row]) for hit in self.search(alone, len(every), every)]
        return Found(sorted(mixed, key=lambda hit: (-hit.score, hit.row))[:LATE_POOL], joined.encoding, len(before))

    def late(self, query: Query, rows: Rows) -> Floats:
        """How well passages' tokens answer a query's, in [-1, 1] (late interaction as in ColBERT, weighted by idf): the mean of
        the passage taken whole and of its best unit under its headings, for words count more where they stand together."""
        cosines = query.cosines(self._store, rows.tolist())
        counts = np.array([one.shape[1] for one in cosines], dtype=np.int64)
        scores = np.zeros(len(rows), dtype=np.float32)
        filled = np.flatnonzero(counts)
        if not len(filled):
            return scores
        runs = self._store.runs(rows[filled].tolist())
        starts = np.concatenate([at + run.starts for at, run in zip((np.cumsum(counts) - counts)[filled], runs, strict=True)])
        best = np.maximum.reduceat(np.concatenate(cosines, axis=1), starts, axis=1)
        sizes = np.array([len(run.starts) for run in runs])
        first = np.cumsum(sizes) - sizes
        whole = query.rarity @ np.maximum.reduceat(best, first, axis=1)
        above = np.where([run.headed for run in runs], best[:, first], -1.0)
        units = query.rarity @ np.maximum(best, np.repeat(above, sizes, axis=1))
        scores[filled] = (whole + np.maximum.reduceat(units, first)) / (2 * query.rarity.sum())
        return scores


def _mixed(alone: Hit, joined: Hit) -> Hit:
    """A passage's signals under a question alone and with those before it, as one."""
    pairs = ((getattr(alone, name), getattr(joined, name)) for name in ("score", "lexical", "dense", "sentence", "late"))
    return Hit(alone.passage, alone.row, *(OWN * own + (1 - OWN) * other for own, other in pairs))


def _wordlike(text: str, encoding: Encoding) -> NDArray[np.bool_]:
    return np.array([any(c.isalnum() for c in text[start:end]) for start, end in encoding.spans], dtype=bool)
