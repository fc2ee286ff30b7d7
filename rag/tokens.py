"""The token states of every passage, a byte a number, read from disk as they are asked for."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.datatypes import Encoding, Floats
from rag.errors import StoreError

Integers = NDArray[np.int32]
_STATES, _IDS, _SPANS, _ROWS, _STARTS = "tokens.int8", "token_ids.npy", "token_spans.npy", "token_rows.npy", "token_starts.npy"
HEADING = -1

# States (n, d), ids (n,), and spans (n, 2) relative to the passage's start, `HEADING` for tokens of the heading path.
Quantized = tuple[NDArray[np.int8], Integers, Integers]


class TokenStore:
    """Token states (int8), ids and spans of every passage, laid end to end; `rows` says where each passage begins.

    A state is scaled by its own largest number before it is rounded. Only its direction is used, so the scale is not kept.
    Spans are kept relative to the passage's start, so they hold when a passage moves but does not change.
    """

    def __init__(
        self, states: NDArray[np.int8], ids: Integers, spans: Integers, rows: NDArray[np.int64], starts: Integers
    ) -> None:
        self._states, self._ids, self._spans, self._rows, self._starts = states, ids, spans, rows, starts
        self._frequencies = _document_frequencies(ids, rows)

    def __len__(self) -> int:
        return len(self._starts)

    @property
    def dimension(self) -> int:
        return int(self._states.shape[1])

    @classmethod
    def build(cls, folder: Path, passages: Iterable[tuple[Quantized, int]], dimension: int) -> "TokenStore":
        """Write each passage's quantized tokens and its start in the document into `folder` as they come, and load them."""
        ids, spans, rows, starts = [], [], [0], []
        with (folder / _STATES).open("wb") as file:
            for (states, token_ids, token_spans), start in passages:
                file.write(np.ascontiguousarray(states).tobytes())
                ids.append(token_ids)
                spans.append(token_spans)
                rows.append(rows[-1] + len(token_ids))
                starts.append(start)
        np.save(folder / _IDS, np.concatenate([*ids, np.zeros(0, np.int32)]).astype(np.int32))
        np.save(folder / _SPANS, np.concatenate([*spans, np.zeros((0, 2), np.int32)]).astype(np.int32))
        np.save(folder / _ROWS, np.asarray(rows, dtype=np.int64))
        np.save(folder / _STARTS, np.asarray(starts, dtype=np.int32))
        return cls.load(folder, dimension)

    @classmethod
    def load(cls, folder: Path, dimension: int) -> "TokenStore":
        """The store that `build` wrote into `folder`, memory-mapped so that serving processes share its pages."""
        try:
            ids, spans, rows, starts = (np.load(folder / name, mmap_mode="r") for name in (_IDS, _SPANS, _ROWS, _STARTS))
            count = int(rows[-1])
            shape = (count, dimension)
            states = np.memmap(folder / _STATES, dtype=np.int8, mode="r", shape=shape) if count else np.zeros(shape, np.int8)
        except (OSError, ValueError) as error:
            raise StoreError(f"Cannot read the token states in {folder}; run `verbatim build`.") from error
        return cls(states, ids, spans, rows, starts)

    def passage(self, row: int) -> tuple[Floats, Integers, Integers]:
        """A row to unit states (n, d), token ids (n,) and document offsets (n, 2); `HEADING` marks tokens of the heading path."""
        quantized, ids, spans = self.quantized(row)
        states = quantized.astype(np.float32)
        states /= np.maximum(np.linalg.norm(states, axis=1, keepdims=True), 1e-9)
        return states, ids, np.where(spans < 0, HEADING, spans + self._starts[row])

    def quantized(self, row: int) -> Quantized:
        """A row as it is stored, for a build that takes it over."""
        part = slice(int(self._rows[row]), int(self._rows[row + 1]))
        return np.asarray(self._states[part]), np.asarray(self._ids[part]), np.asarray(self._spans[part])

    def idf(self, ids: Integers) -> Floats:
        """Token ids to log((passages + 1) / (passages that hold the token + 0.5)), in any shape."""
        known = np.minimum(ids, len(self._frequencies) - 1)
        frequencies = np.where(np.asarray(ids) < len(self._frequencies), self._frequencies[known], 0)
        return np.log((len(self) + 1) / (frequencies + 0.5)).astype(np.float32)


def quantize(encoding: Encoding, prefix: int) -> Quantized:
    """An encoded text whose first `prefix` characters are the heading path, to what is stored of it."""
    largest = np.maximum(np.abs(encoding.tokens).max(axis=1, keepdims=True, initial=0.0), 1e-9)
    states = np.rint(encoding.tokens * (127.0 / largest)).astype(np.int8)
    inside = encoding.spans[:, :1] >= prefix
    return states, encoding.ids, np.where(inside, encoding.spans - prefix, HEADING).astype(np.int32)


def _document_frequencies(ids: Integers, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many passages hold each token id, by id."""
    if not len(ids):
        return np.zeros(1, dtype=np.int64)
    passage = np.repeat(np.arange(len(rows) - 1), np.diff(rows))
    size = int(ids.max()) + 1
    return np.bincount(np.unique(passage * size + ids) % size, minlength=size)
