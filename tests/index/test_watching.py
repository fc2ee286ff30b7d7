"""`verbatim build --watch`, in a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from rag.index import builds
from rag.settings import Settings, read_settings

ROOT = Path(__file__).parent.parent.parent
GUIDE = "# {0}\n\nA {0} works with care, early in the day.\n"

pytestmark = pytest.mark.model


@dataclass(frozen=True)
class Watching:
    """A process that watches the corpus of `settings`."""

    process: subprocess.Popen[str]
    settings: Settings

    def guide(self, name: str) -> None:
        """Add a guide."""
        write(self.settings, name)

    def told(self) -> str:
        """The next line on standard error that tells more than how far the build is."""
        assert self.process.stderr is not None
        return next(line for line in self.process.stderr if line.startswith("verbatim: "))

    def built(self) -> str:
        """The line that ends the next build."""
        assert self.process.stdout is not None
        return next(line for line in self.process.stdout if line.startswith(("Built", "Nothing")))


def write(settings: Settings, name: str) -> None:
    (settings.corpus / f"{name}.md").write_text(GUIDE.format(name.title()))


@pytest.fixture
def place(tiny_model: Path, tmp_path: Path) -> Settings:
    """A corpus of one guide, and no index."""
    (tmp_path / "corpus").mkdir()
    own = read_settings(corpus=tmp_path / "corpus", index=tmp_path / "index", model=str(tiny_model))
    write(own, "keeper")
    return own


@contextmanager
def watched(place: Settings) -> Iterator[Watching]:
    """A watch, stopped at the end as Ctrl-C stops it."""
    command = [sys.executable, "-m", "rag", "build", "--watch", "--corpus", str(place.corpus), "--index", str(place.index)]
    environment = {**os.environ, "VERBATIM_SPARE_BUILDS": "1", "VERBATIM_MODEL": place.model}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Watching(process, place)
            interrupt(process)
        finally:
            process.kill()


def interrupt(process: subprocess.Popen[str]) -> None:
    """Press Ctrl-C until the process ends: one that falls into the end of an object's life is lost in Python."""
    for _ in range(6):
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            assert process.wait(10) in (0, 130)
            return
    raise AssertionError("it did not end")


@pytest.fixture
def watching(place: Settings) -> Iterator[Watching]:
    with watched(place) as running:
        yield running


def test_watch_builds_again_when_a_guide_comes_and_deletes_old_builds(watching: Watching) -> None:
    assert watching.built().startswith("Built")
    for name in ("ringer", "lamplighter"):
        watching.guide(name)
        assert watching.built().startswith("Built")
    watching.guide("baker")  # by when this is built, what the one before left was deleted
    assert watching.built().startswith("Built 4 passages")
    assert 2 <= len(builds.list_builds(watching.settings.index)) <= 3


def test_watch_tells_of_a_bad_guide_and_goes_on(watching: Watching) -> None:
    assert watching.built().startswith("Built")
    assert "watching" in watching.told()
    bad = watching.settings.corpus / "bad.txt"
    bad.write_bytes(b"")
    assert "bad.txt: empty file" in watching.told()
    bad.unlink()
    assert watching.built().startswith("Nothing has changed")


def test_watch_waits_for_another_build(place: Settings) -> None:
    with watched(place) as waiting:
        with builds.locked(place.index):
            assert "watching" in waiting.told()
            assert "Another process is changing the index" in waiting.told()
        assert waiting.built().startswith("Built 1 passages")
