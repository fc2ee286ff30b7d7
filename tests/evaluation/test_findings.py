"""Findings worked out by hand: rows that repeat an earlier one."""

import numpy as np
import pytest

from rag.evaluation import findings
from rag.evaluation.findings import duplicates
from rag.retrieval.dense import DenseStore

# Cosine with the first row: 1, 0.8, 0.96, 1; with the second: 0.8, 1, 0.936, 0.8.
VECTORS = np.array([[1, 0], [0.8, 0.6], [0.96, 0.28], [1, 0]], dtype=np.float32)
TEXTS = ["Bakes bread.", "Flies planes.", "Bakes loaves.", "bakes\n  Bread."]


@pytest.mark.parametrize("block", [1, 2, 3, 2048])
def test_a_row_is_compared_with_all_before_it_whatever_the_block(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "BLOCK", block)
    store = DenseStore.build(VECTORS)
    assert list(duplicates(TEXTS, store)) == [(3, 0, None)]
    found = list(duplicates(TEXTS, store, near=0.9))
    assert [(row, earlier) for row, earlier, _ in found] == [(2, 0), (3, 0)]
    assert found[0][2] == pytest.approx(0.96, abs=1e-3)


def test_one_passage_or_none_repeats_nothing() -> None:
    assert list(duplicates(TEXTS[:1], DenseStore.build(VECTORS[:1]))) == []
    assert list(duplicates([], DenseStore.empty(2))) == []
