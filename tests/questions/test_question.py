"""What was typed to a question: mended, in its conversation, with its careers and topics."""

import pytest

from rag.errors import QuestionError
from rag.guides.outline import outline
from rag.questions.careers import Careers
from rag.questions.question import Question, Reader
from rag.questions.spelling import Speller
from rag.questions.topics import ASKING, SYNONYMS
from rag.reply import Turn
from rag.text.words import words
from tests.handmade import THREE, document

KNOWN = frozenset(["radio", "paris", "where", "first", "work", "good"])


def reader_of(**guides: str) -> Reader:
    documents = [document(path, text) for path, text in sorted((guides or THREE).items())]
    spoken = {word for one in documents for word in words(one.text)}
    careers = Careers(documents, {one.id: outline(one) for one in documents}, spoken)
    return Reader(careers, Speller(spoken, KNOWN, ASKING | careers.spellings, SYNONYMS))


READER = reader_of()


def read(question: str, *earlier: str) -> Question:
    return READER.read(question, [Turn(one) for one in earlier])


def test_slips_and_short_forms_are_mended_and_what_was_typed_is_kept() -> None:
    found = read("slary of a pliot")
    assert (found.typed, found.text) == ("slary of a pliot", "salary of a pilot")
    assert (found.careers, found.topics) == (("Pilot",), frozenset(["salary"]))


def test_what_cannot_be_seen_is_left_out() -> None:
    assert read("\u202ewhat are\x00 the\u200b perks?\ud800").typed == "what are the perks?"


@pytest.mark.parametrize("typed", ["", " \n", "?!", "x" * 401])
def test_what_is_no_question_is_refused(typed: str) -> None:
    with pytest.raises(QuestionError):
        read(typed)


def test_a_question_that_names_no_career_is_about_the_one_talked_of_last() -> None:
    found = read("and what does it earn?", "What does a Pilot do?", "What does a baler do?", "Is it hard work?")
    assert (found.careers, found.named) == (("Baker",), False)
    assert found.earlier == ("What does a Pilot do?", "What does a baker do?", "Is it hard work?")
    assert read("and what does it earn?").careers == read("and it?", "the weather", "dough").careers == ()


def test_a_career_that_is_named_goes_before_those_talked_of() -> None:
    found = read("And a Sailor?", "What does a Pilot do?")
    assert (found.careers, found.named) == (("Sailor",), True)


def test_a_role_that_no_guide_describes_is_not_the_one_talked_of() -> None:
    found = read("What does a nurse earn?", "What does a Pilot do?")
    assert (found.careers, found.unheld) == ((), "nurse")


@pytest.mark.parametrize(
    ("question", "compares"),
    [
        ("How do a Baker and a Pilot differ?", True),
        ("Baker vs Pilot", True),
        ("Which is better, a baker or a pilot?", True),
        ("What do a Baker and a Pilot have in common?", True),
        ("Is a Baker better?", False),
        ("What does a baker sell to a pilot?", False),
    ],
)
def test_a_comparison_needs_two_careers_and_a_word_for_it(question: str, compares: bool) -> None:
    assert read(question).compares == compares


def test_a_question_about_several_careers_is_put_to_one_as_it_is_or_in_the_words_of_its_topic() -> None:
    found = read("Compare the pay of a Baker, a Pilot and a Sailor")
    own = found.of("Pilot")
    assert (own.careers, own.text, own.compares, own.topics) == (("Pilot",), found.text, False, found.topics)
    plainly = found.plainly_of("Pilot")
    assert plainly is not None and (plainly.text, plainly.careers) == ("How much does a Pilot earn?", ("Pilot",))
    assert plainly.plain and plainly.career == "Pilot" and plainly.typed == found.typed
    assert read("Compare the pay and the training of a Baker and a Pilot").plainly_of("Pilot") is None
    assert read("Compare a Baker and a Pilot").plainly_of("Pilot") is None


def test_words_of_another_language_are_told_from_a_careers_own() -> None:
    assert READER.foreign(read("¿Cuánto gana una enfermera?")) == "Cuánto gana una enfermera"
    for english in ("who made the dough of a Pilot", "hte slary of a bakre"):
        assert READER.foreign(read(english)) == ""


def test_the_words_of_a_career_ask_for_no_topic() -> None:
    nurse = reader_of(**{"nurse.md": "# School Nurse\n\nA School Nurse looks after pupils and earns a salary.\n"})
    found = nurse.read("How much does a school nurse earn?")
    assert (found.careers, found.topics, found.plain) == (("School Nurse",), frozenset(["salary"]), True)


def test_a_question_as_a_topic_asks_it_is_plain() -> None:
    assert read("What training does a pilot need?").plain
    assert not read("What training does a pilot need in Paris?").plain
    assert not read("How much does a pilot need?").plain
