import math
from pathlib import Path

import bm25s
import pytest

from rag.errors import StoreError
from rag.retrieval.lexical import LexicalStore
from rag.text.words import stems

TEXTS = ["A baker bakes bread.", "A pilot flies planes.", "The pilot and the baker talk.", "Of the and."]


@pytest.fixture
def store() -> LexicalStore:
    return LexicalStore.build(TEXTS)


def test_a_rare_word_decides(store: LexicalStore) -> None:
    scores, rows = store.search("Which pilots fly?", 4)
    assert rows.tolist() == [1, 2]
    assert scores[0] > scores[1] > 0


def test_k_above_the_size_and_words_unknown_give_no_empty_hits(store: LexicalStore) -> None:
    assert store.search("bread", 100)[1].tolist() == [0]
    for query in ("astronaut", "", "of the and"):
        scores, rows = store.search(query, 3)
        assert len(scores) == len(rows) == 0
        assert store.scores(query).tolist() == [0, 0, 0, 0]


def test_idf_is_that_of_lucene(store: LexicalStore) -> None:
    assert store.idf_mass("bread") == pytest.approx(math.log(1 + 3.5 / 1.5))
    assert store.idf_mass("pilot") == pytest.approx(math.log(1 + 2.5 / 2.5))
    assert store.idf_mass("astronaut") == pytest.approx(math.log(1 + 4.5 / 0.5))


def test_no_score_reaches_the_idf_mass(store: LexicalStore) -> None:
    query = "pilot pilots bread"
    assert store.idf_mass(query) == pytest.approx(2 * store.idf_mass("pilot") + store.idf_mass("bread"))
    assert 0 < store.scores(query).max() < store.idf_mass(query)
    assert store.idf_mass("") == 0


def test_scores_are_those_of_bm25s(store: LexicalStore) -> None:
    library = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
    library.index([stems(text) for text in TEXTS], show_progress=False)
    query = "the pilot and another pilot bake bread"
    assert store.scores(query).tolist() == pytest.approx(library.get_scores(stems(query)).tolist())


def test_equal_scores_are_in_row_order() -> None:
    store = LexicalStore.build(["red fox"] * 5 + ["blue hen"])
    assert store.search("fox", 3)[1].tolist() == [0, 1, 2]


def test_a_saved_store_is_the_same(store: LexicalStore, tmp_path: Path) -> None:
    store.save(tmp_path)
    loaded = LexicalStore.load(tmp_path)
    assert len(loaded) == 4
    assert loaded.scores("the pilot bakes").tolist() == store.scores("the pilot bakes").tolist()


def test_the_same_texts_give_the_same_files(store: LexicalStore, tmp_path: Path) -> None:
    store.save(tmp_path, "one")
    LexicalStore.build(TEXTS).save(tmp_path, "two")
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_texts_without_words_can_be_kept(tmp_path: Path) -> None:
    LexicalStore.build(["of the", ""]).save(tmp_path)
    assert LexicalStore.load(tmp_path).search("bread", 2)[1].tolist() == []


def test_a_missing_store_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="bm25; run `verbatim build`"):
        LexicalStore.load(tmp_path)
