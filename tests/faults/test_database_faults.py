"""Servers on one database: a build is switched under readers, the database is started again, and its primary is killed."""

import asyncio
import json
import shutil
import statistics
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from rag.index.library import library_of
from rag.loading import build
from rag.settings import Settings
from tests.benchmarks.load import requests
from tests.benchmarks.servers import running, verbatim
from tests.faults.test_switching import ask_all
from tests.handmade import write_guides
from tests.postgres import Cluster
from tests.waiting import wait_for

FIRST = "What does a Pilot do?"  # the opening of a guide: it takes no search
SEARCHED = "Can a Pilot fly at night in bad weather?"
ROLES = ("lamplighter", "beekeeper", "cartographer")

pytestmark = pytest.mark.model


@pytest.fixture
def place(tiny_settings: Settings, tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A small corpus, published to a database that servers are told of."""
    write_guides(tmp_path / "corpus")
    own = {"corpus": tmp_path / "corpus", "index": tmp_path / "index", "store": postgres}
    settings = tiny_settings.model_copy(update=own)
    build(settings)
    monkeypatch.setenv("VERBATIM_STORE", postgres)
    monkeypatch.setenv("VERBATIM_CACHE", "0")
    monkeypatch.setenv("VERBATIM_RATE", "100000/second")
    return settings


def add(place: Settings, role: str) -> str:
    """The id of the build with one more guide, published."""
    (place.corpus / f"{role}.md").write_text(f"# {role.title()}\n\nA {role.title()} works with care, early in the day.\n")
    return build(place).id


def asked(port: int, question: str) -> tuple[int, dict[str, Any], str | None]:
    """Status, body and Retry-After of a question."""
    body = json.dumps({"question": question}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}/ask", body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, json.load(response), None
    except urllib.error.HTTPError as error:
        return error.code, json.load(error), error.headers["Retry-After"]


def test_builds_are_switched_under_readers_on_two_servers(place: Settings) -> None:
    made = {add(place, "gardener")}

    def replace() -> None:
        made.update(add(place, role) for role in ROLES)

    questions = [f"What does a {('Pilot', 'Baker')[at % 2]} do? {at}" for at in range(600)]
    with running(verbatim(place.index), FIRST) as one, running(verbatim(place.index), FIRST) as two:
        replacing = threading.Thread(target=replace)
        replacing.start()
        seen = asyncio.run(ask_all(one.port, requests(questions)))
        replacing.join()
        last = add(place, "stonemason")
        later = [wait_for(lambda: asked(server.port, FIRST)[1]["index"]["id"] == last, 5) for server in (one, two)]  # noqa: B023
        apart = [_apart(place, (one.port, two.port), id) for id in 2 * list(made)[:3]]
    bodies = [json.loads(body) for _, body in seen]
    assert Counter(status for status, _ in seen) == {200: 600}
    assert {body["index"]["id"] for body in bodies} <= made and max(later) < 2
    assert statistics.median(apart) < 1, apart
    for body in bodies:
        assert {citation["document_id"] for citation in body["citations"]} <= {"pilot", "baker"}


def _apart(place: Settings, ports: Sequence[int], id: str) -> float:
    """Switch to a build, and how many seconds lie between the first and the last server that serves it."""

    def switched(port: int) -> float:
        wait_for(lambda: asked(port, FIRST)[1]["index"]["id"] == id, 20)
        return time.monotonic()

    library_of(place).use(id)
    with ThreadPoolExecutor(len(ports)) as pool:
        seen = list(pool.map(switched, ports))
    return max(seen) - min(seen)


def test_a_database_that_is_started_again_is_waited_for(place: Settings, cluster: Cluster) -> None:
    stopped, seen = threading.Event(), []

    def ask(port: int) -> None:
        while not stopped.is_set():
            seen.append(asked(port, SEARCHED))

    with running(verbatim(place.index), FIRST) as server, ThreadPoolExecutor(4) as pool:
        for _ in range(4):
            pool.submit(ask, server.port)
        try:
            cluster.stop()
            wait_for(lambda: any(status == 503 for status, _, _ in seen), 20)
            cluster.start()
            answered = len([status for status, _, _ in seen if status == 200])
            wait_for(lambda: len([status for status, _, _ in seen if status == 200]) > answered + 20, 30)
        finally:
            stopped.set()
        id = add(place, "lamplighter")  # and it still hears of builds
        wait_for(lambda: asked(server.port, FIRST)[1].get("index", {}).get("id") == id, 10)
    assert {status for status, _, _ in seen} == {200, 503}
    for status, body, retry in seen:
        if status == 503:
            assert retry == "1" and "cannot be reached" in body["detail"] and "a pass/word" not in body["detail"]


def test_a_replica_answers_when_its_primary_is_killed(place: Settings, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    replica = Cluster(cluster.folder.with_name("two")).replicate(cluster)
    try:
        both = place.database.replace(f":{cluster.port}/", f":{cluster.port},127.0.0.1:{replica.port}/")
        monkeypatch.setenv("VERBATIM_STORE", f"{both}?target_session_attrs=any")
        id = add(place, "lamplighter")  # after the copy was made: the replica has it from the stream
        with running(verbatim(place.index), FIRST) as server:
            before = asked(server.port, "What does a Lamplighter do?")
            assert before[0] == 200 and before[1]["index"]["id"] == id
            cluster.kill()
            after = [asked(server.port, question) for question in ("What does a Lamplighter do?", "What does a Baker do?")]
        assert [status for status, _, _ in after] == [200, 200]
        same = ("status", "answer", "citations", "index")
        assert {name: after[0][1][name] for name in same} == {name: before[1][name] for name in same}
    finally:
        replica.stop("immediate")
        shutil.rmtree(replica.folder)
        cluster.start()
