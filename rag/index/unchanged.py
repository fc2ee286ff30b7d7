"""Whether the guides are those that the current build was made of, told by the sizes and times of their files.

A file is hashed only where one of these changed, or where it was written so shortly before they were taken that a later change
may not show. What was taken is kept in a file of the index folder, and is worth nothing under another version, model or setting.
"""

import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path

import msgspec

import rag
from rag.errors import CorpusError
from rag.guides.corpus import BadFile, guide_file, guide_paths
from rag.index.manifest import FORMAT
from rag.settings import Settings

_RECORD = "sources.json"
_SHORTLY = 2_000_000_000  # nanoseconds: some file systems keep times to two seconds
_READERS = ("lxml", "htmldate", "python-docx", "pypdf", "pdfplumber", "markdown-it-py", "charset-normalizer")
_PACKAGES = ("text", "formats", "guides", "index")
_KINDS = ("*.py", "*.toml", "*.json", "*.npz")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A guide's file: its size, when it was last written (nanoseconds), and its sha256."""

    size: int
    written: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Sources:
    """The files that a build was made of, when they were looked at, those that were left out of it, and how the build's own files
    looked when it was known to be whole: size and time of each."""

    key: str
    id: str
    looked: int
    files: dict[str, SourceFile]
    skipped: tuple[BadFile, ...] = ()
    built: dict[str, tuple[int, int]] = field(default_factory=dict)


_REFUSED = SourceFile(0, 0, "")


def look(settings: Settings, key: str, before: Sources | None = None) -> Sources | None:
    """The corpus's files as they are now, those that look as they did `before` not read; None where one cannot be read, or
    changes meanwhile."""
    looked, files = time.time_ns(), {}
    try:
        for path in guide_paths(settings.corpus):
            file = _opened(settings, path)
            if file is None:
                files[path] = _REFUSED
                continue
            status = file.stat()
            old = before.files.get(path) if before else None
            seen = (status.st_size, status.st_mtime_ns)
            if before is None or old is None or seen != (old.size, old.written) or old.written > before.looked - _SHORTLY:
                sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
                again = file.stat()
                if seen != (again.st_size, again.st_mtime_ns):
                    return None
                files[path] = SourceFile(*seen, sha256)
            else:
                files[path] = old
    except OSError:
        return None
    return Sources(key, "", looked, files)


def _opened(settings: Settings, path: str) -> Path | None:
    """A guide's file, or None for one that reading refuses unopened: no hash is taken of a pipe."""
    try:
        return guide_file(settings.corpus, path, settings.max_file_bytes)
    except CorpusError:
        return None


def recorded(settings: Settings, key: str) -> Sources | None:
    """What was kept of the files of the last build; None where that was made by another version, model or setting."""
    try:
        kept = msgspec.json.decode((settings.index / _RECORD).read_bytes(), type=Sources)
    except (OSError, msgspec.MsgspecError):
        return None
    return kept if kept.key == key else None


def is_same(now: Sources | None, before: Sources) -> bool:
    """Whether the corpus has the same files with the same bytes as before."""
    hashes = [{path: file.sha256 for path, file in sources.files.items()} for sources in (before, now) if sources]
    return len(hashes) == 2 and hashes[0] == hashes[1]


def seen(files: Iterable[Path]) -> dict[str, tuple[int, int]]:
    """The size and time of each of a build's files; nothing where one is missing."""
    try:
        return {str(path): (status.st_size, status.st_mtime_ns) for path in files if (status := path.stat())}
    except OSError:
        return {}


def record(settings: Settings, sources: Sources) -> None:
    """Keep what was seen of the files of a build; without it the next build only takes longer."""
    written = settings.index / f"{_RECORD}.new"
    try:
        written.write_bytes(msgspec.json.encode(sources))
        written.replace(settings.index / _RECORD)
    except (OSError, UnicodeEncodeError):  # the second for the name of a file that is none in UTF-8
        written.unlink(missing_ok=True)


def sources_key(settings: Settings, model_sha256: str, skip_bad: bool) -> str:
    """What the reading of the same files depends on beside them."""
    parts = (FORMAT, _code(), model_sha256, settings.corpus.resolve(), settings.max_file_bytes, skip_bad)
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()


@cache
def _code() -> str:
    """The code that reads guides with the lists and weights beside it, and the versions of its libraries."""
    total = hashlib.sha256(" ".join(map(version, _READERS)).encode())
    root = Path(rag.__file__).parent
    for package in _PACKAGES:
        for file in sorted(file for kind in _KINDS for file in (root / package).glob(kind)):
            total.update(file.read_bytes())
    return total.hexdigest()
