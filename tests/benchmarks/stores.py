"""How search grows with the index, on synthetic vectors and texts: clustered unit vectors, and words drawn by Zipf's law."""

import gc
import statistics
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import faiss
import numpy as np

from rag.datatypes import Floats
from rag.retrieval.dense import DenseStore
from rag.retrieval.lexical import LexicalStore

DIMENSION, K, QUERIES = 384, 100, 20
_DIVIDED = 100_000
_WORDS, _LENGTH = 20_000, 24
_SPREAD = 0.35  # how far vectors lie from the centre of their cluster; passages of a topic are about as alike


@dataclass(frozen=True, slots=True)
class Search:
    """Median times of one search in milliseconds, and times of a build in seconds. From `_DIVIDED` passages also with the vectors
    in cells, and the share of the ten nearest that are found there."""

    passages: int
    dense_ms: float
    dense_build_seconds: float
    cells_ms: float | None
    cells_build_seconds: float | None
    cells_recall: float | None
    lexical_ms: float
    lexical_build_seconds: float


def measure(sizes: tuple[int, ...], seed: int = 7) -> Iterator[Search]:
    """Search the first `K` of each size with `QUERIES` queries, on one thread."""
    faiss.omp_set_num_threads(1)
    random = np.random.default_rng(seed)
    for size in sizes:
        yield Search(size, *_dense(size, random), *_lexical(size, random))
        gc.collect()


def _dense(size: int, random: np.random.Generator) -> tuple[float, float, float | None, float | None, float | None]:
    """Milliseconds a search and seconds a build; the same in cells, and the recall of their ten nearest."""
    vectors = clustered(size, random)
    queries = vectors[random.integers(0, size, QUERIES)] + 0.02 * random.standard_normal((QUERIES, DIMENSION), dtype=np.float32)
    began = perf_counter()
    store = DenseStore.build(vectors)
    seconds = perf_counter() - began
    del vectors
    exact = _median(lambda query: store.search(query[None], K), queries)
    if size < _DIVIDED:
        return exact, seconds, None, None, None
    nearest = store.search(queries, 10)[1]
    began = perf_counter()
    store.divide()
    divided = perf_counter() - began
    found = store.search(queries, 10)[1]
    recall = float(np.mean([np.isin(one, other).mean() for one, other in zip(nearest, found, strict=True)]))
    return exact, seconds, _median(lambda query: store.search(query[None], K), queries), divided, recall


def _lexical(size: int, random: np.random.Generator) -> tuple[float, float]:
    """Milliseconds a search and seconds a build."""
    texts = synthetic_texts(size, random)
    asked = [" ".join(texts[at].split()[:6]) for at in random.integers(0, size, QUERIES)]
    began = perf_counter()
    store = LexicalStore.build(texts)
    seconds = perf_counter() - began
    del texts
    return _median(lambda text: store.search(text, K), asked), seconds


def clustered(size: int, random: np.random.Generator, per_cluster: int = 100) -> Floats:
    """Unit vectors (size, DIMENSION) around random centres."""
    centres = random.standard_normal((max(1, size // per_cluster), DIMENSION), dtype=np.float32)
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    vectors = random.standard_normal((size, DIMENSION), dtype=np.float32)
    vectors *= _SPREAD / np.sqrt(DIMENSION)
    vectors += centres[random.integers(0, len(centres), size)]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def synthetic_texts(size: int, random: np.random.Generator) -> list[str]:
    """Texts of `_LENGTH` made-up words; the most used word is in nearly every text, most words are rare."""
    vocabulary = np.array(["".join(random.choice(list("bcdfghklmnprstvz"), 3)) + f"{at:x}" for at in range(_WORDS)])
    words = vocabulary[np.minimum(random.zipf(1.3, (size, _LENGTH)), _WORDS) - 1]
    return [" ".join(row) for row in words]


def _median(search: Callable[[Any], object], queries: Iterable[Any]) -> float:
    times = []
    for query in queries:
        began = perf_counter()
        search(query)
        times.append(perf_counter() - began)
    return statistics.median(times) * 1000
