"""How the processes of a run share the tests: each file is run by one of them, so that what it sets up is made once.

Another way to share them (`pytest -n 2` alone) makes whole indexes twice, and fails here: `make test` says which is meant."""

from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def made_once(run_folder: Path) -> Path:
    """A file that only one process of the run can make."""
    file = run_folder / "made-once"
    file.touch(exist_ok=False)
    return file


@pytest.mark.parametrize("turn", range(8))
def test_a_file_is_run_by_one_process(made_once: Path, turn: int) -> None:
    assert made_once.is_file()
