"""The token states of every passage, a byte a number, read as they are asked for."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from rag.datatypes import Encoding, Floats
from rag.errors import StoreError
from rag.retrieval.store import Tokens

Integers = NDArray[np.int32]
# Three files as long as all tokens together, without a header, for they are written as the tokens come.
_STATES, _IDS, _SPANS = "tokens.int8", "token_ids.int32", "token_spans.int32"
# Where each passage's tokens begin, where its text begins in the document, and how many passages hold each token id.
_ROWS, _STARTS, _FREQUENCIES = "token_rows.npy", "token_starts.npy", "token_frequencies.npy"
HEADING = -1

# States (n, d), ids (n,), and spans (n, 2) relative to the passage's start, `HEADING` for tokens of the heading path.
Quantized = tuple[NDArray[np.int8], Integers, Integers]


class TokenRows(ABC):
    """What is reckoned with the token states (int8), ids and spans of passages, wherever they are kept. `frequencies` say how
    many of `size` passages hold each token id.

    A state is scaled by its own largest number before it is rounded. Only its direction is used, so the scale is not kept.
    Spans are kept relative to the passage's start, so they hold when a passage moves but does not change.
    """

    def __init__(self, size: int, frequencies: Integers) -> None:
        self._size, self.frequencies = size, frequencies

    def __len__(self) -> int:
        return self._size

    @abstractmethod
    def stored(self, rows: Sequence[int]) -> list[Quantized]:
        """Some rows as they are stored, in their order."""

    @abstractmethod
    def start(self, row: int) -> int:
        """Where a row's passage begins in its document."""

    def quantized(self, row: int) -> Quantized:
        """A row as it is stored, for a build that takes it over."""
        return self.stored([row])[0]

    def spans(self, row: int) -> Integers:
        """A row to the document offsets of its tokens (n, 2); `HEADING` marks tokens of the heading path."""
        kept = self.quantized(row)[2]
        return np.where(kept < 0, HEADING, kept + self.start(row)).astype(np.int32)

    def cosines(self, states: Floats, rows: Sequence[int]) -> list[Floats]:
        """Unit states (t, d) and rows to the cosines with the tokens of each row, (t, n) a row."""
        stored = [one for one, _, _ in self.stored(rows)]
        bounds = list(pairwise([0, *np.cumsum([len(one) for one in stored]).tolist()]))
        kept = np.concatenate(stored).astype(np.float32)
        cosines = states @ kept.T / self._lengths(rows, kept, bounds)  # not the states are divided: these are fewer numbers
        return [cosines[:, first:last] for first, last in bounds]

    def _lengths(self, rows: Sequence[int], kept: Floats, bounds: Sequence[tuple[int, int]]) -> Floats:
        """How long the states of some rows are, laid end to end within `bounds`."""
        return lengths(kept)

    def starts(self, row: int, offsets: Sequence[int]) -> tuple[int, NDArray[np.int64]]:
        """A row and ascending document offsets to how many tokens of the heading path it begins with, and for each offset the
        position of the first token from there on; offsets past the last token, where a text was cut, are left out."""
        begins = self.quantized(row)[2][:, 0]
        head = int(np.count_nonzero(begins < 0))
        found = head + np.searchsorted(begins[head:], np.asarray(offsets) - self.start(row))
        return head, found[found < len(begins)].astype(np.int64)

    def of(self, row: int) -> Tokens:
        """A row's tokens with their states."""
        states, _, spans = self.quantized(row)
        kept = states.astype(np.float32)
        return Tokens(kept / lengths(kept)[:, None], np.where(spans[:, 0] < 0, HEADING, spans[:, 0]).astype(np.int64))

    def idf(self, ids: Integers) -> Floats:
        """Token ids to log((passages + 1) / (passages that hold the token + 0.5)), in any shape."""
        known = np.asarray(ids) < len(self.frequencies)
        frequencies = np.zeros(known.shape)
        frequencies[known] = self.frequencies[np.asarray(ids)[known]]
        return np.log((len(self) + 1) / (frequencies + 0.5)).astype(np.float32)


