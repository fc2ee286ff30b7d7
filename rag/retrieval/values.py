"""Values that are decoded as they are asked for, so that a server holds some of them and not all: the elements of a JSON array,
an element a line, in a file or wherever else `Encoded` ones come from."""

import mmap
from abc import ABC, abstractmethod
from collections.abc import ItemsView, Iterable, Iterator, Mapping, Sequence, ValuesView
from pathlib import Path
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar, overload

import msgspec
import numpy as np
from cachetools import LRUCache

from rag.errors import StoreError

K = TypeVar("K")
T = TypeVar("T")

_KEPT = 4096  # values of a kind that stay decoded: about 50 MB of passages, all of a small corpus
_RUN = 512  # values read at once where all are gone through


class Encoded(Protocol):
    """Values by row, each as JSON."""

    def __len__(self) -> int: ...

    def read(self, rows: Sequence[int]) -> list[bytes]:
        """The values of some rows, in their order."""
        ...


class Lines:
    """The elements of a JSON array in a file that `write_values` wrote, memory-mapped."""

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise StoreError(f"Cannot read {path}: {error}; run `verbatim build`.") from error
        self._ends = _ends(self._bytes)

    def __len__(self) -> int:
        return len(self._ends)

    def read(self, rows: Sequence[int]) -> list[bytes]:
        """The elements of some rows."""
        bounds = [(int(self._ends[row - 1]) + 2 if row else 1, int(self._ends[row])) for row in rows]  # between them ",\n"
        return [self._bytes[start:end] for start, end in bounds]


def write_values(path: Path, values: Iterable[Any]) -> None:
    """Write values as a JSON array, an element a line."""
    path.write_bytes(b"[" + b",\n".join(map(msgspec.json.encode, values)) + b"]\n")


def _ends(array: mmap.mmap) -> np.ndarray:
    """Where each element of an array ends; in JSON no line ends within one."""
    if array[:2] == b"[]":
        return np.zeros(0, dtype=np.int64)
    newlines, at = [], array.find(b"\n")
    while at >= 0:
        newlines.append(at - 1)
        at = array.find(b"\n", at + 1)
    return np.array(newlines, dtype=np.int64)


class Remembered(ABC, Generic[K, T]):
    """What is read by keys; the `kept` that were asked for last need not be read again. Threads may share it."""

    def __init__(self, kept: int) -> None:
        self._known: LRUCache[K, T] = LRUCache(kept)
        self._lock = Lock()

    @abstractmethod
    def _read(self, keys: Sequence[K]) -> list[T]:
        """What keys, each another, lead to, in their order."""

    def of(self, keys: Sequence[K]) -> list[T]:
        """What some keys lead to, in their order; all that isn't known is read at once."""
        with self._lock:
            found = {key: self._known[key] for key in keys if key in self._known}
        if missing := [key for key in dict.fromkeys(keys) if key not in found]:
            fresh = dict(zip(missing, self._read(missing), strict=True))
            found |= fresh
            with self._lock:
                self._known.update(fresh)
        return [found[key] for key in keys]


class Values(Remembered[int, T], Sequence[T]):
    """Encoded values as values; those asked for last stay decoded."""

    def __init__(self, encoded: Encoded, kind: Any, kept: int = _KEPT) -> None:
        super().__init__(kept)
        self._encoded, self._kind = encoded, kind

    def __len__(self) -> int:
        return len(self._encoded)

    @overload
    def __getitem__(self, at: int) -> T: ...

    @overload
    def __getitem__(self, at: slice) -> list[T]: ...

    def __getitem__(self, at: int | slice) -> T | list[T]:
        if isinstance(at, slice):
            return self.of(range(*at.indices(len(self))))
        return self.of([range(len(self))[at]])[0]

    def __iter__(self) -> Iterator[T]:
        """Every value in order; none of them is kept."""
        for start in range(0, len(self), _RUN):
            yield from self._read(range(start, min(start + _RUN, len(self))))

    def _read(self, keys: Sequence[int]) -> list[T]:
        try:
            return [msgspec.json.decode(one, type=self._kind) for one in self._encoded.read(keys)]
        except msgspec.MsgspecError as error:
            raise StoreError(f"The index is damaged: {error}; run `verbatim build`.") from error


class ById(Mapping[str, T]):
    """Values by the ids of their documents, in the order of their rows."""

    def __init__(self, ids: Iterable[str], values: Values[T]) -> None:
        self._rows = {id: row for row, id in enumerate(ids)}
        self._values = values

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __contains__(self, id: object) -> bool:
        return id in self._rows

    def __getitem__(self, id: str) -> T:
        return self._values[self._rows[id]]

    def values(self) -> ValuesView[T]:
        """Every value in order; none of them is kept."""
        return _Through(self)

    def items(self) -> ItemsView[str, T]:
        """Every id with its value in order; none of them is kept."""
        return _Pairs(self)

    def through(self) -> Iterator[T]:
        """Every value in order; none of them is kept."""
        return iter(self._values)


class _Through(ValuesView[T]):
    def __init__(self, held: ById[T]) -> None:
        super().__init__(held)
        self._held = held

    def __iter__(self) -> Iterator[T]:
        return self._held.through()


class _Pairs(ItemsView[str, T]):
    def __init__(self, held: ById[T]) -> None:
        super().__init__(held)
        self._held = held

    def __iter__(self) -> Iterator[tuple[str, T]]:
        return zip(self._held, self._held.through(), strict=True)
