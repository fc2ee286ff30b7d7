"""What was encoded last is remembered, whatever white space stands in it."""

import numpy as np
import pytest

from rag.models.caching import RememberingEncoder
from rag.models.encoder import OnnxEncoder
from tests.hashing import HashingEncoder


def test_a_text_is_encoded_once_whatever_white_space_it_holds(hashing: HashingEncoder) -> None:
    encoder = RememberingEncoder(hashing)
    first, second = encoder.encode(["How much does a     earn?", "How much does a earn?"])
    third = encoder.encode(["  How much\tdoes a          earn?"])[0]
    assert hashing.encoded == ["How much does a earn?"]
    assert first.embedding is second.embedding is third.embedding and encoder.dimension == hashing.dimension


def test_spans_are_those_of_the_text_as_it_was_given(hashing: HashingEncoder) -> None:
    encoder = RememberingEncoder(hashing)
    for text in ("pay  of   a nurse ", "pay of a nurse", " \n pay of a  nurse", "", "   ", "... "):
        spans = encoder.encode([text])[0].spans
        assert spans.tolist() == hashing.encode([text])[0].spans.tolist()
        assert [text[start:end] for start, end in spans] == text.split()[: len(spans)]


def test_what_was_asked_longest_ago_is_forgotten(hashing: HashingEncoder) -> None:
    encoder = RememberingEncoder(hashing, tokens=8)
    for text in ("one two three", "four five six", "one two three", "seven", "four five six"):
        encoder.encode([text])
    encoder.encode(["a text of far too many words to be kept at all", "one two three"])
    assert [text for text in hashing.encoded if text == "four five six"] == ["four five six"] * 2
    assert hashing.encoded.count("one two three") == 2


@pytest.mark.model
def test_the_real_encoder_reads_the_same_tokens_where_white_space_is_folded(encoder: OnnxEncoder) -> None:
    text = "How  much does a                            earn per (regular)   year?"
    plain, remembered = encoder.encode([text])[0], RememberingEncoder(encoder).encode([text])[0]
    assert np.array_equal(plain.ids, remembered.ids) and np.array_equal(plain.spans, remembered.spans)
    assert np.array_equal(plain.tokens, remembered.tokens) and np.array_equal(plain.embedding, remembered.embedding)
