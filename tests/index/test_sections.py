"""The table of what the guides have sections about, of each career."""

import pytest

from rag.index.sections import CareerSections, career_sections
from tests.handmade import THREE, plan

ELECTRICIAN = "# Electrician\n\nAn Electrician works.\n\n## Ways in\n\n### Degree\n\nMost have it.\n\n### Licence\n\nAll do.\n"


def sections(**guides: str) -> tuple[CareerSections, ...]:
    source = plan({f"{name}.md": text for name, text in guides.items()} or THREE).source
    return career_sections(source.documents, source.passages)


def topics(held: CareerSections) -> dict[str, str]:
    return {section.topic: section.where for section in held.sections}


def test_careers_come_in_reading_order_with_their_document() -> None:
    assert [(held.career, held.document_id) for held in sections()] == [
        ("Baker", "baker"),
        ("Pilot", "pilot"),
        ("Sailor", "sailor"),
    ]


def test_a_career_stands_in_a_sentence_with_its_article() -> None:
    [held] = sections(electrician=ELECTRICIAN)
    assert (held.role, held.overview) == ("an Electrician", "What does an Electrician do?")
    assert "How do you become an Electrician?" not in [section.question for section in held.sections]
    assert "What education does an Electrician need?" in [section.question for section in held.sections]


def test_a_topic_is_named_by_a_heading_and_told_with_those_above_it() -> None:
    [held] = sections(electrician=ELECTRICIAN)
    assert topics(held) == {"education": "Ways in › Degree", "licence": "Ways in › Licence"}


def test_a_topic_is_named_by_a_lead_in_and_not_by_what_follows() -> None:
    [held] = sections(baker="# Baker\n\nThe duties of a baker are:\n\n- to earn a degree\n\nThe pay is low.\n")
    assert set(topics(held)) == {"duties"}


def test_the_words_of_a_careers_own_title_name_no_topic() -> None:
    [held] = sections(trainer="# Training Manager\n\nA Training Manager trains.\n\n## Training Manager tasks\n\nTo train.\n")
    assert set(topics(held)) == {"duties"}


def test_the_first_section_about_a_topic_is_told() -> None:
    [held] = sections(baker="# Baker\n\nA Baker bakes.\n\n## Pay in towns\n\nLow.\n\n## Pay by the sea\n\nHigh.\n")
    assert topics(held) == {"salary": "Pay in towns"}


def test_a_career_of_two_documents_is_told_in_each() -> None:
    held = sections(one="# Baker\n\nA Baker bakes.\n", two="# Baker\n\nA Baker bakes.\n\n## Pay\n\nLow.\n")
    assert [(its.document_id, tuple(topics(its))) for its in held] == [("one", ()), ("two", ("salary",))]


@pytest.mark.parametrize(
    ("text", "held"), [("Prose about the tides.\n", []), ("# Tides\n\nThey rise.\n\n## Pay\n\nNone.\n", [("salary", "")])]
)
def test_of_a_guide_that_names_no_role_it_is_asked_what_it_is_about(text: str, held: list[tuple[str, str]]) -> None:
    [about] = sections(tides=text)
    assert (about.career, about.overview) == ("Tides", "What is “Tides” about?")
    assert [(section.topic, section.question) for section in about.sections] == held


@pytest.mark.parametrize(
    ("table", "where"),
    [
        ("| State | Jobs |\n|---|---|\n| Texas | 43,370 |\n", {}),
        ("| State | Pay |\n|---|---|\n| Texas | 43,370 |\n", {"salary": "Pay"}),
        ("| State | Median |\n|---|---|\n| Texas | $43,370 |\n", {"salary": "Pay"}),
        ("| Grade | Rule |\n|---|---|\n| Mate | by the piece |\n", {"salary": "Pay"}),
        ("| State | Jobs |\n|---|---|\n| Texas | 43,370 |\n\nBakers earn $33,000 a year.\n", {"salary": "Pay"}),
    ],
)
def test_a_heading_says_nothing_of_a_table_of_bare_counts(table: str, where: dict[str, str]) -> None:
    [held] = sections(baker=f"# Baker\n\nA Baker bakes.\n\n## Pay\n\n{table}")
    assert topics(held) == where
    assert [section.row for section in held.sections] == ([2] if "$33,000" in table else [1] if where else [])


def test_a_name_stands_small_within_a_question_where_its_guide_writes_it_so() -> None:
    def asked(name: str, said: str) -> str:
        (one,) = sections(guide=f"# {name}\n\n{said}\n")
        return one.overview

    assert asked("Estate agent", "Every estate agent sells homes.") == "What does an estate agent do?"
    assert asked("Estate Agent", "Every estate agent sells homes.") == "What does an Estate Agent do?"  # a name of its own
    assert asked("English teacher", "An English teacher teaches.") == "What does an English teacher do?"
    assert asked("GIS technician", "A GIS technician draws maps.") == "What does a GIS technician do?"