class TokenStore(TokenRows):
    """The token states of a folder, laid end to end and memory-mapped."""

    def __init__(self, folder: Path, dimension: int) -> None:
        try:
            self._rows, self._starts, frequencies = (np.load(folder / name) for name in (_ROWS, _STARTS, _FREQUENCIES))
            count = int(self._rows[-1])
            self._states: NDArray[np.int8] = _mapped(folder / _STATES, np.int8, (count, dimension))
            self._ids: Integers = _mapped(folder / _IDS, np.int32, (count,))
            self._spans: Integers = _mapped(folder / _SPANS, np.int32, (count, 2))
            self._known: Floats = np.zeros(count, dtype=np.float32)  # lengths of the states asked for so far; others are 0
        except (OSError, ValueError, IndexError) as error:
            raise StoreError(f"Cannot read the token states in {folder}; run `verbatim build`.") from error
        super().__init__(len(self._starts), frequencies)

    @property
    def dimension(self) -> int:
        return int(self._states.shape[1])

    @classmethod
    def build(cls, folder: Path, passages: Iterable[tuple[Quantized, int]], dimension: int) -> "TokenStore":
        """Write each passage's quantized tokens and its start in the document into `folder` as they come, and load them."""
        rows, starts, frequencies = [0], [], np.zeros(0, dtype=np.int32)
        with (
            (folder / _STATES).open("wb") as state_file,
            (folder / _IDS).open("wb") as id_file,
            (folder / _SPANS).open("wb") as span_file,
        ):
            for (states, ids, spans), start in passages:
                state_file.write(states.tobytes())
                id_file.write(ids.tobytes())
                span_file.write(spans.tobytes())
                rows.append(rows[-1] + len(ids))
                starts.append(start)
                frequencies = _counted(frequencies, ids)
        np.save(folder / _ROWS, np.asarray(rows, dtype=np.int64))
        np.save(folder / _STARTS, np.asarray(starts, dtype=np.int32))
        np.save(folder / _FREQUENCIES, frequencies)
        return cls(folder, dimension)

    @classmethod
    def load(cls, folder: Path, dimension: int) -> "TokenStore":
        """The store that `build` wrote into `folder`; serving processes share its pages."""
        return cls(folder, dimension)

    def stored(self, rows: Sequence[int]) -> list[Quantized]:
        parts = [self._part(row) for row in rows]
        return [(self._states[part], self._ids[part], self._spans[part]) for part in parts]

    def start(self, row: int) -> int:
        return int(self._starts[row])

    def _part(self, row: int) -> slice:
        return slice(int(self._rows[row]), int(self._rows[row + 1]))

    def _lengths(self, rows: Sequence[int], kept: Floats, bounds: Sequence[tuple[int, int]]) -> Floats:
        parts = [self._part(row) for row in rows]
        found = np.concatenate([self._known[part] for part in parts])
        if not found.all():
            found = lengths(kept)
            for part, (first, last) in zip(parts, bounds, strict=True):
                self._known[part] = found[first:last]
        return found


def lengths(states: Floats) -> Floats:
    """How long states (n, d) are, (n,), and more than 0."""
    return np.asarray(np.maximum(np.sqrt(np.einsum("nd,nd->n", states, states)), 1e-9), dtype=np.float32)


def quantize(encoding: Encoding, prefix: int) -> Quantized:
    """An encoded text whose first `prefix` characters are the heading path, to what is stored of it."""
    largest = np.maximum(np.abs(encoding.tokens).max(axis=1, keepdims=True, initial=0.0), 1e-9)
    states = np.rint(encoding.tokens * (127.0 / largest)).astype(np.int8)
    inside = encoding.spans[:, :1] >= prefix
    return states, encoding.ids, np.where(inside, encoding.spans - prefix, HEADING).astype(np.int32)


def _counted(frequencies: Integers, ids: Integers) -> Integers:
    """Passages that hold each token id, after one more passage."""
    if len(ids) and ids.max() >= len(frequencies):
        frequencies = np.pad(frequencies, (0, int(ids.max()) + 1 - len(frequencies)))
    frequencies[np.unique(ids)] += 1
    return frequencies


def _mapped(path: Path, kind: DTypeLike, shape: tuple[int, ...]) -> NDArray[Any]:
    # An empty file cannot be mapped.
    return np.asarray(np.memmap(path, dtype=kind, mode="r", shape=shape)) if shape[0] else np.zeros(shape, dtype=kind)
