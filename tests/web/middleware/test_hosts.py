"""A request for another's name is refused, and only what came from this computer is told that it stays there."""

import asyncio
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.types import Message

from rag.settings import read_settings
from tests.scenes import scenes
from web.app import DEFAULT_RATE, create_app

HTML = {"Accept": "text/html"}
LOCAL, OTHER = "Runs on this computer. Nothing is sent anywhere.", "Page addresses contain your question."


def client(folder: Path, **settings: object) -> TestClient:
    app = create_app(scenes(), read_settings(index=folder, **settings))
    return TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "localhost.", "127.0.0.1:1", "127.8.8.8", "[::1]:8000"])
def test_loopback_is_served_under_its_own_names(tmp_path: Path, host: str) -> None:
    assert client(tmp_path).get("/healthz", headers={"Host": host}).status_code == 200


def test_any_address_of_loopback_is_loopbacks(tmp_path: Path) -> None:
    app = client(tmp_path, host="127.8.8.8")
    assert LOCAL in app.get("/", headers={"Host": "127.8.8.8"}).text
    assert app.get("/", headers={"Host": "192.0.2.1"}).status_code == 421


OTHERS = """evil.example localhost.evil.example 127.0.0.1.evil.example 192.0.2.1 a@localhost localhost/x localhost:x localhost:-1
localhost#.evil.example [::1 [::] localhost,evil.example 0 * local\u017fhost localhost\\@evil.example"""


@pytest.mark.parametrize("host", ["", *OTHERS.split()])
def test_another_name_is_refused_everywhere(tmp_path: Path, host: str) -> None:
    app = client(tmp_path)
    for path in ("/", "/healthz", "/ask.md?q=Hello", "/documents", "/nowhere"):
        response = app.get(path, headers=[(b"Host", host.encode())])
        assert response.status_code == 421 and "evil.example" not in response.text


def test_two_hosts_are_none(tmp_path: Path) -> None:
    app = client(tmp_path)
    assert app.get("/healthz", headers=[("Host", "localhost"), ("Host", "evil.example")]).status_code == 421


@pytest.mark.parametrize(("version", "status"), [("1.0", 200), ("1.1", 421)])
def test_no_host_at_all_is_an_old_clients(tmp_path: Path, version: str, status: int) -> None:
    async def run() -> int:
        sent: list[Message] = []
        app = create_app(scenes(), read_settings(index=tmp_path))
        scope = {"type": "http", "http_version": version, "method": "GET", "path": "/healthz", "headers": [], "query_string": b""}

        async def receive() -> Message:
            return {"type": "http.request"}

        async def send(message: Message) -> None:
            sent.append(message)

        await app(scope, receive, send)
        return int(sent[0]["status"])

    assert asyncio.run(run()) == status


def test_names_are_a_setting_and_an_address_cannot_be_rebound(tmp_path: Path) -> None:
    app = client(tmp_path, host="0.0.0.0", hosts="guides.example, other.example")
    statuses = {
        host: app.get("/healthz", headers={"Host": host}).status_code
        for host in ("guides.example", "other.example:80", "192.0.2.1", "[2001:db8::1]:8000", "localhost", "evil.example")
    }
    assert [host for host, status in statuses.items() if status != 200] == ["evil.example"]
    assert client(tmp_path, hosts="*").get("/healthz", headers={"Host": "evil.example"}).status_code == 200


@pytest.mark.parametrize(
    ("settings", "headers", "line"),
    [
        ({}, {}, LOCAL),
        ({"host": "0.0.0.0"}, {}, OTHER),
        ({"hosts": "guides.example"}, {"Host": "guides.example"}, OTHER),
        ({"trusted_proxies": "127.0.0.1"}, {}, OTHER),
        ({}, {"X-Forwarded-For": "192.0.2.1"}, OTHER),
        ({}, {"Via": "1.1 proxy"}, OTHER),
        ({}, {"Forwarded": "for=192.0.2.1"}, OTHER),
        ({"privacy": "Kept for a day."}, {}, "Kept for a day."),
    ],
)
def test_a_page_claims_only_what_is_true_of_its_reader(
    tmp_path: Path, settings: dict[str, object], headers: dict[str, str], line: str
) -> None:
    page = client(tmp_path, **settings).get("/coverage", headers={**HTML, **headers}).text
    assert line in page and (LOCAL in page) == (line == LOCAL)


def test_what_a_proxy_forwards_is_limited_on_loopback_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert DEFAULT_RATE == "120/minute"
    monkeypatch.setattr("web.app.DEFAULT_RATE", "120/day")  # a minute could end among the questions
    app = client(tmp_path)
    asked = [app.post("/ask", json={"question": "Hello"}, headers={"X-Forwarded-For": str(at)}).status_code for at in range(121)]
    assert asked == [200] * 120 + [429]
    assert app.post("/ask", json={"question": "Hello"}).status_code == 200
