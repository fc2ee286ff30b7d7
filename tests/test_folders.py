import os
from pathlib import Path

import pytest

from rag.folders import link, partial, remove, settle, sweep


def test_a_folder_appears_whole_under_its_name(tmp_path: Path) -> None:
    with partial(tmp_path) as folder:
        (folder / "file").write_text("whole")
        assert folder.name.startswith(".")
        assert settle(folder, "kept") == tmp_path / "kept"
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert (tmp_path / "kept" / "file").read_text() == "whole"


def test_a_folder_of_that_name_is_replaced(tmp_path: Path) -> None:
    for content in ("old", "new"):
        with partial(tmp_path) as folder:
            (folder / content).touch()
            settle(folder, "kept")
    assert [path.relative_to(tmp_path).as_posix() for path in sorted(tmp_path.rglob("*"))] == ["kept", "kept/new"]


def test_what_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), partial(tmp_path / "made") as folder:
        (folder / "half").touch()
        raise KeyboardInterrupt
    assert [path.name for path in tmp_path.rglob("*")] == ["made"]


def test_what_was_removed_or_left_behind_is_gone(tmp_path: Path) -> None:
    for name in ("kept", "doomed", ".partial-left"):
        (tmp_path / name).mkdir()
    remove(tmp_path / "doomed")
    sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_a_linked_file_has_the_same_bytes_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "encoder.bin").write_bytes(b"weights")
    link(tmp_path / "encoder.bin", tmp_path / "linked")
    assert (tmp_path / "linked").samefile(tmp_path / "encoder.bin")

    def refuse(*paths: Path) -> None:
        raise OSError("this file system cannot link")

    monkeypatch.setattr(os, "link", refuse)
    link(tmp_path / "encoder.bin", tmp_path / "copied")
    assert (tmp_path / "copied").read_bytes() == b"weights"
    assert os.stat(tmp_path / "copied").st_nlink == 1
