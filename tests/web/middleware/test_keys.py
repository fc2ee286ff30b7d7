"""API keys are known by their hashes, and needed at every address but the few that are listed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from rag.settings import read_settings
from tests.scenes import HERE, SEED, scenes
from web.app import create_app
from web.middleware.keys import hash_key, holds, make_key


def test_a_made_key_is_held_by_its_hash() -> None:
    key, known = make_key()
    assert len(known) == 64
    assert known == hash_key(key)
    assert holds(f"Bearer {key}", [known])
    assert holds(f"bearer  {key} ", ["0" * 64, known])


def test_anything_else_is_not() -> None:
    key, known = make_key()
    for header in (None, "", "Bearer", "Bearer ", key, f"Basic {key}", f"Bearer {known}", f"Bearer {key}x"):
        assert not holds(header, [known])
    assert not holds(f"Bearer {key}", [])


KEY = {"Authorization": "Bearer two"}
OPEN = {"/healthz", "/readyz", "/static/{name}", "/key", "/widget.js", "/embed"}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    settings = read_settings(index=tmp_path, api_keys=f"{hash_key('one')}, {hash_key('two')}")
    with TestClient(create_app(scenes(), settings), base_url=HERE, follow_redirects=False) as client:
        yield client


def routes(app: Any) -> Iterator[tuple[str, str]]:
    """Method and path of every route, however deep it is included."""
    for route in app.routes:
        if isinstance(route, APIRoute):
            yield from ((method, route.path) for method in route.methods or ())
        elif hasattr(route, "original_router"):
            yield from routes(route.original_router)
        elif hasattr(route, "path"):
            yield from ((method, route.path) for method in route.methods or ())


def test_every_address_but_the_open_ones_needs_a_key(client: TestClient) -> None:
    found = {(method, path) for method, path in routes(client.app) if not path.startswith("/admin")}
    assert len(found) > 15
    for method, path in found:
        address = path.format(document_id=SEED, name="style.css", build="0")
        assert (client.request(method, address).status_code == 401) == (path not in OPEN), (method, path)
        assert client.request(method, address, headers={"Authorization": "Bearer three"}).status_code != 200 or path in OPEN
        assert client.request(method, address, headers=KEY).status_code != 401, (method, path)
    for other in ("//ask", "/ask/", "/nowhere", "/static/../documents", "/HEALTHZ"):
        assert client.get(other).status_code in (401, 404), other
    assert client.get("/documents").headers["WWW-Authenticate"] == "Bearer"


def test_a_browser_gives_its_key_once(client: TestClient) -> None:
    refused = client.get("/coverage", headers={"Accept": "text/html"})
    assert refused.status_code == 401 and 'href="/key"' in refused.text
    wrong = client.post("/key", data={"key": "three"})
    assert wrong.status_code == 401 and "set-cookie" not in wrong.headers and 'action="/key"' in wrong.text
    assert client.post("/key", data={"key": "two"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    taken = client.post("/key", data={"key": "two"})
    assert (taken.status_code, taken.headers["location"]) == (303, "/")
    assert {"HttpOnly", "SameSite=lax"} <= set(taken.headers["set-cookie"].split("; "))
    assert client.get("/coverage").status_code == client.get("/ask", params={"q": "Hello"}).status_code == 200


def test_without_keys_nothing_is_asked_for(tmp_path: Path) -> None:
    with TestClient(create_app(scenes(), read_settings(index=tmp_path)), base_url=HERE) as client:
        assert client.get("/documents").status_code == 200
        assert client.get("/key").status_code == client.post("/key", data={"key": "two"}).status_code == 404
