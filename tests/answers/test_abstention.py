"""What is said where the guides do not answer."""

import pytest

from rag.answers.abstention import abstain, greet
from rag.answers.scopes import Scope, Scopes
from rag.pipeline import Pipeline
from rag.questions.careers import Careers


@pytest.fixture(scope="module")
def careers(guides: Pipeline) -> Careers:
    return Careers(guides.index.documents.values(), guides.index.outlines)


def scope(guides: Pipeline, *documents: str) -> Scope:
    return Scopes(guides.index, lambda question, documents: "").of(documents or None)


@pytest.mark.parametrize(
    ("question", "lacking"),
    [
        ("Does a paralegal know Python?", "say nothing of “Python”."),
        ("do paralegals know python", "say nothing of “python”."),
        ("Does a paralegal work in New York?", "say nothing of “New York”."),
        ("What licence does a paralegal hold?", "give no licence or certificate for it."),
    ],
)
def test_what_is_missing_is_named_as_it_was_written(guides: Pipeline, careers: Careers, question: str, lacking: str) -> None:
    reading, _ = guides.assistant.consider(question)
    outcome = abstain(reading, 0.1, None, scope(guides), careers)
    assert outcome.message == (f"They describe the role of Paralegal but {lacking} Rather than guess, this answer is left blank.")
    assert (outcome.status, outcome.cause, outcome.quotes) == ("not_found", "near", ())


def test_a_role_beside_the_scope_is_not_described(guides: Pipeline, careers: Careers) -> None:
    reading, _ = guides.assistant.consider("What does a dental assistant earn?")
    outcome = abstain(reading, 0.9, None, scope(guides, "paralegal"), careers)
    assert (outcome.cause, outcome.readings) == ("role", ())
    assert outcome.message == "This guide doesn’t describe the role of Dental Assistant."
    assert (outcome.confidence, outcome.basis) == (None, "routing")
    assert abstain(reading, 0.1, None, scope(guides), careers).cause == "near"


def test_the_nearest_roles_of_the_scope_are_offered(guides: Pipeline, careers: Careers) -> None:
    reading, _ = guides.assistant.consider("dental nurse pay")
    offered = abstain(reading, 0.1, None, scope(guides), careers).readings
    assert [one.question for one in offered][:2] == ["What does a Dental Assistant do?", "What does a Dental Hygienist do?"]
    assert abstain(reading, 0.1, None, scope(guides, "paralegal"), careers).readings == ()


def test_a_greeting_says_what_there_is_to_ask_about(guides: Pipeline) -> None:
    said = greet(scope(guides)).message
    assert said is not None and said.startswith("Ask about a career. The guides cover Air Traffic Controller, Flight Dispatcher")
    assert said.endswith(" more.") and greet(scope(guides, "paralegal")).status == "routed"


@pytest.mark.parametrize("question", ["difference between paralegal and lawyer", "paralegal vs lawyer salary"])
def test_a_role_of_no_guide_is_named_beside_one_that_is_held(guides: Pipeline, question: str) -> None:
    answer = guides.ask(question)
    assert (answer.cause, answer.message) == ("role", "The guides don’t describe the role of lawyer.")
    assert [one.question for one in answer.related] == ["What does a Paralegal do?"]
