"""What the routes share: the pipeline of the moment, its answers, what readers said about them, and the counters."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import perf_counter
from typing import Annotated

from anyio import from_thread
from cachetools import LRUCache
from fastapi import Depends, Request

from rag.errors import StoreError
from rag.pipeline import Pipeline
from rag.reply import Answer, Turn
from rag.settings import Settings
from web.middleware.hosts import is_loopback
from web.middleware.limits import LATE_SECONDS, given_up
from web.middleware.logs import QuestionLog
from web.middleware.metrics import Metrics
from web.problems import Problem
from web.votes import FeedbackStore

_DRAWN_AT_ONCE = 2  # whole guides: they take seconds where they are large
_WAITING = "The index is being loaded; ask again in a moment."
AT_ONCE = 8  # questions worked on at once, so that the encoder's batches fill

# What an answer depends on: the index, the question as it was typed, the questions before it, the guides to keep to.
_Key = tuple[str, str, tuple[Turn, ...], tuple[str, ...] | None]


class Service:
    """Answers questions with whichever pipeline is loaded, off the event loop; `reason` says why there is none.

    The settings say how many answers are remembered, and after how many seconds a question is given up."""

    def __init__(self, settings: Settings, pipeline: Pipeline | None = None) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.feedback = FeedbackStore(
            settings.feedback or settings.index / "readers" / "feedback.sqlite3", settings.feedback_days
        )
        self.drawing = asyncio.Semaphore(_DRAWN_AT_ONCE)
        self.reason = _WAITING
        self._remembered: LRUCache[_Key, Answer] = LRUCache(settings.cache)
        self._pool = ThreadPoolExecutor(max(AT_ONCE, settings.threads), thread_name_prefix="answer")
        self._questions = QuestionLog(settings.question_log, settings.question_days) if settings.question_log else None
        self._pipeline: Pipeline | None = None
        if pipeline is not None:
            self.serve(pipeline)

    @property
    def loaded(self) -> bool:
        return self._pipeline is not None

    def serve(self, pipeline: Pipeline) -> None:
        """Answer from this pipeline from now on; answers under way finish on the one before."""
        self._pipeline = pipeline
        self.metrics.serve(pipeline.index.info)

    def pipeline(self) -> Pipeline:
        """The pipeline that is served. Raises StoreError while there is none."""
        if self._pipeline is None:
            raise StoreError(self.reason)
        return self._pipeline

    async def ask(self, question: str, earlier: Sequence[str] = (), documents: Sequence[str] | None = None) -> Answer:
        """The answer to a question that follows `earlier`; one that was given before is given again, with the time that took
        now. Raises Problem 503 when it takes too long."""
        if given_up():  # a page of six questions was, or one that waited for a thread
            raise too_late()
        began, pipeline = perf_counter(), self.pipeline()
        history = tuple(Turn(before) for before in earlier)
        key = (pipeline.index.info.id, question, history, None if documents is None else tuple(documents))
        answer = self._remembered.get(key)
        if answer is not None:
            self.metrics.answered(answer, from_cache=True)
            answer = replace(answer, timings_ms={"total": round((perf_counter() - began) * 1000, 3)})
        else:
            answer = await self._asked(pipeline, question, history, documents)
            self.metrics.answered(answer, from_cache=False)
            if self._remembered.maxsize:
                self._remembered[key] = answer
        if self._questions:
            self._questions.write(question, answer.status)
        return answer

    async def _asked(self, pipeline: Pipeline, question: str, history: Sequence[Turn], documents: Sequence[str] | None) -> Answer:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self.settings.timeout):
                return await loop.run_in_executor(self._pool, lambda: pipeline.ask(question, history, documents))
        except TimeoutError as error:
            raise too_late() from error

    def ask_from_thread(self, question: str, earlier: Sequence[str] = (), documents: Sequence[str] | None = None) -> Answer:
        """The same for routes that run in the thread pool."""
        return from_thread.run(self.ask, question, earlier, documents)

    def close(self) -> None:
        """Finish the questions being worked on, and take no more."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    @property
    def loopback(self) -> bool:
        """Whether it can be reached from this computer only."""
        return is_loopback(self.settings.host)


def too_late() -> Problem:
    """The problem of what was not done in time."""
    return Problem(503, "The answer took too long; ask again in a moment.", {"Retry-After": str(LATE_SECONDS)})


def service_of(request: Request) -> Service:
    """The service of the app that a request came to."""
    service: Service = request.app.state.service
    return service


async def _shared(request: Request) -> Service:
    # FastAPI sends what is not awaited through a thread, which takes longer than a remembered answer.
    return service_of(request)


Shared = Annotated[Service, Depends(_shared)]
