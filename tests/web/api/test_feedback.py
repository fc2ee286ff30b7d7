"""Feedback: kept in one file, taken back, never with a question that was not sent, never from another site."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from rag.settings import read_settings
from tests.scenes import HERE, scenes
from web import votes
from web.app import create_app
from web.votes import Feedback, FeedbackStore

ANSWER = "ans_" + "a" * 32
FORM = {"answer": ANSWER, "turn": "1", "status": "answered", "sources": "guide:1-2", "back": "/ask?q=Hello"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "feedback.sqlite3"


@pytest.fixture
def client(file: Path) -> Iterator[TestClient]:
    with TestClient(create_app(scenes(), read_settings(feedback=file)), base_url=HERE, follow_redirects=False) as client:
        yield client


def test_a_vote_is_kept_changed_and_taken_back(file: Path) -> None:
    store = FeedbackStore(file)
    assert store.get(ANSWER) is None and store.counts() == {}
    for vote, reason in (("yes", ""), ("no", "Too little")):
        store.save(Feedback(ANSWER, vote, "answered", "sha256:0", "guide:1-2", reason))
    assert store.get(ANSWER) == Feedback(ANSWER, "no", "answered", "sha256:0", "guide:1-2", "Too little")
    assert store.counts() == {"no": 1}
    store.save(Feedback(ANSWER, "none", "answered", "sha256:0", ""))
    assert store.get(ANSWER) is None


def test_script_gets_204_and_a_form_goes_back(client: TestClient, file: Path) -> None:
    assert client.post("/feedback", data={**FORM, "vote": "yes"}).status_code == 204
    response = client.post("/feedback", data={**FORM, "vote": "no"}, headers={"Accept": "text/html"})
    assert (response.status_code, response.headers["location"]) == (303, f"/ask?q=Hello&fb=1.{ANSWER}#turn-1")
    page = client.get(response.headers["location"], headers={"Accept": "text/html"})
    assert 'value="none" data-vote' not in page.text  # a greeting has no "No": nothing is pressed
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("SELECT vote, sources, question FROM feedback").fetchall() == [("no", "guide:1-2", "")]


def test_reason_and_question_join_the_vote(client: TestClient, file: Path) -> None:
    for fields in ({"vote": "no"}, {"reason": "Wrong source"}, {"question": "Hello \u200b there"}):
        assert client.post("/feedback", data={**FORM, **fields}).status_code == 204
    said = FeedbackStore(file).get(ANSWER)
    assert said and (said.vote, said.reason, said.question) == ("no", "Wrong source", "Hello there")


@pytest.mark.parametrize(
    ("fields", "headers", "status"),
    [
        ({"vote": "maybe"}, {}, 422),
        ({"vote": "no", "reason": "Because"}, {}, 422),
        ({"vote": "yes", "answer": ""}, {}, 422),
        ({"vote": "yes", "sources": "x" * 3000}, {}, 422),
        ({"vote": "yes"}, {"Sec-Fetch-Site": "cross-site"}, 403),
        ({"vote": "yes"}, {"Content-Type": "text/plain"}, 415),
    ],
)
def test_what_is_no_vote_is_refused(
    client: TestClient, file: Path, fields: dict[str, str], headers: dict[str, str], status: int
) -> None:
    response = client.post("/feedback", data={**FORM, **fields}, headers=headers)
    assert response.status_code == status and response.headers["content-type"] == "application/problem+json"
    assert not file.exists()


def test_back_leads_nowhere_else(client: TestClient) -> None:
    for back in ("https://elsewhere.example/", "//elsewhere.example", "/nowhere"):
        response = client.post("/feedback", data={**FORM, "vote": "yes", "back": back}, headers={"Accept": "text/html"})
        assert response.status_code == 204


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    settings = read_settings(feedback=tmp_path / "file" / "feedback.sqlite3")
    with TestClient(create_app(scenes(), settings), base_url=HERE) as client:
        response = client.post("/feedback", data={**FORM, "vote": "yes"})
        assert response.status_code == 503 and "could not be saved" in response.json()["detail"]


def test_feedback_is_its_owners_alone_and_stays_for_its_days(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FeedbackStore(file, days=30)
    store.save(Feedback("ans_old", "no", "answered", "sha256:0", ""))
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE feedback SET at = '2020-01-01T00:00:00+00:00'")
    store.save(Feedback("ans_1", "no", "answered", "sha256:0", ""))
    assert store.get("ans_old") is None and store.counts() == {"no": 1}
    monkeypatch.setattr(votes, "MOST_ROWS", 3)
    for number in range(2, 7):
        store.save(Feedback(f"ans_{number}", "yes", "answered", "sha256:0", ""))
    assert sum(store.counts().values()) == 3 and store.get("ans_6") is not None


def test_feedback_is_kept_apart_from_the_index(tmp_path: Path) -> None:
    with TestClient(create_app(scenes(), read_settings(index=tmp_path, rate="2/hour")), base_url=HERE) as client:
        statuses = [client.post("/feedback", data={**FORM, "vote": "yes"}).status_code for _ in range(3)]
    assert statuses == [204, 204, 429]
    assert (tmp_path / "readers").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://other.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Origin": HERE, "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": HERE}, 204),
        ({"Origin": "https://guides.example", "X-Forwarded-Host": "guides.example"}, 204),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 204),
        ({}, 204),
    ],
)
def test_where_no_browser_tells_the_site_the_origin_has_to_be_ours(
    client: TestClient, headers: dict[str, str], status: int
) -> None:
    assert client.post("/feedback", data={**FORM, "vote": "yes"}, headers=headers).status_code == status
