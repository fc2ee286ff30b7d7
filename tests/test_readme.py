"""Every command of the README is run by a test: here, or in the one named."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from rag.settings import Settings
from tests.benchmarks.servers import running, verbatim
from tests.making import FLAGS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
LINES = [line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines()]
COMMANDS = [line.split("  #")[0].strip() for line in LINES]
QUESTION = "What does a Head of Analytics Engineering do?"

# Commands that never end, or take minutes, and the test that runs them.
ELSEWHERE = {
    "make run": ("test_install.py", "test_make_run_builds_serves_and_says_where_twice"),
    "make test": ("test_readme.py", "test_make_test_checks_and_tests"),
    "make evaluate": ("pipeline/test_floors.py", "test_a_set_of_questions_is_answered_as_well_as_it_was"),
    "make bench": ("test_benchmarks.py", "test_make_bench_prints_a_table_and_json"),
    ".venv/bin/verbatim build --watch": (
        "index/test_watching.py",
        "test_watch_builds_again_when_a_guide_comes_and_deletes_old_builds",
    ),
    ".venv/bin/verbatim serve --host 127.0.0.1 --port 8000 --workers 2": ("test_readme.py", "test_serve_with_two_workers"),
}

pytestmark = pytest.mark.model


def run(command: str, settings: Settings) -> str:
    """Run a command as it stands, with the environment of this test instead of .venv and the session's index; what it prints."""
    programs = {".venv/bin/verbatim": [sys.executable, "-m", "rag"], "make": ["make", *FLAGS]}
    program, *arguments = shlex.split(command)
    environment = {**os.environ, "VERBATIM_INDEX": str(settings.index), "VERBATIM_CORPUS": str(settings.corpus)}
    whole = [*programs.get(program, [program]), *arguments]
    return subprocess.run(whole, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout


def test_the_readme_shows_commands() -> None:
    assert len(COMMANDS) >= 9
    assert set(ELSEWHERE) <= set(COMMANDS)


@pytest.mark.parametrize("command", [command for command in COMMANDS if command not in ELSEWHERE and "curl" not in command])
def test_a_command_of_the_readme_works(command: str, settings: Settings) -> None:
    assert re.search(r"up to date|senior leadership position|\* [0-9a-f]{12}|no error", run(command, settings))


@pytest.mark.parametrize("command", [command for command in COMMANDS if "curl" in command])
def test_the_request_of_the_readme_is_answered(command: str, settings: Settings) -> None:
    with running(verbatim(settings.index), QUESTION) as server:
        body = json.loads(run(command.replace("127.0.0.1:8000", f"127.0.0.1:{server.port}"), settings))
    assert body["status"] == "answered"
    assert body["citations"][0]["section_path"][-1] == "Head of Analytics Engineering"


@pytest.mark.parametrize(("file", "name"), ELSEWHERE.values())
def test_the_other_commands_are_run_elsewhere(file: str, name: str) -> None:
    assert f"def {name}(" in (ROOT / "tests" / file).read_text()


def test_make_test_checks_and_tests(settings: Settings) -> None:
    planned = run("make -n test", settings)
    for step in ("ruff format --check", "ruff check", "mypy", "pytest"):
        assert step in planned


def test_serve_with_two_workers(settings: Settings) -> None:
    with running(verbatim(settings.index, workers=2), QUESTION) as server:
        ids = {httpx2.get(f"http://127.0.0.1:{server.port}/readyz").json()["index"]["id"] for _ in range(8)}
        assert len(ids) == 1
        metrics = httpx2.get(f"http://127.0.0.1:{server.port}/metrics").text
    assert 'verbatim_asks_total{status="answered"}' in metrics
