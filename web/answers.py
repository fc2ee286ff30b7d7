"""Questions to answers off the event loop, remembered, bounded in time, counted."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import perf_counter
from typing import Protocol

from cachetools import LRUCache

from rag.datatypes import Answer, IndexInfo, Turn
from web.middleware.metrics import Metrics

# What an answer depends on: the index, the question as it was typed, the questions before it, the guides to keep to.
Key = tuple[str, str, tuple[Turn, ...], tuple[str, ...] | None]


class Asks(Protocol):
    """The part of a Pipeline that is used here."""

    def ask(self, question: str, history: Sequence[Turn] = (), documents: Sequence[str] | None = None) -> Answer: ...


class Answers:
    """Answers by the pipeline of the moment, which `current` gives with the index it holds.

    `size` answers are remembered. `threads` questions are worked on at once, so that the event loop is free and the
    encoder's batches fill; a question that takes longer than `seconds` raises TimeoutError.
    """

    def __init__(
        self, current: Callable[[], tuple[Asks, IndexInfo]], metrics: Metrics, size: int, threads: int, seconds: float
    ) -> None:
        self._current, self._metrics, self._seconds = current, metrics, seconds
        self._remembered: LRUCache[Key, Answer] = LRUCache(size)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="answer")

    async def ask(self, question: str, history: Sequence[Turn] = (), documents: Sequence[str] | None = None) -> Answer:
        """An answer; one that was given before is given again, with the time that took now."""
        began = perf_counter()
        pipeline, info = self._current()
        key = (info.id, question, tuple(history), None if documents is None else tuple(documents))
        remembered = self._remembered.get(key)
        if remembered is not None:
            self._metrics.answered(remembered, from_cache=True)
            return replace(remembered, timings_ms={"total": round((perf_counter() - began) * 1000, 3)})
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self._seconds):
            answer = await loop.run_in_executor(self._pool, lambda: pipeline.ask(question, history, documents))
        if self._remembered.maxsize:
            self._remembered[key] = answer
        self._metrics.answered(answer, from_cache=False)
        return answer

    def close(self) -> None:
        """Wait for the questions being worked on, and take no more."""
        self._pool.shutdown(wait=True, cancel_futures=True)
