"""A service follows the index folder: another build, a damaged one, a mended one."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from rag import loading
from rag.index import builds
from rag.settings import Settings
from tests.scenes import HERE
from tests.waiting import wait_for
from web import reloading
from web.app import create_app
from web.middleware.keys import make_key

KEY, HASH = make_key()
ADMIN = {"Authorization": f"Bearer {KEY}"}

pytestmark = pytest.mark.model


@pytest.fixture
def place(tiny_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A corpus and an index of this test's own."""
    monkeypatch.setattr(reloading, "POLL_SECONDS", 0.05)
    shutil.copytree(tiny_settings.index, tmp_path / "index", ignore=shutil.ignore_patterns("*.sqlite3*"))
    shutil.copytree(tiny_settings.corpus, tmp_path / "corpus")
    return tiny_settings.model_copy(update={"index": tmp_path / "index", "corpus": tmp_path / "corpus", "admin_token": HASH})


@pytest.fixture
def client(place: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings=place), base_url=HERE) as client:
        yield client


def add_guide(place: Settings, name: str) -> str:
    (place.corpus / f"{name}.md").write_text(f"# {name.title()}\n\nA {name.title()} keeps the {name} lamps clean every day.\n")
    return loading.build(place).id


def served(client: TestClient) -> str:
    response = client.get("/readyz")
    return str(response.json()["index"]["id"]) if response.status_code == 200 else response.json()["detail"]


def test_another_build_is_taken_over_and_its_guide_is_cited(client: TestClient, place: Settings) -> None:
    id = add_guide(place, "lamplighter")
    wait_for(lambda: served(client) == id)
    body = client.post("/ask", json={"question": "What does a Lamplighter do?"}).json()
    assert body["index"]["id"] == id
    assert {citation["document_id"] for citation in body["citations"]} == {"lamplighter"}


def test_a_damaged_build_is_refused_and_the_old_one_serves(client: TestClient, place: Settings) -> None:
    before = served(client)
    other = builds.build_folder(place.index, "sha256:" + "0" * 64)
    shutil.copytree(builds.current_folder(place.index), other)
    builds.switch(place.index, "sha256:" + "0" * 64)
    (other / "documents.json").write_bytes(b"[]")
    response = client.post("/admin/reload", headers=ADMIN)
    assert response.status_code == 503
    assert "documents.json" in response.json()["detail"] and "verbatim build" in response.json()["detail"]
    assert served(client) == before


def test_a_server_without_an_index_says_so_until_there_is_one(place: Settings) -> None:
    kept = place.index.rename(place.index.with_name("kept"))
    with TestClient(create_app(settings=place), base_url=HERE) as client:
        assert "run `verbatim build`" in served(client)
        assert client.post("/ask", json={"question": "What does a Lamplighter do?"}).status_code == 503
        assert client.get("/healthz").status_code == 200
        shutil.copytree(kept, place.index, dirs_exist_ok=True)
        wait_for(lambda: served(client).startswith("sha256:"))


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {KEY}"}])
def test_reload_needs_the_token(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/admin/reload", headers=headers).status_code == 401
    assert client.post("/admin/reload", headers=ADMIN).json()["changed"] is False


def test_without_a_token_there_is_no_admin(tiny_settings: Settings) -> None:
    with TestClient(create_app(settings=tiny_settings), base_url=HERE) as client:
        assert client.post("/admin/reload", headers=ADMIN).status_code == 404
