"""The line above the quotes of an answer to part of a question."""

import pytest

from rag.answers.partly import partly
from rag.reply import Partial


@pytest.mark.parametrize(
    ("partial", "quoted", "line"),
    [
        (Partial("UK", "US market, 2024"), "$90,000", "no figures for the UK. They give these for the US market, 2024."),
        (Partial("Paris", "Rome"), "none", "The guides don’t say this for Paris. They say it for Rome."),
        (Partial("a trainee", "I grade"), "none", "don’t say this for a trainee. They say it for I grade."),
    ],
)
def test_what_was_asked_and_what_is_given_are_named(partial: Partial, quoted: str, line: str) -> None:
    assert partly(partial, quoted).endswith(line)
