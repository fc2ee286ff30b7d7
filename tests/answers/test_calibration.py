"""Features of a pick to a probability, and the numbers it is made with."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from rag.answers.calibration import (
    FEATURES,
    FILE,
    Calibration,
    Kind,
    features,
    kind_of,
    names_unheld,
    published,
    read_calibration,
)
from rag.errors import SettingsError
from rag.pipeline import Pipeline

ONE = Calibration("one", -1.0, {"coverage": 2.0, "dense": 0.5}, 0.5)


def found(pipeline: Pipeline, question: str) -> dict[str, float]:
    reading, pick = pipeline.assistant.consider(question)
    assert pick is not None
    return features(reading, pick)


def test_a_probability_is_the_logistic_of_the_weighted_sum() -> None:
    assert ONE.probability({"coverage": 0.5, "dense": 0.0, "unused": 9.0}) == 0.5
    assert ONE.probability({"coverage": 1.0, "dense": 1.0}) == pytest.approx(1 / (1 + math.exp(-1.5)))


def test_a_sum_out_of_range_does_not_overflow() -> None:
    assert 0 < ONE.probability({"coverage": -1e9, "dense": 0.0}) < 1e-12
    assert 1 - 1e-12 < ONE.probability({"coverage": 1e9, "dense": 0.0}) < 1


@pytest.mark.parametrize("kind", FEATURES)
def test_the_committed_numbers_are_those_of_the_features(kind: Kind) -> None:
    numbers = json.loads(FILE.read_text(encoding="utf-8"))[kind]
    held = read_calibration(kind)
    assert set(held.weights) == set(FEATURES[kind])
    assert (held.id, held.intercept, held.threshold) == (numbers["id"], numbers["intercept"], numbers["threshold"])
    assert 0 < held.threshold < 1 and numbers["n"] > numbers["answerable"] > 0


@pytest.mark.parametrize("kind", FEATURES)
def test_the_published_curve_trades_false_answers_for_false_abstentions(kind: Kind) -> None:
    curve = published(kind)["curve"]
    assert [point["threshold"] for point in curve] == sorted({point["threshold"] for point in curve})
    assert [point["false_answer"] for point in curve] == sorted((point["false_answer"] for point in curve), reverse=True)
    assert [point["false_abstain"] for point in curve] == sorted(point["false_abstain"] for point in curve)


@pytest.mark.parametrize("content", ["", "[]", '{"prose": {}}', '{"careers": []}'])
def test_a_file_that_is_no_calibration_is_named(content: str, tmp_path: Path) -> None:
    file = tmp_path / "calibration.json"
    file.write_text(content)
    with pytest.raises(SettingsError, match=r"calibration\.json .* Reinstall verbatim\.$"):
        read_calibration("careers", file)


def test_features_tell_an_answer_from_a_near_miss(pipeline: Pipeline) -> None:
    held, missed = found(pipeline, "What is the base salary range?"), found(pipeline, "What is the base salary in Paris?")
    assert (held["coverage"], held["facet"], held["exact"]) == (1.0, 1.0, 1.0)
    assert (missed["exact"], missed["facet"]) == (0.0, 1.0)
    assert missed["coverage"] < held["coverage"] and set(held) >= set(FEATURES["careers"])


def test_a_named_career_and_the_length_of_the_question_count(pipeline: Pipeline) -> None:
    named = found(pipeline, "How much does a Lead Data Science Engineer earn?")
    assert (named["career"], named["length"]) == (1.0, 9 / 16)
    assert found(pipeline, "salary")["career"] == 0.0
    assert found(pipeline, "salary " * 30)["length"] == 1.0


def test_a_role_that_no_guide_describes_must_stand_in_the_quote(pipeline: Pipeline) -> None:
    reading, pick = pipeline.assistant.consider("data analyst salary")
    assert pick is not None
    assert not names_unheld(reading, pick) and features(reading, pick)["unheld"] == 1.0
    reading, pick = pipeline.assistant.consider("What is the growth of jobs for a data scientist?")
    assert pick is not None and reading.unheld == "data scientist"
    assert names_unheld(reading, pick)


@pytest.mark.parametrize(
    "question", ["What does a knowledge manager do?", "analytics manager duties", "software developer work", "data engineer pay"]
)
def test_a_word_of_the_same_stem_or_words_apart_are_no_role(pipeline: Pipeline, question: str) -> None:
    reading, pick = pipeline.assistant.consider(question)
    assert pick is not None and reading.unheld is not None
    assert not names_unheld(reading, pick)
    assert pipeline.ask(question).cause == "role"


def test_a_corpus_is_of_careers_where_a_quarter_of_its_documents_are(pipeline: Pipeline) -> None:
    index = pipeline.index
    held = next(iter(index.outlines.values()))
    none = replace(held, careers=())
    mixed = {"one": held, "two": none, "three": none, "four": none}
    assert kind_of(index) == "careers" == kind_of(replace(index, outlines=mixed))
    assert kind_of(replace(index, outlines=mixed | {"five": none})) == "prose"
