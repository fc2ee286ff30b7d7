"""The bounds, logs and counters of the application as a whole, over real routes."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient

from rag.settings import read_settings
from tests.scenes import scenes
from web.app import create_app

QUESTION = {"question": "What does a Head of Analytics Engineering do?"}


def client(folder: Path, **settings: object) -> TestClient:
    return TestClient(create_app(scenes(), read_settings(index=folder, **settings)), raise_server_exceptions=False)


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


def test_loopback_is_not_limited_and_other_addresses_are(tmp_path: Path) -> None:
    with client(tmp_path, host="0.0.0.0") as started:
        statuses = [started.post("/ask", json=QUESTION).status_code for _ in range(121)]
    assert statuses == [200] * 120 + [429]
    with client(tmp_path) as started:
        assert {started.post("/ask", json=QUESTION).status_code for _ in range(121)} == {200}


def test_a_full_queue_refuses_at_once_and_the_page_of_health_goes_on(tmp_path: Path) -> None:
    app = create_app(scenes(), read_settings(index=tmp_path, queue=1))

    async def run() -> list[httpx2.Response]:
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
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
