"""Which guide a conversation is about where no turn names a career."""

import pytest

from rag.pipeline import Pipeline
from rag.reply import Turn
from tests.handmade import THREE, pipeline_of


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    return pipeline_of(tmp_path_factory.mktemp("index"), THREE)


def careers(pipeline: Pipeline, *turns: str, documents: list[str] | None = None) -> tuple[tuple[str, ...], bool]:
    """The careers that the last of some turns is read as about, and whether it names them."""
    question = pipeline.reader.read(turns[-1], [Turn(text) for text in turns[:-1]])
    placed = pipeline.conversations.placed(question, pipeline.scopes.of(documents))
    return placed.careers, placed.named


def test_a_follow_up_is_about_the_guide_that_the_questions_before_it_came_nearest_to(asked: Pipeline) -> None:
    assert careers(asked, "who kneads the dough before dawn", "and the wage?") == (("Baker",), False)
    assert careers(asked, "who needs knots and charts", "is patience needed", "and the wage?") == (("Sailor",), False)


def test_what_names_a_career_or_comes_first_is_left_as_it_is(asked: Pipeline) -> None:
    assert careers(asked, "and the wage?") == ((), False)
    assert careers(asked, "who kneads the dough before dawn", "and a Pilot's wage?") == (("Pilot",), True)
    assert careers(asked, "What does a Pilot earn?", "who kneads the dough", "and the wage?") == (("Pilot",), False)
    assert careers(asked, "who kneads the dough before dawn", "what does a nurse earn?") == ((), False)


def test_a_greeting_tells_nothing_of_what_the_talk_is_about(asked: Pipeline) -> None:
    assert careers(asked, "hello", "and the wage?") == ((), False)
    assert careers(asked, "hello", "who needs knots and charts", "thanks", "and the wage?") == (("Sailor",), False)


def test_only_guides_that_were_chosen_are_talked_of(asked: Pipeline) -> None:
    found, _ = careers(asked, "who kneads the dough before dawn", "and the wage?", documents=["pilot", "sailor"])
    assert found in (("Pilot",), ("Sailor",))


def test_a_follow_up_is_not_answered_from_another_guide(asked: Pipeline) -> None:
    answer = asked.ask("What wage does a mate get?", [Turn("who kneads the dough before dawn")])
    assert {citation.document.id for citation in (*answer.citations, *answer.nearest)} <= {"baker"}
    alone = asked.ask("What wage does a mate get?")
    assert {citation.document.id for citation in (*alone.citations, *alone.nearest)} >= {"sailor"}
