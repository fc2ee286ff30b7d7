"""The figure that a relative figure is relative to, quoted beside it."""

import pytest

from rag.pipeline import Pipeline


@pytest.mark.parametrize(
    ("question", "quotes"),
    [
        (
            "How much more does a hygienist earn in Alaska?",
            ["Alaska and Washington: 20-30% above the median", "Median Annual Pay: $87,500"],
        ),
        ("hygienist pay in California", ["California: 15-25% above the median", "Median Annual Pay: $87,500"]),
        ("What is the median pay of a dental hygienist?", ["Median Annual Pay: $87,500"]),
    ],
)
def test_the_base_follows_what_is_measured_against_it(guides: Pipeline, question: str, quotes: list[str]) -> None:
    answer = guides.ask(question)
    assert [citation.quote for citation in answer.citations] == quotes and len(answer.text) < 300


def test_a_base_in_another_part_of_the_same_section_is_found(pipeline: Pipeline) -> None:
    bonus, base = pipeline.ask("How big are annual bonuses?").citations
    assert (bonus.quote, base.quote) == (
        "Annual Bonuses: 10-20% of base salary",
        "Base Salary Range: $137,000 - $401,000 per year",
    )
    assert bonus.passage.path[:-1] == base.passage.path[:-1]


@pytest.mark.parametrize(
    "question", ["pay in San Francisco", "How large is a sign-on bonus?", "What is the growth of jobs for a data scientist?"]
)
def test_a_base_that_the_guide_does_not_give_in_so_many_words_is_not_guessed(pipeline: Pipeline, question: str) -> None:
    assert len(pipeline.ask(question).citations) == 1
