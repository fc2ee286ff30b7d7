"""Questions to ranked passages: of guides made by hand, and of real ones by the real encoder."""

from pathlib import Path

import numpy as np
import pytest

from rag.index.index import Index
from rag.pipeline import Pipeline
from rag.retrieval.search import DENSE, LATE, LATE_POOL, LEXICAL, OWN, SENTENCE, TURNS, Retriever
from tests.handmade import THREE, index_of
from tests.hashing import HashingEncoder

SEA = {
    **THREE,
    "keeper.md": "# Lamp Keeper\n\nA Lamp Keeper keeps lamps at night.\n\n## Pay\n\nA Lamp Keeper earns $9 an hour at night.\n",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return index_of(tmp_path_factory.mktemp("index"), SEA)


@pytest.fixture(scope="module")
def retriever(index: Index) -> Retriever:
    return Retriever(index.store, HashingEncoder())


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("How long does the academy course last?", "How to qualify"),
        ("ramps and reading heights for wheelchairs", "What keeps you up at night"),
        ("What does certification cost a paralegal?", "Certification"),
        ("epoxy allergy", "Blade Repair Technician"),
    ],
)
def test_the_passage_that_answers_is_found_first(guides: Pipeline, question: str, heading: str) -> None:
    assert guides.rank(question, 3)[0].passage.heading == heading


@pytest.mark.parametrize(
    ("question", "career", "heading"),
    [
        ("Who kneads dough?", "Baker", "Duties"),
        ("What does a Pilot earn a year?", "Pilot", "Pay"),
        ("charts and knots", "Sailor", "Skills"),
        ("wage of a Master", "Sailor", "Pay"),
    ],
)
def test_the_passage_that_answers_comes_first(retriever: Retriever, question: str, career: str, heading: str) -> None:
    best = retriever.search(retriever.query(question), 3)[0].passage
    assert (best.career, best.heading) == (career, heading)


def test_a_score_is_the_weighted_sum_of_its_signals(retriever: Retriever, index: Index) -> None:
    query = retriever.query("What do captains earn a year?")
    hits = retriever.search(query, 10)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    rows = np.array(sorted(hit.row for hit in hits))
    near = index.store.candidates(query.text, query.encoding.embedding, rows)
    late = retriever.late(query, rows)
    by_row = sorted(hits, key=lambda hit: hit.row)
    assert [hit.lexical for hit in by_row] == pytest.approx(near.lexical.tolist(), abs=1e-6)
    assert [hit.late for hit in by_row] == pytest.approx(late.tolist(), abs=1e-6)
    summed = LEXICAL * near.lexical + DENSE * near.dense + SENTENCE * near.sentence + LATE * late
    assert [hit.score for hit in by_row] == pytest.approx(summed.tolist(), abs=1e-5)
    assert near.lexical.min() >= 0 and abs(near.dense).max() <= 1 and abs(late).max() <= 1


@pytest.mark.model
def test_marks_weigh_nothing_unless_alone(guides: Pipeline) -> None:
    query = guides.retriever.query("What is the salary?")
    said = [query.text[start:end] for start, end in query.encoding.spans]
    assert [word for word, weight in zip(said, query.rarity, strict=True) if weight > 0] == ["What", "is", "the", "salary"]
    assert set(guides.retriever.query("?!").rarity.tolist()) == {1.0}


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


def test_a_passage_has_its_late_score_whatever_it_is_scored_with(retriever: Retriever, index: Index) -> None:
    query = retriever.query("When does a Lamp Keeper sail at night?")
    rows = np.arange(len(index.passages))
    alone = [float(retriever.late(query, rows[row : row + 1])[0]) for row in rows]
    assert retriever.late(query, rows).tolist() == pytest.approx(alone, abs=1e-6)


