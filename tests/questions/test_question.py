"""How a question is read: words mended, careers set aside, and the terms that an answer has to account for."""

import pytest

from rag.datatypes import Turn
from rag.guides.outline import outline
from rag.pipeline import Pipeline
from rag.questions.careers import Careers
from rag.questions.question import Reader, Reading
from rag.questions.topics import SYNONYMS
from rag.text.words import words
from tests.handmade import GUIDES, document

KNOWN = frozenset(["radio", "paris", "where", "first"])


@pytest.fixture(scope="module")
def reader() -> Reader:
    """A reader of two small guides, every word of which is as rare as the next."""
    documents = [document(path, text) for path, text in sorted(GUIDES.items())]
    careers = Careers(documents, {one.id: outline(one) for one in documents})
    return Reader(careers, {word: 2.0 for one in documents for word in words(one.text)}, KNOWN, SYNONYMS)


def read(pipeline: Pipeline, question: str, *earlier: str) -> Reading:
    return pipeline.assistant.consider(question, [Turn(one) for one in earlier])[0]


def terms(reading: Reading) -> list[str]:
    return [term.text for term in reading.terms]


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("hed of analitics enginering responsibilites", "hed of analytics engineering responsibilities"),
        ("lead ds eng salary nyc", "lead data science engineer salary new york city"),
        ("fullstack ai dev", "full stack ai developer"),
        ("Radiographer pay", "Radiographer pay"),
        ("HoAE duties", "HoAE duties"),
        ("2024 GDPR 401(k) Überblick", "2024 GDPR 401(k) Überblick"),
    ],
)
def test_slips_and_short_forms_are_mended_and_names_are_not(pipeline: Pipeline, question: str, text: str) -> None:
    assert read(pipeline, question).text == text


def test_a_short_form_is_written_out_unless_the_guides_use_it(reader: Reader, pipeline: Pipeline) -> None:
    assert reader.mend("Is AI for a baker?") == "Is artificial intelligence for a baker?"
    assert read(pipeline, "Is AI for a baker?").text == "Is AI for a baker?"
    assert reader.mend("bred and doug in the ovven") == "bread and dough in the oven"


def test_the_careers_words_are_blanked_and_the_rest_keeps_its_place(reader: Reader) -> None:
    found = reader.read("How much does a Pilot earn?")
    assert (found.careers, found.named, found.unheld) == (("Pilot",), (16, 21), None)
    assert found.residual == "How much does a       earn?"
    assert [(term.text, found.residual[term.start : term.end]) for term in found.terms] == [
        ("earn", "earn"),
        ("How much", "How much"),
    ]
    assert found.facets == {"salary"}


def test_terms_say_what_else_would_do(pipeline: Pipeline) -> None:
    [term] = read(pipeline, "What PhD do I need?").terms
    assert term.text == "ph.d" and term.alternatives == (frozenset(["ph.d"]), frozenset(["phd"]))
    assert not term.exact and 0.05 <= term.weight <= 1


def test_numbers_and_names_are_exact(reader: Reader) -> None:
    assert [(term.text, term.exact) for term in reader.read("what is the pay in Paris at 35").terms] == [
        ("pay", False),
        ("paris", True),
        ("35", True),
    ]
    assert [term.exact for term in reader.read("PAY IN PARIS").terms] == [False, False]


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("What is a Baker?", "overview"),
        ("tell me about the baker role please", "overview"),
        ("What does a Baker do?", "duties"),
        ("what would I do all day as a baker", "duties"),
        ("What does a day of a Baker look like?", "ask"),
        ("What does a Baker do before dawn?", "ask"),
        ("How do a Baker and a Pilot differ?", "compare"),
        ("Baker, Pilot", "compare"),
        ("What do the jobs pay?", "ask"),
    ],
)
def test_what_a_question_wants(reader: Reader, question: str, intent: str) -> None:
    assert reader.read(question).intent == intent


def test_a_role_of_no_guide_is_kept_apart_with_its_words(reader: Reader) -> None:
    found = reader.read("How much does a dental nurse earn?")
    assert (found.careers, found.unheld, sorted(found.unheld_stems)) == ((), "dental nurse", ["dental", "nurs"])


def test_phrases_ask_for_facets(pipeline: Pipeline) -> None:
    found = read(pipeline, "how do I get into this field")
    assert terms(found) == ["get into"] and found.facets == {"entry"}


def test_a_word_counts_once_and_light_words_only_where_nothing_else_is_left(reader: Reader) -> None:
    assert terms(reader.read("bread, Bread and breads")) == ["bread"]
    assert terms(reader.read("What are the main examples?")) == ["examples"]
    assert terms(reader.read("tell me about the job")) == []


def test_a_number_that_names_one_of_several_has_to_be_met_and_one_that_counts_has_not(reader: Reader) -> None:
    [grade, nine] = reader.read("What is the pay of a grade 9 baker?").terms[1:]
    assert (grade.text, nine.text, nine.exact) == ("grade", "9", True)
    assert reader.read("Is there a level 7 baker?").terms[0].start == len("Is there a ")
    assert terms(reader.read("top 5 skills of a baker")) == terms(reader.read("give me 12 skills of a baker")) == ["skills"]
    assert terms(reader.read("What does a baker with 9 ovens do?")) == ["ovens"]


def test_advice_on_something_asks_for_what_it_is_on(reader: Reader) -> None:
    assert terms(reader.read("oven tips for a baker")) == ["oven"]
    assert terms(reader.read("any tips for a baker?")) == ["tips"]
