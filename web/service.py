"""What the routes share: the pipeline of the moment, its answers, what readers said about them, and the counters."""

from collections.abc import Sequence
from typing import Annotated

from anyio import from_thread
from fastapi import Depends, Request

from rag.datatypes import Answer, IndexInfo, Turn
from rag.errors import StoreError
from rag.pipeline import Pipeline
from rag.settings import Settings
from web.answers import Answers
from web.middleware.logs import QuestionLog
from web.middleware.metrics import Metrics
from web.problems import Problem
from web.votes import FeedbackStore

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_WAITING = "The index is being loaded; ask again in a moment."


class Service:
    """Answers questions with whichever pipeline is loaded; `reason` says why there is none."""

    def __init__(self, settings: Settings, pipeline: Pipeline | None = None) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.feedback = FeedbackStore(settings.feedback or settings.index / "feedback.sqlite3")
        self.reason = _WAITING
        self._answers = Answers(self._current, self.metrics, settings.cache, max(8, settings.threads), settings.timeout)
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
        """The answer to a question that follows `earlier`. Raises Problem 503 when it takes too long."""
        try:
            answer = await self._answers.ask(question, [Turn(before) for before in earlier], documents)
        except TimeoutError as error:
            raise Problem(503, "The answer took too long; ask again in a moment.", {"Retry-After": "5"}) from error
        if self._questions:
            self._questions.write(question, answer.status)
        return answer

    def ask_from_thread(self, question: str, earlier: Sequence[str] = ()) -> Answer:
        """The same for routes that run in the thread pool."""
        return from_thread.run(self.ask, question, earlier)

    def close(self) -> None:
        """Finish the questions being worked on."""
        self._answers.close()

    @property
    def local(self) -> bool:
        """Whether only this computer is served."""
        return self.settings.host in _LOOPBACK

    @property
    def privacy(self) -> str:
        """The line at the foot of every page. A copy that serves others must not claim to run on the reader's computer."""
        claim = "Runs on this computer. Nothing is sent anywhere." if self.local else "Page addresses contain your question."
        return self.settings.privacy or claim

    def _current(self) -> tuple[Pipeline, IndexInfo]:
        pipeline = self.pipeline()
        return pipeline, pipeline.index.info


def service_of(request: Request) -> Service:
    """The service of the app that a request came to."""
    service: Service = request.app.state.service
    return service


async def _shared(request: Request) -> Service:
    # FastAPI sends what is not awaited through a thread, which takes longer than a remembered answer.
    return service_of(request)


Shared = Annotated[Service, Depends(_shared)]
