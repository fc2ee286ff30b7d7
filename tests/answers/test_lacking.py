"""What a question asks for that the guides don't have."""

from pathlib import Path

import pytest

from rag.loading import build, load
from rag.pipeline import Pipeline
from rag.reply import Partial
from rag.settings import read_settings

pytestmark = pytest.mark.model

ASKED = (("how much does a", " earn"), ("what does a", " do all day"), ("how do i become a", ""))

GUIDE = """# Lamp Keeper

A Lamp Keeper keeps the lamps of a harbour alight.

## Pay

In Portugal a Lamp Keeper starts on 14,200 euros a year, and earns 19,800 euros a year after ten years.

## Hours

A Lamp Keeper works nights, five in a row, and then has four days off.

## How to become one

You need a certificate in first aid and must be 18 or older. Training takes six months, and the harbour pays for it.
"""


@pytest.fixture(scope="module")
def keeper(model_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    """A guide to a career, with the real model."""
    folder = tmp_path_factory.mktemp("keeper")
    (folder / "corpus").mkdir()
    (folder / "corpus" / "keeper.md").write_text(GUIDE, encoding="utf-8")
    settings = read_settings(corpus=folder / "corpus", index=folder / "index")
    build(settings)
    return load(settings)


@pytest.mark.parametrize(
    "question", ["How much does a Lamp Keeper earn in Portugal?", "lamp keeper pay in lisbon after 10 years"]
)
def test_a_place_that_a_guide_has_is_not(keeper: Pipeline, question: str) -> None:
    answer = keeper.ask(question)
    assert (answer.status, answer.partial) == ("answered", None)


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("What pension does a Lamp Keeper get?", "pension"),
        ("is there a union for lamp keepers", "union"),
        ("does a lamp keeper need a visa", "visa"),
    ],
)
def test_a_word_that_what_comes_nearest_lacks_is_named(keeper: Pipeline, question: str, word: str) -> None:
    answer = keeper.ask(question)
    assert answer.status == "not_found" and answer.partial is None
    assert answer.message and answer.message.endswith(f" What comes nearest doesn’t mention “{word}”.")
    assert all(word not in near.quote for near in answer.nearest)


def test_a_place_that_what_comes_nearest_lacks_is_named_with_the_one_it_has(keeper: Pipeline) -> None:
    answer = keeper.ask("How much does a Lamp Keeper earn in Norway?")
    assert (answer.status, answer.partial) == ("not_found", Partial("Norway", "Portugal"))
    assert answer.message and "Norway" in answer.message and "Portugal" in answer.message


@pytest.mark.parametrize("question", ["pension", "pension?", "and a pension", "Norway", "the the pension"])
def test_a_question_of_nothing_else_is_only_left_blank(keeper: Pipeline, question: str) -> None:
    assert keeper.ask(question).status in ("not_found", "clarify")


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("how much does a lead data science engineer earn in the UK", "UK"),
        ("lead data science engineer salary in singapore", "singapore"),
        ("lead data science engineer pay in 2019", "2019"),
        ("how much does a lead data science engineer make in new zealand", "new zealand"),
    ],
)
def test_the_figures_of_the_seed_are_told_to_be_of_their_market(pipeline: Pipeline, question: str, asked: str) -> None:
    answer = pipeline.ask(question)
    assert answer.partial == Partial(asked, "US Market, 2024")
    assert not any("US Market" in remark for remark in answer.remarks)  # it is said once


@pytest.mark.parametrize("place", ["america", "the USA", "the us"])
def test_other_names_of_its_market_are_not_lacking(pipeline: Pipeline, place: str) -> None:
    answer = pipeline.ask(f"how much do lead data science engineers make in {place}")
    assert (answer.status, answer.partial) == ("answered", None)


def test_hardly_an_answer_that_is_right_is_called_partial(guides: Pipeline) -> None:
    asked = [f"{start} {career.lower()}{end}" for career in guides.scopes.of(None).careers for start, end in ASKED]
    answers = [guides.ask(question) for question in asked]
    answered = [answer for answer in answers if answer.status == "answered"]
    assert len(answered) > len(asked) / 2 and not [answer.question for answer in answered if answer.partial]
