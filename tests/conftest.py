"""What tests share. The real index of `corpus/` is built once a session; where the model is missing, tests fail."""

import os
import shutil
import signal
from pathlib import Path

import pytest

from rag.pipeline import Pipeline, build, load
from rag.settings import Settings, read_settings
from tests.hashing import HashingEncoder

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of the real index of the repository's corpus, in a folder of this session, built with the real model."""
    settings = read_settings(corpus=ROOT / "corpus", index=tmp_path_factory.mktemp("index"))
    build(settings)
    return settings


@pytest.fixture(scope="session")
def pipeline(settings: Settings) -> Pipeline:
    """The real index, loaded as a server loads it."""
    return load(settings)


@pytest.fixture(scope="session")
def guides(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    """An index of the guides in tests/judgements/guides, made with the encoder that the repository's index exported."""
    index = tmp_path_factory.mktemp("guides")
    shutil.copytree(settings.index / "builds", index / "builds", copy_function=os.link)
    own = read_settings(corpus=ROOT / "tests" / "judgements" / "guides", index=index)
    build(own)
    return load(own)


@pytest.fixture
def hashing() -> HashingEncoder:
    """The stand-in encoder, for tests of parts that any encoder will do for."""
    return HashingEncoder()


def pytest_configure() -> None:
    """Hear Ctrl-C, and let the processes of tests hear it: a shell in the background has its children ignore it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the browser's tests last: Playwright's event loop runs in the main thread until the session ends, and no test after
    it could run one of its own."""
    items.sort(key=lambda item: "browser" in item.path.parts)
