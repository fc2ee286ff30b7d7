"""Questions to ranked passages of the real guides."""

from pathlib import Path

import numpy as np
import pytest

from rag.pipeline import Pipeline
from rag.retrieval.search import DENSE, LATE, LEXICAL, SENTENCE, Retriever
from tests.handmade import index_of
from tests.hashing import HashingEncoder


@pytest.fixture(scope="module")
def retriever(guides: Pipeline) -> Retriever:
    return Retriever(guides.index.store, guides.encoder)


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("How long does the academy course last?", "How to qualify"),
        ("ramps and reading heights for wheelchairs", "What keeps you up at night"),
        ("What does certification cost a paralegal?", "Certification"),
        ("epoxy allergy", "Blade Repair Technician"),
    ],
)
def test_the_passage_that_answers_comes_first(retriever: Retriever, question: str, heading: str) -> None:
    assert retriever.search(retriever.query(question), 3)[0].passage.heading == heading


def test_a_score_is_the_weighted_sum_of_its_signals(retriever: Retriever, guides: Pipeline) -> None:
    query = retriever.query("What do technicians earn offshore?")
    hits = retriever.search(query, 10)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    rows = np.array(sorted(hit.row for hit in hits))
    near = guides.index.store.candidates(query.text, query.encoding.embedding, rows)
    late = retriever.late(query, rows)
    summed = LEXICAL * near.lexical + DENSE * near.dense + SENTENCE * near.sentence + LATE * late
    assert [hit.score for hit in sorted(hits, key=lambda hit: hit.row)] == pytest.approx(summed.tolist(), abs=1e-5)
    assert near.lexical.min() >= 0 and abs(near.dense).max() <= 1 and abs(late).max() <= 1


def test_marks_weigh_nothing_unless_alone(retriever: Retriever) -> None:
    query = retriever.query("What is the salary?")
    said = [query.text[start:end] for start, end in query.encoding.spans]
    assert [word for word, weight in zip(said, query.rarity, strict=True) if weight > 0] == ["What", "is", "the", "salary"]
    assert set(retriever.query("?!").rarity.tolist()) == {1.0}


def test_words_that_stand_together_count_more(hashing: HashingEncoder, tmp_path: Path) -> None:
    """Of "Pilot: Pay" over "A Pilot earns $90,000 a year. Captains earn more.", where a word's state is its stem's alone."""
    small = Retriever(index_of(tmp_path).store, hashing)
    rows = np.array([3])
    for together in ("90,000 year", "captains more", "pay captains", "pilot more"):
        assert small.late(small.query(together), rows)[0] == pytest.approx(1, abs=1e-3)
    year, captains = hashing.encode(["year captains"])[0].tokens  # either is in one passage: they weigh the same
    first, second = (
        hashing.encode([text])[0].tokens for text in ("Pilot Pay A Pilot earns 90,000 a year", "Pilot Pay Captains earn more")
    )
    apart = max((first @ captains).max(), (second @ year).max())
    assert small.late(small.query("year captains"), rows)[0] == pytest.approx((1 + (1 + apart) / 2) / 2, abs=5e-3)


def test_a_passage_has_its_late_score_whatever_it_is_scored_with(retriever: Retriever, guides: Pipeline) -> None:
    query = retriever.query("When does the night shift start?")
    rows = np.arange(len(guides.index.passages))
    alone = [float(retriever.late(query, rows[row : row + 1])[0]) for row in rows]
    assert retriever.late(query, rows).tolist() == pytest.approx(alone, abs=1e-6)


def test_only_the_rows_given_are_searched(retriever: Retriever, guides: Pipeline) -> None:
    rows = np.array([row for row, passage in enumerate(guides.index.passages) if passage.document_id == "paralegal"])
    hits = retriever.search(retriever.query("salary"), 100, rows)
    assert sorted(hit.row for hit in hits) == rows.tolist()
    assert retriever.search(retriever.query("salary"), 5, np.array([], dtype=np.int64)) == []


def test_more_hits_than_passages_are_all_of_them_once(retriever: Retriever, guides: Pipeline) -> None:
    hits = retriever.search(retriever.query("the work"), 10_000)
    assert len({hit.row for hit in hits}) == len(hits) <= len(guides.index.passages)
    assert all(hit.passage is guides.index.passages[hit.row] for hit in hits)


def test_the_same_question_has_the_same_hits(retriever: Retriever) -> None:
    first, second = (retriever.search(retriever.query("night shifts"), 10) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("question", ["薪水 💰", "zzzz qqqq", "?", "the of and"])
def test_words_of_no_guide_find_by_meaning_alone(retriever: Retriever, guides: Pipeline, question: str) -> None:
    query = retriever.query(question)
    hits = retriever.search(query, 3)
    assert len(hits) == 3 and all(np.isfinite(hit.score) for hit in hits)
    assert not guides.index.store.candidates(question, query.encoding.embedding).lexical.any()
