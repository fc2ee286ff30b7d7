"""What tests share. The real index of `corpus/` is built once a session; where the model is missing, tests fail."""

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


@pytest.fixture
def hashing() -> HashingEncoder:
    """The stand-in encoder, for tests of parts that any encoder will do for."""
    return HashingEncoder()
