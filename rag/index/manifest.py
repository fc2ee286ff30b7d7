"""What a build folder holds, written beside it and checked when it is loaded."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from rag.errors import StoreError
from rag.guides.coverage import FileCoverage
from rag.models.encoder import sha256_of

FORMAT = 6
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Parity:
    """How many texts the exported encoder was held to Sentence Transformers on, and the smallest cosines found."""

    texts: int
    min_cosine: float
    min_cosine_int8: float


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a build folder holds. `files` maps each file to its sha256; `built_at` and `parity` had no part in `id`."""

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
    parity: Parity | None
    files: dict[str, str]


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a build folder. Raises StoreError where there is none or its format is another."""
    path = folder / MANIFEST
    if not path.is_file():
        raise StoreError(f"No index at {folder}: {MANIFEST} is missing; run `verbatim build`.")
    manifest: Manifest = read_values(path, Manifest)
    if manifest.format != FORMAT:
        raise StoreError(
            f"The index at {folder} has format {manifest.format}, this program reads {FORMAT}; run `verbatim build`."
        )
    return manifest


def verify_files(folder: Path, manifest: Manifest) -> None:
    """Raise StoreError naming the first file that is missing or differs from the manifest."""
    missing = [name for name in manifest.files if not (folder / name).is_file()]
    if missing:
        raise StoreError(f"The index is damaged: {folder / missing[0]} is missing; run `verbatim build`.")
    with ThreadPoolExecutor() as pool:  # hashing lets go of the interpreter, so files are hashed at once
        found = pool.map(sha256_of, (folder / name for name in manifest.files))
        for (name, expected), sha256 in zip(manifest.files.items(), found, strict=True):
            if sha256 != expected:
                raise StoreError(f"The index is damaged: {folder / name} has changed since it was built; run `verbatim build`.")


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
