"""The questions offered next: each can be answered."""

import pytest

from rag.answers.sections import Profiles
from rag.answers.suggestions import MOST, Offers
from rag.datatypes import Related
from rag.pipeline import Pipeline
from rag.questions.question import Reading

ASKED = [
    "What does a Knowledge Engineer do?",
    "How much does a Head of Analytics Engineering earn?",
    "What benefits does a Lead Data Science Engineer get?",
    "data analyst salary",
    "who won the world cup",
    "hello",
    "What skills do I need?",
]


def reading(pipeline: Pipeline, question: str) -> Reading:
    return pipeline.assistant.consider(question)[0]


def test_every_question_offered_is_answered(pipeline: Pipeline) -> None:
    for question in ASKED:
        offered = pipeline.ask(question).related
        assert 0 < len(offered) <= 4
        for one in offered:
            answer = pipeline.ask(one.question)
            assert (answer.status, one.document_id) == ("answered", "lead-data-science-engineer")


def test_every_question_to_begin_with_is_answered(guides: Pipeline) -> None:
    offered = guides.suggestions(9)
    assert len({one.question for one in offered}) == 9 and guides.suggestions(4) == offered[:4]
    for one in offered:
        answer = guides.ask(one.question)
        assert answer.status == "answered"
        assert {citation.document.id for citation in answer.citations} == {one.document_id}


def test_what_cannot_be_answered_is_not_offered_and_checked_once(pipeline: Pipeline) -> None:
    checked: list[str] = []

    def answers(question: str) -> str | None:
        checked.append(question)
        return None

    offers = Offers(Profiles(pipeline.index), answers)
    assert offers.about(["Knowledge Engineer"]) == () == offers.about(["Knowledge Engineer"])
    assert checked == ["What does a Knowledge Engineer do?"]
    assert offers.next(reading(pipeline, "What is a Knowledge Engineer?"), True) == ()


def test_a_template_becomes_a_question_about_a_career(pipeline: Pipeline) -> None:
    offers = Offers(Profiles(pipeline.index), {"How much does a Knowledge Engineer earn?": "Pay", "Is an Usher old?": ""}.get)
    [known] = offers.of("How much does {a_role} earn?", ["Head of Analytics Engineering", "Knowledge Engineer"])
    assert known == Related("How much does a Knowledge Engineer earn?", "lead-data-science-engineer", "Pay")
    assert offers.of("Is {a_role} old?", ["Usher"]) == (Related("Is an Usher old?", None, ""),)


def test_an_offer_says_which_section_answers_it(pipeline: Pipeline, guides: Pipeline) -> None:
    found = {one.question: one.where for one in guides.ask("What are the drawbacks of being a paralegal?").related}
    assert found["What does a Paralegal do?"] == "The job in brief"
    assert found["What skills does a Paralegal need?"] == "Skills employers ask for"
    assert next(one.where for one in pipeline.ask("What is a Knowledge Engineer?").related) == ""


def test_duties_are_not_offered_beside_what_a_career_does(guides: Pipeline) -> None:
    offered = [one.question for one in guides.ask("What are the drawbacks of being a paralegal?").related]
    assert offered[0] == "What does a Paralegal do?" and "What are the responsibilities of a Paralegal?" not in offered


def test_what_was_asked_is_not_offered_again(pipeline: Pipeline) -> None:
    offers = Offers(Profiles(pipeline.index), lambda question: "Overview")
    offered = [one.question for one in offers.next(reading(pipeline, "what does a knowledge engineer do?"), True)]
    assert "What does a Knowledge Engineer do?" not in offered and len(set(offered)) == len(offered) == MOST
    assert all("Knowledge Engineer" in question for question in offered)


def test_without_a_career_openers_are_offered_after_an_abstention_only(pipeline: Pipeline) -> None:
    offers = Offers(Profiles(pipeline.index), lambda question: "Overview")
    lost = reading(pipeline, "who won the world cup")
    assert offers.next(lost, False) == offers.openers(MOST) == offers.next(None, False)
    assert offers.next(lost, True) == ()


def test_openers_go_through_the_careers_before_any_comes_twice(pipeline: Pipeline) -> None:
    asked = [pipeline.assistant.consider(one.question)[0].careers[0] for one in pipeline.suggestions(6)]
    assert asked[0] == "Lead Data Science Engineer" and len(set(asked)) == 6


@pytest.mark.parametrize("question", ["data analyst salary", "What does a knowledge manager do?"])
def test_after_a_role_of_no_guide_the_nearest_are_offered(pipeline: Pipeline, question: str) -> None:
    answer = pipeline.ask(question)
    wanted = "Lead Data Science Engineer" if "data" in question else "Knowledge Engineer"
    assert answer.cause == "role" and answer.related[0].question == f"What does a {wanted} do?"


def test_a_career_is_set_apart_from_others_of_its_own_guide_only(guides: Pipeline) -> None:
    offered = [one.question for one in guides.ask("What does an exhibition designer do?").related]
    assert offered[-1] == "How does an Exhibition Designer differ from a Museum Lighting Designer?"
    assert not any("differ" in one.question for one in guides.ask("What does a paralegal do?").related)
