"""The bounds, logs and counters of the application as a whole, over real routes; its answers, over a pipeline that waits.

Answers are remembered for an index, given up in time, and never hold up the event loop."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import httpx2
import pytest
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from rag.pipeline import Pipeline
from rag.reply import Answer, Confidence, IndexInfo, Turn
from rag.settings import read_settings
from tests.scenes import HERE, SEED, scenes
from web.app import create_app
from web.middleware.limits import Deadline
from web.page.guide import _drawn
from web.problems import Problem
from web.service import Service

QUESTION = {"question": "What does a Head of Analytics Engineering do?"}


def client(folder: Path, **settings: object) -> TestClient:
    return TestClient(create_app(scenes(), read_settings(index=folder, **settings)), base_url=HERE, raise_server_exceptions=False)


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[TestClient]:
    with client(tmp_path) as started:
        yield started


def test_asking_too_often_is_told_with_the_time_to_wait(tmp_path: Path) -> None:
    with client(tmp_path, rate="2/minute") as started:
        assert [started.post("/ask", json=QUESTION).status_code for _ in range(2)] == [200, 200]
        refused = started.post("/ask", json=QUESTION)
        page = started.get("/ask", params={"q": QUESTION["question"]}, headers={"Accept": "text/html"})
    assert refused.status_code == 429 and refused.headers["Content-Type"] == "application/problem+json"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert page.status_code == 429 and page.text.startswith("<!doctype html>")


def test_loopback_is_not_limited_and_other_addresses_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now)  # 121 questions may take longer than the minute that is counted
    with client(tmp_path, host="0.0.0.0") as started:
        statuses = [started.post("/ask", json=QUESTION).status_code for _ in range(121)]
    assert statuses == [200] * 120 + [429]
    with client(tmp_path) as started:
        assert {started.post("/ask", json=QUESTION).status_code for _ in range(121)} == {200}


def test_a_full_queue_refuses_at_once_and_the_page_of_health_goes_on(tmp_path: Path) -> None:
    app = create_app(scenes(), read_settings(index=tmp_path, queue=1))

    async def run() -> list[httpx2.Response]:
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url=HERE) as http:
            asked = [http.post("/ask", json={"question": f"{QUESTION['question']} {number}"}) for number in range(8)]
            return await asyncio.gather(*asked, http.get("/healthz"))

    *answers, health = asyncio.run(run())
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[0] == 200 and statuses[-1] == 503 and set(statuses) == {200, 503}
    assert {answer.headers["Retry-After"] for answer in answers if answer.status_code == 503} == {"1"}
    assert health.status_code == 200


def test_questions_are_kept_only_if_the_settings_say_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = {"question": "Mail ann@site.example: what does a Head of Analytics Engineering do?"}
    with client(tmp_path, question_log=tmp_path / "kept") as started:
        started.post("/ask", json=asked)
    line = json.loads((tmp_path / "kept" / f"questions-{datetime.now(UTC).date()}.jsonl").read_text())
    assert line["question"] == "Mail [e-mail]: what does a Head of Analytics Engineering do?"
    assert "site.example" not in "".join(capsys.readouterr())


def test_a_request_carries_its_id_and_is_counted(plain: TestClient) -> None:
    plain.post("/ask", json=QUESTION)
    response = plain.post("/ask", json=QUESTION, headers={"X-Request-Id": "mine-1"})
    assert response.headers["X-Request-Id"] == "mine-1"
    counted = plain.get("/metrics").text
    assert 'verbatim_asks_total{status="answered"} 2.0' in counted
    assert 'verbatim_cache_total{result="hit"} 1.0' in counted


def test_a_repeated_question_has_the_same_body_but_for_id_and_time(plain: TestClient) -> None:
    bodies = [plain.post("/ask", json=QUESTION).json() for _ in range(2)]
    for body in bodies:
        for name in ("id", "created_at", "timings_ms"):
            del body[name]
    assert bodies[0] == bodies[1]


class Clerk:
    """Stands for a pipeline: answers once `free` is set, and counts how often it was asked."""

    def __init__(self) -> None:
        self.index = SimpleNamespace(info=IndexInfo("a", "2026-01-01T00:00:00+00:00", 1, 1, "model"))
        self.free = threading.Event()
        self.free.set()
        self.asked = 0

    def ask(self, question: str, history: Sequence[Turn] = (), documents: Sequence[str] | None = None) -> Answer:
        self.free.wait(30)
        self.asked += 1
        info, times = self.index.info, {"total": 7.0, "encode": 3.0}
        return Answer("answered", question, question, info, Confidence(0.9, 0.5), timings_ms=times)


def serving(clerk: Clerk, folder: Path, **settings: object) -> Service:
    return Service(read_settings(index=folder, **settings), cast(Pipeline, clerk))


def test_an_answer_is_remembered_by_question_history_and_guides(tmp_path: Path) -> None:
    clerk = Clerk()

    async def run() -> list[Answer]:
        with closing(serving(clerk, tmp_path)) as service:
            return [
                await service.ask(question, earlier, documents)
                for question in ("one", "two")
                for earlier in ((), ["zero"])
                for documents in (None, ["x"], ["x"])
            ]

    given = asyncio.run(run())
    assert clerk.asked == 8
    assert given[1].timings_ms["total"] == 7.0 and set(given[2].timings_ms) == {"total"}


def test_another_index_is_asked_afresh_and_the_oldest_is_forgotten(tmp_path: Path) -> None:
    clerk, other = Clerk(), Clerk()
    other.index.info = IndexInfo("b", "2026-01-01T00:00:00+00:00", 1, 1, "model")

    async def run() -> None:
        with closing(serving(clerk, tmp_path, cache=2)) as service:
            for question in ("one", "two", "one", "three", "one", "two"):
                await service.ask(question)
            service.serve(cast(Pipeline, other))
            assert (await service.ask("one")).index.id == "b"

    asyncio.run(run())
    assert (clerk.asked, other.asked) == (4, 1)


def test_nothing_is_remembered_without_room(tmp_path: Path) -> None:
    clerk = Clerk()

    async def run() -> None:
        with closing(serving(clerk, tmp_path, cache=0)) as service:
            for _ in range(3):
                await service.ask("one")

    asyncio.run(run())
    assert clerk.asked == 3


def test_the_loop_is_free_while_questions_are_worked_on(tmp_path: Path) -> None:
    clerk = Clerk()
    clerk.free.clear()

    async def run() -> list[Answer]:
        with closing(serving(clerk, tmp_path)) as service:
            asked = [asyncio.create_task(service.ask(str(number))) for number in range(4)]
            await asyncio.sleep(0)
            clerk.free.set()  # said by the loop itself: held up, it would never come to this
            return await asyncio.gather(*asked)

    assert [answer.question for answer in asyncio.run(run())] == ["0", "1", "2", "3"]


def test_a_slow_answer_is_given_up(tmp_path: Path) -> None:
    clerk = Clerk()
    clerk.free.clear()

    async def run() -> None:
        with closing(serving(clerk, tmp_path, timeout=0.05)) as service:
            with pytest.raises(Problem, match=r"took too long") as raised:
                await service.ask("one")
            assert raised.value.status == 503 and raised.value.headers == {"Retry-After": "5"}
            clerk.free.set()

    asyncio.run(run())


def test_guides_that_are_drawn_leave_answers_alone(tmp_path: Path) -> None:
    app = create_app(scenes(), read_settings(index=tmp_path, timeout=0.2))

    async def run() -> list[int]:
        service: Service = app.state.service
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=HERE) as http:
            async with service.drawing, service.drawing:  # as many as are drawn at once
                guide = await http.get(f"/guide/{SEED}")
                answer = await http.post("/ask", json=QUESTION)
            return [guide.status_code, answer.status_code, (await http.get(f"/guide/{SEED}")).status_code]

    assert asyncio.run(run()) == [503, 200, 200]


def test_nothing_more_is_done_for_a_request_that_was_given_up(tmp_path: Path) -> None:
    app = create_app(scenes(), read_settings(index=tmp_path, timeout=0.05))
    address = f"/guide/{SEED}?at=0-9&n=77"

    async def run() -> list[int]:
        service: Service = app.state.service
        drawn = _drawn.cache
        assert drawn is not None
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=HERE) as http:
            async with service.drawing, service.drawing:
                late = await http.get(address)
            before = len(drawn)
            for _ in range(100):  # whoever waited for a place has it now
                await asyncio.sleep(0.002)
            assert len(drawn) == before
            return [late.status_code, (await http.get(address)).status_code, len(drawn) - before]

    assert asyncio.run(run()) == [503, 200, 1]


def test_a_page_that_was_given_up_asks_no_further_question(tmp_path: Path) -> None:
    clerk = Clerk()

    async def run() -> None:
        with closing(serving(clerk, tmp_path)) as service:

            async def page(scope: Scope, receive: Receive, send: Send) -> None:
                await service.ask("one")
                await asyncio.sleep(0.05)
                await run_in_threadpool(service.ask_from_thread, "two")

            deadline = Deadline(page, 0.02, lambda scope, status, *_: PlainTextResponse("late", status))
            async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=deadline), base_url=HERE) as http:
                assert (await http.get("/ask")).status_code == 503
                await asyncio.sleep(0.2)
        assert clerk.asked == 1

    asyncio.run(run())
