"""Judged questions to cases: what search finds for each, as the scorer reads it, with the units that answer."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rag.answers.evidence import Evidence as EvidencePassage
from rag.datatypes import Floats, Passage
from rag.evaluation.judgements import Evidence, Judged, locate
from rag.models.scorer import Asked, Candidate
from rag.pipeline import Pipeline
from tests.train.voices import careless, unnamed

_UNIT, _PIECE = 0.5, 0.3  # of a unit that a piece of evidence has to cover, or the unit of the piece, for the unit to answer


@dataclass(frozen=True, slots=True)
class Case:
    """A question as it was asked, with its candidates, the best of search first, and the token ids of each (`pieces`).

    `guide` is the file that it is about; `answers` are the units of each candidate that answer; `related` marks those that are on
    topic and neither right nor wrong."""

    set: str
    guide: str
    question: str
    answerable: bool
    any_of: bool
    asked: Asked
    candidates: tuple[Candidate, ...]
    pieces: tuple[NDArray[np.int32], ...]
    answers: tuple[tuple[int, ...], ...]
    related: tuple[bool, ...]


class Cases:
    """Makes cases of the judged questions of one set of guides, over an index of them."""

    def __init__(self, name: str, pipeline: Pipeline, chance: random.Random) -> None:
        self._name, self._pipeline, self._chance = name, pipeline, chance
        self._states: dict[int, Floats] = {}
        self._pieces: dict[int, NDArray[np.int32]] = {}
        self._documents = {document.path.rsplit("/", 1)[-1]: document for document in pipeline.index.documents.values()}

    def of(self, judged: Sequence[Judged], alone: bool, voices: bool) -> Iterator[Case]:
        """Each question as it was judged and, with `voices`, as others would ask it. With `alone` those that don't name a career
        are put to their guide."""
        for question in locate(judged, self._documents):
            for text, turns, named in self._said(question, voices):
                rows = None if named or (named is None and not alone) else self._rows(question)
                if case := self._case(question, text, turns, rows):
                    yield case

    def _said(self, judged: Judged, voices: bool) -> Iterator[tuple[str, tuple[str, ...], bool | None]]:
        """The ways to say a question: its words, the turns before it, and whether these name its career, if that can be told."""
        turns = tuple(turn.question for turn in judged.history)
        single = bool(judged.document) and judged.type != "comparison"
        bare = unnamed(judged.question, judged.document, self._chance) if single else judged.question
        named = True if bare != judged.question else None
        yield judged.question, turns, named
        if voices:
            yield careless(judged.question, self._chance), turns, named
        if voices and named:
            earlier = tuple(unnamed(turn, judged.document, self._chance) for turn in turns)
            yield careless(bare, self._chance), earlier, False

    def _rows(self, judged: Judged) -> NDArray[np.int64] | None:
        document = self._documents.get(judged.document)
        return self._pipeline.scopes.of([document.id]).rows if document else None

    def _case(self, judged: Judged, text: str, turns: tuple[str, ...], rows: NDArray[np.int64] | None) -> Case | None:
        """A case, or None where nothing is asked, or search finds no answer to learn from."""
        found = self._pipeline.retriever.find(text, turns, rows)
        if not found.own.any():
            return None
        evidence = self._pipeline.groups.gather(found.hits)
        answers = tuple(self._marked(one.passage, judged.evidence) for one in evidence)
        if not evidence or (judged.answerable and not any(answers)):
            return None
        asked = Asked(text, turns, found.encoding.tokens, found.encoding.ids, found.own)
        related = tuple(bool(self._marked(one.passage, judged.related)) for one in evidence)
        candidates = tuple(self._candidate(one) for one in evidence)
        pieces = tuple(self._ids(one.hit.row) for one in evidence)
        about = (self._name, judged.document, judged.question, judged.answerable, judged.any_of)
        return Case(*about, asked, candidates, pieces, answers, related)

    def _candidate(self, one: EvidencePassage) -> Candidate:
        """A candidate whose token states are shared with all other cases that have it."""
        made = self._pipeline.weigher.candidate(one)
        return replace(made, states=self._states.setdefault(one.hit.row, made.states))

    def _ids(self, row: int) -> NDArray[np.int32]:
        if row not in self._pieces:
            self._pieces[row] = np.array(self._pipeline.index.store.tokens.quantized(row)[1])
        return self._pieces[row]

    def _marked(self, passage: Passage, pieces: Sequence[Evidence]) -> tuple[int, ...]:
        """The units of a passage that pieces of evidence are of."""
        path = self._pipeline.index.documents[passage.document_id].path.rsplit("/", 1)[-1]
        own = [piece for piece in pieces if not piece.lost and piece.guide == path]
        return tuple(
            at
            for at, unit in enumerate(passage.units)
            if any(_covers(piece.start, piece.end, unit.start, unit.end) for piece in own)
        )


def _covers(start: int, end: int, first: int, last: int) -> bool:
    shared = min(end, last) - max(start, first)
    return shared > 0 and (shared >= _PIECE * (end - start) or shared >= _UNIT * (last - first))


def units_of(case: Case, at: int) -> Floats:
    """1 for each unit of a candidate that answers, else 0, (units,)."""
    marks = np.zeros(len(case.candidates[at].units), dtype=np.float32)
    marks[list(case.answers[at])] = 1
    return marks
