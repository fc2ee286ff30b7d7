"""Scopes: the guides a question is put to, all of an index or those its caller names, and what they hold."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rag.answers.sections import Profiles
from rag.answers.suggestions import Offers
from rag.index.index import Index
from rag.weakmethods import weakly

_KEPT = 64  # choices of documents whose profiles and checked offers are remembered


@dataclass(frozen=True, slots=True)
class Scope:
    """Some guides of an index. `documents` are those chosen, or None where all are in; `count` is how many are in."""

    documents: frozenset[str] | None
    count: int
    profiles: Profiles
    offers: Offers

    @property
    def guides(self) -> str:
        """The guides in a sentence: "the guide", "the 6 guides"; where they were chosen, "this guide", "these 2 guides"."""
        chosen = self.documents is not None
        if self.count == 1:
            return "this guide" if chosen else "the guide"
        return f"{'these' if chosen else 'the'} {self.count} guides"

    @property
    def is_one(self) -> bool:
        """Whether one guide was chosen, so that messages speak of it alone."""
        return self.documents is not None and self.count == 1


class Scopes:
    """The scopes of an index; `answered_from` gives the section of a scope's documents that a question is answered from, or
    None where it has no answer."""

    def __init__(self, index: Index, answered_from: Callable[[str, frozenset[str] | None], str | None]) -> None:
        self._index, self._answered_from = index, answered_from
        self._all = self._make(None)
        self._some = lru_cache(maxsize=_KEPT)(weakly(self._make))

    def of(self, documents: Collection[str] | None) -> Scope:
        """The scope of some documents, by id; ids the index does not hold add nothing, and None is all of them."""
        known = self._index.documents.keys()
        if documents is None or known <= set(documents):
            return self._all
        return self._some(frozenset(documents) & frozenset(known))

    def rows(self, scope: Scope, careers: Sequence[str]) -> NDArray[np.int64] | None:
        """The passages an answer about some careers, or about any where there are none, may come from; None stands for all."""
        if careers:
            return np.unique(np.concatenate([scope.profiles.rows(career) for career in careers]))
        if scope.documents is None:
            return None
        passages = enumerate(self._index.passages)
        return np.array([row for row, passage in passages if passage.document_id in scope.documents], dtype=np.int64)

    def _make(self, documents: frozenset[str] | None) -> Scope:
        profiles = Profiles(self._index, documents)
        count = len(self._index.documents if documents is None else documents)
        answered_from = self._answered_from
        return Scope(documents, count, profiles, Offers(profiles, lambda question: answered_from(question, documents)))
