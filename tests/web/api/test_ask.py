"""The routes for programs, over the real application: answers, texts, health, and a clear problem for every bad request."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from starlette.testclient import TestClient

from rag.datatypes import Document
from rag.settings import read_settings
from tests.scenes import HERE, SEED, scenes
from web.app import create_app
from web.middleware.headers import HEADERS

QUESTION = "What does a Head of Analytics Engineering do?"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = read_settings(index=tmp_path_factory.mktemp("index"))
    with TestClient(create_app(scenes(), settings), base_url=HERE, raise_server_exceptions=False) as client:
        yield client


def problem(response: Any, status: int) -> str:
    """The sentence of a problem, after checking that it is one."""
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == status and set(body) == {"type", "title", "status", "detail"}
    assert "Traceback" not in response.text and "\n" not in body["detail"]
    return str(body["detail"])


def test_ask_answers_with_citations_into_the_text(client: TestClient) -> None:
    body = client.post("/ask", json={"question": QUESTION}).json()
    text = client.get(f"/documents/{SEED}/text").text
    assert body["status"] == "answered" and len(body["citations"]) == 3
    assert all(text[c["start"] : c["end"]] == c["quote"] for c in body["citations"])
    page = client.get(body["citations"][1]["url"])
    assert page.status_code == 200 and '<mark id="q2" class="m2">This role requires a unique blend' in page.text


def test_history_is_resolved(client: TestClient) -> None:
    body = client.post(
        "/ask", json={"question": "What are the key responsibilities?", "history": [{"question": QUESTION}]}
    ).json()
    assert body["standalone_question"] == "What are the key responsibilities of a Head of Analytics Engineering?"
    assert body["links"]["self"].count("q=") == 2


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"{", 400, "The body is not JSON"),
        (b'{"question": NaN}', 422, "question: Input should be a valid string."),
        (b"[]", 422, "The body: Input should be"),
        (b"{}", 422, 'question is missing. Send {"question": "..."}.'),
        (b'{"question": "  "}', 422, "question is empty. Enter a question."),
        (json.dumps({"question": "x" * 436}).encode(), 422, "Shorten question to 400 characters. It has 436."),
        (b'{"question": "a", "top_k": 3}', 422, "top_k is not a known field. Known are question, history and documents."),
        (b'{"question": "a", "history": [{"question": "b", "answer": "c"}]}', 422, "history.0.answer is not a known field."),
        (b'{"question": "a", "history": ["b"]}', 422, "history.0: Input should be"),
        (b'{"question": "a", "documents": ["nurse"]}', 422, "documents: there is no guide 'nurse'. GET /documents lists them."),
        (b'{"question": "\\ud800"}', 422, "question is empty. Enter a question."),
        (b'{"question": "' + b"x" * 20_000 + b'"}', 413, "The body is over 16384 bytes"),
        (b"\xff\xfe", 400, "The body is not JSON"),
        (b"[" * 10_000, 400, "The body is not JSON"),
    ],
)
def test_bad_bodies_get_one_clear_sentence(client: TestClient, body: bytes, status: int, said: str) -> None:
    response = client.post("/ask", content=body, headers={"Content-Type": "application/json"})
    assert problem(response, status).startswith(said)


def test_other_bad_requests(client: TestClient) -> None:
    assert "Content-Type: application/json" in problem(client.post("/ask", content=b"question=a"), 415)
    assert "method" in problem(client.put("/ask"), 405)
    assert client.put("/ask").headers["allow"]
    assert "Nothing is kept" in problem(client.get("/nowhere"), 404)
    assert "no such guide" in problem(client.get("/documents/nurse/text"), 404)
    assert (
        problem(client.post("/ask", json={"question": "fail"}), 500)
        == "Something failed on the server. Try again; its log says what it was."
    )
    assert problem(client.get("/ask/turn", params={"q": ""}), 422) == "Enter a question."


def test_every_response_has_the_security_headers(client: TestClient) -> None:
    bad = client.post("/ask", content=b"x" * 20_000)
    for response in (
        client.get("/"),
        client.get("/nowhere"),
        bad,
        client.post("/ask", json={"question": "fail"}),
        client.get("/healthz"),
    ):
        assert {name: response.headers.get(name) for name in HEADERS} == dict(HEADERS)
        assert response.headers["cache-control"] == "private, no-store"


def test_texts_and_documents(client: TestClient) -> None:
    listed = {document["id"]: document for document in client.get("/documents").json()}
    response = client.get(f"/documents/{SEED}/text")
    corpus = Path(__file__).parent.parent.parent.parent / "corpus" / "lead-data-science-engineer.txt"
    assert response.content == corpus.read_bytes() and response.headers["etag"] == f'"{listed[SEED]["sha256"]}"'
    assert "Head of Analytics Engineering" in listed[SEED]["careers"]


def test_health_is_not_readiness(client: TestClient, tmp_path: Path) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz").json()
    assert ready["status"] == "ready" and ready["index"]["id"].startswith("sha256:")
    with TestClient(create_app(settings=read_settings(index=tmp_path / "none")), base_url=HERE) as empty:
        assert empty.get("/healthz").status_code == 200
        for response in (empty.get("/readyz"), empty.post("/ask", json={"question": QUESTION}), empty.get("/documents")):
            assert "verbatim build" in problem(response, 503)
        page = empty.get("/", headers={"Accept": "text/html"})
        assert page.status_code == 503 and "verbatim build" in page.text


def test_openapi_describes_answers_and_problems(client: TestClient) -> None:
    api = client.get("/openapi.json").json()
    post = api["paths"]["/ask"]["post"]
    assert post["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].endswith("/AskResponse")
    assert {"400", "401", "413", "415", "422", "429", "503"} <= set(post["responses"])
    assert "application/problem+json" in post["responses"]["422"]["content"]
    assert client.get("/docs").status_code == 404


@pytest.mark.parametrize(("language", "said"), [("en", "en"), ("中文", None), ("a\r\nb", None), ("", None)])
def test_a_text_goes_out_whatever_its_language_is_called(language: str, said: str | None, tmp_path: Path) -> None:
    pipeline = scenes()
    documents = cast(dict[str, Document], pipeline.index.documents)
    documents[SEED] = replace(documents[SEED], language=language)
    with TestClient(create_app(pipeline, read_settings(index=tmp_path)), base_url=HERE) as client:
        response = client.get(f"/documents/{SEED}/text")
    assert response.status_code == 200 and response.headers.get("content-language") == said
