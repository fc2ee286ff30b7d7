"""Every example of docs/clients.md is run: its commands and its script against a real server, and what it says to enter."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from rag.settings import Settings
from tests.benchmarks.servers import Running, running, verbatim
from tests.browser.conftest import serving
from tests.scenes import scenes
from tests.test_readme import QUESTION, README, run

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.+)\n((?:(?!^## ).*\n?)*)", TEXT, re.MULTILINE))
HERE = "127.0.0.1:8000"


def blocks(section: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", SECTIONS[section], re.DOTALL)


def commands(section: str) -> list[str]:
    return [line.split("  #")[0].strip() for block in blocks(section, "sh") for line in block.splitlines()]


CURL = commands("curl")


def test_the_readme_leads_here() -> None:
    assert "(docs/clients.md)" in README


@pytest.fixture(scope="module")
def server(settings: Settings) -> Iterator[Running]:
    with running(verbatim(settings.index), QUESTION) as server:
        yield server


@pytest.mark.model
@pytest.mark.parametrize("command", CURL)
def test_a_request_is_answered(command: str, server: Running, settings: Settings) -> None:
    said = run(command.replace(HERE, f"127.0.0.1:{server.port}"), settings)
    if "/models" in command:
        assert json.loads(said)["data"][0]["id"] == "verbatim"
    elif '"stream": true' in command:
        *chunks, done = [event.removeprefix("data: ") for event in said.strip().split("\n\n")]
        assert done == "[DONE]" and json.loads(chunks[-1])["ask_response"]["status"] == "answered"
    else:
        message = json.loads(said)["choices"][0]["message"]
        assert "senior leadership position" in message["content"] and message["annotations"]


@pytest.mark.model
def test_the_script_runs(server: Running, capsys: pytest.CaptureFixture[str]) -> None:
    (script,) = blocks("Python (`openai`)", "python")
    names: dict[str, object] = {}
    exec(compile(script.replace(HERE, f"127.0.0.1:{server.port}"), "docs/clients.md", "exec"), names)
    names["client"].close()  # type: ignore[attr-defined]
    said = capsys.readouterr().out
    assert re.search(r"senior leadership position.*\[1\]\(http.*\nanswered\n.*\[1\]\(http", said, re.DOTALL)
    assert "Head of Analytics Engineering · Lead Data Science Engineer: The Head" in said


def test_what_open_webui_is_told_is_what_is_served(settings: Settings, tmp_path: Path) -> None:
    make, serve = commands("Open WebUI")
    key, known = re.findall(r"\S{40,}", run(make, settings))
    assert serve.startswith("VERBATIM_API_KEYS=HASH .venv/bin/verbatim serve --host 0.0.0.0 --hosts ")
    name = serve.split()[-1]
    assert f"`http://{name}:8000/v1`" in SECTIONS["Open WebUI"] and f"`http://{HERE}/v1`" in SECTIONS["Open WebUI"]
    served = settings.model_copy(update={"host": "0.0.0.0", "hosts": name, "api_keys": known, "index": tmp_path})
    with serving(scenes(), served) as address:
        entered = {"Host": f"{name}:8000", "Authorization": f"Bearer {key}"}
        found = httpx2.get(f"{address}/v1/models", headers=entered)
        assert [model["id"] for model in found.json()["data"]] == ["verbatim"]
        asked = {"model": "verbatim", "messages": [{"role": "user", "content": QUESTION}]}
        answer = httpx2.post(f"{address}/v1/chat/completions", json=asked, headers=entered).json()
        assert f"[1](http://{name}:8000/guide/" in answer["choices"][0]["message"]["content"]
        assert httpx2.get(f"{address}/v1/models", headers={"Host": name}).status_code == 401
        assert httpx2.get(f"{address}/v1/models", headers={**entered, "Host": "other.example"}).status_code == 421
