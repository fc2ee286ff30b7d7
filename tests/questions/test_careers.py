"""Which careers a question names, and which role it names that no guide describes."""

import pytest

from rag.datatypes import Document
from rag.guides.corpus import read_corpus
from rag.guides.outline import outline
from rag.questions.careers import Careers
from rag.text.words import words
from tests.conftest import ROOT
from tests.handmade import document

KNOWN_AS = "# Pastry Cook\n\nAlso known as: sugar artist, confectioner or sweet maker\n\nA Pastry Cook makes cakes.\n"


def held(documents: list[Document]) -> Careers:
    spoken = {word for one in documents for word in words(one.text)}
    return Careers(documents, {one.id: outline(one) for one in documents}, spoken)


def careers(**guides: str) -> Careers:
    return held([document(f"{name}.md", text) for name, text in sorted(guides.items())])


def role(title: str, text: str = "") -> str:
    return f"# {title}\n\n{text}\n\nA {title} works.\n"


SEED = held(read_corpus(ROOT / "corpus"))
SIX = held(read_corpus(ROOT / "tests" / "judgements" / "guides"))


def named(of: Careers, question: str) -> tuple[tuple[str, ...], str | None]:
    found = of.named(question)
    return found.careers, found.unheld


@pytest.mark.parametrize(
    ("question", "career"),
    [
        ("applied science director", "Director of Applied Science"),
        ("What do Directors of Applied Science do?", "Director of Applied Science"),
        ("lead data science eng salary", "Lead Data Science Engineer"),
        ("HoAE duties", "Head of Analytics Engineering"),
        ("full-stack AI developers", "Full Stack AI Developer"),
    ],
)
def test_titles_are_known_reordered_and_short(question: str, career: str) -> None:
    assert named(SEED, question) == ((career,), None)


def test_the_words_that_name_a_career_are_marked() -> None:
    found = SEED.named("How much does a Knowledge Engineer earn?")
    assert (found.careers, sorted(found.used)) == (("Knowledge Engineer",), [4, 5])


def test_two_careers_come_in_the_questions_order() -> None:
    asked = "How do Knowledge Engineers and Generative AI Engineers differ?"
    assert named(SEED, asked) == (("Knowledge Engineer", "Generative AI Engineer"), None)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("GenAI Knowledge Engineer vs Knowledge Engineer", ("GenAI Knowledge Engineer", "Knowledge Engineer")),
        ("Knowledge Engineer vs GenAI Knowledge Engineer", ("Knowledge Engineer", "GenAI Knowledge Engineer")),
        ("GenAI Knowledge Engineer", ("GenAI Knowledge Engineer",)),
    ],
)
def test_a_name_within_another_is_told_where_it_stands_on_its_own_too(question: str, found: tuple[str, ...]) -> None:
    assert named(SEED, question) == (found, None)


@pytest.mark.parametrize(
    ("question", "unheld"),
    [
        ("data analyst salary", "data analyst"),
        ("How do I become a nurse?", "nurse"),
        ("What do clinical data science engineers earn?", "clinical data science engineers"),
        ("joiner pay", "joiner"),
        ("chief data officer salary", "chief data officer"),
        ("how do I become a head teacher", "head teacher"),
        ("are plumbers paid well", "plumbers"),
        ("how long is the day of a lead marine engineer at sea", "lead marine engineer"),
        ("do plumbers train managers", "plumbers"),
        ("data engineer pay", "data engineer"),
        ("What does a knowledge manager do?", "knowledge manager"),
    ],
)
def test_a_role_that_no_guide_describes_is_named(question: str, unheld: str) -> None:
    assert named(SEED, question) == ((), unheld)


@pytest.mark.parametrize(
    "question",
    ["Which offers better pay?", "Is Denver cheaper?", "Does it lead to more pay?", "Would my manager approve?", "What number?"],
)
def test_words_formed_like_roles_or_about_others_name_none(question: str) -> None:
    assert named(SEED, question) == ((), None)


def test_a_part_that_several_careers_share_names_none() -> None:
    assert named(SIX, "What does a technician earn?") == ((), None)
    assert named(SIX, "dental") == ((), None)
    assert named(SEED, "engineer") == ((), None)


