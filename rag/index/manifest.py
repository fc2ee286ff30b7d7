"""What a build folder holds: written last when it is made, and checked when it is loaded."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from rag.errors import StoreError
from rag.guides.coverage import FileCoverage
from rag.models.encoder import sha256_of
from rag.models.parity import Parity

FORMAT = 12
MANIFEST = "manifest.json"
_MODELS = "models"  # beside the folder that holds the builds


@dataclass(frozen=True, slots=True)
class StoredEncoder:
    """An encoder that builds share: its name is that of its folder, `files` maps each of its files to its sha256, and `parity`
    says how near it is to the model it was exported from."""

    name: str = ""
    files: dict[str, str] = field(default_factory=dict)
    parity: Parity | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a build folder holds. `files` maps each file to its sha256; `built_at` and `encoder` had no part in `id`."""

    format: int
    id: str
    built_at: str
    model: str
    model_sha256: str
    dimension: int
    documents: int
    passages: int
    units: int
    corpus: tuple[FileCoverage, ...]
    encoder: StoredEncoder
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Format:
    format: int


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a build folder. Raises StoreError where there is none or its format is another."""
    path = folder / MANIFEST
    if not path.is_file():
        raise StoreError(f"No index at {folder}: {MANIFEST} is missing; run `verbatim build`.")
    found: _Format = read_values(path, _Format)  # first, for another format may have other members
    if found.format != FORMAT:
        raise StoreError(f"The index at {folder} has format {found.format}, this program reads {FORMAT}; run `verbatim build`.")
    manifest: Manifest = read_values(path, Manifest)
    return manifest


def encoders_folder(index: Path) -> Path:
    """The folder that holds an index folder's encoders, one a folder."""
    return index / _MODELS


def encoder_folder(build: Path, manifest: Manifest) -> Path:
    """The folder of the encoder that a build is searched with."""
    return encoders_folder(build.parents[1]) / manifest.encoder.name


def expected_files(build: Path, manifest: Manifest) -> dict[Path, str]:
    """The files of a build and of its encoder, each with its sha256."""
    encoder = encoder_folder(build, manifest)
    return {build / name: sha256 for name, sha256 in manifest.files.items()} | {
        encoder / name: sha256 for name, sha256 in manifest.encoder.files.items()
    }


def verify_files(files: Mapping[Path, str]) -> None:
    """Raise StoreError naming the first file that is missing or has not the sha256 it should have."""
    missing = [path for path in files if not path.is_file()]
    if missing:
        raise StoreError(f"The index is damaged: {missing[0]} is missing; run `verbatim build`.")
    with ThreadPoolExecutor() as pool:  # hashing lets go of the interpreter, so files are hashed at once
        for (path, expected), sha256 in zip(files.items(), pool.map(sha256_of, files), strict=True):
            if sha256 != expected:
                raise StoreError(f"The index is damaged: {path} has changed since it was built; run `verbatim build`.")


def file_hashes(folder: Path) -> dict[str, str]:
    """Every file under a folder but the manifest, by its path, with its sha256."""
    paths = sorted(Path(root) / name for root, _, names in os.walk(folder) for name in names)
    return {path.relative_to(folder).as_posix(): sha256_of(path) for path in paths if path.name != MANIFEST}


def read_values(path: Path, kind: Any) -> Any:
    """The values of a JSON file as a type. Raises StoreError where they are not."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.MsgspecError) as error:
        raise StoreError(f"Cannot read {path}: {error}; run `verbatim build`.") from error
