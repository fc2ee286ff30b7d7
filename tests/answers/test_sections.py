"""What the guides hold of each career."""

import pytest

from rag.answers.citation import Quote
from rag.answers.sections import OPENING_CHARS, Profiles
from rag.pipeline import Pipeline


@pytest.fixture(scope="module")
def seed(pipeline: Pipeline) -> Profiles:
    return Profiles(pipeline.index)


@pytest.fixture(scope="module")
def six(guides: Pipeline) -> Profiles:
    return Profiles(guides.index)


def text(quote: Quote | None) -> str:
    assert quote is not None
    return quote.document.text[quote.start : quote.end]


def test_careers_come_in_the_corpus_order(seed: Profiles, pipeline: Pipeline) -> None:
    assert seed.careers[:3] == ("Lead Data Science Engineer", "Head of Analytics Engineering", "Director of Applied Science")
    assert set(seed.careers) == {passage.career for passage in pipeline.index.passages if passage.career}


def test_rows_are_passages_about_the_career(seed: Profiles, pipeline: Pipeline) -> None:
    rows = seed.rows("Head of Analytics Engineering").tolist()
    assert [pipeline.index.passages[row].heading for row in rows] == ["Head of Analytics Engineering"] * len(rows)
    assert seed.rows("Nurse").tolist() == [] and seed.entries("Nurse") == ()


def test_what_stands_under_a_career_is_also_about_the_one_above(seed: Profiles) -> None:
    both = seed.rows("GenAI Knowledge Engineer").tolist()
    assert set(seed.rows("Knowledge Engineer").tolist()) < set(both)
    assert set(both).isdisjoint(seed.rows("Lead Data Science Engineer").tolist())


@pytest.mark.parametrize(
    ("career", "start"),
    [
        ("Knowledge Engineer", "A Knowledge Engineer focuses on creating and maintaining expert systems"),
        ("Director of Applied Science", "The role of a Director of Applied Science is multifaceted"),
        ("Lead Data Science Engineer", "A Lead Data Science Engineer is a senior-level professional"),
    ],
)
def test_the_opening_names_the_career(seed: Profiles, career: str, start: str) -> None:
    opening = text(seed.opening(career))
    assert opening.startswith(start) and opening.endswith(".") and len(opening) <= OPENING_CHARS


def test_other_names_are_no_opening(six: Profiles) -> None:
    assert text(six.opening("Exhibition Designer")).startswith("Exhibition designers shape the rooms")
    assert six.opening("Nurse") is None


def test_duties_are_a_careers_own_list(seed: Profiles, six: Profiles) -> None:
    duties = text(seed.duties("Knowledge Engineer"))
    assert duties.startswith("Key responsibilities include: - Gathering, verifying")
    assert duties.endswith("in how AI systems access and use knowledge")
    assert text(six.duties("Air Traffic Controller")).startswith("Issue take-off and landing clearances")
    assert seed.duties("Full Stack AI Developer") is None


def test_a_facet_is_the_list_under_its_heading(six: Profiles) -> None:
    assert text(six.facet("Flight Dispatcher", "skills")).count("\n") == 3
    assert text(six.facet("Dental Assistant", "salary")).startswith("Dental Assistants earn a median of $46,500 a year")
    assert six.facet("Flight Dispatcher", "salary") is None


def test_what_a_career_has_no_section_of_is_asked_as_what_answers_for_it(six: Profiles, guides: Pipeline) -> None:
    def facets(question: str) -> frozenset[str]:
        return six.placed(guides.assistant.consider(question)[0]).facets

    assert "licence" in six.facets("Flight Dispatcher") and "entry" not in six.facets("Flight Dispatcher")
    assert facets("How do I become a flight dispatcher?") == {"licence"}
    assert facets("How do I become an air traffic controller?") == {"entry"}
    assert facets("Which books do I read to become a flight dispatcher?") == {"entry"}
    assert facets("How do I become a dental laboratory technician?") == {"entry"}


def test_a_group_in_several_passages_is_one_entry(seed: Profiles, pipeline: Pipeline) -> None:
    entries = seed.entries("Lead Data Science Engineer")
    groups = [entry.passages[0].group for entry in entries]
    assert len(set(groups)) == len(groups) < len(seed.rows("Lead Data Science Engineer")) + 1
    for entry in entries:
        assert len(entry.units) == sum(len(passage.units) for passage in entry.passages)
        assert {passage.group for passage in entry.passages} == {entry.passages[0].group}


def test_a_quote_of_an_entry_lies_in_the_passage_it_cites(six: Profiles) -> None:
    for career in six.careers:
        for entry in six.entries(career):
            quote = entry.quote(entry.listed or range(len(entry.units)))
            assert quote.passage.start <= quote.start < quote.passage.end
            assert entry.lead is None or entry.units[entry.lead].kind == "lead"