def test_other_names_come_from_front_matter_and_the_text() -> None:
    assert named(SIX, "windsmith salary") == (("Wind Turbine Technician",), None)
    assert named(SIX, "How is a gallery lighting specialist paid?") == (("Museum Lighting Designer",), None)
    assert named(careers(cook=KNOWN_AS), "What does a confectioner do?") == (("Pastry Cook",), None)


def test_a_name_that_two_careers_go_by_is_that_of_the_title_or_of_none() -> None:
    both = careers(
        cook=role("Cook", "Also known as: chef"), pilot=role("Ship Pilot", "Also known as: pilot, chef"), air=role("Pilot")
    )
    assert named(both, "chef pay") == ((), None)
    assert named(both, "pilot pay") == (("Pilot",), None)
    assert named(both, "ship pilots and pilots") == (("Ship Pilot", "Pilot"), None)


def test_a_word_before_part_of_a_title_makes_another_role_unless_the_guides_use_it() -> None:
    nurse = careers(nurse=role("Dental Nurse", "Some work at night."), cook=role("Cook"))
    assert named(nurse, "night dental nurse pay") == (("Dental Nurse",), None)
    assert named(nurse, "veterinary nurse pay") == ((), "veterinary nurse")


def test_most_of_a_name_names_it_and_half_does_not() -> None:
    three = careers(one=role("Wind Turbine Technician"))
    assert named(three, "wind technicians") == (("Wind Turbine Technician",), None)
    assert named(three, "technician pay")[0] == ()


def test_what_stands_between_two_careers_is_in_no_name_unless_it_is_the_names() -> None:
    research = careers(lead=role("Research and Development Manager"))
    assert named(research, "research and development manager") == (("Research and Development Manager",), None)
    assert named(careers(cook=KNOWN_AS), "pastry or cook")[0] == ()
    assert named(careers(cook=KNOWN_AS), "cook of pastry") == (("Pastry Cook",), None)


def test_what_stands_before_a_verb_says_nothing_of_the_role_after_it() -> None:
    assert named(SIX, "Will AI replace the school librarian?") == (("School Librarian",), None)


def test_initials_are_a_name_unless_the_guides_use_them_as_a_word() -> None:
    director = role("Director of Engineering")
    assert named(careers(one=director), "DoE pay") == (("Director of Engineering",), None)
    assert named(careers(one=director + "\nA doe is a deer.\n"), "DoE pay")[0] == ()


def test_the_words_of_names_are_spellings() -> None:
    assert {"pastry", "confectioner", "sugar"} <= careers(cook=KNOWN_AS).spellings


def test_the_last_words_of_a_name_name_the_only_career_that_ends_so() -> None:
    one = careers(one=role("Long Haul Lorry Driver"), two=role("Elections Clerk"))
    assert named(one, "What does a lorry driver do?") == (("Long Haul Lorry Driver",), None)
    assert named(one, "lorry drivers pay") == (("Long Haul Lorry Driver",), None)
    assert named(one, "How is a bus driver paid?") == ((), "bus driver")
    assert named(one, "How is a haul driver paid?")[0] == ()  # not how the name ends
    two = careers(one=role("Long Haul Lorry Driver"), two=role("Local Lorry Driver"))
    assert named(two, "What does a lorry driver do?") == ((), None)


def test_a_kind_of_worker_names_the_only_career_of_that_kind() -> None:
    one = careers(one=role("Deputy Auditor"), two=role("Elections Clerk"))
    assert named(one, "What does an auditor do?") == (("Deputy Auditor",), None)
    assert named(one, "What do auditors do?") == (("Deputy Auditor",), None)
    assert named(one, "What does an auditor general do?")[0] == ()
    assert named(one, "What does an internal auditor do?") == ((), "internal auditor")
    two = careers(one=role("Deputy Auditor"), two=role("Night Auditor"))
    assert named(two, "What does an auditor do?") == ((), None)


def test_a_title_in_other_capitals_is_no_other_career() -> None:
    two = careers(one=role("Tram driver"), two=role("Tram Driver"))
    assert named(two, "How much does a tram driver earn?") == (("Tram driver",), None)
