"""Careers side by side, every cell quoted."""

import pytest

from rag.answers.comparison import CELL_CHARS, CUT, shortened
from rag.answers.sections import Profiles
from rag.datatypes import Answer
from rag.pipeline import Pipeline


def cells(answer: Answer) -> dict[str, list[str | None]]:
    assert answer.comparison is not None
    quotes = {citation.number: citation.quote for citation in answer.citations}
    return {name: [quotes[at] if at else None for at in numbers] for name, numbers in answer.comparison.rows}


def test_a_facet_of_two_careers_is_a_row_of_their_own_answers(guides: Pipeline) -> None:
    answer = guides.ask("Compare the pay of dental assistants and air traffic controllers")
    [(name, row)] = cells(answer).items()
    assert name == "Salary" and "$46,500" in str(row[0]) and "$158,000" in str(row[1])
    assert [citation.passage.career for citation in answer.citations] == ["Dental Assistant", "Air Traffic Controller"]


def test_what_is_not_said_is_empty_and_named(guides: Pipeline) -> None:
    answer = guides.ask("Compare the pay of flight dispatchers and paralegals")
    assert cells(answer)["Salary"][0] is None
    assert answer.remarks == ("The guides don’t say this of a Flight Dispatcher.",)


def test_nothing_to_compare_is_an_abstention(guides: Pipeline) -> None:
    answer = guides.ask("Compare the pay of flight dispatchers and museum lighting designers")
    assert (answer.status, answer.comparison) == ("not_found", None)


def test_a_comparison_is_drawn_from_the_documents_asked_for(guides: Pipeline) -> None:
    answer = guides.ask("paralegal vs dental hygienist", documents=["paralegal"])
    assert {citation.document.id for citation in answer.citations} == {"paralegal"}
    assert answer.remarks == ("The guides don’t say this of a Dental Hygienist.",)


@pytest.mark.parametrize("question", ["paralegal or dental assistant", "Compare dental assistants, paralegals and librarians"])
def test_a_column_is_a_career_of_its_own_guide(guides: Pipeline, question: str) -> None:
    answer = guides.ask(question)
    assert answer.comparison is not None
    for _, numbers in answer.comparison.rows:
        for at, (document, career) in zip(numbers, answer.comparison.columns, strict=True):
            cited = answer.citations[at - 1] if at else None
            assert cited is None or (cited.document.id, cited.passage.career) == (document, career)


def test_a_section_headed_so_goes_before_a_passing_word(guides: Pipeline) -> None:
    row = cells(guides.ask("Compare the challenges of dental hygienists and paralegals"))["Challenges"]
    assert str(row[0]).startswith("Hygienists report the same troubles") and str(row[1]).startswith(
        "Paralegals name three things"
    )


def test_a_long_list_is_cut_after_a_whole_item_and_the_reader_told(pipeline: Pipeline) -> None:
    answer = pipeline.ask("duties: Head of Analytics Engineering vs Director of Applied Science")
    first, second = cells(answer)["Duties"]
    assert str(first).startswith("Key responsibilities include: - **Leadership") and str(first).endswith("security policies.")
    assert str(second).startswith("Key aspects of this position include: 1.") and str(second).endswith("with company goals")
    assert answer.remarks == (CUT,) and max(len(one.quote) for one in answer.citations) <= CELL_CHARS


def test_a_short_quote_is_left_and_a_long_one_keeps_its_first_item(guides: Pipeline) -> None:
    profiles = Profiles(guides.index)
    quote = profiles.facet("Dental Hygienist", "challenges")
    assert quote is not None and shortened(quote, quote.end - quote.start) is quote
    short = shortened(quote, 10)
    assert [unit.kind for unit in short.units] == ["lead", *["item"] * 4]
    assert quote.document.text[short.start : short.end].endswith("may harm hearing over time.")
