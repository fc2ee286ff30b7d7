"""Where guides set careers apart, in their own words."""

import pytest

from rag.pipeline import Pipeline


@pytest.mark.model
def test_the_sentence_about_both_careers_is_quoted(pipeline: Pipeline) -> None:
    answer = pipeline.ask("What's the difference between a Generative AI Engineer and a Knowledge Engineer?")
    assert [citation.quote[:24] for citation in answer.citations] == ["The main difference lies"]


@pytest.mark.model
def test_a_paragraph_under_a_heading_that_says_so_is_quoted_whole(guides: Pipeline) -> None:
    answer = guides.ask("How do air traffic controllers and flight dispatchers differ?")
    (citation,) = answer.citations
    assert citation.passage.heading == "How the two differ"
    assert "airspace" in citation.quote and "public employees" in citation.quote


@pytest.mark.model
def test_a_sentence_about_two_others_sets_no_careers_apart(pipeline: Pipeline) -> None:
    answer = pipeline.ask("How do lead data science engineers differ from full stack AI developers?")
    assert answer.comparison is not None
    assert all("Knowledge Engineer" not in citation.quote for citation in answer.citations)


@pytest.mark.model
def test_what_careers_have_in_common_is_told_by_what_says_so(pipeline: Pipeline) -> None:
    [citation] = pipeline.ask("What do generative AI engineers and knowledge engineers have in common?").citations
    assert citation.quote.startswith("While these roles have distinct focuses, they share some common ground: - Both require")


def test_a_difference_is_not_told_by_what_careers_share(pipeline: Pipeline) -> None:
    answer = pipeline.ask("difference between genai engineer and knowledge engineer")
    assert answer.text.startswith("The main difference lies in their primary focus")
