"""An encoder that remembers what it encoded last, so that what is asked of many careers is encoded once."""

from collections.abc import Sequence
from dataclasses import replace
from threading import Lock

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from rag.datatypes import Encoder, Encoding
from rag.matching import fold


class RememberingEncoder:
    """Texts to encodings by another encoder, of which the latest are kept: up to `tokens` tokens, 1.5 kB each.

    White space is folded first: a question is searched without its career's name, and then has the same words for every career.
    """

    def __init__(self, encoder: Encoder, tokens: int = 4096) -> None:
        self._encoder = encoder
        self._kept: LRUCache[str, Encoding] = LRUCache(tokens, getsizeof=lambda encoding: 1 + len(encoding.ids))
        self._guard = Lock()

    @property
    def dimension(self) -> int:
        return self._encoder.dimension

    def encode(self, texts: Sequence[str]) -> list[Encoding]:
        """Texts to encodings in the same order; spans are offsets into each text as it was given."""
        folded = [fold(text) for text in texts]
        with self._guard:
            found = {text: kept for text in folded if (kept := self._kept.get(text))}
        missing = [text for text in dict.fromkeys(folded) if text not in found]
        if missing:
            new = dict(zip(missing, self._encoder.encode(missing), strict=True))
            found |= new
            with self._guard:
                self._kept.update((text, encoding) for text, encoding in new.items() if len(encoding.ids) < self._kept.maxsize)
        return [_spread(found[short], short, text) for short, text in zip(folded, texts, strict=True)]


def _spread(encoding: Encoding, folded: str, text: str) -> Encoding:
    """The encoding of a folded text with the spans that its tokens have in the text as it was given."""
    if folded == text:
        return encoding
    before = np.concatenate([[0], np.cumsum(_solid(folded))])  # characters other than white space before each offset
    places = np.flatnonzero(_solid(text))
    first, last = before[encoding.spans[:, 0]], before[encoding.spans[:, 1]]
    starts = np.append(places, len(text))[first]
    ends = np.where(last > first, np.append(0, places + 1)[last], starts)
    return replace(encoding, spans=np.stack([starts, ends], axis=1).astype(np.int32))


def _solid(text: str) -> NDArray[np.bool_]:
    return np.array([not character.isspace() for character in text], dtype=bool)
