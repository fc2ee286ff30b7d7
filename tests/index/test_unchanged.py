"""Whether guides changed, told without reading them."""

import os
from dataclasses import replace
from pathlib import Path
from time import time_ns

import pytest

from rag.index.unchanged import _KINDS, _PACKAGES, is_same, look, record, recorded, sources_key
from rag.settings import Settings, read_settings
from tests.conftest import ROOT

LONG_AGO = time_ns() - 60 * 10**9


@pytest.fixture
def place(tmp_path: Path) -> Settings:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "index").mkdir()
    for name in ("baker.md", "pilot.md"):
        (tmp_path / "corpus" / name).write_text(f"# {name}")
        os.utime(tmp_path / "corpus" / name, ns=(LONG_AGO, LONG_AGO))
    return read_settings(corpus=tmp_path / "corpus", index=tmp_path / "index")


def test_files_of_the_same_size_and_time_are_not_read_again(place: Settings) -> None:
    before = look(place, "key")
    assert before is not None
    (place.corpus / "baker.md").write_text("# taker.md")  # as long, and as old
    os.utime(place.corpus / "baker.md", ns=(LONG_AGO, LONG_AGO))
    assert is_same(look(place, "key", before), before)


def test_a_file_that_was_touched_is_read_and_one_that_was_changed_added_or_removed_is_told(place: Settings) -> None:
    before = look(place, "key")
    assert before is not None
    os.utime(place.corpus / "baker.md")
    touched = look(place, "key", before)
    assert touched is not None
    assert touched.files["baker.md"].written != before.files["baker.md"].written
    assert is_same(touched, before)
    (place.corpus / "baker.md").write_text("# Baker")
    assert not is_same(look(place, "key", before), before)
    (place.corpus / "baker.md").unlink()
    assert not is_same(look(place, "key", before), before)
    assert not is_same(None, before)


def test_a_file_written_just_before_it_was_looked_at_is_read_again(place: Settings) -> None:
    now = time_ns()
    os.utime(place.corpus / "baker.md", ns=(now, now))
    before = look(place, "key")
    assert before is not None
    (place.corpus / "baker.md").write_text("# taker.md")
    os.utime(place.corpus / "baker.md", ns=(now, now))
    assert not is_same(look(place, "key", before), before)


def test_a_record_is_worth_nothing_under_another_model_or_setting(place: Settings) -> None:
    key = sources_key(place, "a" * 64, skip_bad=False)
    seen = look(place, key)
    assert seen is not None
    record(place, replace(seen, id="sha256:b"))
    assert recorded(place, key) == replace(seen, id="sha256:b")
    others = [
        sources_key(place, "b" * 64, skip_bad=False),
        sources_key(place, "a" * 64, skip_bad=True),
        sources_key(place.model_copy(update={"max_file_bytes": 5}), "a" * 64, skip_bad=False),
    ]
    assert [recorded(place, other) for other in others] == [None] * 3
    (place.index / "sources.json").write_text("{")
    assert recorded(place, key) is None


def test_all_that_guides_are_read_by_counts_lists_and_weights_too() -> None:
    beside = [file.suffix for package in _PACKAGES for file in (ROOT / "rag" / package).iterdir() if file.is_file()]
    assert {f"*{suffix}" for suffix in beside} - {"*.md"} == set(_KINDS)


def test_what_reading_refuses_unopened_is_not_opened_here_either(place: Settings) -> None:
    os.mkfifo(place.corpus / "pipe.md")  # nobody writes into it: to open it would take for ever
    (place.corpus / "endless.txt").symlink_to("/dev/zero")
    (place.corpus / "large.txt").write_bytes(b"a" * 99)
    small = place.model_copy(update={"max_file_bytes": 98})
    before = look(small, "key")
    assert before is not None and is_same(look(small, "key", before), before)
    assert {path for path, file in before.files.items() if not file.sha256} == {"pipe.md", "endless.txt", "large.txt"}
    for odd in ("pipe.md", "endless.txt"):
        (place.corpus / odd).unlink()
        (place.corpus / odd).write_text("# Pipe fitter")
    assert not is_same(look(small, "key", before), before)


def test_a_name_that_is_no_text_is_not_recorded(place: Settings) -> None:
    (place.corpus / os.fsdecode(b"\xff.md")).write_text("# Baker")
    seen = look(place, "key")
    assert seen is not None
    record(place, seen)
    assert recorded(place, "key") is None
