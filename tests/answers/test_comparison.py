"""Careers side by side, every cell quoted."""

from dataclasses import replace
from pathlib import Path

import pytest

from rag.answers.citation import Quote, quotes
from rag.answers.comparison import CUT, across, shortened, side_by_side, table
from rag.answers.draft import Draft
from rag.answers.evidence import Group
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
    assert across(["Baker", "Pilot"], [NONE, NONE]) is None


def test_a_cell_is_the_quote_that_holds_the_likeliest_words() -> None:
    lead, item = quotes(LISTED, [0, 4], 0.5)
    split = Draft("answered", "score", 0.9, (lead, item), item)
    draft = side_by_side(ASKED, [split, NONE])
    assert draft is not None and [one.text for one in draft.quotes] == ["sweep the floor"]
    told = across(["Baker", "Pilot"], [split, NONE])
    assert told is not None and [one.text for one in told.quotes] == ["sweep the floor"]


def test_a_long_cell_is_cut_and_the_reader_told() -> None:
    steps = group_of("# Baker\n\n## Steps\n\n" + "".join(f"- step {number} of the long day of a baker\n" for number in range(40)))
    draft = side_by_side(ASKED, [Draft("answered", "score", 0.9, (quote(steps),), quote(steps)), said(PILOT)])
    assert draft is not None and draft.remarks == (CUT,)
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


def test_across_careers_the_surest_come_first_and_the_silent_are_told() -> None:
    draft = across(["Baker", "Sailor", "Pilot"], [said(BAKER, 0.7), NONE, said(PILOT, 0.8)])
    assert draft is not None and draft.quotes == (quote(PILOT), quote(BAKER))
    assert draft.remarks == ("Only 2 of 3 careers have an answer here; the guides don’t say it of Sailor.",)
    both = across(["Baker", "Pilot"], [said(BAKER), said(PILOT)])
    assert both is not None and both.remarks == ()
    many = across([*"ABCDEFG"], [said(BAKER), *[NONE] * 6])
    assert many is not None and many.remarks[0].endswith("don’t say it of B, C, D, E and 2 more.")


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
