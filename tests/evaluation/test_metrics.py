"""Metrics, worked out by hand."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from rag.datatypes import Answer, Citation, Confidence, Document, IndexInfo, Passage, Segment, Turn
from rag.errors import QuestionError
from rag.evaluation.judgements import Evidence, Judged
from rag.evaluation.metrics import Row, by, careers_at, evaluate, grade, table, totals, worst

# Offsets:  0         1         2         3         4         5
#           0123456789012345678901234567890123456789012345678901
TEXT = "Bakers earn $10. Bakers rise at 3. Butchers earn $20."
DOCUMENT = Document("food", "jobs/food.txt", "Food", TEXT, "")
OTHER = Document("other", "other.txt", "Other", TEXT, "")
BAKER = Passage("food-0", "food", "Baker", ("Food", "Baker"), 0, 0, 0, 34, ())
BUTCHER = Passage("food-1", "food", "Butcher", ("Food", "Butcher"), 1, 0, 35, 53, ())
EARN, RISE, BUTCHERS = Evidence(TEXT[:16], 0, 16), Evidence(TEXT[17:34], 17, 34), Evidence(TEXT[35:], 35, 53)
PAY = Judged("q1", "What do bakers earn?", "number", True, "Baker", (EARN,), (RISE,), ("$10",), document="food.txt")
NOBODY = Judged("q2", "What do smiths earn?", "near_domain", False)
CAREERS = careers_at([BAKER, BUTCHER])


def cite(*spans: tuple[int, int], document: Document = DOCUMENT, status: str = "answered") -> Answer:
    citations = tuple(
        Citation(number, document, BAKER if start < 34 else BUTCHER, start, end, 1.0, ())
        for number, (start, end) in enumerate(spans, 1)
    )
    segments, at = [], 0
    for citation in citations:
        segments.append(Segment(at, at + len(citation.quote), citation.number))
        at += len(citation.quote) + 2
    text = "\n\n".join(citation.quote for citation in citations)
    info = IndexInfo("i", "", 1, 2, "model")
    assert status in ("answered", "not_found")
    return Answer(
        "answered" if status == "answered" else "not_found", "", "", info, Confidence(1, 0.5), text, tuple(segments), citations
    )


def graded(answer: Answer | None, question: Judged = PAY, milliseconds: float = 1.0) -> Row:
    return grade(question, "food", answer, milliseconds, CAREERS)


def test_an_exact_answer() -> None:
    row = graded(cite((0, 16)))
    assert (row.fact_recall, row.good, row.citation_recall, row.hit) == (1.0, 1, 1.0, True)
    assert (row.quoted_chars, row.wanted_chars) == (15, 15)  # the full stop weighs nothing
    assert (row.verbatim, row.wrong_career) == (1, False)


def test_related_and_wrong_citations() -> None:
    row = graded(cite((17, 34), (35, 53)))
    assert (row.cited, row.good, row.good_or_related, row.hit) == (2, 0, 1, False)
    assert (row.fact_recall, row.missing, row.citation_recall) == (0.0, ("$10",), 0.0)
    assert (row.quoted_chars, row.wanted_chars) == (16 + 17, 16)
    assert row.wrong_career


def test_overlapping_evidence_is_counted_once() -> None:
    question = replace(PAY, related=(Evidence(TEXT[:34], 0, 34),))
    row = graded(cite((0, 53)), question)
    assert (row.quoted_chars, row.wanted_chars) == (52, 34)


def test_a_quote_of_another_guide_is_no_evidence() -> None:
    row = graded(cite((0, 16), document=OTHER))
    assert (row.good, row.hit, row.wanted_chars, row.fact_recall) == (0, False, 0, 1.0)


def test_an_abstention_earns_nothing() -> None:
    row = graded(cite((0, 16), status="not_found"))
    assert (row.answered, row.fact_recall, row.citation_recall, row.hit, row.cited) == (False, 0.0, 0.0, False, 0)
    assert (row.quotes, row.verbatim) == (1, 1)


def test_recall_counts_needed_groups() -> None:
    both = replace(PAY, evidence=(EARN, BUTCHERS), related=())
    assert graded(cite((0, 16)), both).citation_recall == 0.5
    assert graded(cite((0, 16)), replace(both, any_of=True)).citation_recall == 1.0


def test_a_segment_that_is_not_the_quote_is_not_verbatim() -> None:
    answer = cite((0, 16))
    assert graded(replace(answer, text="Bakers earn $11.")).verbatim == 0


@pytest.mark.parametrize(
    ("question", "span", "wrong"),
    [
        (NOBODY, (0, 16), True),
        (replace(NOBODY, type="ood"), (0, 16), False),
        (replace(NOBODY, type="followup", history=(Turn("a smith?"),)), (0, 16), True),
        (replace(NOBODY, type="missing_facet", career="Baker"), (0, 16), False),
        (replace(NOBODY, type="missing_facet", career="Baker"), (35, 53), True),
        (replace(PAY, career=None, evidence=(EARN, BUTCHERS)), (35, 53), False),
    ],
)
def test_a_wrong_career(question: Judged, span: tuple[int, int], wrong: bool) -> None:
    assert graded(cite(span), question).wrong_career is wrong


def test_totals() -> None:
    rows = [
        graded(cite((0, 16), (35, 53)), milliseconds=1.0),
        graded(cite((17, 34)), milliseconds=2.0),
        graded(cite(status="not_found"), milliseconds=3.0),
        graded(cite(status="not_found"), NOBODY, 4.0),
        graded(cite((0, 16)), NOBODY, 5.0),
    ]
    found = totals(rows)
    assert (found.n, found.answerable, found.wrong_career) == (5, 3, 2)
    assert (found.fact_recall, found.citation_recall, found.hit_at_1) == (1 / 3, 1 / 3, 1 / 3)
    assert (found.precision, found.precision_with_related) == (1 / 3, 2 / 3)
    assert found.tightness == (15 + 16) / (15 + 17 + 16)
    assert (found.false_abstain, found.abstain_recall, found.verbatim) == (1 / 3, 1 / 2, 1.0)
    assert found.median_chars == 17  # of 36 and 17, the lower
    assert (found.p50_ms, found.p95_ms) == (3.0, 5.0)


def test_nothing_to_count() -> None:
    found = totals([graded(cite(status="not_found"), NOBODY)])
    assert (found.fact_recall, found.precision, found.tightness, found.median_chars, found.verbatim) == (None,) * 5
    assert (found.false_abstain, found.abstain_recall) == (None, 1.0)


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


def test_table_and_worst() -> None:
    rows = [graded(cite((0, 16))), graded(cite(status="not_found")), graded(cite((35, 53)), NOBODY)]
    lines = table(by(rows, "type") | {"ALL": totals(rows)}).splitlines()
    assert [line.split()[:4] for line in lines] == [
        ["type", "n", "ansbl", "fact"],
        ["number", "2", "2", "0.500"],
        ["near_domain", "1", "0", "-"],
        ["ALL", "3", "2", "0.500"],
    ]
    assert len({len(line) for line in lines}) == 1
    assert worst(rows) == [
        "q2 near_domain, answered: 'What do smiths earn?'",
        "q1 number, not answered: 'What do bakers earn?', missing ['$10']",
    ]
