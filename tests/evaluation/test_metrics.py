"""Metrics over grades, worked out by hand."""

import pytest

from rag.evaluation.metrics import auroc, by_type, intervals, totals
from tests.evaluation.bakers import NOBODY, OTHER, cite, graded


def test_totals() -> None:
    rows = [
        graded(cite((0, 16), (35, 53)), milliseconds=1.0),
        graded(cite((17, 34)), milliseconds=2.0),
        graded(cite(status="not_found"), milliseconds=3.0),
        graded(cite(status="not_found"), NOBODY, 4.0),
        graded(cite((0, 16)), NOBODY, 5.0),
    ]
    found = totals(rows)
    assert (found.n, found.answerable, found.wrong_career, found.wrong_guide) == (5, 3, 2, 0.0)
    assert (found.fact_recall, found.citation_recall, found.hit_at_1, found.found) == (1 / 3, 1 / 3, 1 / 3, 1 / 3)
    assert (found.precision, found.precision_with_related) == (1 / 3, 2 / 3)
    assert found.tightness == (16 + 17) / (16 + 18 + 17)
    assert (found.false_abstain, found.abstain_recall, found.misled, found.verbatim) == (1 / 3, 1 / 2, 1 / 5, 1.0)
    assert found.median_chars == 17  # of 36 and 17, the lower
    assert (found.p50_ms, found.p95_ms) == (3.0, 5.0)


def test_guides_without_evidence_are_counted_among_the_answerable() -> None:
    rows = [graded(cite((0, 16), document=OTHER)), graded(cite((0, 16))), graded(cite((0, 16), document=OTHER), NOBODY)]
    assert totals(rows).wrong_guide == 1 / 2


def test_nothing_to_count() -> None:
    found = totals([graded(cite(status="not_found"), NOBODY)])
    assert (found.fact_recall, found.precision, found.tightness, found.median_chars, found.verbatim) == (None,) * 5
    assert (found.false_abstain, found.abstain_recall, found.auroc, found.misled) == (None, 1.0, None, 0.0)


@pytest.mark.parametrize(
    ("answerable", "others", "area"),
    [([0.9, 0.4], [0.1, 0.2], 1.0), ([0.9, 0.2], [0.4, 0.1], 3 / 4), ([0.5], [0.5, 0.1], 3 / 4), ([0.1], [0.9], 0.0)],
)
def test_the_area_counts_pairs_in_the_right_order(answerable: list[float], others: list[float], area: float) -> None:
    assert auroc(answerable, others) == area


def test_the_area_needs_both_kinds() -> None:
    assert auroc([], [0.5]) is None and auroc([0.5], []) is None


def test_an_interval_holds_the_share_and_narrows_with_more_questions() -> None:
    some = [graded(cite((0, 16), chance=0.8)), graded(cite((35, 53), chance=0.3)), graded(cite(status="not_found"), NOBODY)]
    few, many = intervals(some * 10), intervals(some * 90)
    low, high = few["hit_at_1"]
    assert 0.2 < low < 0.5 < high < 0.8
    assert many["hit_at_1"][1] - many["hit_at_1"][0] == pytest.approx((high - low) / 3, rel=0.15)
    assert many["misled"][0] < 1 / 3 < many["misled"][1]
    assert few["abstain_recall"] == (1.0, 1.0)
    assert intervals(some * 10) == few


def test_what_has_nothing_to_count_has_no_interval() -> None:
    assert intervals([]) == {}
    assert set(intervals([graded(cite(status="not_found"), NOBODY)])) == {"misled", "abstain_recall"}


def test_grades_by_type() -> None:
    rows = [graded(cite((0, 16))), graded(cite((35, 53)), NOBODY), graded(None)]
    assert by_type(rows) == {"number": [rows[0], rows[2]], "near_domain": [rows[1]]}
