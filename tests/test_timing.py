"""Stages are timed for who asks, each thread on its own."""

import time
from concurrent.futures import ThreadPoolExecutor

from rag.timing import stage, timed


def work(naps: int) -> dict[str, float]:
    with timed() as times:
        for _ in range(naps):
            with stage("nap"):
                time.sleep(0.01)
        with stage("rest"):
            pass
    return times


def test_a_stage_adds_up_and_the_total_holds_it() -> None:
    times = work(3)
    assert set(times) == {"nap", "rest", "total"}
    assert 30 <= times["nap"] <= times["total"]


def test_threads_do_not_mix() -> None:
    with ThreadPoolExecutor(4) as pool:
        one, *_, four = pool.map(work, [1, 2, 3, 4])
    assert 10 <= one["nap"] < four["nap"] and four["nap"] >= 40


def test_nothing_is_kept_where_nobody_collects() -> None:
    with stage("nap"):
        pass
    assert set(work(0)) == {"rest", "total"}
