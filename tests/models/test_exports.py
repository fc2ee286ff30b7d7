"""A model is exported once, and again where its export is not as it was made."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from rag.errors import EncoderError
from rag.models.encoder import GRAPHS, OnnxEncoder
from rag.models.exports import EXPORT, Export, _id, exported, keep
from rag.models.sources import FAST, Model, find_model
from rag.settings import Settings

pytestmark = pytest.mark.model
NOTHING = Model("nothing", "0" * 64, b"", Path("nowhere"))  # what can't be exported, so it must not be tried


@pytest.fixture
def export(settings: Settings) -> Export:
    return exported(settings.model_cache, find_model(FAST), [f"What is paid in year {year} of it?" for year in range(128)], 2)


def test_what_is_exported_is_proven_on_the_first_builds_texts(export: Export) -> None:
    assert export.parity.texts > 40
    assert OnnxEncoder(export.folder).dimension == OnnxEncoder(export.folder, precision="int8").dimension > 0


def test_an_export_that_is_there_is_taken(export: Export, tmp_path: Path) -> None:
    shutil.copytree(export.folder, tmp_path / export.folder.name)
    unreadable = replace(find_model(FAST), folder=Path("nowhere"))
    assert exported(tmp_path, unreadable, [], 1).files == export.files


def test_an_export_that_was_damaged_is_made_again(export: Export, tmp_path: Path) -> None:
    copy = tmp_path / export.folder.name
    shutil.copytree(export.folder, copy)
    (copy / GRAPHS["int8"]).write_bytes(b"damaged")
    assert exported(tmp_path, find_model(FAST), ["What is the salary?"], 2).parity.texts == 1
    assert OnnxEncoder(copy, precision="int8").dimension == OnnxEncoder(copy).dimension


def test_what_an_earlier_version_exported_is_deleted(export: Export, tmp_path: Path) -> None:
    model = find_model(FAST)
    (tmp_path / _id(model, EXPORT - 1)).mkdir()
    shutil.copytree(export.folder, tmp_path / "made")
    assert keep(tmp_path, model, tmp_path / "made", export.parity).files == export.files
    assert [path.name for path in tmp_path.iterdir()] == [export.folder.name]


def test_a_model_that_cannot_be_exported_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="Cannot load the model in nowhere"):
        exported(tmp_path, NOTHING, [], 1)
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


def test_a_cache_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EncoderError, match=r"Cannot write the exported model in .*VERBATIM_MODEL_CACHE"):
        exported(tmp_path / "file", NOTHING, [], 1)
