"""Passages that repeat an earlier one, by their words or by their embeddings."""

from collections.abc import Iterator, Sequence

import numpy as np

from rag.datatypes import Floats
from rag.retrieval.dense import DenseStore, Rows

NEAR = 0.97  # cosine from which two passages are taken to say the same
BLOCK = 2048  # rows compared at a time: 16 MB of cosines, however many passages there are


def duplicates(texts: Sequence[str], store: DenseStore, near: float = NEAR) -> Iterator[tuple[int, int, float | None]]:
    """Each row that repeats an earlier one, with that row and their cosine; None for the cosine where the words are the same.

    `texts` run beside the rows of `store`; white space and capitals do not count. One row is named however many are repeated.
    """
    first: dict[str, int] = {}
    same = [first.setdefault(" ".join(text.split()).casefold(), row) for row, text in enumerate(texts)]
    for start in range(0, len(texts), BLOCK):
        cosines, nearest = _nearest_earlier(store, start, min(start + BLOCK, len(texts)))
        for at, (cosine, earlier) in enumerate(zip(cosines.tolist(), nearest.tolist(), strict=True)):
            row = start + at
            if same[row] != row:
                yield row, same[row], None
            elif cosine >= near:
                yield row, earlier, cosine


def _nearest_earlier(store: DenseStore, start: int, end: int) -> tuple[Floats, Rows]:
    """The greatest cosine of each row of `start:end` with a row before it, and that row; -1 for both where there is none."""
    block = store.vectors(np.arange(start, end))
    best = np.full(end - start, -1.0, dtype=np.float32)
    nearest = np.full(end - start, -1, dtype=np.int64)
    for other in range(0, end, BLOCK):
        stop = min(other + BLOCK, end)
        cosines = block @ store.vectors(np.arange(other, stop)).T
        cosines[np.arange(other, stop)[None] >= np.arange(start, end)[:, None]] = -1.0
        found = cosines.argmax(axis=1)
        scores = cosines[np.arange(end - start), found]
        better = scores > best
        best[better], nearest[better] = scores[better], found[better] + other
    return best, nearest
