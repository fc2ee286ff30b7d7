"""Questions mended by the words of a corpus."""

from rag.questions.spelling import Speller

WORDS = ["librarian", "salary", "bachelor's", "knead", "dough", "remote", "guide"]
KNOWN = frozenset(["house", "form"])
SPELLER = Speller(WORDS, KNOWN, frozenset(["responsibilities"]), {"wfh": "remote", "ml": "machine learning"})


def test_slips_of_the_pen_are_put_right() -> None:
    assert SPELLER.mend("slary of a libarian?") == "salary of a librarian?"
    assert SPELLER.mend("responsibilites") == "responsibilities"


def test_words_that_are_known_stay() -> None:
    assert SPELLER.mend("what form does a house have") == "what form does a house have"
    assert SPELLER.mend("Form-house 2024 dé") == "Form-house 2024 dé"


def test_short_forms_are_written_out_where_the_guides_have_what_they_stand_for() -> None:
    assert SPELLER.mend("wfh?") == "remote?"


def test_a_role_is_no_slip_of_a_word_that_is_none() -> None:
    assert Speller(["radiography"], frozenset(), frozenset(), {}).mend("radiographer") == "radiographer"


def test_words_of_another_language_are_told_from_slips() -> None:
    assert SPELLER.foreign("¿Cuánto gana una enfermera?", frozenset()) == "Cuánto gana una enfermera"
    assert SPELLER.foreign("what is the slary of a libarian", frozenset()) == ""
    assert SPELLER.foreign("gana librarian", frozenset(["librarian"])) == ""
