from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rag.datatypes import Passage
from rag.index.index import Index, load_index
from tests.handmade import index_of, plan
from tests.hashing import HashingEncoder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    index_of(tmp_path)
    return tmp_path


@pytest.fixture
def index(folder: Path) -> Index:
    return load_index(folder)


def test_what_was_built_is_loaded(index: Index) -> None:
    source = plan().source
    assert tuple(index.passages) == tuple(source.passages)
    assert list(index.documents.values()) == list(source.documents)
    assert list(index.outlines.values()) == list(source.outlines)
    assert (index.info.documents, index.info.passages, index.info.embedding_model) == (2, 4, "hashing")


def test_every_store_has_a_row_a_passage_and_units_know_theirs(index: Index) -> None:
    store = index.store
    assert len(store.dense) == len(store.lexical) == len(store.tokens) == len(index.passages) == 4
    assert len(store.units) == len(store.unit_passage) == 6
    assert store.unit_passage.tolist() == [0, 1, 1, 2, 3, 3]
    assert store.unit_first.tolist() == [0, 1, 3, 4]


def test_a_question_finds_its_passage_in_each_store(index: Index) -> None:
    query = "what does a captain earn in pay"
    embedding = HashingEncoder().encode([query])[0].embedding
    found: Callable[[object], Passage] = lambda row: index.passages[int(row)]  # type: ignore[call-overload]  # noqa: E731
    assert found(index.store.dense.search(embedding, 1)[1][0, 0]).heading == "Pay"
    assert found(index.store.lexical.search(query, 1)[1][0]).heading == "Pay"
    assert found(index.store.unit_passage[index.store.units.search(embedding, 1)[1][0, 0]]).heading == "Pay"


def test_nothing_is_pickled(folder: Path) -> None:
    for path in folder.rglob("*.np[yz]"):
        np.load(path, allow_pickle=False)
    assert not list(folder.rglob("*.pkl"))
