"""The one stand-in for the model: an encoder that hashes words into vectors, so that texts which share words are near."""

import hashlib
from collections.abc import Sequence

import numpy as np

from rag.datatypes import Encoding, Floats
from rag.models.scorer import Asked, Candidate, Fit, Scored
from rag.text.words import WORD, stem, stems

DIMENSION = 64
_IDS = 30_000


class HashingEncoder:
    """Implements `Encoder`; a token is a word, and its state depends on its stem alone. `encoded` keeps all it was given."""

    def __init__(self) -> None:
        self.encoded: list[str] = []

    @property
    def dimension(self) -> int:
        return DIMENSION

    @property
    def vocabulary(self) -> dict[str, int]:
        """No word is known before a guide has it."""
        return {}

    def count_tokens(self, text: str) -> int:
        """Words in a text."""
        return len(WORD.findall(text))

    def encode(self, texts: Sequence[str]) -> list[Encoding]:
        """Texts to encodings."""
        self.encoded += texts
        return [_encoding(text) for text in texts]


def _encoding(text: str) -> Encoding:
    found = list(WORD.finditer(text))
    states = np.array([_state(match.group()) for match in found], dtype=np.float32).reshape(-1, DIMENSION)
    total = states.sum(axis=0) if found else np.ones(DIMENSION, dtype=np.float32)
    return Encoding(
        embedding=(total / np.linalg.norm(total)).astype(np.float32),
        tokens=states,
        ids=np.array([_id(match.group()) for match in found], dtype=np.int32),
        spans=np.array([match.span() for match in found], dtype=np.int32).reshape(-1, 2),
    )


def _id(word: str) -> int:
    return int.from_bytes(hashlib.sha256(stem(word.lower()).encode()).digest()[:4], "big") % _IDS


def _state(word: str) -> Floats:
    state = np.random.default_rng(_id(word)).standard_normal(DIMENSION)
    return (state / np.linalg.norm(state)).astype(np.float32)


class SharedWords:
    """Implements `Scorer`: a passage's logit grows with the share of the question's words that it and its path have, a unit's
    with the share that it has itself."""

    fit = Fit("shared-words", (1.0, 0.0, 0.0, 0.0, 0.0), (1.0, *(0.0,) * 11), 0.0, 0.5, 1.0, 0.8)

    def score(self, asked: Asked, candidates: Sequence[Candidate]) -> list[Scored]:
        """Candidates to their scores, in their order."""
        wanted = frozenset(stems(" ".join([asked.text, *asked.earlier[-1:]])))
        return [self._score(wanted, candidate) for candidate in candidates]

    def _score(self, wanted: frozenset[str], candidate: Candidate) -> Scored:
        units = [_share(wanted, candidate.text[start:end]) for start, end in candidate.units]
        whole = _share(wanted, " ".join([*candidate.path, candidate.text]))
        return Scored(8 * whole - 4, np.array([8 * unit - 4 for unit in units], dtype=np.float32))


def _share(wanted: frozenset[str], text: str) -> float:
    return len(wanted & frozenset(stems(text))) / max(1, len(wanted))
