import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.datatypes import Floats
from rag.errors import StoreError
from rag.retrieval.tokens import HEADING, TokenStore, quantize
from tests.hashing import DIMENSION, HashingEncoder

# The heading path "Pay\n" is before both texts; their own words begin at 100 and at 7 in the document.
TEXTS = ["Pay\nA baker earns bread", "Pay\nA pilot earns"]


def unit(states: NDArray[np.int8]) -> Floats:
    return np.asarray(states / np.linalg.norm(states.astype(np.float32), axis=1, keepdims=True), dtype=np.float32)


@pytest.fixture
def store(tmp_path: Path, hashing: HashingEncoder) -> TokenStore:
    encodings = hashing.encode(TEXTS)
    return TokenStore.build(tmp_path, [(quantize(encodings[0], 4), 100), (quantize(encodings[1], 4), 7)], DIMENSION)


def test_spans_are_offsets_into_the_document(store: TokenStore) -> None:
    spans = store.spans(1).tolist()
    assert spans == [[HEADING, HEADING], [7, 8], [9, 14], [15, 20]]
    assert store.spans(0)[1].tolist() == [100, 101]


def test_units_begin_at_the_first_token_from_their_offset(store: TokenStore) -> None:
    head, starts = store.starts(0, [100, 102, 108])
    assert (head, starts.tolist()) == (1, [1, 2, 3])  # after the heading "Pay": "A", "baker", "earns"
    assert store.starts(0, [102, 500])[1].tolist() == [2]


def test_states_keep_their_direction_in_a_byte_a_number(store: TokenStore, hashing: HashingEncoder) -> None:
    states, ids, _ = store.quantized(0)
    exact = hashing.encode(TEXTS)[0]
    assert ids.tolist() == exact.ids.tolist()
    assert states.dtype == np.int8
    assert ((unit(states) * exact.tokens).sum(axis=1) > 0.9999).all()


def test_a_passages_tokens_have_unit_states_and_begin_in_its_own_text(store: TokenStore, hashing: HashingEncoder) -> None:
    tokens = store.of(0)
    assert tokens.starts.tolist() == [HEADING, 0, 2, 8, 14]
    np.testing.assert_allclose(np.linalg.norm(tokens.states, axis=1), 1, atol=1e-6)
    assert ((tokens.states * hashing.encode(TEXTS)[0].tokens).sum(axis=1) > 0.9999).all()


def test_idf_counts_passages_and_unknown_tokens_are_the_rarest(store: TokenStore) -> None:
    pay, _, baker, *_ = store.quantized(0)[1].tolist()
    idf = store.idf(np.array([[pay, baker, 29_999]], dtype=np.int32))
    assert idf[0].tolist() == pytest.approx([math.log(3 / 2.5), math.log(3 / 1.5), math.log(3 / 0.5)])


def test_a_word_said_twice_in_a_passage_counts_once(tmp_path: Path, hashing: HashingEncoder) -> None:
    store = TokenStore.build(tmp_path, [(quantize(one, 0), 0) for one in hashing.encode(["tea tea", "ale"])], DIMENSION)
    assert store.idf(store.quantized(0)[1][:1])[0] == pytest.approx(math.log(3 / 1.5))


def test_a_loaded_store_is_the_same(store: TokenStore, tmp_path: Path) -> None:
    loaded = TokenStore.load(tmp_path, DIMENSION)
    assert len(loaded) == 2
    states, ids, spans = store.quantized(1)
    same_states, same_ids, same_spans = loaded.quantized(1)
    assert np.array_equal(states, same_states) and np.array_equal(ids, same_ids) and np.array_equal(spans, same_spans)


def test_passages_without_tokens_can_be_kept(tmp_path: Path, hashing: HashingEncoder) -> None:
    store = TokenStore.build(tmp_path, [(quantize(hashing.encode(["..."])[0], 0), 3)], DIMENSION)
    assert store.quantized(0)[0].shape == (0, DIMENSION)
    assert store.idf(np.array([5], dtype=np.int32))[0] == pytest.approx(math.log(2 / 0.5))


def test_a_file_that_is_too_short_is_refused(store: TokenStore, tmp_path: Path) -> None:
    (tmp_path / "tokens.int8").write_bytes(b"12")
    with pytest.raises(StoreError, match="run `verbatim build`"):
        TokenStore.load(tmp_path, DIMENSION)


def test_cosines_are_those_of_unit_states_row_by_row(store: TokenStore, hashing: HashingEncoder) -> None:
    asked = hashing.encode(["bread for a pilot"])[0].tokens
    found = store.cosines(asked, [1, 0])
    for row, cosines in zip([1, 0], found, strict=True):
        assert cosines == pytest.approx(asked @ unit(store.quantized(row)[0]).T, abs=1e-6)
