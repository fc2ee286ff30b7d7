"""Scores by similarity alone, worked out by hand."""

import numpy as np
import pytest

from rag.datatypes import Floats
from rag.models.scorer import Asked, Candidate
from rag.models.similarity import FIT, SimilarityScorer

EAST, NORTH, WEST = (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)


def states(*rows: tuple[float, float]) -> Floats:
    return np.array(rows, dtype=np.float32)


def asked(*own: tuple[float, float], earlier: int = 0) -> Asked:
    every = states(*[WEST] * earlier, *own)
    return Asked("?", (), every, np.zeros(len(every), dtype=np.int32), np.arange(len(every)) >= earlier)


def candidate(path: tuple[float, float], *tokens: tuple[float, float], signals: float = 0.0) -> Candidate:
    """A passage with a heading of one token, and a unit a token."""
    starts = np.array([-1, *range(len(tokens))], dtype=np.int64)
    units = tuple((at, at + 1) for at in range(len(tokens)))
    return Candidate(("Path",), "x" * len(tokens), units, states(path, *tokens), starts, (signals,) * 4)


def test_a_passage_is_scored_by_the_signals_of_search() -> None:
    low, high = SimilarityScorer().score(asked(EAST), [candidate(EAST, EAST), candidate(WEST, WEST, signals=0.5)])
    assert (low.passage, high.passage) == (-7.0, 0.0)


def test_a_unit_is_scored_by_the_best_cosine_of_each_word_alone_and_under_its_path() -> None:
    [scored] = SimilarityScorer().score(asked(EAST, NORTH), [candidate(NORTH, EAST, NORTH, WEST)])
    # of its own, then with the path's: half and all, half and half, none (a cosine below 0 counts nothing) and half
    assert scored.units.tolist() == pytest.approx([6 * 0.5 + 4 * 1.0 - 5, 6 * 0.5 + 4 * 0.5 - 5, 4 * 0.5 - 5])


def test_only_the_words_of_the_question_itself_are_looked_for() -> None:
    alone, after = (SimilarityScorer().score(asked(EAST, earlier=count), [candidate(NORTH, EAST, WEST)]) for count in (0, 3))
    assert alone[0].units.tolist() == after[0].units.tolist()


def test_its_numbers_order_by_the_logit_and_answer_by_the_best() -> None:
    assert SimilarityScorer().fit is FIT
    assert FIT.rank == (1.0, 0.0, 0.0, 0.0, 0.0) and FIT.confidence.index(1.0) == 1 and sum(FIT.confidence) == 1.0
    assert len(FIT.confidence) == 12 and FIT.rates == ()
