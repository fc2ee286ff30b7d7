"""What the scorer's training changed in the encoder under it: of some weights, a product of two narrow matrices that is added.

The states of a text's tokens then hold what the scorer looks for, at no cost to a question (LoRA: Hu and others 2021, "Low-Rank
Adaptation of Large Language Models"). The matrices lie beside the scorer; `python -m tests.train` learns them.
"""

import hashlib
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from rag.datatypes import Floats
from rag.errors import EncoderError
from rag.models.encoder import sha256_of
from rag.models.scorer import FOLDER

TUNING = FOLDER / "mpnet" / "encoder.npz"
UP, DOWN = ".up", ".down"


def tuned_sha256(model_sha256: str) -> str:
    """The sha256 (hex) of what a tuned model's encodings depend on. Raises EncoderError where what was learned is missing."""
    try:
        return hashlib.sha256(f"{model_sha256} {sha256_of(TUNING)}".encode()).hexdigest()
    except OSError as error:
        raise _unusable(error) from error


def tune(weights: Path) -> None:
    """Add to the weights in a file what was learned. Raises EncoderError where that is unreadable, or of another model."""
    tensors = load_file(weights)
    try:
        for name, change in _learned().items():
            tensors[name] = tensors[name] + change
    except Exception as error:  # numpy and zipfile raise types of their own
        raise _unusable(error) from error
    save_file(tensors, weights, metadata={"format": "pt"})


def _learned() -> dict[str, Floats]:
    """What is added to each weight, by its name."""
    with np.load(TUNING) as kept:
        names = [name.removesuffix(UP) for name in kept if name.endswith(UP)]
        return {name: kept[name + UP].astype(np.float32) @ kept[name + DOWN].astype(np.float32) for name in names}


def _unusable(error: Exception) -> EncoderError:
    return EncoderError(f"What was learned of the encoder cannot be read from {TUNING} ({error}). Reinstall verbatim.")
