"""Grades of single answers, worked out by hand."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from rag.errors import QuestionError
from rag.evaluation.grading import evaluate
from rag.evaluation.judgements import Evidence, Judged
from rag.reply import Answer, Status, Turn
from tests.evaluation.bakers import BAKER, BUTCHER, BUTCHERS, DOCUMENT, EARN, NOBODY, OTHER, PAY, TEXT, cite, graded


def test_an_exact_answer() -> None:
    row = graded(cite((0, 16)))
    assert (row.fact_recall, row.good, row.citation_recall, row.hit, row.found) == (1.0, 1, 1.0, True, True)
    assert (row.quoted_chars, row.wanted_chars) == (16, 16)
    assert (row.verbatim, row.misled, row.wrong_guide, row.wrong_career) == (1, False, False, False)


def test_related_and_wrong_citations() -> None:
    row = graded(cite((17, 34), (35, 53)))
    assert (row.cited, row.good, row.good_or_related, row.hit, row.found) == (2, 0, 1, False, False)
    assert (row.fact_recall, row.missing, row.citation_recall) == (0.0, ("$10",), 0.0)
    assert (row.quoted_chars, row.wanted_chars) == (17 + 18, 17)
    assert (row.misled, row.wrong_career) == (False, True)


def test_an_answer_without_anything_related_misleads() -> None:
    assert graded(cite((35, 53))).misled


def test_an_answer_to_what_cannot_be_answered_misleads() -> None:
    row = graded(cite((0, 16)), NOBODY)
    assert (row.misled, row.found, row.wrong_guide) == (True, False, False)


def test_overlapping_evidence_is_counted_once() -> None:
    question = replace(PAY, related=(Evidence(TEXT[:34], 0, 34, guide="food.txt"),))
    row = graded(cite((0, 53)), question)
    assert (row.quoted_chars, row.wanted_chars) == (53, 34)


def test_a_quote_of_another_guide_is_no_evidence() -> None:
    row = graded(cite((0, 16), document=OTHER))
    assert (row.good, row.hit, row.wanted_chars, row.fact_recall) == (0, False, 0, 1.0)
    assert (row.wrong_guide, row.misled) == (True, True)


def test_evidence_of_two_guides_is_needed_from_both() -> None:
    both = replace(PAY, evidence=(EARN, replace(EARN, guide="other.txt")))
    row = graded(cite((0, 16), document=OTHER), both)
    assert (row.citation_recall, row.good, row.hit, row.wrong_guide) == (0.5, 1, True, False)


def test_an_abstention_earns_nothing() -> None:
    row = graded(cite((0, 16), status="not_found"))
    assert (row.answered, row.fact_recall, row.citation_recall, row.hit, row.cited) == (False, 0.0, 0.0, False, 0)
    assert (row.quotes, row.verbatim, row.found, row.misled, row.wrong_guide) == (1, 1, False, False, False)


def test_an_abstention_may_show_the_evidence_as_near() -> None:
    near = cite((0, 16)).citations
    row = graded(replace(cite(status="not_found"), nearest=near))
    assert (row.found, row.hit, row.fact_recall, row.misled) == (True, False, 0.0, False)
    assert not graded(replace(cite((35, 53)), nearest=near)).found  # an answer is what is read


def test_recall_counts_needed_groups() -> None:
    both = replace(PAY, evidence=(EARN, BUTCHERS), related=())
    assert graded(cite((0, 16)), both).citation_recall == 0.5
    assert graded(cite((0, 16)), replace(both, any_of=True)).citation_recall == 1.0


def test_lost_evidence_cannot_be_cited() -> None:
    lost = replace(PAY, evidence=(EARN, Evidence("Sugar", guide="food.txt")), related=())
    assert graded(cite((0, 16)), lost).citation_recall == 0.5


def test_a_segment_that_is_not_the_quote_is_not_verbatim() -> None:
    answer = cite((0, 16))
    assert graded(replace(answer, text="Bakers earn $11.")).verbatim == 0


def test_the_chance_is_the_confidence_stated() -> None:
    assert graded(cite((0, 16), chance=0.7)).chance == 0.7
    assert graded(None).chance == 0.0


@pytest.mark.parametrize(("status", "chance"), [("answered", 1.0), ("not_found", 0.0), ("clarify", 0.0)])
def test_without_a_confidence_the_status_is_the_chance(status: Status, chance: float) -> None:
    assert graded(replace(cite((0, 16), status=status), confidence=None)).chance == chance


@pytest.mark.parametrize(
    ("question", "span", "wrong"),
    [
        (NOBODY, (0, 16), True),
        (replace(NOBODY, careers_judged=False), (0, 16), False),
        (replace(NOBODY, type="ood"), (0, 16), False),
        (replace(NOBODY, type="followup", history=(Turn("a smith?"),)), (0, 16), True),
        (replace(NOBODY, type="missing_facet", career="Baker"), (0, 16), False),
        (replace(NOBODY, type="missing_facet", career="Baker"), (35, 53), True),
        (replace(PAY, career=None, evidence=(EARN, BUTCHERS)), (35, 53), False),
    ],
)
def test_a_wrong_career(question: Judged, span: tuple[int, int], wrong: bool) -> None:
    assert graded(cite(span), question).wrong_career is wrong


def test_every_question_is_asked_with_its_history() -> None:
    asked: list[tuple[str, tuple[Turn, ...]]] = []

    def ask(question: str, history: Sequence[Turn]) -> Answer:
        asked.append((question, tuple(history)))
        if question.startswith("And"):
            raise QuestionError("too long")
        return cite((0, 16))

    follow = replace(PAY, id="q3", question="And butchers?", history=(Turn("What do bakers earn?"),))
    rows = evaluate([PAY, follow], ask, {"food": DOCUMENT}, [BAKER, BUTCHER])
    assert asked == [("What do bakers earn?", ()), ("And butchers?", (Turn("What do bakers earn?"),))]
    assert [row.answered for row in rows] == [True, False]
