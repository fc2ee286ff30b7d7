import subprocess
import sys
import time
from pathlib import Path

import pytest

from rag.errors import StoreError
from rag.folders import partial
from rag.index.builds import (
    build_folder,
    builds_folder,
    current_folder,
    current_id,
    keep,
    list_builds,
    locked,
    prune,
    switch,
    use,
)
from rag.index.index import write_manifest, write_stores
from rag.index.manifest import StoredEncoder
from rag.index.reuse import Embedder, OwnWork
from tests.handmade import BAKER, GUIDES, plan
from tests.hashing import HashingEncoder

# Another process that has the lock until it is told to end.
HOLDER = """
import sys
from pathlib import Path
from rag.index.builds import locked

with locked(Path(sys.argv[1])):
    print("locked", flush=True)
    sys.stdin.readline()
"""


def make(index: Path, day: int, guides: dict[str, str] = GUIDES) -> str:
    """Build and switch to it; the id."""
    made = plan(guides)
    with locked(index), partial(builds_folder(index)) as folder:
        write_stores(folder, made, Embedder(OwnWork(HashingEncoder())))
        write_manifest(folder, made, StoredEncoder(), f"2026-01-{day:02}T00:00:00+00:00")
        keep(index, folder, made.id)
        switch(index, made.id)
    return made.id


@pytest.fixture
def ids(tmp_path: Path) -> list[str]:
    """The ids of three builds in `tmp_path`, made in this order; the last is the current one."""
    return [make(tmp_path, day, {**GUIDES, "baker.md": BAKER + f"- Rest on day {day}\n"}) for day in (1, 2, 3)]


def test_the_current_build_is_named_by_a_one_line_file(tmp_path: Path, ids: list[str]) -> None:
    assert (tmp_path / "current").read_text() == ids[2].removeprefix("sha256:") + "\n"
    assert current_id(tmp_path) == ids[2]
    assert current_folder(tmp_path) == tmp_path / "builds" / ids[2].removeprefix("sha256:")


def test_builds_are_listed_newest_first(tmp_path: Path, ids: list[str]) -> None:
    found = list_builds(tmp_path)
    assert [build.id for build in found] == ids[::-1]
    assert [build.current for build in found] == [True, False, False]
    assert (found[0].documents, found[0].passages, found[0].model) == (2, 4, "hashing")
    assert found[0].bytes > 1000


def test_an_earlier_build_can_be_used_again(tmp_path: Path, ids: list[str]) -> None:
    assert use(tmp_path, ids[0][:15]).id == ids[0] == current_id(tmp_path)
    assert use(tmp_path, ids[1].removeprefix("sha256:")).current


@pytest.mark.parametrize("prefix", ["", "zzz", "sha256:"])
def test_a_build_that_is_not_there_cannot_be_used(tmp_path: Path, ids: list[str], prefix: str) -> None:
    with pytest.raises(StoreError, match="verbatim index list"):
        use(tmp_path, prefix)
    assert current_id(tmp_path) == ids[2]


def test_a_damaged_build_cannot_be_used(tmp_path: Path, ids: list[str]) -> None:
    (build_folder(tmp_path, ids[0]) / "passages.json").write_text("[]")
    with pytest.raises(StoreError, match=r"passages\.json has changed"):
        use(tmp_path, ids[0])
    assert current_id(tmp_path) == ids[2]


def test_pruning_keeps_the_current_build_and_the_newest_others(tmp_path: Path, ids: list[str]) -> None:
    use(tmp_path, ids[0])
    assert prune(tmp_path, spare=1) == [build_folder(tmp_path, ids[1])]
    assert [build.id for build in list_builds(tmp_path)] == [ids[2], ids[0]]
    prune(tmp_path, spare=0)
    assert [path.name for path in (tmp_path / "builds").iterdir()] == [ids[0].removeprefix("sha256:")]


def test_a_build_that_fails_leaves_nothing(tmp_path: Path, ids: list[str]) -> None:
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(KeyboardInterrupt), locked(tmp_path), partial(builds_folder(tmp_path)) as folder:
        (folder / "passages.json").write_text("half of i")
        raise KeyboardInterrupt
    assert sorted(tmp_path.rglob("*")) == before


def test_what_a_killed_build_left_is_cleared_by_the_next(tmp_path: Path) -> None:
    left = tmp_path / "builds" / ".partial-left"
    left.mkdir(parents=True)
    (left / "tokens.int8").write_bytes(b"1")
    make(tmp_path, 1)
    assert not left.exists()


def test_a_damaged_build_of_the_same_id_is_replaced(tmp_path: Path, ids: list[str]) -> None:
    damaged = current_folder(tmp_path) / "units.faiss"
    damaged.write_bytes(b"")
    assert make(tmp_path, 3, {**GUIDES, "baker.md": BAKER + "- Rest on day 3\n"}) == ids[2]
    assert damaged.stat().st_size > 0
    assert len(list((tmp_path / "builds").iterdir())) == 3


def test_two_processes_cannot_change_one_index(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parent.parent.parent)
    with holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == b"locked\n"
        with pytest.raises(StoreError, match="Another process is changing the index"), locked(tmp_path):
            pass
        holder.kill()
    # The lock goes with the process that held it, however that ended.
    time.sleep(0.05)
    make(tmp_path, 1)


def test_no_index_is_said_with_what_to_do(tmp_path: Path) -> None:
    assert current_id(tmp_path) is None
    with pytest.raises(StoreError, match=r"No index in .*; run `verbatim build`"):
        current_folder(tmp_path)
    (tmp_path / "current").write_text("0" * 64 + "\n")
    with pytest.raises(StoreError, match="is missing; run `verbatim build`"):
        current_folder(tmp_path)
    assert list_builds(tmp_path) == []


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("a file")
    with pytest.raises(StoreError, match="Cannot write to the index folder"), locked(tmp_path / "index"):
        pass
