"""Exported models in a folder of the user's: each is exported once, whatever indexes are built with it."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from filelock import FileLock

from rag.errors import EncoderError
from rag.folders import partial, remove, settle, sweep
from rag.models.encoder import ENCODER_FILES, sha256_of
from rag.models.parity import Parity
from rag.models.sources import Model, unpacked

# Raise it with any change to what is exported of a model, or how.
EXPORT = 3
_DESCRIPTION = "export.json"
# Texts on which an export is held to its model. Twice as many say the same (the furthest of eight bits is at .990 of 118 texts of
# a set of guides, at .991 of 63) and take MPNet six seconds longer on two cores.
_PROVEN = 64


@dataclass(frozen=True, slots=True)
class Export:
    """An exported model: its folder, each file's sha256, and how near it is to the model."""

    folder: Path
    files: dict[str, str]
    parity: Parity


@dataclass(frozen=True, slots=True)
class _Description:
    files: dict[str, str]
    parity: Parity


def exported(cache: Path, model: Model, texts: Sequence[str], threads: int, again: bool = False) -> Export:
    """The export of a model, made if it is not in `cache` or not as it was made; `texts` are those that one will encode.

    Of two processes one exports and the other waits. Raises EncoderError where the model cannot be exported."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with FileLock(cache / ".lock"):
            found = None if again else _intact(cache / _id(model))
            return found or _export(cache, model, texts, threads)
    except OSError as error:
        raise EncoderError(
            f"Cannot write the exported model in {cache}: {error.strerror or error}; name another folder in VERBATIM_MODEL_CACHE."
        ) from error


def keep(cache: Path, model: Model, folder: Path, parity: Parity) -> Export:
    """Keep what was exported of a model into a folder of `cache`, and nothing of it that earlier versions exported."""
    described = _Description({name: sha256_of(folder / name) for name in ENCODER_FILES}, parity)
    (folder / _DESCRIPTION).write_bytes(msgspec.json.encode(described))
    kept = settle(folder, _id(model))
    for earlier in range(EXPORT):
        if (cache / _id(model, earlier)).is_dir():
            remove(cache / _id(model, earlier))
    return Export(kept, described.files, parity)


def _id(model: Model, export: int = EXPORT) -> str:
    return hashlib.sha256(f"{export} {model.sha256}".encode()).hexdigest()[:32]


def _export(cache: Path, model: Model, texts: Sequence[str], threads: int) -> Export:
    # Read by torch's OpenMP as it loads: threads that spin at each barrier take ten times as long beside a busy neighbour.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # Torch takes seconds and 400 MB to import, and is needed but once.
    from rag.models.export import export_model

    sweep(cache)
    with partial(cache) as folder, unpacked(model, cache) as source:
        return keep(cache, model, folder, export_model(source, folder, _spread(texts, _PROVEN), threads))


def _intact(folder: Path) -> Export | None:
    try:
        described = msgspec.json.decode((folder / _DESCRIPTION).read_bytes(), type=_Description)
        if any(sha256_of(folder / name) != sha256 for name, sha256 in described.files.items()):
            return None
    except (OSError, msgspec.MsgspecError):
        return None
    return Export(folder, described.files, described.parity)


def _spread(texts: Sequence[str], count: int) -> list[str]:
    """At most `count` of the texts, evenly taken from all of them."""
    step = max(1, -(-len(texts) // count))
    return list(texts[::step])
