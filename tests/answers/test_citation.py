"""Quotes to a text with numbered citations, and the remarks beside them."""

import pytest

from rag.answers.citation import Quote, cite, quotes, remarks
from rag.answers.spans import Pick
from rag.datatypes import Document, Passage, Unit
from rag.pipeline import Pipeline
from tests.handmade import document

TEXT = "# Baker\n\nBakers need:\n\n- Flour: from rye\n- Water\n  - warm\n\nThey rest at noon.\n"
GUIDE = document("baker.md", TEXT)


def quote(*found: str, guide: Document = GUIDE) -> Quote:
    units = tuple(Unit("item", TEXT.index(one), TEXT.index(one) + len(one)) for one in found)
    passage = Passage("baker/1", guide.id, "Baker", ("Baker",), 0, 0, units[0].start, units[-1].end, units)
    return Quote(guide, passage, units, 0.5)


def pick(pipeline: Pipeline, question: str) -> Pick:
    _, found = pipeline.assistant.consider(question)
    assert found is not None
    return found


def test_quotes_join_with_blank_lines_and_are_numbered_in_order() -> None:
    text, segments, citations = cite([quote("They rest at noon."), quote("Bakers need:")])
    assert text == "They rest at noon.\n\nBakers need:"
    assert [(segment.start, segment.end, segment.number) for segment in segments] == [(0, 18, 1), (20, 32, 2)]
    assert [citation.quote for citation in citations] == ["They rest at noon.", "Bakers need:"]


def test_a_list_is_one_unbroken_run_with_its_parts() -> None:
    text, segments, [citation] = cite([quote("Bakers need:", "Flour: from rye", "Water", "warm")])
    assert text == TEXT[citation.start : citation.end] == "Bakers need:\n\n- Flour: from rye\n- Water\n  - warm"
    assert [TEXT[part.start : part.end] for part in citation.parts] == ["Bakers need:", "Flour: from rye", "Water", "warm"]
    assert len(segments) == 1


def test_what_an_earlier_citation_holds_is_not_quoted_again() -> None:
    text, segments, citations = cite([quote("Flour: from rye", "Water"), quote("Water"), quote("warm")])
    assert [citation.quote for citation in citations] == ["Flour: from rye\n- Water", "warm"]
    assert [segment.number for segment in segments] == [1, 2]
    assert text.endswith("\n\nwarm")


def test_another_guide_with_the_same_offsets_is_cited_too() -> None:
    other = document("miller.md", TEXT)
    _, _, citations = cite([quote("Water"), quote("Water", guide=other)])
    assert [citation.document.id for citation in citations] == ["baker", "miller"]


def test_nothing_to_quote_is_no_text() -> None:
    assert cite([]) == ("", (), ())


def test_units_that_follow_each_other_are_one_run_and_others_are_apart(pipeline: Pipeline) -> None:
    [whole] = quotes(pick(pipeline, "What benefits does a Lead Data Science Engineer get?"))
    assert len(whole.units) == 6 and 0 <= whole.score <= 1
    runs = quotes(pick(pipeline, "Compare pay in San Francisco and in Austin"))
    assert [len(run.units) for run in runs] == [1, 1]
    assert all(run.passage.start <= run.start < run.end <= run.passage.end for run in runs)


def test_a_markdown_tables_rule_parts_no_run(guides: Pipeline) -> None:
    [table] = quotes(pick(guides, "Which tickets does a wind turbine technician need?"))
    assert [unit.kind for unit in table.units] == ["lead", *["row"] * (len(table.units) - 1)] and len(table.units) > 3


def test_both_parts_of_a_sentence_that_a_page_break_cuts_are_quoted(guides: Pipeline) -> None:
    first, second = quotes(pick(guides, "Do paralegals in intellectual property earn more?"))
    assert first.document.text[first.start : first.end].endswith("earn about 18% more than the")
    assert second.document.text[second.start : second.end] == "average, those in family law about 12% less."


def test_a_page_break_parts_a_run(guides: Pipeline) -> None:
    for passage in guides.index.passages:
        if passage.document_id == "paralegal":
            for unit in passage.units:
                words = guides.index.documents["paralegal"].text[unit.start : unit.end]
                assert "Page " not in words and "Careers Office" not in words


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What is the base salary range?", ("The guide heads these figures “US Market, 2024”.",)),
        (
            "How much more do they earn in San Francisco?",
            ("The guide heads these figures “US Market, 2024”.", "Listed under “Location”."),
        ),
        ("What does a Knowledge Engineer need to know of medicine?", ()),
    ],
)
def test_dated_headings_and_labels_are_remarked_on(pipeline: Pipeline, question: str, said: tuple[str, ...]) -> None:
    found = pick(pipeline, question)
    assert remarks([found], " ".join(found.support.text(at) for at in found.units)) == said


def test_a_heading_is_dated_only_for_figures(pipeline: Pipeline) -> None:
    found = pick(pipeline, "What is the base salary range?")
    assert remarks([found], "no figures here") == ()


def test_the_columns_of_a_quoted_row_are_said(guides: Pipeline) -> None:
    found = pick(guides, "What is the pay of a Technician II?")
    columns = "The table’s columns are “Grade | Experience | Hourly rate | Typical yearly pay”."
    assert remarks([found], found.support.text(found.units[0])) == (columns,)
