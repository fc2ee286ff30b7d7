"""Tables and numbers of graded answers."""

from dataclasses import replace

from rag.evaluation.judgements import Evidence
from rag.evaluation.reports import report_lines, report_numbers, squad_lines, totals_table, worst
from rag.evaluation.squad import Abstention, Retrieval
from tests.evaluation.bakers import NOBODY, PAY, cite, graded

ROWS = [graded(cite((0, 16))), graded(cite(status="not_found")), graded(cite((35, 53)), NOBODY)]


def test_a_table_has_a_line_a_name_and_one_of_intervals_below_it() -> None:
    lines = totals_table({"number": ROWS[:2], "near_domain": ROWS[2:]}, "type")
    assert [line.split()[:4] for line in lines[:2]] == [["type", "n", "ansbl", "fact"], ["number", "2", "2", "0.500"]]
    assert lines[2].split()[0] == ".00-1.00"
    assert lines[3].split()[:4] == ["near_domain", "1", "0", "-"]
    assert lines[4].split() == ["1.00-1.00", ".00-.00"]  # misled, and abstentions
    assert lines[4].index("1.00-1.00") + len("1.00-1.00") == lines[0].index("misled") + len("misled")


def test_several_sets_stand_under_each_other() -> None:
    lines = report_lines({"known": ROWS[:1], "new": ROWS[1:]})
    assert [lines[at].split()[0] for at in (0, 1, 3, 6)] == ["set", "known", "new", "type"]
    assert report_lines({"known": ROWS})[0].split()[0] == "type"


def test_lost_evidence_is_named() -> None:
    lost = graded(cite((0, 16)), replace(PAY, evidence=(Evidence("Sugar", guide="food.txt"),)))
    assert report_lines({"known": [lost]})[-1] == "The guides' texts have lost evidence of 1 questions: q1"


def test_numbers_are_by_set_and_type_with_their_intervals() -> None:
    numbers = report_numbers({"known": ROWS})["known"]
    assert (numbers["all"]["n"], numbers["all"]["hit_at_1"]) == (3, 1 / 2)
    assert list(numbers["types"]) == ["number", "near_domain"]
    assert numbers["types"]["near_domain"]["intervals"] == {"misled": (1.0, 1.0), "abstain_recall": (0.0, 0.0)}


def test_the_worst_come_first() -> None:
    assert worst(ROWS, 10) == [
        "q2 near_domain, answered, misleading: 'What do smiths earn?'",
        "q1 number, not answered: 'What do bakers earn?', missing ['$10']",
    ]
    assert worst(ROWS, 1) == worst(ROWS, 10)[:1]


def test_squad_is_a_number_a_line() -> None:
    lines = squad_lines(Retrieval(3, 1 / 3, 0.0, 1.0, 1.0), Abstention(3, 1.0, 2, 0.5))
    assert lines[:2] == ["retrieval.n 3", "retrieval.mrr 0.3333"]
    assert lines[-1] == "abstention.outside_answered 0.5"
