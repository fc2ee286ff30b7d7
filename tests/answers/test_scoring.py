"""What makes a unit the answer: the features that weights are given to."""

import numpy as np
import pytest

from rag.answers.scoring import CUT, MAIN, WEIGHTS, unit_features, unit_scores
from rag.pipeline import Pipeline


def column(pipeline: Pipeline, question: str, name: str) -> dict[str, float]:
    """A feature of each unit that is weighed for a question, by the unit's words."""
    reading, supports = pipeline.assistant.weighed(question)
    at = list(WEIGHTS).index(name)
    return {
        support.text(unit): float(value)
        for support in supports
        for unit, value in enumerate(unit_features(reading, support)[:, at])
    }


def test_a_score_is_the_weighted_sum(pipeline: Pipeline) -> None:
    reading, supports = pipeline.assistant.weighed("What is the base salary range?")
    for support in supports:
        expected = unit_features(reading, support) @ np.array(list(WEIGHTS.values()))
        off = expected - unit_scores(reading, support) + MAIN * support.main
        assert np.all(np.isclose(off, 0, atol=1e-3) | np.isclose(off, CUT, atol=1e-3))


@pytest.mark.parametrize(("name", "question"), [("figure", "How much is a sign-on bonus?"), ("date", "When will demand double?")])
def test_a_cue_needs_the_question_and_the_unit(pipeline: Pipeline, name: str, question: str) -> None:
    asked = column(pipeline, question, name)
    assert set(asked.values()) == {0.0, 1.0}
    assert all(any(c.isdigit() for c in text) or name == "date" for text, value in asked.items() if value and "one" not in text)
    assert set(column(pipeline, "Which skills are needed?", name).values()) == {0.0}


def test_a_sentence_counts_what_the_one_before_it_adds(pipeline: Pipeline) -> None:
    reading, supports = pipeline.assistant.weighed("Which skills does a Knowledge Engineer need?")
    at = list(WEIGHTS).index("before")
    for support in supports:
        added = unit_features(reading, support)[:, at]
        assert (added >= 0).all()
        assert not any(added[unit] for unit, one in enumerate(support.units) if one.kind != "sentence" or not unit)


def test_an_opening_counts_more_where_the_question_is_what_a_thing_is(pipeline: Pipeline) -> None:
    said = column(pipeline, "Tell me about data mesh", "opens")
    asked = column(pipeline, "What is data mesh?", "opens")
    assert max(said.values()) == 1.0 and max(asked.values()) == 8.0


@pytest.mark.parametrize(
    ("question", "counts"), [("What is hard?", True), ("Which job is hard?", False), ("HoAE challenges", False)]
)
def test_the_career_a_guide_is_of_goes_first_where_none_is_asked_for(pipeline: Pipeline, question: str, counts: bool) -> None:
    reading, supports = pipeline.assistant.weighed(question)
    added = {
        round(float(value)) + 0.0
        for support in supports
        if support.main
        for value in unit_scores(reading, support) - unit_features(reading, support) @ np.array(list(WEIGHTS.values()))
    }
    assert (added == {MAIN}) == counts
