"""Where builds are kept to be served from: a folder, or a database that several servers share."""

import asyncio
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from rag.errors import SettingsError
from rag.index import builds
from rag.index.builds import Build, Part
from rag.index.index import Index, load_index
from rag.index.manifest import Manifest, read_manifest
from rag.index.reuse import KEYS, Keys, OwnWork, Work, read_keys
from rag.settings import Settings


class Library(Protocol):
    """The builds of one place, one of which is the current one."""

    def current_id(self) -> str | None:
        """The id of the current build, or None where there is none."""
        ...

    def stamp(self) -> tuple[str, str] | None:
        """What changes whenever the current build does, also where it was mended and keeps its id; None where there is none, or
        where that can't be told now."""
        ...

    async def wait(self, seconds: float) -> None:
        """Wait so long, or until the current build may have changed."""
        ...

    def manifest(self) -> Manifest:
        """What the current build holds. Raises StoreError where there is none or another program wrote it."""
        ...

    def load(self, verify: bool = True) -> Index:
        """The current build; with `verify` its parts are looked at first. Raises StoreError where there is none or it is not what
        was built."""
        ...

    def parts(self) -> Iterator[Part]:
        """What the current build and its encoder are kept in. Raises StoreError where there is no build."""
        ...

    def keys(self) -> tuple[Keys, Keys]:
        """The keys that the embeddings of the current build's passages and units were stored under."""
        ...

    def take(self, build: Path) -> bool:
        """Make a build that is in a folder the current one here, if it isn't; whether it was not."""
        ...

    def work(self, model_sha256: str, own: OwnWork) -> Work | None:
        """Who embeds what a build for this library needs; None where it has nobody but its own."""
        ...

    def builds(self) -> list[Build]:
        """The builds, newest first."""
        ...

    def use(self, prefix: str) -> Build:
        """Make the build the current one whose id begins so. Raises StoreError where none or several do."""
        ...

    def prune(self, spare: int) -> list[str]:
        """Delete all builds but the current one and the `spare` newest others; the ids of those that were deleted."""
        ...


class FolderLibrary:
    """The builds of an index folder."""

    def __init__(self, index: Path) -> None:
        self._index = index

    def current_id(self) -> str | None:
        return builds.current_id(self._index)

    def stamp(self) -> tuple[str, str] | None:
        id = self.current_id()
        try:
            return (id, str(builds.build_folder(self._index, id).stat().st_ino)) if id else None
        except OSError:
            return None

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def manifest(self) -> Manifest:
        return read_manifest(builds.current_folder(self._index))

    def load(self, verify: bool = True) -> Index:
        return load_index(builds.current_folder(self._index), verify=verify)

    def parts(self) -> Iterator[Part]:
        return builds.parts(self._index)

    def keys(self) -> tuple[Keys, Keys]:
        return read_keys(builds.current_folder(self._index) / KEYS)

    def take(self, build: Path) -> bool:
        return False  # it was built here

    def work(self, model_sha256: str, own: OwnWork) -> Work | None:
        return None

    def builds(self) -> list[Build]:
        return builds.list_builds(self._index)

    def use(self, prefix: str) -> Build:
        return builds.use(self._index, prefix)

    def prune(self, spare: int) -> list[str]:
        return [f"sha256:{folder.name}" for folder in builds.prune(self._index, spare)]


def library_of(settings: Settings) -> Library:
    """Where the settings say that builds are served from. Raises SettingsError where that takes a package that is missing."""
    if not settings.database:
        return FolderLibrary(settings.index)
    if find_spec("psycopg_pool") is None or find_spec("pgvector") is None:
        raise SettingsError("A store in PostgreSQL needs more packages; install the extra: pip install '.[postgres]'")
    from rag.index.published import PublishedLibrary

    return PublishedLibrary(settings.database, settings.model_cache)
