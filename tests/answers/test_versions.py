"""Several guides of one career, beside each other."""

from dataclasses import replace

from rag.answers.citation import Quote, quotes
from rag.answers.draft import Draft
from rag.answers.evidence import Evidence
from rag.answers.versions import MOST, beside, by_guide, differing, newest_first
from rag.datatypes import Hit
from rag.questions.question import Question
from tests.handmade import group_of

ASKED = Question("pay", "pay", (), ("Baker",), True, None, frozenset(["salary"]))


def quote(id: str, date: str | None, said: str) -> tuple[Quote, ...]:
    group = group_of(f"# Baker\n\n## Pay\n\nA Baker earns {said}.\n")
    [one] = quotes(group, [0], 0.9)
    passage = replace(one.passage, document_id=id)
    return (replace(one, document=replace(one.document, id=id, collected=date), passage=passage),)


def evidence(id: str, career: str = "Baker") -> Evidence:
    [one] = quote(id, None, "$1")
    group = group_of("# Baker\n\n## Pay\n\nA Baker earns $1.\n")
    return Evidence(Hit(replace(one.passage, career=career), 0, 1.0), group)


OLD, NEW, UNDATED = quote("old", "2021-05-01", "$20,000"), quote("new", "2024-03-01", "$25,000"), quote("none", None, "$9")


def test_the_newer_guide_comes_first_and_one_without_a_date_last() -> None:
    assert newest_first([UNDATED, OLD, NEW]) == [NEW, OLD, UNDATED]


def test_what_says_the_same_is_said_once_by_the_newest() -> None:
    again = quote("again", "2022-01-01", "$25,000")
    assert newest_first([again, OLD, NEW]) == [NEW, OLD]


def test_a_reader_is_told_that_guides_differ_and_how_old_they_are() -> None:
    assert differing([NEW]) == ()
    assert differing([NEW, UNDATED]) == (
        "2 guides describe this career, and they differ. The newer comes first: 2024-03-01, without a date.",
    )
    assert differing([UNDATED, UNDATED]) == ("2 guides describe this career, and they differ. They give no dates.",)


def test_drafts_are_one_that_rests_on_the_surest() -> None:
    drafts = [Draft("answered", "score", chance, said, said[0], (remark,)) for chance, said, remark in
              ((0.9, OLD, "old"), (0.8, NEW, "new"))]  # fmt: skip
    one = beside(drafts)
    assert (one.status, one.confidence, one.quotes, one.main) == ("answered", 0.9, (*NEW, *OLD), OLD[0])
    assert one.remarks[1:] == ("old", "new") and "differ" in one.remarks[0]
    assert beside(drafts[:1]) == drafts[0]


def test_evidence_is_apart_by_guide_where_several_describe_the_career() -> None:
    one, two, other = evidence("one"), evidence("two"), evidence("two", "Pilot")
    assert by_guide(ASKED, [one, other, two, one]) == [[one, one], [two]]
    assert by_guide(ASKED, [one, other]) == []
    assert by_guide(replace(ASKED, named=False), [one, two]) == []
    assert len(by_guide(ASKED, [evidence(str(number)) for number in range(MOST + 2)])) == MOST
