"""What a question wants of the service itself."""

from collections.abc import Sequence

import pytest

from rag.evaluation.judgements import read_judged
from rag.models.caching import RememberingEncoder
from rag.models.encoder import OnnxEncoder
from rag.questions.intents import EXAMPLES, NEAREST, Intents
from tests.conftest import ROOT
from tests.hashing import HashingEncoder

JUDGED = sorted((ROOT / "tests" / "judgements").rglob("*.jsonl"))
NEVER = ["How much does a nurse earn?", "who won the world cup", "What about the hours?", "Do I need a degree?", "perks"]


@pytest.mark.parametrize(("intent", "example"), [(name, one) for name, its in EXAMPLES.items() for one in its])
def test_an_example_has_its_intent(hashing: HashingEncoder, intent: str, example: str) -> None:
    found = Intents(hashing)
    assert found.of(example) == intent and found.nearest(example)[1] == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("question", NEVER)
def test_what_is_near_no_example_asks_the_guides(hashing: HashingEncoder, question: str) -> None:
    intents = Intents(hashing)
    assert intents.of(question) is None and intents.nearest(question)[1] < NEAREST


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("Hello there", "greeting"),
        ("Good morning!", "greeting"),
        ("Which careers do you have?", "careers"),
        ("list all careers", "careers"),
        ("Who wrote this guide?", "about"),
        ("Which of these careers pays the most?", "across"),
    ],
)
def test_other_words_for_the_same_have_the_same_intent(encoder: OnnxEncoder, question: str, intent: str) -> None:
    assert Intents(encoder).of(question) == intent


def answerable() -> Sequence[str]:
    return list({one.question for file in JUDGED for one in read_judged(file) if one.answerable and not one.history})


@pytest.mark.model
def test_no_judged_question_that_a_guide_answers_is_taken(encoder: OnnxEncoder) -> None:
    asked = answerable()
    remembering = RememberingEncoder(encoder, tokens=100 * len(asked))
    remembering.encode(asked)  # all at once, in a third of the time
    intents = Intents(remembering)
    assert len(asked) > 500
    assert [question for question in asked if intents.of(question) in ("greeting", "careers", "about")] == []
