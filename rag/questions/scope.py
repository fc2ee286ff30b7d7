"""The guides that an answer may be drawn from, and the passages about a career among them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from rag.datatypes import Outline, Passage

Rows = NDArray[np.int64]
_KEPT = 64  # choices of documents that are remembered


@dataclass(frozen=True, slots=True)
class Scope:
    """One choice of documents. `documents` are those chosen, or None where all are in; `count` is how many are in; `careers` are
    those they describe, in the corpus's order; `rows` are their passages', or None where all are in."""

    documents: frozenset[str] | None
    count: int
    careers: tuple[str, ...]
    rows: Rows | None

    def holds(self, document_id: str) -> bool:
        """Whether a document is in."""
        return self.documents is None or document_id in self.documents


class Scopes:
    """The choices of documents of a corpus; `outlines` are by document, `passages` in the order of their rows."""

    def __init__(self, outlines: Mapping[str, Outline], passages: Sequence[Passage]) -> None:
        self._documents = frozenset(outlines)
        self._rows: dict[str, list[int]] = {}
        self._careers: dict[str, list[int]] = {}
        self._described: dict[str, dict[str, None]] = {}  # the careers of each document, in order
        for row, passage in enumerate(passages):
            self._rows.setdefault(passage.document_id, []).append(row)
            for career in _holders(passage, outlines[passage.document_id]):
                self._careers.setdefault(career, []).append(row)
                self._described.setdefault(passage.document_id, {})[career] = None
        for id, outline in outlines.items():  # a career that has no section of its own, but a column of a table
            for career in outline.careers:
                if id in self._rows and career not in self._described.get(id, ()):
                    self._careers.setdefault(career, []).extend(self._rows[id])
                    self._described.setdefault(id, {})[career] = None
        everything = tuple(self._careers)
        self._all = Scope(None, len(self._documents), everything, None)
        self._some: LRUCache[frozenset[str], Scope] = LRUCache(_KEPT)

    def of(self, documents: Collection[str] | None) -> Scope:
        """The scope of some documents, by id; ids the corpus does not hold add nothing, and None is all of them."""
        if documents is None or self._documents <= set(documents):
            return self._all
        chosen = frozenset(documents) & self._documents
        if (scope := self._some.get(chosen)) is None:
            scope = self._some[chosen] = self._make(chosen)
        return scope

    def about(self, scope: Scope, careers: Sequence[str]) -> Rows:
        """The rows of a scope's passages about some careers."""
        found = np.unique(np.array([row for career in careers for row in self._careers.get(career, ())], dtype=np.int64))
        return found if scope.rows is None else np.intersect1d(found, scope.rows)

    def beside(self, scope: Scope, careers: Sequence[str]) -> Rows | None:
        """The rows of a scope's documents that describe some of some careers; all of the scope's where none does."""
        documents = {id for id, held in self._described.items() if not held.keys().isdisjoint(careers)}
        found = np.array(sorted(row for id in documents for row in self._rows.get(id, ())), dtype=np.int64)
        inside = found if scope.rows is None else np.intersect1d(found, scope.rows)
        return inside if len(inside) else scope.rows

    def _make(self, chosen: frozenset[str]) -> Scope:
        rows = np.array(sorted(row for id in chosen for row in self._rows.get(id, ())), dtype=np.int64)
        held = {career for id in chosen for career in self._described.get(id, ())}
        return Scope(chosen, len(chosen), tuple(career for career in self._careers if career in held), rows)


def _holders(passage: Passage, outline: Outline) -> list[str]:
    """The careers a passage is about: its own, and the one under whose heading its own stands."""
    own = passage.career
    if own is None:
        return []
    at = passage.path.index(own) if own in passage.path else 0
    above = passage.path[at - 1] if at else None
    return [own, above] if above in outline.careers and at > 1 else [own]
