"""The guides of a folder, as documents with stable ids."""

import hashlib
import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from rag.datatypes import Document
from rag.errors import CorpusError
from rag.formats.parsing import PARSERS, Parsed, parse
from rag.text.cleaning import slug

MAX_BYTES = 20_000_000
_PACKED = 10  # a packed file may unpack to this many times the limit

# A folder, a guide's id and path in it, and the most bytes it may have, to the guide. Raises CorpusError where it cannot be.
Read = Callable[[Path, str, str, int], Document]


@dataclass(frozen=True, slots=True)
class BadFile:
    """A file of the corpus that could not be taken, and why."""

    path: str
    reason: str


def read_guide(folder: Path, id: str, path: str, max_bytes: int) -> Document:
    """One guide of a folder. Raises CorpusError where it cannot be taken."""
    return document_of(id, path, _parse_file(folder, path, max_bytes))


def read_corpus(folder: Path, max_bytes: int = MAX_BYTES, read: Read = read_guide) -> list[Document]:
    """The guides of a folder, sorted by id. Raises CorpusError naming every file that cannot be read, with the reason."""
    documents, bad = read_guides(folder, max_bytes, read)
    if bad:
        raise _refused(folder, len(documents), bad)
    return documents


def read_guides(folder: Path, max_bytes: int = MAX_BYTES, read: Read = read_guide) -> tuple[list[Document], list[BadFile]]:
    """The guides of a folder that can be read, sorted by id, and the files that cannot. Hidden files and READMEs are left out.

    Raises CorpusError if there is no guide at all, or none that can be read."""
    if not folder.is_dir():
        raise CorpusError(f"Corpus folder {folder} does not exist; make it and put guides ({', '.join(PARSERS)}) in it.")
    paths = list(guide_paths(folder))
    if not paths:
        raise CorpusError(f"Corpus folder {folder} holds no guide; put at least one {', '.join(PARSERS)} file in it.")
    ids = document_ids(paths)
    documents: list[Document] = []
    bad: list[BadFile] = []
    for path in paths:
        try:
            documents.append(read(folder, ids[path], path, max_bytes))
        except CorpusError as error:
            bad.append(BadFile(path, str(error)))
    if not documents:
        raise _refused(folder, 0, bad)
    return sorted(documents, key=lambda document: document.id), bad


def _refused(folder: Path, good: int, bad: list[BadFile]) -> CorpusError:
    listed = "; ".join(f"{file.path}: {file.reason}" for file in bad)
    advice = " Mend or remove them, or build with --skip-bad." if good else ""
    return CorpusError(f"{len(bad)} of {len(bad) + good} guides in {folder} cannot be read. {listed}.{advice}")


def document_ids(paths: list[str]) -> dict[str, str]:
    """An id for each path, from its words alone: the suffix is added where two agree, then a hash of the path."""
    ids = {path: _id(str(PurePosixPath(path).with_suffix(""))) for path in paths}
    for lengthen in (_id, lambda path: f"{_id(path)}-{hashlib.sha256(path.encode()).hexdigest()[:8]}"):
        uses = Counter(ids.values())
        ids = {path: lengthen(path) if uses[id] > 1 else id for path, id in ids.items()}
    return ids


def _id(name: str) -> str:
    return slug(name) or "guide"


def guide_paths(folder: Path) -> Iterator[str]:
    """Paths below a folder, with those of links to other folders and of folders that cannot be opened: they are refused later."""
    closed: list[str] = []
    for parent, folders, names in os.walk(folder, onerror=lambda error: closed.append(str(error.filename))):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        links = [name for name in folders if (Path(parent) / name).is_symlink()]
        for name in sorted([*names, *links]):
            if not name.startswith((".", "~$")) and not name.lower().startswith("readme"):
                yield (Path(parent) / name).relative_to(folder).as_posix()
    yield from (Path(name).relative_to(folder).as_posix() for name in sorted(closed))


def guide_file(folder: Path, path: str, max_bytes: int) -> Path:
    """A guide's file, by its path in a folder. Raises CorpusError for what must not even be opened: a pipe or a device, what lies
    outside the folder, or is too large; OSError where it is gone."""
    file = folder / path
    try:
        if not Path(os.path.realpath(file)).is_relative_to(os.path.realpath(folder)):
            raise CorpusError("symbolic link out of the corpus; copy the file instead")
        path.encode()
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            raise CorpusError("not a file that can be read")
        if status.st_size > max_bytes:
            raise CorpusError(f"{status.st_size:,} bytes, over the limit of {max_bytes:,} (VERBATIM_MAX_FILE_BYTES)")
    except UnicodeEncodeError as error:
        raise CorpusError("its name is not valid UTF-8; rename it") from error
    return file


def _parse_file(folder: Path, path: str, max_bytes: int) -> Parsed:
    try:
        file = guide_file(folder, path, max_bytes)
        return parse(file.read_bytes(), file.suffix, _PACKED * max_bytes)
    except OSError as error:
        raise CorpusError(f"cannot be opened ({error.strerror})") from error


def document_of(id: str, path: str, parsed: Parsed) -> Document:
    """A parsed file as the corpus holds it, under an id and a path."""
    return Document(
        id=id,
        path=path,
        title=parsed.title or "",
        text=parsed.text,
        sha256=hashlib.sha256(parsed.text.encode()).hexdigest(),
        blocks=parsed.blocks,
        source_url=parsed.meta.get("source"),
        collected=parsed.meta.get("date"),
        language=parsed.meta.get("language", "en").replace("_", "-").split("-")[0].lower(),
        aliases=tuple(parsed.meta.get("aliases", "").splitlines()),
        page_starts=parsed.page_starts,
        skipped=parsed.skipped,
        lost=parsed.lost,
        left_out=parsed.left_out,
        careers=tuple(parsed.meta.get("careers", "").splitlines()),
    )
