"""A question that leans on the conversation, as it reads on its own."""

import pytest

from rag.datatypes import Turn
from rag.pipeline import Pipeline

LEAD = "How much does a Lead Data Science Engineer earn?"
TWO = ("What is a Generative AI Engineer?", "What does a Knowledge Engineer do?")


def standalone(pipeline: Pipeline, question: str, *earlier: str) -> str:
    reading, _ = pipeline.assistant.consider(question, [Turn(one) for one in earlier])
    return reading.question


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("what about its skills?", "skills of a Lead Data Science Engineer"),
        ("And its daily work?", "daily work of a Lead Data Science Engineer"),
        ("What does it pay?", "What does a Lead Data Science Engineer pay"),
        ("and the benefits?", "the benefits for a Lead Data Science Engineer"),
        ("Do they need a degree?", "Do a Lead Data Science Engineer need a degree"),
    ],
)
def test_the_conversations_career_is_put_in(pipeline: Pipeline, question: str, expected: str) -> None:
    assert standalone(pipeline, question, LEAD) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("and in Paris?", "earn in Paris for a Lead Data Science Engineer"),
        ("What about Boston?", "earn Boston for a Lead Data Science Engineer"),
    ],
)
def test_what_was_asked_is_carried_on_where_no_facet_is_named(pipeline: Pipeline, question: str, expected: str) -> None:
    assert standalone(pipeline, question, LEAD) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("And a Knowledge Engineer?", "How much does a Knowledge Engineer earn?"),
        ("what about a nurse?", "How much does a nurse earn?"),
    ],
)
def test_the_last_question_is_asked_of_another_role(pipeline: Pipeline, question: str, expected: str) -> None:
    assert standalone(pipeline, question, LEAD) == expected


def test_the_two_and_the_other_are_those_talked_of(pipeline: Pipeline) -> None:
    differ = "how do a Generative AI Engineer and a Knowledge Engineer differ"
    assert standalone(pipeline, "so how do the two differ?", *TWO) == differ
    assert standalone(pipeline, "and the other one?", *TWO) == "What does a Generative AI Engineer do?"


def test_a_follow_up_leans_on_a_follow_up(pipeline: Pipeline) -> None:
    assert standalone(pipeline, "and in Boston?", LEAD, "and in New York?") == "earn in Boston for a Lead Data Science Engineer"
    assert standalone(pipeline, "and its benefits?", LEAD, "And a Knowledge Engineer?") == "benefits of a Knowledge Engineer"


@pytest.mark.parametrize(
    "question",
    [
        "What does a Full Stack AI Developer do?",
        "What qualifications does a Director of Applied Science need?",
        "Which universities teach library science at night in Wales?",
        "How much does a dental nurse earn?",
    ],
)
def test_a_full_question_is_left_alone(pipeline: Pipeline, question: str) -> None:
    assert standalone(pipeline, question, LEAD) == question


@pytest.mark.parametrize("question", ["and in Paris?", "what about its skills?", "so how do the two differ?"])
def test_without_a_career_to_lean_on_nothing_is_added(pipeline: Pipeline, question: str) -> None:
    assert standalone(pipeline, question) == question
    assert standalone(pipeline, question, "perks") == question


def test_two_careers_need_two_to_have_been_talked_of(pipeline: Pipeline) -> None:
    assert "and a" not in standalone(pipeline, "so how do the two differ?", LEAD)


def test_the_answer_is_drawn_from_the_career_leant_on(pipeline: Pipeline) -> None:
    answer = pipeline.ask("what about its skills?", [Turn("What does a Knowledge Engineer do?")])
    assert (answer.question, answer.standalone) == ("what about its skills?", "skills of a Knowledge Engineer")
    assert {citation.passage.career for citation in answer.citations} == {"Knowledge Engineer"}
    assert answer.text.startswith("Required skills for a Knowledge Engineer include:")


def test_the_other_one_is_the_career_talked_of_before_the_latest(guides: Pipeline) -> None:
    told = guides.ask("and the other one?", [Turn("What is a paralegal?"), Turn("What does a dental hygienist earn?")])
    assert told.standalone == "What does a Paralegal earn?"
    assert guides.ask("and the other one?", [Turn("Paralegal vs dental hygienist")]).standalone == "a Paralegal"
    alone = guides.ask("and the other one?", [Turn("What is a paralegal?")])
    assert (alone.standalone, alone.status) == ("and the other one?", "clarify") and len(alone.related) == 4
