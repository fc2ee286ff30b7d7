"""Which language a text is in."""

import pytest

from rag.text.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("cuanto gana un", "Spanish"),
        ("quel est le salaire d'un ingenieur", "French"),
        ("Wie viel verdient man in diesem Beruf", "German"),
        ("какая зарплата у инженера", "Russian"),
        ("工程师的工资是多少", "Chinese"),
        ("salary nyc", None),
        ("perks", None),
        ("hoae duties", None),
    ],
)
def test_a_few_words_tell_the_language(text: str, language: str | None) -> None:
    assert language_of(text) == language
