"""What the service answers by itself, over guides made by hand."""

from dataclasses import replace
from pathlib import Path

import pytest

from rag.answers.draft import Draft
from rag.answers.wording import say
from rag.loading import assemble
from rag.models.networks import Networks
from rag.pipeline import Pipeline
from rag.reply import Turn
from rag.settings import read_settings
from tests.handmade import GUIDES, SAILOR, index_of, pipeline_of
from tests.hashing import HashingEncoder, SharedWords

DATED = "---\nsource: https://guides.example/sailor\ncollected: 2024-05-01\n---\n" + SAILOR


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    return pipeline_of(tmp_path_factory.mktemp("index"), {**GUIDES, "sailor.md": SAILOR})


def told(pipeline: Pipeline, text: str, documents: list[str] | None = None, *earlier: str) -> Draft | None:
    question = pipeline.reader.read(text, [Turn(one) for one in earlier])
    return pipeline.routes.told(question, pipeline.scopes.of(documents))


@pytest.mark.parametrize(
    ("text", "documents", "message"),
    [
        ("hello", None, "Ask about a career. The guides cover Baker, Pilot and Sailor."),
        ("Hello!", ["pilot"], "Ask about a career. This guide covers Pilot."),
        ("hello", [], "Ask what the guides hold."),
        ("what careers do you have", None, "The guides describe Baker, Pilot and Sailor."),
        ("what careers do you have", ["pilot"], "This guide describes Pilot."),
        (
            "who wrote this",
            ["pilot", "baker"],
            "The answers are quoted from “Baker” and “Pilot”. Nothing is added to their words. "
            "Some don’t say who published them or when.",
        ),
    ],
)
def test_the_service_tells_of_itself(asked: Pipeline, text: str, documents: list[str] | None, message: str) -> None:
    draft = told(asked, text, documents)
    assert draft is not None and (draft.status, draft.message) == ("routed", message)
    assert (draft.quotes, draft.confidence) == ((), None)


@pytest.mark.parametrize("text", ["summarise the guide", "how old is this", "what can you tell me", "list the careers"])
def test_what_is_told_comes_with_the_careers_by_name(asked: Pipeline, text: str) -> None:
    for earlier in ([], ["What does a Pilot do?"]):
        draft = told(asked, text, None, *earlier)
        assert draft is not None and [one.label for one in draft.readings] == ["Baker", "Pilot", "Sailor"]


def test_a_guide_is_told_with_who_published_it_and_when(tmp_path: Path) -> None:
    index = index_of(tmp_path, {"sailor.md": SAILOR})
    [document] = index.documents.values()
    dated = replace(document, source_url="https://www.guides.example/sailor", collected="2024-05-01")
    of_dated = replace(index, documents={document.id: dated})
    draft = told(assemble(of_dated, Networks(HashingEncoder(), SharedWords()), read_settings()), "who wrote this")
    assert draft is not None and draft.message == (
        "The answers are quoted from “Sailor” (published by guides.example, collected 2024-05-01, "
        "https://www.guides.example/sailor). Nothing is added to their words."
    )


def test_each_career_told_of_can_be_asked_about(asked: Pipeline) -> None:
    draft = told(asked, "list the careers")
    assert draft is not None
    assert [one.question for one in draft.readings] == [f"What does a {role} do?" for role in ("Baker", "Pilot", "Sailor")]


@pytest.mark.parametrize(
    "text", ["How much does a Pilot earn?", "what dough does he knead", "nurse pay", "which of these pays the most"]
)
def test_what_asks_the_guides_is_not_answered_without_them(asked: Pipeline, text: str) -> None:
    assert told(asked, text) is None


@pytest.mark.parametrize("text", ["what careers do you have", "who wrote this"])
def test_of_no_guide_nothing_is_told(asked: Pipeline, text: str) -> None:
    assert told(asked, text, ["no such guide"]) is None


def test_a_question_of_no_content_is_asked_back_unless_there_is_a_conversation(asked: Pipeline) -> None:
    draft = told(asked, "why?")
    assert draft is not None and (draft.status, draft.cause, draft.message) == ("clarify", "unclear", say("asked", "unclear"))
    assert 2 <= len(draft.readings) <= 4
    assert told(asked, "why?", None, "What does a Pilot do?") is None


def test_a_bare_topic_that_several_guides_tell_of_is_asked_back(asked: Pipeline) -> None:
    draft = told(asked, "What is the pay?")
    assert draft is not None and (draft.status, draft.message) == ("clarify", say("asked", "unclear"))
    assert [one.question for one in draft.readings] == ["How much does a Pilot earn?", "How much does a Sailor earn?"]


@pytest.mark.parametrize("text", ["the pilot", "Pilot", "the pilot one"])
def test_what_was_asked_back_keeps_its_question_when_a_reading_is_picked_in_words(asked: Pipeline, text: str) -> None:
    answer = asked.ask(text, [Turn("pay?")])
    assert (answer.question, answer.standalone) == (text, "How much does a Pilot earn?")
    assert "$90,000" in answer.text


@pytest.mark.parametrize("text", ["does a pilot smoke", "What does a Pilot do?", "the nurse", "why"])
def test_what_picks_no_reading_is_read_as_it_stands(asked: Pipeline, text: str) -> None:
    assert asked.ask(text, [Turn("pay?")]).standalone == text


@pytest.mark.parametrize(
    ("text", "documents", "earlier"),
    [
        ("pay?", ["pilot"], []),  # one guide
        ("pay?", ["baker", "pilot"], []),  # two, of which one tells of it
        ("skills?", None, []),
        ("pay?", None, ["What does a Pilot do?"]),
        ("pay of a Pilot?", None, []),
        ("pay at night?", None, []),  # says more than the topic
    ],
)
def test_a_topic_that_leaves_nothing_open_is_not_asked_back(
    asked: Pipeline, text: str, documents: list[str] | None, earlier: list[str]
) -> None:
    assert told(asked, text, documents, *earlier) is None


def test_another_language_is_declined_where_all_guides_are_in_english(asked: Pipeline) -> None:
    draft = told(asked, "¿Cuánto gana una enfermera?")
    assert draft is not None and (draft.cause, draft.basis) == ("language", "routing")


def test_the_careers_named_in_the_question_for_them_go_first(tmp_path: Path) -> None:
    many = {
        f"{at}.md": f"# {role}\n\nA {role} works.\n" for at, role in enumerate(["Baker", "Night Nurse", "Pilot", "School Nurse"])
    }
    draft = told(pipeline_of(tmp_path, many), "what roles can I ask about")
    assert draft is not None and draft.message == "The guides describe Baker, Night Nurse, Pilot and School Nurse."


def test_a_source_is_told_with_its_date_and_address(tmp_path: Path) -> None:
    pipeline = pipeline_of(tmp_path, {"sailor.md": SAILOR})
    [document] = pipeline.index.documents.values()
    assert document.collected is None
    draft = told(pipeline, "what are your sources")
    assert draft is not None and draft.message is not None and draft.message.startswith("The answers are quoted from “Sailor”. ")


@pytest.mark.parametrize(
    ("text", "documents", "all_of_them"),
    [
        ("which of these pays the most", None, True),
        ("which of these pays the most", ["pilot"], False),
        ("What does a Pilot earn?", None, False),
        ("the dough", None, False),
    ],
)
def test_which_questions_are_put_to_every_career(
    asked: Pipeline, text: str, documents: list[str] | None, all_of_them: bool
) -> None:
    assert asked.routes.asks_of_all(asked.reader.read(text), asked.scopes.of(documents)) == all_of_them
