from pathlib import Path

import faiss
import numpy as np
import pytest

from rag.errors import StoreError
from rag.retrieval.dense import DenseStore
from tests.benchmarks.stores import DIMENSION, clustered

AXES = np.eye(3, dtype=np.float32)


def test_search_gives_cosines_best_first() -> None:
    query = np.array([[0.6, 0.8, 0.0]], dtype=np.float32)
    scores, rows = DenseStore.build(AXES).search(query, 2)
    assert rows.tolist() == [[1, 0]]
    assert scores[0].tolist() == pytest.approx([0.8, 0.6], abs=1e-3)


def test_k_above_the_size_gives_every_row() -> None:
    scores, rows = DenseStore.build(AXES).search(AXES[:2], 10)
    assert rows.tolist() == [[0, 1, 2], [1, 0, 2]]
    assert scores.shape == (2, 3)


def test_an_empty_store_finds_nothing() -> None:
    scores, rows = DenseStore.empty(3).search(AXES, 5)
    assert scores.shape == rows.shape == (3, 0)


def test_ties_are_in_row_order_even_where_the_list_ends() -> None:
    store = DenseStore.build(np.repeat(AXES[[1, 0]], 40, axis=0))
    scores, rows = store.search(AXES[:1], 3)
    assert rows.tolist() == [[40, 41, 42]]
    assert scores.tolist() == [[1, 1, 1]]


def test_rows_are_added_and_given_back() -> None:
    store = DenseStore.build(AXES[:2])
    store.add(AXES[2:])
    assert len(store) == 3
    assert store.vectors(np.array([2, 0])).tolist() == [[0, 0, 1], [1, 0, 0]]


def test_half_precision_keeps_the_order_and_the_direction() -> None:
    random = np.random.default_rng(1)
    embeddings = random.standard_normal((500, 384), dtype=np.float32)
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    store = DenseStore.build(embeddings)
    scores, rows = store.search(embeddings[:20], 1)
    assert rows[:, 0].tolist() == list(range(20))
    assert scores == pytest.approx(1, abs=1e-3)
    assert ((store.vectors(np.arange(500)) * embeddings).sum(axis=1) > 0.9999).all()


def test_rows_come_back_as_they_are_kept_to_the_last_bit() -> None:
    kept = np.array([[0.0, -0.0, 1.0], [-0.3333, 6e-8, -2e-5], [0.0999, 65504.0, 6.1e-5]], dtype=np.float16)
    store = DenseStore.build(kept.astype(np.float32))
    assert store.vectors(np.array([2, 0, 1])).tobytes() == kept[[2, 0, 1]].astype(np.float32).tobytes()
    assert store.vectors(np.zeros(0, dtype=np.int64)).shape == (0, 3)


def test_a_saved_store_is_the_same(tmp_path: Path) -> None:
    DenseStore.build(AXES).save(tmp_path, "passages")
    store = DenseStore.load(tmp_path, "passages")
    assert store.dimension == 3
    assert store.vectors(np.arange(3)).tolist() == AXES.tolist()
    assert store.search(AXES[2:], 1)[1].tolist() == [[2]]


@pytest.mark.parametrize("content", [b"", b"no index at all", b"IxFI" + bytes(40)])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "units.faiss").write_bytes(content)
    with pytest.raises(StoreError, match=r"units\.faiss; run `verbatim build"):
        DenseStore.load(tmp_path, "units")


def test_cells_find_what_a_look_at_every_row_finds(tmp_path: Path) -> None:
    vectors = clustered(4000, np.random.default_rng(3))
    store, queries = DenseStore.build(vectors), vectors[::80]
    scores, rows = store.search(queries, 10)
    store.divide(cells=40)
    store.save(tmp_path, "units")
    for divided in (store, DenseStore.load(tmp_path, "units")):
        found, its = divided.search(queries, 10)
        assert np.mean([len({*one} & {*other}) for one, other in zip(rows, its, strict=True)]) >= 9.7
        assert its[:, 0].tolist() == rows[:, 0].tolist() and found[:, 0] == pytest.approx(scores[:, 0], abs=1e-3)
    assert divided.search(queries[:1], 4000)[1].shape == (1, 4000)  # more than the nearest cells hold


def test_a_store_that_is_small_or_added_to_is_in_no_cells(tmp_path: Path) -> None:
    store = DenseStore.build(clustered(2000, np.random.default_rng(3)))
    store.save(tmp_path, "whole")
    store.divide(cells=20)
    store.add(np.eye(DIMENSION, dtype=np.float32))
    store.save(tmp_path, "added")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["added.faiss", "whole.faiss"]


def test_an_index_of_another_kind_is_refused(tmp_path: Path) -> None:
    faiss.write_index(faiss.IndexFlatIP(3), str(tmp_path / "units.faiss"))
    with pytest.raises(StoreError, match=r"units\.faiss holds another kind of index; run `verbatim build"):
        DenseStore.load(tmp_path, "units")
