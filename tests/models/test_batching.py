"""Threads that share an encoder get their own encodings, and wait no longer than they must."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from rag.datatypes import Encoding
from rag.models.batching import MAX_BATCH, SharedEncoder


class LengthEncoder:
    """Encodes a text as its length, when `gate` lets it; keeps the sizes of its batches and the most that ran at once."""

    dimension = 1

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.entered = threading.Event()
        self.batches: list[int] = []
        self.running = self.most = 0

    def encode(self, texts: Sequence[str]) -> list[Encoding]:
        self.running += 1
        self.most = max(self.most, self.running)
        self.entered.set()
        self.gate.wait(5)
        self.batches.append(len(texts))
        self.running -= 1
        if "bad" in texts:
            raise ValueError("bad text")
        none = np.zeros(0, np.int32)
        return [Encoding(np.array([len(text)], np.float32), np.zeros((0, 1), np.float32), none, none) for text in texts]


def lengths(encodings: Sequence[Encoding]) -> list[float]:
    return [float(encoding.embedding[0]) for encoding in encodings]


def test_a_lone_text_is_encoded_at_once() -> None:
    inner = LengthEncoder()
    inner.gate.set()
    assert lengths(SharedEncoder(inner).encode(["abc"])) == [3]
    assert inner.batches == [1]


def test_what_arrives_meanwhile_is_one_batch() -> None:
    inner = LengthEncoder()
    shared = SharedEncoder(inner)
    with ThreadPoolExecutor(9) as pool:
        first = pool.submit(shared.encode, ["x"])
        inner.entered.wait(5)
        others = [pool.submit(shared.encode, ["x" * size, "yy"]) for size in range(8)]
        while len(shared._queue) < 8:
            threading.Event().wait(0.001)
        inner.gate.set()
        assert lengths(first.result(5)) == [1]
        assert [lengths(other.result(5)) for other in others] == [[size, 2] for size in range(8)]
    assert inner.batches == [1, 16]


def test_many_threads_each_get_their_own() -> None:
    inner = LengthEncoder()
    inner.gate.set()
    shared = SharedEncoder(inner)
    with ThreadPoolExecutor(24) as pool:
        found = list(pool.map(lambda size: lengths(shared.encode(["x" * size])), range(2000)))
    assert found == [[size] for size in range(2000)]
    assert inner.most == 1 and max(inner.batches) <= MAX_BATCH and sum(inner.batches) == 2000


def test_an_error_reaches_everyone_in_the_batch_and_nobody_after() -> None:
    inner = LengthEncoder()
    inner.gate.set()
    shared = SharedEncoder(inner)
    with pytest.raises(ValueError, match="bad text"):
        shared.encode(["bad"])
    assert lengths(shared.encode(["good"])) == [4]
