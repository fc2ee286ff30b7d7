"""Logs tell what happened to a request, and nothing of what was asked."""

import asyncio
import json
import logging
import logging.config
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from web.middleware import logs
from web.middleware.logs import LOGGING, AccessLog, QuestionLog, masked


async def answers(scope: Scope, receive: Receive, send: Send) -> None:
    logging.getLogger("verbatim").info("inside")
    await PlainTextResponse("ok", 404)(scope, receive, send)


def get(path: str, headers: dict[str, str]) -> httpx2.Response:
    async def run() -> httpx2.Response:
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=AccessLog(answers)), base_url="http://test") as http:
            return await http.get(path, headers=headers)

    return asyncio.run(run())


@pytest.fixture
def unlogged() -> Iterator[None]:
    """Takes the logs' configuration back: a server of a later test must not write to the stream of one that has ended."""
    yield
    for name in LOGGING["loggers"]:
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


@pytest.mark.usefixtures("unlogged")
def test_a_request_is_one_line_of_json_without_its_query(capsys: pytest.CaptureFixture[str]) -> None:
    logging.config.dictConfig(dict(LOGGING))
    response = get("/ask?q=secret", {"X-Request-Id": "abc-1"})
    inside, access = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert response.headers["X-Request-Id"] == "abc-1" == inside["request_id"] == access["request_id"]
    assert (access["method"], access["path"], access["status"]) == ("GET", "/ask", 404)
    assert access["ms"] >= 0
    assert "secret" not in json.dumps(access)


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, 'a"}'])
def test_an_odd_request_id_is_replaced(given: str) -> None:
    id = get("/", {"X-Request-Id": given}).headers["X-Request-Id"]
    assert len(id) == 16 and int(id, 16) >= 0


def test_masking_hides_addresses_and_numbers_but_not_pay() -> None:
    assert masked("mail ann.b@site.example or +44 (0)20 7946-0958 now") == "mail [e-mail] or [number] now"
    assert masked("is $120,000 to 180,000 usual in 2024?") == "is $120,000 to 180,000 usual in 2024?"


def test_question_log_keeps_its_days(tmp_path: Path) -> None:
    today = datetime.now(UTC).date()
    old, kept = (tmp_path / f"questions-{today - timedelta(days=age)}.jsonl" for age in (31, 30))
    old.touch()
    kept.touch()
    QuestionLog(tmp_path, days=30).write("call 020 7946 0958", "answered")
    assert not old.exists() and kept.exists()
    line = json.loads((tmp_path / f"questions-{today}.jsonl").read_text())
    assert (line["question"], line["status"]) == ("call [number]", "answered")


def test_kept_questions_are_their_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "kept" / "questions"
    QuestionLog(folder, days=30).write("a", "answered")
    (file,) = folder.iterdir()
    assert (file.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
    file.chmod(0o644)
    QuestionLog(folder, days=30).write("b", "answered")
    assert file.stat().st_mode & 0o777 == 0o600 and len(file.read_text().splitlines()) == 2


def test_a_day_of_questions_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "DAY_BYTES", 1000)
    kept = QuestionLog(tmp_path, days=30)
    for _ in range(100):
        kept.write("a", "answered")
    (file,) = tmp_path.iterdir()
    assert 1000 <= file.stat().st_size < 1200


@pytest.mark.usefixtures("unlogged")
def test_a_log_that_cannot_be_written_is_said_once_and_fails_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logging.config.dictConfig(dict(LOGGING))
    (tmp_path / "file").write_text("in the way")
    kept = QuestionLog(tmp_path / "file" / "kept", days=30)
    for _ in range(3):
        kept.write("secret", "answered")
    said = capsys.readouterr().err
    assert said.count("cannot be kept") == 1 and "secret" not in said
