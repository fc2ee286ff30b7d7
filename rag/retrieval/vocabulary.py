"""The words of each guide, gathered when the index is built: a server need not read every text again to begin."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from rag.errors import StoreError
from rag.text.words import stem, words

_WORDS, _IDS, _STARTS = "vocabulary.json", "vocabulary_ids.npy", "vocabulary_starts.npy"


class Vocabulary:
    """The distinct words of texts, one text a row: `words` are all of them in the order of the alphabet.

    A text's words are those whose positions in `words` stand in `ids[starts[row]:starts[row + 1]]`.
    """

    def __init__(self, words_: Sequence[str], ids: NDArray[np.int32], starts: NDArray[np.int64]) -> None:
        self.words, self._ids, self._starts = tuple(words_), ids, starts
        self._stems = np.array([stem(word) for word in self.words], dtype=object)

    def __len__(self) -> int:
        return len(self._starts) - 1

    @classmethod
    def build(cls, texts: Sequence[str]) -> "Vocabulary":
        """The vocabulary of texts, one a row."""
        rows = [sorted(set(words(text))) for text in texts]
        known = {word: id for id, word in enumerate(sorted({word for row in rows for word in row}))}
        ids = np.array([known[word] for row in rows for word in row], dtype=np.int32)
        return cls(tuple(known), ids, np.cumsum([0, *map(len, rows)], dtype=np.int64))

    def stems(self, row: int) -> frozenset[str]:
        """The stems of a text's words."""
        return frozenset(self._stems[self._ids[self._starts[row] : self._starts[row + 1]]])

    def save(self, folder: Path) -> None:
        """Write the vocabulary into `folder`."""
        (folder / _WORDS).write_bytes(msgspec.json.encode(self.words))
        np.save(folder / _IDS, self._ids)
        np.save(folder / _STARTS, self._starts)

    @classmethod
    def load(cls, folder: Path) -> "Vocabulary":
        """The vocabulary that `save` wrote into `folder`."""
        try:
            words_ = msgspec.json.decode((folder / _WORDS).read_bytes(), type=list[str])
            return cls(words_, np.load(folder / _IDS), np.load(folder / _STARTS))
        except (OSError, ValueError, msgspec.MsgspecError) as error:
            raise StoreError(f"Cannot read the vocabulary in {folder}; run `verbatim build`.") from error
