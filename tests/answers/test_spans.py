"""Which units of the real guides are picked for a question, and what is quoted with them."""

import pytest

from rag.answers.scoring import unit_scores
from rag.answers.spans import Pick, whole_list
from rag.answers.support import Support
from rag.pipeline import Pipeline


def pick(pipeline: Pipeline, question: str) -> Pick:
    _, found = pipeline.assistant.consider(question)
    assert found is not None
    return found


def texts(found: Pick) -> list[str]:
    return [found.support.text(at) for at in found.units]


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What is the base salary range?", "Base Salary Range: $137,000 - $401,000 per year"),
        ("How much more do they earn in San Francisco?", "Silicon Valley/San Francisco: 20-30% above national average"),
        ("How large is a sign-on bonus?", "Sign-on Bonuses: $10,000 - $50,000 for highly sought-after candidates"),
        ("What is the highest reported salary?", "Highest Reported Salaries: Up to $839,000 for exceptional cases"),
    ],
)
def test_a_value_is_one_item(pipeline: Pipeline, question: str, text: str) -> None:
    found = pick(pipeline, question)
    assert texts(found) == [text] and not found.whole


def test_a_row_of_a_table_is_a_value(guides: Pipeline) -> None:
    found = pick(guides, "What is the pay of a Technician II?")
    assert texts(found) == ["Technician II | 3-5 years | $31.75 | $66,000"]


def test_a_list_asked_for_by_its_heading_comes_whole(pipeline: Pipeline) -> None:
    found = pick(pipeline, "What benefits does a Lead Data Science Engineer get?")
    assert found.whole and found.units == tuple(range(6))
    assert (texts(found)[0], texts(found)[-1]) == ("Health, dental, and vision insurance", "Wellness programs")


def test_a_lead_in_brings_its_list(pipeline: Pipeline) -> None:
    found = pick(pipeline, "What are the responsibilities of a Knowledge Engineer?")
    assert texts(found)[0] == "Key responsibilities include:"
    assert [found.support.units[at].kind for at in found.units] == ["lead", "item", "item", "item"]


def test_items_that_say_as_much_stand_together(pipeline: Pipeline) -> None:
    found = pick(pipeline, "Compare pay in San Francisco and in Austin")
    assert texts(found) == [
        "Silicon Valley/San Francisco: 20-30% above national average",
        "Mid-sized tech hubs (Austin, Denver): Close to national average",
    ]


def test_prose_that_introduces_a_section_gives_way_to_its_list(guides: Pipeline) -> None:
    found = pick(guides, "What are the tasks of a blade repair technician?")
    assert texts(found)[0] == "Typical tasks:" and len(found.units) == 5


@pytest.mark.parametrize("question", ["What is the salary of a paralegal?", "How much does a wind turbine technician earn?"])
def test_a_sections_table_goes_before_its_prose_where_nothing_else_is_asked(guides: Pipeline, question: str) -> None:
    found = pick(guides, question)
    assert [found.support.units[at].kind for at in found.units][:3] == ["lead", "row", "row"] and found.whole


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("How much does a School Librarian earn?", "What is the salary?"),
        ("whats the pay for a dental hygienist", "Earnings"),
        ("Does a master's degree pay for a school librarian?", "Does a master's degree pay for itself?"),
    ],
)
def test_a_heading_of_just_what_is_asked_goes_first(guides: Pipeline, question: str, heading: str) -> None:
    assert pick(guides, question).support.hit.passage.heading == heading


def test_a_whole_list_has_its_lead_in_and_all_under_it(pipeline: Pipeline) -> None:
    support = pick(pipeline, "How much more do they earn in San Francisco?").support
    at = next(at for at in range(len(support.units)) if support.text(at).startswith("New York City"))
    assert whole_list(support, at) == tuple(range(len(support.units)))
    support = pick(pipeline, "What are the responsibilities of a Knowledge Engineer?").support
    assert whole_list(support, len(support.units) - 1) == tuple(range(1, len(support.units)))


def test_a_figure_is_preferred_where_one_is_asked_for(guides: Pipeline) -> None:
    reading, found = guides.assistant.consider("How long is the academy course?")
    assert found is not None
    scores = unit_scores(reading, found.support)
    assert scores.shape == (len(found.support.units),) and int(scores.argmax()) == found.units[0]
    assert texts(found) == ["Complete the academy course, which lasts 12 to 16 weeks depending on the option."]


def test_terms_are_met_by_the_best_of_the_picked_units(pipeline: Pipeline) -> None:
    found = pick(pipeline, "Compare pay in San Francisco and in Austin")
    best = [max(float(row[at]) for at in found.units) for row in found.support.full]
    assert found.terms().tolist() == best


def test_every_pick_is_in_reading_order_within_one_group(pipeline: Pipeline) -> None:
    def check(support: Support, units: tuple[int, ...]) -> None:
        assert list(units) == sorted(set(units)) and units[-1] < len(support.units)
        assert len({passage.group for passage in support.passages}) == 1

    for question in ("perks", "salary", "python", "What degree do I need?", "soft skills", "demand in healthcare"):
        found = pick(pipeline, question)
        check(found.support, found.units)


def test_a_section_of_just_what_is_asked_goes_before_one_of_a_kind_of_it(pipeline: Pipeline) -> None:
    found = pick(pipeline, "What skills does a Lead Data Science Engineer need?")
    assert found.support.hit.passage.heading == "Essential Skills" and found.whole


def test_a_section_goes_before_the_sentence_that_introduces_it(pipeline: Pipeline) -> None:
    found = pick(pipeline, "How do I become a Lead Data Science Engineer?")
    assert found.support.hit.passage.heading == "Transition to Leadership" and found.whole
