"""Texts to embeddings and token states, taken from the last build where it has them."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Protocol
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from rag.datatypes import Encoder, Floats
from rag.errors import StoreError
from rag.retrieval.dense import DenseStore
from rag.retrieval.tokens import Quantized, TokenStore, quantize

KEYS = "keys.npz"
_CHUNK = 1024  # texts encoded at a time: bounds memory, and leaves enough to sort by length
_KEY_BYTES = 16

Keys = NDArray[np.uint8]
Embedded = tuple[Floats, Quantized]
_NO_TOKENS: Quantized = (np.zeros((0, 0), np.int8), np.zeros(0, np.int32), np.zeros((0, 2), np.int32))


def text_key(model_sha256: str, text: str, prefix: int = 0) -> bytes:
    """What an embedding depends on, as 16 bytes: the model, the text, and where its heading path ends."""
    return hashlib.blake2b(f"{model_sha256}\0{prefix}\0{text}".encode(), digest_size=_KEY_BYTES).digest()


def save_keys(folder: Path, passages: Sequence[bytes], units: Sequence[bytes]) -> None:
    """Write the keys of a build's rows beside its stores."""
    np.savez(folder / KEYS, passages=_packed(passages), units=_packed(units))


def read_keys(file: Path | IO[bytes]) -> tuple[Keys, Keys]:
    """The keys of a build's passages and of its units, (n, 16) each, in the order of the stores' rows."""
    with np.load(file) as keys:
        return keys["passages"], keys["units"]


class Work(Protocol):
    """Whoever embeds what no build has: `embed` here, or here and on other machines."""

    def embed(self, keys: Sequence[bytes], texts: Sequence[str], prefixes: Sequence[int]) -> list[Embedded]:
        """Texts, of which so many first characters are the heading path, to their embeddings and quantized tokens, in order."""
        ...


class OwnWork:
    """Embeds texts by an encoder; those without a heading path, the units, by another if one is given."""

    def __init__(self, encoder: Encoder, units: Encoder | None = None) -> None:
        self._encoder, self._units, self.dimension = encoder, units or encoder, encoder.dimension

    def embed(self, keys: Sequence[bytes], texts: Sequence[str], prefixes: Sequence[int]) -> list[Embedded]:
        found: dict[int, Embedded] = {}
        for encoder, headed in ((self._encoder, True), (self._units, False)):
            rows = [row for row, prefix in enumerate(prefixes) if bool(prefix) == headed]
            encodings = encoder.encode([texts[row] for row in rows]) if rows else []
            found |= {row: (one.embedding, quantize(one, prefixes[row])) for row, one in zip(rows, encodings, strict=True)}
        return [found[row] for row in range(len(texts))]


class Embedder:
    """Work behind the build in `previous`, if there is one: `reused` counts the texts that were taken from there."""

    def __init__(self, own: OwnWork, previous: Path | None = None, work: Work | None = None) -> None:
        self._work, self.dimension = work or own, own.dimension
        self.reused = 0
        self._stored = _Stored(previous, own.dimension)

    def passages(self, texts: Sequence[str], prefixes: Sequence[int], keys: Sequence[bytes]) -> Iterator[Embedded]:
        """Passage texts to their embedding and quantized tokens, in order."""
        return self._each(texts, prefixes, keys, self._stored.passages, self._stored.passage)

    def units(self, texts: Sequence[str], keys: Sequence[bytes]) -> Iterator[Floats]:
        """Unit texts to their embeddings, in order."""
        found = self._each(texts, [0] * len(texts), keys, self._stored.units, self._stored.unit)
        return (embedding for embedding, _ in found)

    def _each(
        self,
        texts: Sequence[str],
        prefixes: Sequence[int],
        keys: Sequence[bytes],
        known: dict[bytes, int],
        stored: Callable[[int], Embedded],
    ) -> Iterator[Embedded]:
        for start in range(0, len(keys), _CHUNK):
            rows = range(start, min(start + _CHUNK, len(keys)))
            missing = [row for row in rows if keys[row] not in known]
            wanted = [keys[row] for row in missing], [texts[row] for row in missing], [prefixes[row] for row in missing]
            fresh = dict(zip(missing, self._work.embed(*wanted), strict=True)) if missing else {}
            self.reused += len(rows) - len(missing)
            for row in rows:
                yield fresh[row] if row in fresh else stored(known[keys[row]])


class _Stored:
    """The rows of an earlier build by their keys; none where it cannot be read, for it is only a saving."""

    def __init__(self, folder: Path | None, dimension: int) -> None:
        self.passages: dict[bytes, int] = {}
        self.units: dict[bytes, int] = {}
        if folder is None or not (folder / KEYS).is_file():
            return
        try:
            self._dense, self._unit_store = DenseStore.load(folder, "passages"), DenseStore.load(folder, "units")
            self._tokens = TokenStore.load(folder, dimension)
            passages, units = read_keys(folder / KEYS)
        except (StoreError, OSError, ValueError, KeyError, BadZipFile):
            return
        if self._dense.dimension == dimension and len(passages) == len(self._dense) and len(units) == len(self._unit_store):
            self.passages, self.units = _rows(passages), _rows(units)

    def passage(self, row: int) -> Embedded:
        return self._dense.vectors(np.array([row]))[0], self._tokens.quantized(row)

    def unit(self, row: int) -> Embedded:
        return self._unit_store.vectors(np.array([row]))[0], _NO_TOKENS


def _packed(keys: Sequence[bytes]) -> Keys:
    return np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(len(keys), _KEY_BYTES)


def _rows(keys: Keys) -> dict[bytes, int]:
    """Each key's row; one of them where texts are the same."""
    return {key.tobytes(): row for row, key in enumerate(keys)}
