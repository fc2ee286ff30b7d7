"""Answers are remembered for an index, given up in time, and never hold up the event loop."""

import asyncio
import time
from collections.abc import Sequence

import pytest

from rag.datatypes import Answer, Confidence, IndexInfo, Turn
from web.answers import Answers
from web.middleware.metrics import Metrics


class Clock:
    """Answers after `seconds`, saying how often it was asked."""

    def __init__(self, info: IndexInfo, seconds: float = 0) -> None:
        self.info, self.seconds, self.asked = info, seconds, 0

    def ask(self, question: str, history: Sequence[Turn] = (), documents: Sequence[str] | None = None) -> Answer:
        time.sleep(self.seconds)
        self.asked += 1
        return Answer("answered", question, question, self.info, Confidence(0.9, 0.5), timings_ms={"total": 7.0, "encode": 3.0})


def index(id: str) -> IndexInfo:
    return IndexInfo(id, "2026-01-01T00:00:00+00:00", 1, 1, "model")


def answers(clock: Clock, size: int = 8, threads: int = 2, seconds: float = 5) -> Answers:
    return Answers(lambda: (clock, clock.info), Metrics(), size, threads, seconds)


def test_an_answer_is_remembered_by_question_history_and_guides() -> None:
    clock = Clock(index("a"))

    async def run() -> list[Answer]:
        asking = answers(clock)
        return [
            await asking.ask(question, history, documents)
            for question in ("one", "two")
            for history in ((), [Turn("zero")])
            for documents in (None, ["x"], ["x"])
        ]

    given = asyncio.run(run())
    assert clock.asked == 8
    assert given[1].timings_ms["total"] == 7.0 and given[2].timings_ms["total"] < 7.0
    assert set(given[2].timings_ms) == {"total"}


def test_another_index_is_asked_afresh_and_the_oldest_is_forgotten() -> None:
    clock = Clock(index("a"))

    async def run() -> None:
        asking = answers(clock, size=2)
        for question in ("one", "two", "one", "three", "one", "two"):
            await asking.ask(question)
        assert clock.asked == 4
        clock.info = index("b")
        assert (await asking.ask("one")).index.id == "b"

    asyncio.run(run())
    assert clock.asked == 5


def test_nothing_is_remembered_without_room() -> None:
    clock = Clock(index("a"))

    async def run() -> None:
        asking = answers(clock, size=0)
        for _ in range(3):
            await asking.ask("one")

    asyncio.run(run())
    assert clock.asked == 3


def test_a_slow_answer_is_given_up_and_the_loop_stays_free() -> None:
    async def run() -> float:
        asking = answers(Clock(index("a"), seconds=0.5), seconds=0.1)
        slow = [asyncio.create_task(asking.ask(str(number))) for number in range(4)]
        await asyncio.sleep(0)
        began = time.monotonic()
        await asyncio.sleep(0.01)
        late = time.monotonic() - began
        for task in slow:
            with pytest.raises(TimeoutError):
                await task
        return late

    assert asyncio.run(run()) < 0.05
