"""What tests share. Indexes of real guides are built once a run, by the first of its processes that needs them; where the model
is missing, tests fail."""

import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from rag.index.builds import current_folder
from rag.index.index import Index, load_index
from rag.loading import build, load
from rag.models.encoder import OnnxEncoder
from rag.pipeline import Pipeline
from rag.settings import Settings, read_settings
from tests.hashing import HashingEncoder
from tests.postgres import Cluster, empty_database
from tests.tiny import write_tiny_model

ROOT = Path(__file__).parent.parent
LONGEST = "test_floors.py"  # builds every real index, and asks a thousand questions


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run, the same for all of its processes."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session", autouse=True)
def model_cache(run_folder: Path) -> Path:
    """Where models are exported to in this run, also by the programs that tests start: not what another version exported."""
    os.environ["VERBATIM_MODEL_CACHE"] = str(run_folder / "models")
    return run_folder / "models"


@pytest.fixture(scope="session")
def settings(run_folder: Path, model_cache: Path) -> Settings:
    """The settings of the real index of the repository's corpus, in a folder of this run, built with the real model."""
    return built(run_folder / "index", ROOT / "corpus")


@pytest.fixture(scope="session")
def encoder(settings: Settings) -> OnnxEncoder:
    """The encoder of the real index, as questions are encoded by it."""
    return OnnxEncoder(load_index(current_folder(settings.index)).encoder, settings.threads, settings.precision)


@pytest.fixture(scope="session")
def pipeline(settings: Settings) -> Pipeline:
    """The real index, loaded as a server loads it."""
    return load(settings)


@pytest.fixture(scope="session")
def guides_settings(run_folder: Path, model_cache: Path) -> Settings:
    """The settings of a real index of the guides in tests/judgements/guides."""
    return built(run_folder / "guides", ROOT / "tests" / "judgements" / "guides")


@pytest.fixture(scope="session")
def guides_index(guides_settings: Settings) -> Index:
    """The index of those guides, for what asks it nothing."""
    return load_index(current_folder(guides_settings.index))


@pytest.fixture(scope="session")
def guides(guides_settings: Settings) -> Pipeline:
    """Those guides as something that can be asked."""
    return load(guides_settings)


@pytest.fixture(scope="session")
def tiny_model(run_folder: Path, model_cache: Path) -> Path:
    """The folder of a model for tests in which it only matters that there is one."""
    with FileLock(run_folder / "tiny.lock"):
        if not (run_folder / "tiny").is_dir():
            write_tiny_model(run_folder / "tiny", model_cache)
    return run_folder / "tiny"


@pytest.fixture(scope="session")
def tiny_settings(run_folder: Path, tiny_model: Path) -> Settings:
    """The settings of an index of the repository's corpus made with that model: it answers in milliseconds."""
    return built(run_folder / "tiny-index", ROOT / "corpus", str(tiny_model))


def built(index: Path, corpus: Path, model: str | None = None) -> Settings:
    """The settings of an index of a corpus, built unless another process of this run did."""
    settings = read_settings(corpus=corpus, index=index, model=model)
    with FileLock(f"{index}.lock"):
        if not (index / "current").is_file():
            build(settings)
    return settings


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server of this process; a test that stops it starts it again."""
    with tempfile.TemporaryDirectory(prefix="verbatim-postgres-") as folder:
        Path(folder).chmod(0o755)  # the server runs as another user where this is root
        cluster = Cluster(Path(folder) / "one").create()
        yield cluster
        cluster.stop("immediate")


@pytest.fixture
def postgres(cluster: Cluster) -> Iterator[str]:
    """The address of an empty database there."""
    yield from empty_database(cluster)


@pytest.fixture
def hashing() -> HashingEncoder:
    """The stand-in encoder, for tests of parts that any encoder will do for."""
    return HashingEncoder()


def pytest_configure() -> None:
    """Hear Ctrl-C, and let the processes of tests hear it: a shell in the background has its children ignore it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files in the order in which processes are to share them, one a process, and keep each file's tests together."""
    needing = {item.path for item in items if {"settings", "guides_settings"} & set(getattr(item, "fixturenames", ()))}
    items.sort(key=lambda item: _turn(item.path, item.path in needing))


def _turn(file: Path, needs_index: bool) -> int:
    """When a file's tests are run. While one process builds the real indexes, the others do what needs none.

    The browser's come last: Playwright's event loop runs in the main thread until the session ends, and no test after it could
    run one of its own."""
    if "browser" in file.parts:
        return 3
    if file.name == LONGEST:
        return 0
    return 2 if needs_index else 1
