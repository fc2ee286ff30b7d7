"""Which language a text is in, and what is said to a question in another."""

import pytest

from rag.pipeline import Pipeline
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


@pytest.mark.parametrize(
    "question", ["¿Qué hace un Head of Analytics Engineering?", "Quelles compétences faut-il ?", "データサイエンティストの給料は"]
)
def test_a_question_in_another_language_is_told_so(pipeline: Pipeline, question: str) -> None:
    answer = pipeline.ask(question)
    assert (answer.status, answer.cause) == ("not_found", "language")
    assert answer.message is not None and answer.message.startswith("This seems to be ")


@pytest.mark.parametrize("question", ["salary?", "HoAE skills", "wat is the pay", "jobs near Zzyzx or Ouagadougou"])
def test_short_and_odd_english_is_english(pipeline: Pipeline, question: str) -> None:
    assert pipeline.ask(question).cause != "language"


@pytest.mark.parametrize("question", ["who painted the Mona Lisa", "hed of analitics enginering", "crane operator training"])
def test_plain_english_and_slips_of_the_pen_do_not_ask_for_the_language(pipeline: Pipeline, question: str) -> None:
    reader = pipeline.assistant._reader  # what costs half a second is not to be loaded for these
    assert reader.strange(reader.read(question)) == ""
