"""Answers to part of a question: what is asked for and not given, and the line above the quotes."""

import pytest

from rag.answers.citation import quotes
from rag.answers.draft import Draft
from rag.answers.partly import partly, qualified
from rag.datatypes import Partial
from rag.questions.question import Question
from tests.handmade import group_of

HEADED = "# Baker\n\n## Pay (US market, 2024)\n\nA Baker earns $31,200 a year and has two days off a week.\n"
DATED = "# Baker\n\n## Pay\n\nA Baker earned $31,200 a year in 2023.\n"
BARE = "# Baker\n\n## Day\n\nA Baker starts at four and sells in York.\n"


def draft(text: str, question: str) -> Draft:
    group = group_of(text)
    found = tuple(quotes(group, range(len(group.units)), 0.9))
    return qualified(Question(question, question), Draft("answered", "score", 0.9, found, found[0], ("Ours.",)))


@pytest.mark.parametrize(
    ("text", "question", "asked", "given"),
    [
        (HEADED, "what does a baker earn in 2019", "2019", "US market, 2024"),
        (HEADED, "What does a baker earn in the UK?", "UK", "US market, 2024"),
        (HEADED, "baker pay per hour", "an hour", "a year"),
        (HEADED, "hourly rate?", "an hour", "a year"),
        (HEADED, "what do they get daily", "a day", "a year"),
        (DATED, "what did bakers get in 2017?", "2017", "2023"),
    ],
)
def test_what_is_asked_for_and_not_in_the_quotes_is_told_with_what_they_give(
    text: str, question: str, asked: str, given: str
) -> None:
    found = draft(text, question)
    assert (found.partial, found.remarks) == (Partial(asked, given), ("Ours.",))


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (HEADED, "What does a baker earn?"),
        (HEADED, "what does a baker earn in the US"),
        (HEADED, "what does a baker earn in 2024"),
        (HEADED, "baker pay per year"),
        (HEADED, "how many days a week do they get off"),  # asks for no sum of money
        (HEADED, "I have baked since 2011, what would I earn"),  # a circumstance
        (HEADED, "I live in Leeds now and bake at home, what would I earn"),
        (DATED, "what did bakers get in 2023"),
        (BARE, "what did bakers do in 1999"),  # nothing tells when the quotes are of
        (BARE, "when does it start in York"),
    ],
)
def test_what_the_quotes_are_of_or_is_not_plain_is_not_told(text: str, question: str) -> None:
    found = draft(text, question)
    assert (found.partial, found.remarks) == (None, ("Ours.",))


def test_a_place_that_the_guide_is_silent_of_is_remarked_where_the_quotes_are_of_none() -> None:
    assert draft(BARE, "When do bakers start in Cork?").remarks == ("The guide doesn’t mention Cork.", "Ours.")
    assert draft(BARE, "when do bakers start in the UK").remarks[0] == "The guide doesn’t mention the UK."


def test_an_abstention_is_left_as_it_is() -> None:
    blank = Draft("not_found", "score", 0.1)
    assert qualified(Question("pay in 2019", "pay in 2019"), blank) is blank


@pytest.mark.parametrize(
    ("partial", "quoted", "line"),
    [
        (Partial("UK", "US market, 2024"), "$90,000", "no figures for the UK. They give these for the US market, 2024."),
        (Partial("an hour", "a year"), "$90,000", "no figures for an hour. They give these for a year."),
        (Partial("Paris", "Rome"), "none", "The guides don’t say this for Paris. They say it for Rome."),
        (Partial("a trainee", "I grade"), "none", "don’t say this for a trainee. They say it for I grade."),
    ],
)
def test_what_was_asked_and_what_is_given_are_named(partial: Partial, quoted: str, line: str) -> None:
    assert partly(partial, quoted).endswith(line)
