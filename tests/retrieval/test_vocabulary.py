from pathlib import Path

import pytest

from rag.errors import StoreError
from rag.retrieval.vocabulary import Vocabulary
from rag.text.words import stem, words

TEXTS = ["Bakers knead, and a Baker bakes.", "", "Pilots fly; bakers don't."]


def test_words_and_stems_are_those_of_the_texts_also_from_disk(tmp_path: Path) -> None:
    Vocabulary.build(TEXTS).save(tmp_path)
    loaded = Vocabulary.load(tmp_path)
    assert loaded.words == ("a", "and", "baker", "bakers", "bakes", "don't", "fly", "knead", "pilots")
    assert [loaded.stems(row) for row in range(len(loaded))] == [frozenset(map(stem, words(text))) for text in TEXTS]


def test_no_texts_have_no_words(tmp_path: Path) -> None:
    Vocabulary.build([""]).save(tmp_path)
    assert (Vocabulary.load(tmp_path).words, Vocabulary.load(tmp_path).stems(0)) == ((), frozenset())


def test_a_file_that_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="Cannot read the vocabulary"):
        Vocabulary.load(tmp_path)
