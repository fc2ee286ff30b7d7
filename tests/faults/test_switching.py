"""The index is replaced again and again under a running server: no question fails, and each answer comes from one index."""

import asyncio
import json
import shutil
import threading
from collections import Counter
from pathlib import Path

import pytest

from rag import loading
from rag.index import builds
from rag.settings import Settings
from tests.benchmarks.load import read_response, requests
from tests.benchmarks.servers import running, verbatim

QUESTIONS, CLIENTS, SWITCHES = 1000, 8, 5
ROLES = ("lamplighter", "beekeeper", "cartographer", "glassblower", "stonemason")

pytestmark = pytest.mark.model


async def ask_all(port: int, payloads: list[bytes]) -> list[tuple[int, bytes]]:
    """Send each request once over `CLIENTS` connections; statuses and bodies."""
    queue, seen = iter(payloads), list[tuple[int, bytes]]()

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for payload in queue:
            writer.write(payload)
            seen.append(await read_response(reader))
        writer.close()

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return seen


def test_no_question_fails_while_the_index_is_replaced(tiny_settings: Settings, tmp_path: Path) -> None:
    place = tiny_settings.model_copy(update={"index": tmp_path / "index", "corpus": tmp_path / "corpus"})
    shutil.copytree(tiny_settings.index, place.index, ignore=shutil.ignore_patterns("*.sqlite3*"))
    shutil.copytree(tiny_settings.corpus, place.corpus)
    guides = {builds.current_id(place.index): {"lead-data-science-engineer"}}  # of each index

    def replace() -> None:
        for role in ROLES[:SWITCHES]:
            (place.corpus / f"{role}.md").write_text(f"# {role.title()}\n\nA {role.title()} works with care, early in the day.\n")
            built = loading.build(place)
            guides[built.id] = {Path(file.path).stem for file in built.files}

    questions = [f"What does a {ROLES[at % len(ROLES)].title()} do? {at}" for at in range(QUESTIONS)]
    with running(verbatim(place.index), "What does a Head of Analytics Engineering do?") as server:
        replacing = threading.Thread(target=replace)
        replacing.start()
        seen = asyncio.run(ask_all(server.port, requests(questions)))
        replacing.join()
        more = asyncio.run(ask_all(server.port, requests([f"{question} again" for question in questions[:50]])))
    bodies = [json.loads(body) for _, body in seen + more]
    assert Counter(status for status, _ in seen + more) == {200: QUESTIONS + 50}
    assert len({body["index"]["id"] for body in bodies}) > 1
    for body in bodies:
        assert {citation["document_id"] for citation in body["citations"]} <= guides[body["index"]["id"]]