def test_only_the_rows_given_are_searched(retriever: Retriever, index: Index) -> None:
    rows = np.array([row for row, passage in enumerate(index.passages) if passage.document_id == "sailor"])
    hits = retriever.search(retriever.query("wage"), 100, rows)
    assert sorted(hit.row for hit in hits) == rows.tolist()
    assert retriever.search(retriever.query("wage"), 5, np.array([], dtype=np.int64)) == []


def test_more_hits_than_passages_are_all_of_them_once(retriever: Retriever, index: Index) -> None:
    hits = retriever.search(retriever.query("the work"), 10_000)
    assert len({hit.row for hit in hits}) == len(hits) <= len(index.passages)
    assert all(hit.passage is index.passages[hit.row] for hit in hits)


def test_the_same_question_has_the_same_hits(retriever: Retriever) -> None:
    first, second = (retriever.search(retriever.query("night shifts"), 10) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("question", ["薪水 💰", "zzzz qqqq", "the of and"])
def test_words_of_no_guide_find_by_meaning_alone(retriever: Retriever, index: Index, question: str) -> None:
    query = retriever.query(question)
    hits = retriever.search(query, 3)
    assert len(hits) == 3 and all(np.isfinite(hit.score) for hit in hits)
    assert not index.store.candidates(question, query.encoding.embedding).lexical.any()


def test_in_a_conversation_a_passage_has_its_signals_alone_and_with_the_questions_before(
    retriever: Retriever, index: Index
) -> None:
    earlier, text = ("What does a Pilot do?", "Is it hard?"), "and the wage?"
    rows = np.arange(len(index.passages))
    alone, joined = (
        {hit.row: hit for hit in retriever.search(retriever.query(said), len(rows), rows)}
        for said in (text, "What does a Pilot do? Is it hard? and the wage?")
    )
    for hit in retriever.find(text, earlier).hits:
        for name in ("score", "lexical", "dense", "sentence", "late"):
            mixed = OWN * getattr(alone[hit.row], name) + (1 - OWN) * getattr(joined[hit.row], name)
            assert getattr(hit, name) == pytest.approx(mixed, abs=1e-5), name


def test_a_follow_up_is_found_where_the_conversation_is(retriever: Retriever) -> None:
    assert retriever.find("pay?", ["What does a Pilot do?"]).hits[0].passage.path == ("Pilot", "Pay")
    assert retriever.find("pay?", ["What does a Lamp Keeper do?"]).hits[0].passage.path == ("Lamp Keeper", "Pay")


def test_only_the_latest_questions_are_searched_with(retriever: Retriever) -> None:
    last = ["What does a Baker do?", "Is it hard?"]
    assert len(last) == TURNS
    assert retriever.find("the pay?", ["How many charts has a Sailor?", *last]).hits == retriever.find("the pay?", last).hits


def test_a_conversation_is_searched_within_its_rows(retriever: Retriever) -> None:
    rows = np.array([0, 1], dtype=np.int64)
    assert {hit.row for hit in retriever.find("the pay?", ["What does a Pilot do?"], rows).hits} == {0, 1}
    assert retriever.find("the pay?", ["What does a Pilot do?"], rows[:0]).hits == []


def test_no_more_is_found_than_is_scored_by_tokens(tmp_path: Path) -> None:
    many = {f"{at}.md": f"# Baker\n\nA Baker bakes bread number {at}.\n" for at in range(LATE_POOL + 5)}
    small = Retriever(index_of(tmp_path, many).store, HashingEncoder())
    assert len(small.find("bread").hits) == len(small.find("bread", ["a Baker"]).hits) == LATE_POOL


def test_what_is_found_knows_which_tokens_are_the_questions_own(retriever: Retriever) -> None:
    alone, after = (
        retriever.find("and the pay?"),
        retriever.find("and the pay?", ["hello", "What does a Pilot do?", "Is it hard?"]),
    )
    assert alone.own.tolist() == [True] * 3
    assert after.own.tolist() == [False] * 8 + [True] * 3
    assert after.encoding.ids[after.own].tolist() == alone.encoding.ids.tolist()
