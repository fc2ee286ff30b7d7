"""What was learned of an encoder is added to its weights, and to no others."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from rag.errors import EncoderError
from rag.models import tuning
from rag.models.tuning import tune, tuned_sha256


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    file = tmp_path / "model.safetensors"
    save_file({"one": np.eye(2, dtype=np.float32), "two": np.ones(3, dtype=np.float32)}, file)
    return file


def learned(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str = "one") -> Path:
    file = folder / "encoder.npz"
    np.savez(file, **{f"{name}.up": np.array([[1], [2]], np.float16), f"{name}.down": np.array([[3, 4]], np.float16)})  # type: ignore[arg-type]
    monkeypatch.setattr(tuning, "TUNING", file)
    return file


def test_a_product_is_added_to_the_weight_of_its_name(weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    learned(tmp_path, monkeypatch)
    tune(weights)
    assert load_file(weights)["one"].tolist() == [[4, 4], [6, 9]] and load_file(weights)["two"].tolist() == [1, 1, 1]


def test_a_model_is_another_with_what_was_learned_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = tuned_sha256("0" * 64)
    assert len(shipped) == 64 and shipped != tuned_sha256("1" * 64)
    learned(tmp_path, monkeypatch)
    assert tuned_sha256("0" * 64) != shipped


def test_what_cannot_be_added_is_said_and_the_weights_are_left(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = weights.read_bytes()
    file = learned(tmp_path, monkeypatch, "three")
    with pytest.raises(EncoderError, match=r"encoder\.npz \(.*three.*Reinstall"):
        tune(weights)
    file.write_bytes(b"no archive")
    with pytest.raises(EncoderError, match="Reinstall"):
        tune(weights)
    file.unlink()
    with pytest.raises(EncoderError, match="Reinstall"):
        tuned_sha256("0" * 64)
    assert weights.read_bytes() == before
