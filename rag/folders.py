"""Folders that appear whole and vanish whole, whenever a process is killed: they are made, and emptied, under a hidden name."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PARTIAL = ".partial-"


@contextmanager
def partial(parent: Path) -> Iterator[Path]:
    """A new folder in `parent`, made if need be; it is removed at the end unless `settle` renamed it."""
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=_PARTIAL, dir=parent))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def settle(folder: Path, name: str) -> Path:
    """Bring a finished folder safely to disk and give it its name; a folder of that name is replaced."""
    for root, _, names in os.walk(folder):
        for file in names:
            sync(Path(root) / file)
        sync(Path(root))
    kept, old = folder.with_name(name), folder.with_name(f"{folder.name}-old")
    if kept.exists():
        kept.rename(old)
    folder.rename(kept)
    sync(kept.parent)
    shutil.rmtree(old, ignore_errors=True)
    return kept


def remove(folder: Path) -> None:
    """Delete a folder, out of sight first, so that a reader never finds half of it."""
    hidden = folder.with_name(f"{_PARTIAL}{folder.name}")
    folder.rename(hidden)
    shutil.rmtree(hidden, ignore_errors=True)


def sweep(parent: Path) -> None:
    """Delete what killed processes left in a folder; call it where no other process can be at work."""
    for left in parent.glob(f"{_PARTIAL}*"):
        shutil.rmtree(left, ignore_errors=True)


def link(source: Path, target: Path) -> None:
    """Make a second name for a file: the same bytes on disk where the file system can, else a copy."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def sync(path: Path) -> None:
    """Bring a file or a folder to disk. Windows cannot open a folder, and orders its renames itself."""
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
