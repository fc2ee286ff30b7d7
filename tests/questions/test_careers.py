"""Which careers a question names, and which role it names that no guide describes."""

import pytest

from rag.guides.outline import outline
from rag.pipeline import Pipeline
from rag.questions.careers import Careers
from rag.questions.names import question_words
from tests.handmade import GUIDES, document

KNOWN_AS = "# Pastry Cook\n\nAlso known as: sugar artist, confectioner or sweet maker\n\nA Pastry Cook makes cakes.\n"


def careers(**guides: str) -> Careers:
    documents = [document(f"{name}.md", text) for name, text in sorted(guides.items())]
    return Careers(documents, {one.id: outline(one) for one in documents})


@pytest.fixture(scope="module")
def seed(pipeline: Pipeline) -> Careers:
    return Careers(pipeline.index.documents.values(), pipeline.index.outlines)


@pytest.fixture(scope="module")
def six(guides: Pipeline) -> Careers:
    return Careers(guides.index.documents.values(), guides.index.outlines)


def named(held: Careers, question: str) -> tuple[tuple[str, ...], str | None]:
    found = held.resolve(question_words(question))
    return found.careers, found.unheld


def test_a_questions_words_have_offsets_and_parts() -> None:
    text = "Baker’s full-stack pay/perks"
    found = question_words(text)
    assert [word.text for word in found] == ["baker", "full", "stack", "pay", "perks"]
    assert [text[word.start : word.end] for word in found] == ["Baker’s", "full", "stack", "pay", "perks"]


@pytest.mark.parametrize(
    ("question", "career"),
    [
        ("applied science director", "Director of Applied Science"),
        ("What do Directors of Applied Science do?", "Director of Applied Science"),
        ("hed of analitics enginering", "Head of Analytics Engineering"),
        ("lead data science eng salary", "Lead Data Science Engineer"),
        ("GenAI engineer", "Generative AI Engineer"),
        ("HoAE duties", "Head of Analytics Engineering"),
        ("full-stack AI developers", "Full Stack AI Developer"),
    ],
)
def test_titles_are_known_reordered_misspelt_and_short(seed: Careers, question: str, career: str) -> None:
    assert named(seed, question) == ((career,), None)


def test_the_words_that_name_a_career_are_marked(seed: Careers) -> None:
    found = seed.resolve(question_words("How much does a Knowledge Engineer earn?"))
    assert (found.careers, sorted(found.used)) == (("Knowledge Engineer",), [4, 5])


def test_two_careers_come_in_the_questions_order(seed: Careers) -> None:
    asked = "How do Knowledge Engineers and Generative AI Engineers differ?"
    assert named(seed, asked) == (("Knowledge Engineer", "Generative AI Engineer"), None)


@pytest.mark.parametrize(
    ("question", "unheld"),
    [
        ("data analyst salary", "data analyst"),
        ("How do I become a nurse?", "nurse"),
        ("What do clinical data science engineers earn?", "clinical data science engineers"),
        ("joiner pay", "joiner"),
        ("what does a head of marketing do", "head of marketing"),
        ("chief data officer salary", "chief data officer"),
        ("how do I become a head teacher", "head teacher"),
    ],
)
def test_a_role_that_no_guide_describes_is_named(seed: Careers, question: str, unheld: str) -> None:
    assert named(seed, question) == ((), unheld)


@pytest.mark.parametrize(
    "question",
    ["Which offers better pay?", "Is Denver cheaper?", "Does it lead to more pay?", "Would my manager approve?", "What number?"],
)
def test_words_formed_like_roles_or_about_others_name_none(seed: Careers, question: str) -> None:
    assert named(seed, question) == ((), None)


def test_a_bare_head_names_the_one_career_that_has_it(six: Careers) -> None:
    assert named(six, "What does a hygienist earn?") == (("Dental Hygienist",), None)
    assert named(six, "What does a technician earn?") == ((), None)


def test_other_names_come_from_front_matter_and_the_text(six: Careers) -> None:
    assert named(six, "windsmith salary") == (("Wind Turbine Technician",), None)
    assert named(six, "How is a gallery lighting specialist paid?") == (("Museum Lighting Designer",), None)
    assert named(careers(cook=KNOWN_AS), "What does a confectioner do?") == (("Pastry Cook",), None)


def test_a_word_the_guide_uses_may_stand_before_a_title_and_a_foreign_one_may_not() -> None:
    text = "# Dental Nurse\n\nA Dental Nurse helps. Some work at night.\n"
    held = careers(nurse=text)
    assert named(held, "night dental nurse pay") == (("Dental Nurse",), None)
    assert named(held, "veterinary nurse pay")[0] == ()


def test_a_state_before_a_bare_head_makes_no_other_role_and_a_kind_does(six: Careers, seed: Careers) -> None:
    assert named(six, "What does a certified controller at a busy centre earn?") == (("Air Traffic Controller",), None)
    assert named(six, "chartered controller pay") == ((), "chartered controller")
    assert named(seed, "data developer salary") == ((), "data developer")


def test_what_stands_between_two_careers_is_in_no_title(seed: Careers) -> None:
    both = ("Knowledge Engineer", "Generative AI Engineer")
    assert named(seed, "Which pays more, knowledge engineer or genai engineer?") == (both, None)
    held = careers(lead="# Research and Development Manager\n\nA Research and Development Manager plans.\n")
    assert named(held, "research and development manager") == (("Research and Development Manager",), None)


def test_what_stands_before_a_verb_says_nothing_of_the_role_after_it(six: Careers) -> None:
    assert named(six, "Will AI replace librarians?") == (("School Librarian",), None)
    assert named(six, "Will AI replace data analysts?") == ((), "data analysts")


def test_the_nearest_careers_share_words_with_a_role(seed: Careers) -> None:
    assert seed.nearest("data analyst") == ["Lead Data Science Engineer"]
    assert seed.nearest("knowledge manager") == ["Knowledge Engineer", "GenAI Knowledge Engineer"]
    assert seed.nearest("nurse") == []
    assert seed.nearest("knowledge manager", among=["GenAI Knowledge Engineer"]) == ["GenAI Knowledge Engineer"]


def test_the_first_guide_of_a_career_is_its_document() -> None:
    held = careers(**{path.removesuffix(".md"): text for path, text in GUIDES.items()}, zz="# Pilot\n\nA Pilot sails too.\n")
    assert held.titles == {"Baker": "baker", "Pilot": "pilot"}
