"""Entities: the words of a question or a passage that name a place or a time, as it was learned from the states of their tokens
(`python -m tests.train.entities`), not from lists of names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar, Literal, cast

import numpy as np
from numpy.typing import NDArray

from rag.datatypes import Floats
from rag.questions.softmax import Softmax
from rag.text.words import FUNCTION_WORDS, WORD

Kind = Literal["place", "time"]
KINDS: tuple[str, ...] = ("none", "place", "time")  # the classes of a fit, in the order of its rows


@dataclass(frozen=True, slots=True)
class Entity:
    """A name of a place or a time: its kind, its words, and its offsets in the text."""

    kind: Kind
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class EntityFit(Softmax):
    """Tells what a word names by the mean state of its tokens."""

    FILE: ClassVar[str] = "entities.npz"

    def entities(self, text: str, states: Floats, starts: NDArray[np.int64]) -> list[Entity]:
        """The entities of a text, by the states (n, d) of its tokens and where each begins in it (n,); words of one kind that
        follow each other are one ("New Zealand")."""
        runs = groupby(self._words(text, states, starts), key=lambda word: (word[0], word[1]))
        return [_joined(text, kind, [(start, end) for _, _, start, end in its]) for (kind, _), its in runs if kind]

    def _words(self, text: str, states: Floats, starts: NDArray[np.int64]) -> Iterator[tuple[Kind | None, int, int, int]]:
        """The kind of each word of a text, the number of the line or clause that it stands in, and its offsets."""
        clause, before = 0, 0
        for word in WORD.finditer(text):
            clause += not text[before : word.start()].isspace()
            before = word.end()
            yield self._kind(word.group(), states[(starts >= word.start()) & (starts < word.end())]), clause, *word.span()

    def _kind(self, word: str, states: Floats) -> Kind | None:
        if word in FUNCTION_WORDS or not len(states):
            return None
        kind, chance = self.likeliest(states.mean(axis=0))
        return cast(Kind, KINDS[kind]) if chance >= self.threshold else None


def _joined(text: str, kind: Kind, spans: Sequence[tuple[int, int]]) -> Entity:
    start, end = spans[0][0], spans[-1][1]
    return Entity(kind, text[start:end], start, end)
