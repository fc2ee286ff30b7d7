"""A folder's passages, found by three searches."""

from pathlib import Path

import numpy as np
import pytest

from rag.datatypes import Floats
from rag.retrieval.lexical import LexicalStore
from rag.retrieval.local import LocalStore
from tests.handmade import index_of
from tests.hashing import HashingEncoder


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return index_of(tmp_path).store


def embedding(text: str) -> Floats:
    return HashingEncoder().encode([text])[0].embedding


def test_candidates_carry_how_near_they_are(store: LocalStore) -> None:
    text = "what does a captain earn in pay"
    found = store.candidates(text, embedding(text))
    assert found.rows.tolist() == sorted(found.rows.tolist())
    pay = [passage.heading for passage in store.passages(found.rows.tolist())].index("Pay")
    assert found.lexical.argmax() == found.dense.argmax() == found.sentence.argmax() == pay
    assert 0 < found.lexical[pay] < 1


def test_the_best_unit_is_the_passage_s_own(store: LocalStore) -> None:
    asked = embedding("Captains earn more")
    rows = np.arange(4)
    found = store.candidates("", asked, rows)
    for row, score in enumerate(found.sentence.tolist()):
        first = int(store.unit_first[row])
        own = store.units.vectors(np.arange(first, first + len(store.passages([row])[0].units))) @ asked
        assert score == pytest.approx(float(own.max()), abs=1e-6)


def test_only_the_rows_given_are_candidates(store: LocalStore) -> None:
    assert store.candidates("pilot", embedding("pilot"), np.array([1, 3])).rows.tolist() == [1, 3]
    none = store.candidates("pilot", embedding("pilot"), np.array([], dtype=np.int64))
    assert [len(part) for part in (none.rows, none.lexical, none.dense, none.sentence)] == [0, 0, 0, 0]


def test_words_are_scored_once_a_question(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    scored: list[str] = []
    scores = LexicalStore.scores

    def counted(lexical: LexicalStore, query: str) -> Floats:
        scored.append(query)
        return scores(lexical, query)

    monkeypatch.setattr(LexicalStore, "scores", counted)
    store.candidates("pilot", embedding("pilot"))
    assert scored == ["pilot"]


def test_runs_begin_at_the_headings_and_at_each_unit(store: LocalStore) -> None:
    (runs,) = store.runs([3])  # "Pilot", "Pay"; "A Pilot earns 90,000 a year", "Captains earn more"
    assert runs.headed and runs.starts.tolist() == [0, 2, 9]
    assert store.runs([3])[0] is runs
