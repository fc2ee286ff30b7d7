"""An encoder that remembers what it encoded last, so that what is asked of many careers is encoded once."""

from collections.abc import Sequence
from dataclasses import replace
from threading import Lock

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from rag.datatypes import Encoder, Encoding
from rag.text.cleaning import fold

Offsets = NDArray[np.int64]


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
    begins, ends, moved = _words(folded, text)
    first = np.minimum(np.searchsorted(ends, encoding.spans[:, 0], side="right"), len(ends) - 1)
    last = np.maximum(np.searchsorted(begins, encoding.spans[:, 1]) - 1, 0)
    starts = np.maximum(encoding.spans[:, 0], begins[first]) + moved[first]
    stops = np.maximum(np.minimum(encoding.spans[:, 1], ends[last]) + moved[last], starts)
    return replace(encoding, spans=np.stack([starts, stops], axis=1).astype(np.int32))


def _words(folded: str, text: str) -> tuple[Offsets, Offsets, Offsets]:
    """Where each word of a folded text begins and ends, and how much further on it stands in the text as it was given."""
    begins, places, at, place = [], [], 0, 0
    words = folded.split(" ")
    for word in words:
        place = text.index(word, place)
        begins.append(at)
        places.append(place)
        at, place = at + len(word) + 1, place + len(word)
    found = np.array(begins, dtype=np.int64)
    return found, found + np.array([len(word) for word in words]), np.array(places) - found
