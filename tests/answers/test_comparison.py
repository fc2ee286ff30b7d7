"""Careers side by side, every cell quoted."""

from dataclasses import replace
from pathlib import Path

import pytest

from rag.answers.citation import Quote, quotes
from rag.answers.comparison import MOST_ACROSS, across, nearest_careers, shortened, side_by_side, table
from rag.answers.draft import Draft
from rag.answers.evidence import Group
from rag.answers.wording import say
from rag.datatypes import Hit
from rag.questions.question import Question
from tests.handmade import GUIDES, group_of, index_of

BAKER = group_of("# Baker\n\n## Pay\n\nA Baker earns $20,000 a year.\n")
PILOT = group_of("# Pilot\n\n## Pay\n\nA Pilot earns $90,000 a year.\n")
LISTED = group_of("# Baker\n\n## Duties\n\nBakers must:\n\n- knead\n  - by hand\n- heat the oven\n- sweep the floor\n")
NONE = Draft("not_found", "score", 0.1)
ASKED = Question("pay of both", "pay of both", (), ("Baker", "Pilot"), True, None, frozenset(["salary"]), True)


def quote(group: Group, *units: int) -> Quote:
    return quotes(group, units or range(len(group.units)), 0.5)[0]


def said(group: Group, confidence: float = 0.9) -> Draft:
    return Draft("answered", "score", confidence, (quote(group),), quote(group))


def test_a_question_of_two_careers_is_a_row_of_their_own_quotes() -> None:
    draft = side_by_side(ASKED, [said(BAKER), said(PILOT)])
    assert draft is not None and draft.table == (("Baker", "Pilot"), (("Salary", (quote(BAKER), quote(PILOT))),))
    assert (draft.status, draft.basis, draft.confidence, draft.remarks) == ("answered", "table", None, ())


def test_what_is_not_said_is_empty_and_told() -> None:
    draft = side_by_side(replace(ASKED, topics=frozenset()), [NONE, said(PILOT)])
    assert draft is not None and draft.table == (("Baker", "Pilot"), (("In the guides’ words", (None, quote(PILOT))),))
    assert draft.quotes == (quote(PILOT),)
    assert draft.remarks == ("The guides don’t say this of the role of Baker.",)


def test_nothing_to_compare_is_no_comparison() -> None:
    assert side_by_side(ASKED, [NONE, NONE]) is None
    assert across(ASKED, ["Baker", "Pilot"], [NONE, NONE], 2) is None


def test_a_row_about_more_than_one_topic_is_called_after_none() -> None:
    draft = side_by_side(replace(ASKED, topics=frozenset(["salary", "entry"])), [said(BAKER), said(PILOT)])
    assert draft is not None and draft.table is not None and draft.table[1][0][0] == "In the guides’ words"


def test_a_cell_is_the_quote_that_holds_the_likeliest_words() -> None:
    lead, item = quotes(LISTED, [0, 4], 0.5)
    split = Draft("answered", "score", 0.9, (lead, item), item)
    draft = side_by_side(ASKED, [split, NONE])
    assert draft is not None and [one.text for one in draft.quotes] == ["sweep the floor"]
    told = across(ASKED, ["Baker", "Pilot"], [split, NONE], 2)
    assert told is not None and [one.text for one in told.quotes] == ["sweep the floor"]


def test_a_long_cell_is_cut_and_the_reader_told() -> None:
    steps = group_of("# Baker\n\n## Steps\n\n" + "".join(f"- step {number} of the long day of a baker\n" for number in range(40)))
    draft = side_by_side(ASKED, [Draft("answered", "score", 0.9, (quote(steps),), quote(steps)), said(PILOT)])
    assert draft is not None and draft.remarks == (say("compared", "cut"),)
    assert draft.quotes[0].text.endswith("of the long day of a baker") and len(draft.quotes[0].text) <= 800


@pytest.mark.parametrize(
    ("limit", "text"),
    [
        (10, "Bakers must:\n\n- knead\n  - by hand"),
        (50, "Bakers must:\n\n- knead\n  - by hand\n- heat the oven"),
    ],
)
def test_a_quote_is_cut_after_whole_items_and_one_at_least_is_kept(limit: int, text: str) -> None:
    assert shortened(quote(LISTED), limit).text == text


def test_a_short_quote_is_left_and_the_likeliest_unit_is_forgotten_with_its_words() -> None:
    [whole] = quotes(LISTED, range(5), 0.5, best=4)
    assert shortened(whole, 1000) is whole and whole.best == 4
    assert shortened(whole, 10).best is None
    [early] = quotes(LISTED, range(5), 0.5, best=1)
    assert shortened(early, 10).best == 1


def test_across_careers_the_surest_come_first_and_the_silent_last() -> None:
    draft = across(ASKED, ["Baker", "Sailor", "Pilot"], [said(BAKER, 0.7), NONE, said(PILOT, 0.8)], 3)
    assert draft is not None and draft.quotes == (quote(PILOT), quote(BAKER))
    assert draft.table == (("Pilot", "Baker", "Sailor"), (("Salary", (quote(PILOT), quote(BAKER), None)),))
    assert draft.remarks == ("Only 2 of 3 careers have an answer here.",)
    both = across(ASKED, ["Baker", "Pilot"], [said(BAKER), said(PILOT)], 2)
    assert both is not None and both.remarks == ()


def test_of_many_careers_those_are_asked_whose_passages_came_nearest_and_the_reader_is_told() -> None:
    many = tuple(f"Career {number}" for number in range(40))
    hits = [Hit(replace(BAKER.passages[0], career=career), 0, 1.0) for career in ("Career 30", "Nobody", "Career 7", "Career 30")]
    asked = nearest_careers(many, hits)
    assert asked == ("Career 30", "Career 7", *many[:7], *many[8:11]) and len(asked) == MOST_ACROSS
    assert nearest_careers(many[:12], hits) == ("Career 7", *many[:7], *many[8:12])
    draft = across(ASKED, asked, [said(BAKER), *[NONE] * 11], len(many))
    assert draft is not None and draft.remarks[1] == "Asked of the 12 careers that came nearest, of 40 in the guides."


def test_a_tables_cells_are_numbers_of_citations_under_the_first_document_of_a_career(tmp_path: Path) -> None:
    index = index_of(tmp_path, {**GUIDES, "zz.md": "# Pilot\n\nA Pilot sails too.\n"})
    draft = side_by_side(ASKED, [NONE, said(PILOT)])
    assert draft is not None
    made = table(draft, index)
    assert made is not None and made.columns == (("baker", "Baker"), ("pilot", "Pilot"))
    assert made.rows == (("Salary", (None, 1)),)
    twice = side_by_side(ASKED, [said(PILOT), said(PILOT)])
    assert twice is not None and (same := table(twice, index)) is not None and same.rows == (("Salary", (1, 1)),)
    assert table(NONE, index) is None
