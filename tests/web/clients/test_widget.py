"""Which origins may ask and frame, what the widget's addresses send, and the tree that a turn is grown from."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from rag.errors import SettingsError
from rag.settings import read_settings
from tests.scenes import HERE, SEED, scenes
from web.app import create_app
from web.clients.widget import tree
from web.middleware.headers import HEADERS
from web.middleware.keys import hash_key

ALLOWED, OTHER = "https://college.example", "https://elsewhere.example"
QUESTION = "What does a Head of Analytics Engineering do?"
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
POLICY = "content-security-policy"


def client_of(folder: Path, **settings: Any) -> TestClient:
    app = create_app(scenes(), read_settings(index=folder, **settings))
    return TestClient(app, base_url=HERE, raise_server_exceptions=False)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with client_of(tmp_path, origins=f"{ALLOWED},http://localhost:8080") as client:
        yield client


def asks(client: TestClient, question: str = QUESTION, origin: str = ALLOWED, **more: Any) -> Any:
    return client.post("/widget/turn", json={"question": question, **more}, headers={"Origin": origin})


def walked(node: Any) -> Iterator[Any]:
    """The elements and the words of a tree."""
    yield node
    if not isinstance(node, str):
        for inside in node[2:]:
            yield from walked(inside)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("", ""),
        (" https://A.example , http://b.example:8080,", "https://a.example,http://b.example:8080"),
        ("https://a.example:443,http://b.example:80,https://a.example", "https://a.example,http://b.example"),
        ("http://a.example:443,http://[::1]:8000", "http://a.example:443,http://[::1]:8000"),
    ],
)
def test_origins_are_kept_as_browsers_send_them(given: str, kept: str) -> None:
    assert read_settings(origins=given).origins == kept


@pytest.mark.parametrize(
    "given",
    [
        *("*", "null", "a.example", "https://a.example/", "https://*.example", "ftp://a.example", "https://a.example:99999"),
        *(
            "https://u@a.example",
            "https://",
            "https://a.example; script-src *",
            "https://a.example b.example",
            "https://ä.example",
        ),
    ],
)
def test_what_is_no_origin_is_named(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERBATIM_ORIGINS", f"https://good.example,{given}")
    with pytest.raises(SettingsError, match=re.escape(f"(VERBATIM_ORIGINS): Value error, {given!r} is no origin; write it as")):
        read_settings()


def test_a_listed_origin_may_ask(client: TestClient) -> None:
    for path in ("/widget/turn", "/ask"):
        before = client.options(path, headers={"Origin": ALLOWED, **PREFLIGHT})
        assert before.status_code == 200 and before.headers["access-control-allow-origin"] == ALLOWED
        assert "access-control-allow-credentials" not in before.headers
    answer = asks(client)
    assert answer.status_code == 200 and answer.headers["access-control-allow-origin"] == ALLOWED
    assert answer.headers["access-control-expose-headers"] == "Retry-After" and "Origin" in answer.headers["vary"]
    keyed = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    assert client.options("/ask", headers={"Origin": ALLOWED, **keyed}).status_code == 400
    assert client.post("/feedback", headers={"Origin": ALLOWED, "Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_any_other_origin_may_not(client: TestClient, tmp_path: Path) -> None:
    for origin in (OTHER, "null", ALLOWED.replace("https", "http"), f"{ALLOWED}:8443"):
        before = client.options("/widget/turn", headers={"Origin": origin, **PREFLIGHT})
        assert before.status_code == 400 and "access-control-allow-origin" not in before.headers
        assert "access-control-allow-origin" not in asks(client, origin=origin).headers
    with client_of(tmp_path) as closed:  # as it is delivered
        assert closed.options("/widget/turn", headers={"Origin": ALLOWED, **PREFLIGHT}).status_code == 405
        assert "access-control-allow-origin" not in asks(closed).headers
        assert asks(closed, origin=HERE).status_code == 200


def test_why_a_question_is_refused_can_be_read(tmp_path: Path) -> None:
    with client_of(tmp_path, origins=ALLOWED, rate="2/hour") as client:
        assert asks(client, " ").status_code == 422 and asks(client, "fail").status_code == 500
        client.options("/widget/turn", headers={"Origin": ALLOWED, **PREFLIGHT})
        many = asks(client)
        assert many.status_code == 429 and int(many.headers["retry-after"]) > 0
        assert client.get("/widget.js").status_code == 200
        wrong = client.post("/widget/turn", json={"question": QUESTION}, headers={"Origin": ALLOWED, "Host": "evil.example"})
        assert wrong.status_code == 421
        for refused in (asks(client, " "), asks(client, "fail"), many, wrong):
            assert refused.headers["access-control-allow-origin"] == ALLOWED


def test_where_keys_are_needed_the_script_says_so(tmp_path: Path) -> None:
    with client_of(tmp_path, origins=ALLOWED, api_keys=hash_key("one")) as client:
        assert client.get("/widget.js").status_code == client.get("/embed").status_code == 200
        assert client.options("/widget/turn", headers={"Origin": ALLOWED, **PREFLIGHT}).status_code == 200
        refused = asks(client)
        assert refused.status_code == 401 and refused.headers["access-control-allow-origin"] == ALLOWED
        client.cookies.set("verbatim_key", "one")
        assert asks(client, origin=HERE).status_code == 200


def test_the_script_is_for_any_site_and_kept_for_an_hour(client: TestClient) -> None:
    sent = client.get("/widget.js")
    assert sent.headers["content-type"] == "text/javascript; charset=utf-8"
    assert sent.headers["cross-origin-resource-policy"] == "cross-origin"
    assert sent.headers["cache-control"] == "public, max-age=3600, stale-while-revalidate=86400"
    assert len(sent.content) < 12_000
    again = client.get("/widget.js", headers={"If-None-Match": sent.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cross-origin-resource-policy"] == "cross-origin"
    for sink in ("innerHTML", "outerHTML", "insertAdjacentHTML", "DOMParser", "document.write", "eval(", "Function("):
        assert sink not in sent.text
    assert not re.search(r"\bW\.\w|STYLE=\"\"", sent.text) and "Ask the career guides" in sent.text


def test_only_embed_may_be_framed(client: TestClient, tmp_path: Path) -> None:
    embed = client.get("/embed", params={"career": 'a "baker"><script>'})
    assert embed.headers[POLICY].endswith(f"frame-ancestors 'self' {ALLOWED} http://localhost:8080")
    assert embed.headers[POLICY].split("frame-ancestors")[0] == HEADERS["Content-Security-Policy"].split("frame-ancestors")[0]
    assert 'career="a &#34;baker&#34;&gt;&lt;script&gt;"' in embed.text
    with client_of(tmp_path) as closed:
        assert closed.get("/embed").headers[POLICY].endswith("frame-ancestors 'self'")
    for path in ("/", "/ask?q=Hello", f"/guide/{SEED}", "/coverage", "/widget.js", "/key", "/nowhere"):
        headers = client.get(path).headers
        assert headers[POLICY] == HEADERS["Content-Security-Policy"]
        assert headers["cross-origin-resource-policy"] == ("cross-origin" if path == "/widget.js" else "same-origin")


def test_a_turn_is_the_pages_as_a_tree(client: TestClient) -> None:
    body = asks(client, "What are the key responsibilities?", history=[{"question": QUESTION}]).json()
    assert body["address"].startswith("/ask?q=What+does") and body["address"].endswith("#turn-2")
    nodes = list(walked(body["turn"]))
    elements = [node for node in nodes if not isinstance(node, str)]
    (number,) = [node for node in elements if node[1].get("class") == "c"]
    assert number[1]["href"].startswith(f"/guide/{SEED}?at=") and number[1]["href"].endswith("#q1")
    assert len([node for node in elements if node[0] == "li" and "Leadership and Strategy" in list(walked(node))]) == 1
    assert not {"script", "style", "form", "input"} & {node[0] for node in elements}
    offered = [node[1]["data-ask"] for node in walked(asks(client).json()["turn"]) if node[0] == "button"]
    assert offered == ["What are the key responsibilities?", "How is it different from a Director of Applied Science?"]


def test_a_blank_answer_has_what_is_near_and_the_next_step(tmp_path: Path) -> None:
    with client_of(tmp_path, next_step="Talk to an adviser", next_step_link="mailto:adviser@college.example") as client:
        words = [
            node for node in walked(asks(client, "Can I work from home on Fridays?").json()["turn"]) if isinstance(node, str)
        ]
        assert "No answer found." in words and "remote" in words and "Talk to an adviser" in words


def test_a_conversation_holds_twelve_questions(client: TestClient) -> None:
    assert asks(client, history=[{"question": "Hello"}] * 11).status_code == 200
    assert asks(client, history=[{"question": "Hello"}] * 12).status_code == 422
    assert asks(client, documents=[SEED]).status_code == 422


def test_the_tree_keeps_words_and_their_order() -> None:
    assert tree('<p class="a">one <b>two</b> &lt;three&gt;</p>\n<ul hidden>\n<li>x</li></ul>') == [
        "div",
        {},
        ["p", {"class": "a"}, "one ", ["b", {}, "two"], " <three>"],
        ["ul", {"hidden": ""}, ["li", {}, "x"]],
    ]
