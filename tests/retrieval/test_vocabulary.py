"""The words of the guides, written when they are indexed and read when they are served."""

from pathlib import Path

import pytest

from rag.errors import StoreError
from rag.retrieval.vocabulary import read_vocabulary, write_vocabulary

TEXTS = ["Bakers knead, and a Baker bakes.", "", "Pilots fly; bakers don't."]


def test_words_are_those_of_the_texts_once_each(tmp_path: Path) -> None:
    write_vocabulary(tmp_path, TEXTS)
    assert read_vocabulary(tmp_path) == {"a", "and", "baker", "bakers", "bakes", "don't", "fly", "knead", "pilots"}


def test_the_file_depends_on_the_words_alone(tmp_path: Path) -> None:
    files = []
    for at, texts in enumerate([TEXTS, TEXTS[::-1], [*TEXTS, "A baker bakes."]]):
        (tmp_path / str(at)).mkdir()
        write_vocabulary(tmp_path / str(at), texts)
        files += [path.read_bytes() for path in (tmp_path / str(at)).iterdir()]
    assert files == [files[0]] * 3


def test_no_texts_have_no_words(tmp_path: Path) -> None:
    write_vocabulary(tmp_path, [])
    assert read_vocabulary(tmp_path) == frozenset()


@pytest.mark.parametrize("content", [None, b"", b'{"words": []}', b"[1, 2]"])
def test_a_file_that_is_missing_or_no_list_of_words_is_said(content: bytes | None, tmp_path: Path) -> None:
    write_vocabulary(tmp_path, TEXTS)
    [file] = tmp_path.iterdir()
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)
    with pytest.raises(StoreError, match=r"Cannot read the vocabulary in .*; run `verbatim build`\.$"):
        read_vocabulary(tmp_path)
