"""The builds in an index folder: which is current, switching, and cleaning up.

`current` is a file with the name of the build in use, replaced by one rename. A symbolic link could be swapped as
atomically, but Windows asks for a privilege to make one, and copies of a folder (zip, `docker cp`) may lose or follow it.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from rag.errors import BusyError, StoreError
from rag.folders import remove, settle, sweep, sync
from rag.index.manifest import MANIFEST, Manifest, encoders_folder, expected_files, file_hashes, read_manifest, verify_files
from rag.models.encoder import sha256_of

_BUILDS, _CURRENT, _LOCK = "builds", "current", ".lock"


@dataclass(frozen=True, slots=True)
class Build:
    """A build as `verbatim index list` shows it. `bytes` leaves out the encoder that it shares with others."""

    id: str
    built_at: str
    documents: int
    passages: int
    model: str
    bytes: int
    current: bool

    @property
    def name(self) -> str:
        """The id without its kind."""
        return self.id.removeprefix("sha256:")


@dataclass(frozen=True, slots=True)
class Part:
    """A file or a table that a build is kept in, and what is wrong with it, if anything; a stray one belongs to no build."""

    name: str
    fault: str = ""
    stray: bool = False


@contextmanager
def locked(index: Path) -> Iterator[None]:
    """Hold the index folder's lock, made with the folder if need be. Raises BusyError if another process holds it,
    StoreError if the folder cannot be written."""
    try:
        for parent in (builds_folder(index), encoders_folder(index)):
            parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(index / _LOCK, timeout=0)
        lock.acquire()
    except Timeout as error:
        raise BusyError(f"Another process is changing the index in {index}; try again when it is done.") from error
    except OSError as error:
        raise StoreError(f"Cannot write to the index folder {index}: {error.strerror or error}.") from error
    try:
        sweep(builds_folder(index))
        sweep(encoders_folder(index))
        yield
    finally:
        lock.release()


def keep(index: Path, folder: Path, id: str) -> Path:
    """Bring a finished folder safely to disk under its id; a damaged build of the same id is replaced."""
    return settle(folder, build_folder(index, id).name)


def switch(index: Path, id: str) -> None:
    """Make a build the current one, by one atomic rename."""
    written = index / f"{_CURRENT}.new"
    written.write_text(build_folder(index, id).name + "\n", encoding="ascii")
    sync(written)
    written.replace(index / _CURRENT)
    sync(index)


def builds_folder(index: Path) -> Path:
    """The folder that holds an index folder's builds, one a folder."""
    return index / _BUILDS


def build_folder(index: Path, id: str) -> Path:
    """The folder of a build id."""
    return builds_folder(index) / id.removeprefix("sha256:")


def current_id(index: Path) -> str | None:
    """The id of the current build, or None where there is none."""
    try:
        name = (index / _CURRENT).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return f"sha256:{name}" if name else None


def current_folder(index: Path) -> Path:
    """The folder of the current build. Raises StoreError where there is none."""
    id = current_id(index)
    if id is None:
        raise StoreError(f"No index in {index}; run `verbatim build`.")
    folder = build_folder(index, id)
    if not (folder / MANIFEST).is_file():
        raise StoreError(f"The current index {folder} is missing; run `verbatim build`.")
    return folder


def readable(index: Path) -> list[tuple[Path, Manifest]]:
    """The builds this program can read, newest first."""
    found = []
    for folder in sorted(builds_folder(index).glob("[0-9a-f]*")):
        try:
            found.append((folder, read_manifest(folder)))
        except StoreError:
            continue
    return sorted(found, key=lambda build: build[1].built_at, reverse=True)


def list_builds(index: Path) -> list[Build]:
    """The builds in an index folder, newest first."""
    current = current_id(index)
    return [
        Build(
            id=manifest.id,
            built_at=manifest.built_at,
            documents=manifest.documents,
            passages=manifest.passages,
            model=manifest.model,
            bytes=_size(folder),
            current=manifest.id == current,
        )
        for folder, manifest in readable(index)
    ]


def use(index: Path, prefix: str) -> Build:
    """Switch to the build whose id begins with `prefix`, after checking its files. Raises StoreError where none or several do."""
    build = picked(list_builds(index), prefix, str(index))
    with locked(index):
        folder = build_folder(index, build.id)
        verify_files(expected_files(folder, read_manifest(folder)))
        switch(index, build.id)
    return replace(build, current=True)


def picked(found: Sequence[Build], prefix: str, where: str) -> Build:
    """The one of some builds whose id begins with `prefix`. Raises StoreError where none or several do."""
    wanted = prefix.removeprefix("sha256:").lower()
    of_prefix = [build for build in found if wanted and build.name.startswith(wanted)]
    if len(of_prefix) != 1:
        reason = "is the start of several builds" if of_prefix else "is no build"
        raise StoreError(f"{prefix!r} {reason} in {where}; run `verbatim index list` to see them.")
    return of_prefix[0]


def prune(index: Path, spare: int = 1) -> list[Path]:
    """Delete all builds but the current one and the `spare` newest others, and the encoders that none of these is searched with;
    the builds that were deleted. A running server keeps its own."""
    with locked(index):
        current = current_id(index)
        others = [folder for folder, manifest in readable(index) if manifest.id != current]
        kept = {*others[:spare], *([build_folder(index, current)] if current else [])}
        doomed = [folder for folder in sorted(builds_folder(index).glob("[0-9a-f]*")) if folder not in kept]
        for folder in doomed:
            remove(folder)
        named = {manifest.encoder.name for _, manifest in readable(index)}
        for folder in encoders_folder(index).glob("[0-9a-f]*"):
            if folder.name not in named:
                remove(folder)
    return doomed


def _size(folder: Path) -> int:
    """The bytes of a build's files; of one that another process is deleting, of those that are left."""
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                total += (Path(root) / name).stat().st_size
    return total


def parts(index: Path) -> Iterator[Part]:
    """The files of the current build and of its encoder, and those beside them that are none of these."""
    folder = current_folder(index)
    manifest = read_manifest(folder)
    for path, expected in expected_files(folder, manifest).items():
        name = path.relative_to(folder if path.is_relative_to(folder) else index).as_posix()
        yield Part(name, _fault(path, expected))
    for name in sorted(file_hashes(folder).keys() - manifest.files.keys()):
        yield Part(name, "is no file of this build", stray=True)


def _fault(path: Path, sha256: str) -> str:
    """What is wrong with a file of a build."""
    if not path.is_file():
        return "is missing"
    return "" if sha256_of(path) == sha256 else "has changed since it was built"
