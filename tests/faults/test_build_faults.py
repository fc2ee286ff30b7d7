"""Whatever befalls a build, the index that is served is whole and the next build succeeds."""

import multiprocessing
import random
import resource
import shutil
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from rag import loading
from rag.errors import StoreError, VerbatimError
from rag.index import builds
from rag.index.manifest import MANIFEST
from rag.settings import Settings, read_settings

KILLS = 50
# Children start from a process that has imported the engine, so that they are killed in the build and not in its imports.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["rag.loading", "rag.index.building", "bm25s"])

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def place(tiny_model: Path, model_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A corpus of one guide, and an index of it made with the tiny model."""
    folder = tmp_path_factory.mktemp("place")
    place = read_settings(corpus=folder / "corpus", index=folder / "index", model=str(tiny_model))
    place.corpus.mkdir()
    write_guide(place, 0)
    loading.build(place)
    return place


@pytest.fixture
def real(settings: Settings, tmp_path: Path) -> Settings:
    """A copy of the real index and its corpus."""
    shutil.copytree(settings.index, tmp_path / "index", ignore=shutil.ignore_patterns("*.sqlite3*"))
    return settings.model_copy(update={"index": tmp_path / "index"})


def write_guide(settings: Settings, version: int) -> None:
    duties = "\n".join(f"- Duty {at} of version {version} is done on day {at + version}." for at in range(60))
    (settings.corpus / "guide.md").write_text(f"# Lamp Keeper\n\nA Lamp Keeper keeps lamps.\n\n## Duties\n\n{duties}\n")


def start(target: Callable[..., None], *arguments: object) -> BaseProcess:
    process = PROCESSES.Process(target=target, args=arguments)
    process.start()
    return process


def run_build(settings: Settings) -> None:
    loading.build(settings)


def test_a_build_that_is_killed_leaves_the_index_whole(place: Settings) -> None:
    random_ = random.Random(7)
    for version in (1, 2):  # the first starts the process the others come from
        write_guide(place, version)
        began = time.monotonic()
        start(run_build, place).join(120)
        whole = time.monotonic() - began
    finished = 0
    for kill in range(KILLS):
        before = builds.current_id(place.index)
        write_guide(place, 3 + kill)
        process = start(run_build, place)
        process.join(random_.uniform(0.05, 1.6) * whole)  # or less, where it is done before
        process.kill()
        process.join(30)
        served = loading.load(place).index.info.id
        assert served == builds.current_id(place.index)
        finished += served != before
    assert 0 < finished < KILLS  # moments both before and after the switch were met
    write_guide(place, 1000)
    assert loading.build(place).changed
    assert loading.load(place).index.documents["guide"].text.count("version 1000") == 60
    assert not [left for left in place.index.glob("*/*") if left.name.startswith(".")]


def limited_build(settings: Settings, bytes_: int, answer: str) -> None:
    """Build where no file may grow over `bytes_`, and write what came of it to `answer`, which was opened before."""
    with open(answer, "w", encoding="utf-8") as file:
        resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_, bytes_))
        try:
            loading.build(settings)
            file.write("built")
        except VerbatimError as error:
            file.write(f"{type(error).__name__}: {error}")


@pytest.mark.parametrize("bytes_", [100, 4_000, 20_000, 60_000, 100_000])
def test_a_full_disk_is_one_line_and_leaves_the_index(place: Settings, tmp_path: Path, bytes_: int) -> None:
    before = builds.current_id(place.index)
    write_guide(place, 2000 + bytes_)
    answer = tmp_path / "answer"
    start(limited_build, place, bytes_, str(answer)).join(120)
    said = answer.read_text(encoding="utf-8")
    assert said.startswith("StoreError: ") and "\n" not in said, said
    assert loading.load(place).index.info.id == before


def damage(path: Path, kind: str) -> None:
    content = path.read_bytes()
    path.unlink()  # a build may share its files with another by hard links
    if kind == "truncated":
        path.write_bytes(content[: len(content) // 2])
    elif kind == "flipped":
        at = len(content) // 2
        path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])


@pytest.mark.parametrize("kind", ["truncated", "flipped", "removed"])
def test_a_damaged_file_is_named_with_the_command_that_mends_it(place: Settings, tmp_path: Path, kind: str) -> None:
    loading.build(place)
    copy = place.model_copy(update={"index": tmp_path / "index"})
    shutil.copytree(place.index, copy.index)
    folder = builds.current_folder(copy.index)
    files = [*_files(folder), *_files(loading.load(copy).index.encoder)]
    assert len(files) > 11
    for path in files:
        content = path.read_bytes()
        damage(path, kind)
        with pytest.raises(StoreError) as caught:
            loading.load(copy)
        # A manifest that was changed may blame another file, whose hash it no longer gives.
        named = folder.name if path.name == MANIFEST else path.name
        assert named in str(caught.value) and "verbatim build" in str(caught.value), (path.name, str(caught.value))
        path.write_bytes(content)
    assert loading.load(copy).index.info.id == builds.current_id(copy.index)


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and path.stat().st_size]


@pytest.mark.parametrize("kind", ["truncated", "flipped", "removed"])
def test_the_next_build_mends_a_damaged_index(place: Settings, tmp_path: Path, kind: str) -> None:
    loading.build(place)
    copy = place.model_copy(update={"index": tmp_path / "index"})
    shutil.copytree(place.index, copy.index)
    folder, encoder = builds.current_folder(copy.index), loading.load(copy).index.encoder
    for path in (folder / MANIFEST, max(folder.rglob("*.faiss")), *_files(encoder)):
        damage(path, kind)
        loading.build(copy)
        assert loading.load(copy).index.info.id == builds.current_id(copy.index)


def test_damage_to_the_real_encoder_is_named_and_mended_without_embedding_anything_again(real: Settings) -> None:
    served = loading.load(real).index
    damage(served.encoder / "encoder8.bin", "flipped")
    with pytest.raises(StoreError, match=r"encoder8\.bin has changed .*run `verbatim build"):
        loading.load(real)
    report = loading.build(real)
    assert report.changed and report.reused == report.passages + report.units
    assert loading.load(real).index.encoder == served.encoder


def test_a_build_with_the_real_model_that_is_killed_leaves_the_index_whole(real: Settings, tmp_path: Path) -> None:
    before = builds.current_id(real.index)
    own = real.model_copy(update={"corpus": tmp_path / "corpus", "model_cache": tmp_path / "models"})
    own.corpus.mkdir()
    write_guide(own, 0)
    for wait in (0.5, 2.0, 4.0):  # while guides are read, while torch is imported and while the model is exported
        process = start(run_build, own)
        time.sleep(wait)
        process.kill()
        process.join(30)
        assert loading.load(real).index.info.id == before
    own = own.model_copy(update={"model_cache": real.model_cache})
    assert loading.build(own).changed and loading.load(own).index.documents.keys() == {"guide"}
    assert not [left for left in (own.index / "models").iterdir() if left.name.startswith(".")]
