"""What may be asked: cleaned, not empty, not too long, and told in one sentence where it is not."""

import pytest

from rag.errors import QuestionError
from rag.questions.checking import check_question, too_long


def test_what_cannot_be_seen_is_left_out_before_the_length_is_taken() -> None:
    assert check_question("\u202ewhat are\x00 the\u200b perks?\ud800") == "what are the perks?"
    assert check_question("x" * 400 + "\u200b") == "x" * 400


@pytest.mark.parametrize("typed", ["", " \n\t", "?!", "\u200b\U000e0041", "🙂"])
def test_where_nothing_is_asked_a_question_is_asked_for(typed: str) -> None:
    with pytest.raises(QuestionError, match=r"^Enter a question\.$"):
        check_question(typed)


def test_a_long_question_is_told_its_length_and_what_it_is_called() -> None:
    with pytest.raises(QuestionError, match=r"^Shorten your question to 400 characters\. It has 401\.$"):
        check_question("x" * 401)
    assert too_long("x" * 436, "history.0.question") == "Shorten history.0.question to 400 characters. It has 436."
