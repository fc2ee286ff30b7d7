"""Every command of docs/scale.md is run, on a database of its own; installing and serving by the tests named."""

import os
import re
import tomllib
from pathlib import Path

import pytest

from rag.retrieval.dense import CROSSING
from rag.settings import read_settings
from tests.handmade import write_guides
from tests.test_readme import README, run

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
LINES = [line for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL) for line in block.splitlines()]
COMMANDS = [line.split("  #")[0].strip() for line in LINES]
ELSEWHERE = {
    ".venv/bin/pip install '.[postgres]'": "what it installs is locked for the tests (tests/test_lock.py)",
    ".venv/bin/verbatim serve --host 127.0.0.1 --port 8000": "tests/faults/test_database_faults.py",
}
SAID = {"build": "up to date|Built", "index list": r"\* [0-9a-f]{12}", "embed --once": "^$"}


def test_the_readme_leads_here() -> None:
    assert "(docs/scale.md)" in README


def test_what_it_says_of_the_code_is_so() -> None:
    assert f"{CROSSING:,} rows" in TEXT
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert set(project["postgres"]) <= set(project["dev"])
    for name, value in (line.removeprefix("export ").split("=", 1) for line in COMMANDS if line.startswith("export")):
        assert name == "VERBATIM_STORE" and read_settings(store=value.strip("'")).database


@pytest.mark.model
def test_its_commands_work(tiny_model: Path, tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write_guides(tmp_path / "corpus")
    monkeypatch.setitem(os.environ, "VERBATIM_STORE", postgres)
    monkeypatch.setitem(os.environ, "VERBATIM_MODEL", str(tiny_model))
    settings = read_settings(corpus=tmp_path / "corpus", index=tmp_path / "index")
    ran = [line for line in COMMANDS if line not in ELSEWHERE and not line.startswith("export")]
    assert len(ran) == 3
    for line in ran:
        assert re.search(SAID[line.removeprefix(".venv/bin/verbatim ")], run(line, settings)), line
