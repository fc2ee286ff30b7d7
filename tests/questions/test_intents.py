"""What a question wants of the service itself."""

from collections.abc import Sequence

import pytest

from rag.evaluation.judgements import read_judged
from rag.models.encoder import OnnxEncoder
from rag.models.scorer import scorer_folder
from rag.pipeline import Pipeline
from rag.questions.intents import EXAMPLES, NAMES, NEAREST, IntentFit, Intents
from tests.conftest import ROOT
from tests.hashing import HashingEncoder
from tests.train.intents import examples

JUDGED = sorted(
    path for path in (ROOT / "tests" / "judgements").rglob("*.jsonl") if path.parent.name not in ("intents", "careers")
)
NEVER = ["How much does a nurse earn?", "who won the world cup", "What about the hours?", "Do I need a degree?", "perks"]


@pytest.mark.parametrize(("intent", "example"), [(name, one) for name, its in EXAMPLES.items() for one in its])
def test_an_example_has_its_intent(hashing: HashingEncoder, intent: str, example: str) -> None:
    found = Intents(hashing)
    assert found.of(example) == intent and found.nearest(example)[1] == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("question", NEVER)
def test_what_is_near_no_example_asks_the_guides(hashing: HashingEncoder, question: str) -> None:
    intents = Intents(hashing)
    assert intents.of(question) is None and intents.nearest(question)[1] < NEAREST


@pytest.fixture(scope="module")
def fit(pipeline: Pipeline) -> IntentFit:
    """What was fitted to the default encoder."""
    fit = IntentFit.beside(scorer_folder(pipeline.index.model_sha256))
    assert fit and 0.5 <= fit.threshold < 1
    assert fit.weights.shape == (len(NAMES), pipeline.networks.encoder.encode(["a"])[0].embedding.size)
    return fit


@pytest.fixture(scope="module")
def fitted(encoder: OnnxEncoder, fit: IntentFit) -> Intents:
    return Intents(encoder, fit)


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("Hello there", "greeting"),
        ("Good morning!", "greeting"),
        ("Which careers do you have?", "careers"),
        ("list all careers", "careers"),
        ("what jobs r there", "careers"),
        ("Who wrote this guide?", "about"),
        ("Which of these careers pays the most?", "across"),
    ],
)
def test_other_words_for_the_same_have_the_same_intent(fitted: Intents, question: str, intent: str) -> None:
    assert fitted.of(question) == intent


@pytest.mark.model
@pytest.mark.parametrize(
    ("intent", "least"), [("none", 98), ("greeting", 19), ("careers", 16), ("about", 14), ("summary", 26), ("across", 10)]
)
def test_most_of_what_another_author_asks_of_the_service_is_told(fitted: Intents, intent: str, least: int) -> None:
    kept = [one.text for one in examples("kept") if one.intent == intent]
    assert len(kept) in (30, 100)
    assert sum((fitted.of(text) or "none") == intent for text in kept) >= least


def answerable() -> Sequence[str]:
    """Every ninth of the judged questions that a guide answers: most were learned, and encoding all takes a minute."""
    asked = (one.question for file in JUDGED for one in read_judged(file) if one.answerable and not one.history)
    return list(dict.fromkeys(asked))[::9]


@pytest.mark.model
def test_hardly_a_judged_question_that_a_guide_answers_is_taken(encoder: OnnxEncoder, fit: IntentFit) -> None:
    asked = answerable()
    nearest = [fit.nearest(one.embedding) for one in encoder.encode(asked)]  # all at once, in a third of the time
    assert len(asked) > 500
    taken = [question for question, (_, chance) in zip(asked, nearest, strict=True) if chance >= fit.threshold]
    assert len(taken) <= len(asked) / 1000, taken
