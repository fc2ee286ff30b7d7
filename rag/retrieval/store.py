"""What a search asks of wherever passages are kept, and of the vectors among it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.datatypes import Floats, Passage

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages that a question may be about, in ascending order of their rows, and how near each is to it (n,): `lexical` is
    BM25's share of the most it could be, `dense` the cosine with the passage, `sentence` that with its best unit."""

    rows: Rows
    lexical: Floats
    dense: Floats
    sentence: Floats


@dataclass(frozen=True, slots=True)
class Runs:
    """Where among a passage's tokens its headings, if `headed`, and then each of its units begin."""

    starts: Rows
    headed: bool


@dataclass(frozen=True, slots=True)
class Tokens:
    """A passage's tokens, those of its heading path first: their unit states (n, d), and where each begins in the passage's text
    (n,), below 0 for those of the path."""

    states: Floats
    starts: Rows


class Vectors(Protocol):
    """Unit embeddings by row, found by how near they are."""

    def __len__(self) -> int: ...

    def search(self, queries: Floats, k: int) -> tuple[Floats, Rows]:
        """Queries (n, d) to cosines and rows (n, min(k, size)), best first, equal ones in row order."""
        ...

    def vectors(self, rows: Rows) -> Floats:
        """The embeddings (m, d) of some rows."""
        ...


class TokenStates(Protocol):
    """The token states of passages, as they are compared with those of a question."""

    def cosines(self, states: Floats, rows: Sequence[int]) -> list[Floats]:
        """Unit states (t, d) and rows to the cosines with the tokens of each row, (t, n) a row."""
        ...


class Store(TokenStates, Protocol):
    """Passages by row, each with its words, its embedding, those of its units, and its token states."""

    def candidates(self, text: str, embedding: Floats, rows: Rows | None = None) -> Candidates:
        """The passages near a question by its words, by its embedding, or by the best of their units; or those of `rows`."""
        ...

    def passages(self, rows: Sequence[int]) -> list[Passage]: ...

    def runs(self, rows: Sequence[int]) -> list[Runs]: ...

    def tokens_of(self, row: int) -> Tokens: ...

    def idf(self, ids: NDArray[np.int32]) -> Floats:
        """How rare tokens are among the passages, by their ids."""
        ...
