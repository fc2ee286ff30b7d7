"""`verbatim check`: the real index is found good, and each damage to a copy of it is named."""

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from rag import cli
from rag.datatypes import Document, Outline, Passage, Section
from rag.errors import JudgementError, StoreError
from rag.evaluation.checks import CheckReport, check
from rag.evaluation.findings import Finding
from rag.index.builds import current_folder
from rag.index.manifest import MANIFEST, file_hashes, read_manifest
from rag.loading import build
from rag.retrieval.values import Lines, Values, write_values
from rag.settings import Settings, read_settings
from tests.handmade import link_index

pytestmark = pytest.mark.model
REBUILD = "run `verbatim build`"
Edit = Callable[[list[Any]], list[Any]]


@pytest.fixture
def copy(settings: Settings, tmp_path: Path) -> Settings:
    """The settings of a copy of the real index and its corpus; the index's files are links, so replace them to change them."""
    link_index(settings.index, tmp_path / "index")
    shutil.copytree(settings.corpus, tmp_path / "corpus")
    return read_settings(corpus=tmp_path / "corpus", index=tmp_path / "index")


def write(path: Path, data: bytes) -> None:
    """Replace a file and leave what it was linked to as it is."""
    path.unlink()
    path.write_bytes(data)


def edit(settings: Settings, name: str, kind: type, change: Edit) -> None:
    """Change the values of a build's file, with a manifest that agrees, as a faulty build would have written them."""
    folder = current_folder(settings.index)
    changed = change(list(Values[Any](Lines(folder / name), kind)))
    (folder / name).unlink()
    write_values(folder / name, changed)
    write(folder / MANIFEST, msgspec.json.encode(replace(read_manifest(folder), files=file_hashes(folder))))


def found(report: CheckReport, name: str) -> tuple[Finding, ...]:
    return next(check.findings for check in report.checks if check.name == name)


def test_the_real_index_is_good(settings: Settings) -> None:
    report = check(settings)
    assert report.good
    assert [check.name for check in report.checks] == [
        "files",
        "corpus",
        "offsets",
        "coverage",
        "duplicates",
        "sections",
        "limit",
    ]
    assert {check.name for check in report.checks if check.findings} <= {"duplicates", "sections", "limit"}
    manifest = read_manifest(current_folder(settings.index))
    assert [check.examined for check in report.checks][2:5] == [
        manifest.passages + manifest.units,
        manifest.documents,
        manifest.passages,
    ]


def test_a_damaged_file_is_named_and_nothing_is_read_from_it(copy: Settings) -> None:
    folder = current_folder(copy.index)
    write(folder / "units.faiss", b"damaged")
    (folder / "keys.npz").unlink()
    (folder / "stray").touch()
    report = check(copy)
    assert not report.good
    assert set(found(report, "files")) == {
        Finding("error", "units.faiss", f"has changed since it was built; {REBUILD}"),
        Finding("error", "keys.npz", f"is missing; {REBUILD}"),
        Finding("warning", "stray", "is no file of this build"),
    }
    assert found(report, "corpus") == ()
    assert {check.examined for check in report.checks[2:]} == {None}


def test_an_index_without_a_manifest_is_one_line(copy: Settings) -> None:
    write(current_folder(copy.index) / MANIFEST, b"{")
    with pytest.raises(StoreError, match=MANIFEST):
        check(copy)


def shifted(passages: list[Passage], by: int, end: int = 0) -> list[Passage]:
    """The first passage's first unit moved, and its end moved by `end` more."""
    passage, unit = passages[0], passages[0].units[0]
    moved = replace(unit, start=unit.start + by, end=unit.end + by + end)
    return [replace(passage, units=(moved, *passage.units[1:])), *passages[1:]]


def test_a_unit_outside_its_passage_is_found(copy: Settings) -> None:
    edit(copy, "passages.json", Passage, lambda passages: shifted(passages, 0, 100_000))
    (finding,) = found(check(copy), "offsets")
    assert (finding.severity, finding.message) == ("error", f"offsets outside its text; {REBUILD}")


def test_a_unit_that_slices_other_words_is_found(copy: Settings) -> None:
    edit(copy, "passages.json", Passage, lambda passages: shifted(passages, 1, -1))
    (finding,) = found(check(copy), "offsets")
    assert finding.message == f"its offsets hold another text than the one embedded; {REBUILD}"


def test_a_missing_passage_is_found(copy: Settings) -> None:
    edit(copy, "passages.json", Passage, lambda passages: passages[:-1])
    report = check(copy)
    assert [finding.message for finding in found(report, "offsets")] == [
        f"the stores do not hold a row for each passage and unit; {REBUILD}"
    ]
    assert not report.good


def test_a_text_of_another_hash_and_too_few_blocks_are_found(copy: Settings) -> None:
    def change(documents: list[Document]) -> list[Document]:
        return [replace(one, text=one.text + " More.", blocks=one.blocks[:5], lost=7) for one in documents]

    edit(copy, "documents.json", Document, change)
    report = check(copy)
    assert found(report, "offsets")[0].message == f"its stored text has another sha256; {REBUILD}"
    little, lost = found(report, "coverage")[:2]
    assert little.severity == "error" and "characters in blocks" in little.message
    assert lost == Finding("warning", little.where, "7 letters and digits of the file are not in its text")


def test_a_heading_without_text_is_a_warning(copy: Settings) -> None:
    before = found(check(copy), "sections")

    def change(outlines: list[Outline]) -> list[Outline]:
        first = outlines[0]
        return [replace(first, sections=(*first.sections, Section((first.title, "Nothing"), None, None, ()))), *outlines[1:]]

    edit(copy, "outlines.json", Outline, change)
    report = check(copy)
    (added,) = set(found(report, "sections")) - set(before)
    assert added.severity == "warning" and added.message.endswith("› Nothing")
    assert report.good


def test_each_change_of_the_corpus_is_named(copy: Settings) -> None:
    guide = next(path for path in copy.corpus.iterdir() if path.suffix == ".txt")
    guide.write_text(guide.read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8")
    (copy.corpus / "new.md").write_text("# Lamp Keeper\n\nA Lamp Keeper keeps lamps.\n")
    (copy.corpus / "bad.pdf").write_bytes(b"no PDF")
    report = check(copy)
    *errors, bad = found(report, "corpus")
    assert errors == [
        Finding("error", guide.name, f"changed since the build; {REBUILD}"),
        Finding("error", "new.md", f"added since the build; {REBUILD}"),
    ]
    assert (bad.severity, bad.where, bad.message[:18]) == ("warning", "bad.pdf", "not in the index: ")
    assert not report.good


def test_a_guide_that_went_is_named(copy: Settings) -> None:
    guide = next(path for path in copy.corpus.iterdir() if path.suffix == ".txt")
    (copy.corpus / "new.md").write_text("# Lamp Keeper\n\nA Lamp Keeper keeps lamps.\n")
    guide.write_bytes(b"\0\1\2")
    assert found(check(copy), "corpus")[0].message.startswith("cannot be read any more: ")
    guide.unlink()
    assert found(check(copy), "corpus")[0] == Finding("error", guide.name, f"removed since the build; {REBUILD}")
    shutil.rmtree(copy.corpus)
    assert "does not exist" in found(check(copy), "corpus")[0].message


def test_an_index_of_other_code_or_settings_is_found(copy: Settings) -> None:
    folder = current_folder(copy.index)
    write(folder / MANIFEST, msgspec.json.encode(replace(read_manifest(folder), id="sha256:0")))
    report = check(copy)
    assert [finding.message.split(";")[0] for finding in found(report, "corpus")] == [
        "the index was made from the same texts by another version or setting"
    ]
    assert not report.good


def test_repeated_and_cut_passages_are_warnings(copy: Settings) -> None:
    long = ", ".join(f"trims wick number {number}" for number in range(120))
    (copy.corpus / "a.md").write_text(
        f"# Lamp Keeper\n\nA Lamp Keeper keeps all the lamps of the harbour.\n\n## Duties\n\n{long}.\n"
    )
    (copy.corpus / "b.md").write_text("# Lamp Keeper\n\nA lamp  keeper keeps all the lamps of the harbour.\n")
    (copy.corpus / "c.md").write_text("# Lamp Keeper\n\nA Lamp Keeper keeps all lamps of the harbour.\n")
    (copy.corpus / "d.md").write_bytes((copy.corpus / "a.md").read_bytes())
    build(copy)
    report = check(copy)
    told = {finding.where: finding.message for finding in found(report, "duplicates")}
    assert told["b/lamp-keeper/1"] == "the same words as a/lamp-keeper/1"
    assert told["c/lamp-keeper/1"].startswith("nearly the same (0.9")
    assert told["d.md"] == "the same text as a.md"
    assert not [where for where in told if where.startswith("d/")]
    assert [finding.where for finding in found(report, "limit") if finding.where.startswith("a/")] == ["a/duties/2"]
    assert report.good


QUESTION = "What does a Head of Analytics Engineering do?"


def test_questions_without_an_answer_are_errors(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "plain.txt").write_text(f"{QUESTION}\n\nWhat is the capital of Mongolia?\n{'x' * 5000}\n")
    report = check(settings, tmp_path / "plain.txt")
    mongolia, long = found(report, "questions")
    assert (mongolia.severity, mongolia.where) == ("error", "What is the capital of Mongolia?")
    assert mongolia.message.startswith("not_found (")
    assert "400 characters" in long.message
    assert (report.checks[-1].examined, report.good) == (3, False)


def test_of_judged_questions_the_answerable_ones_are_asked(settings: Settings, tmp_path: Path) -> None:
    judged = [{"id": str(at), "question": QUESTION, "type": "fact", "answerable": at > 0} for at in range(3)]
    (tmp_path / "judged.jsonl").write_text("\n".join(map(json.dumps, judged)))
    report = check(settings, tmp_path / "judged.jsonl")
    assert (report.checks[-1].examined, report.checks[-1].findings, report.good) == (2, (), True)


@pytest.mark.parametrize(("name", "data"), [("none.txt", None), ("empty.txt", b"\n"), ("binary.txt", b"\xff"), ("a.jsonl", b"{")])
def test_questions_that_cannot_be_read_are_refused(settings: Settings, tmp_path: Path, name: str, data: bytes | None) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(JudgementError, match=name):
        check(settings, tmp_path / name)


def test_the_command_prints_a_table_or_json_and_fails_on_errors(copy: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    flags = ["--corpus", str(copy.corpus), "--index", str(copy.index)]
    with pytest.raises(SystemExit) as good:
        cli.main(["check", *flags])
    said = capsys.readouterr().out.splitlines()
    assert (good.value.code, said[0].split()) == (0, ["guide", "characters", "covered", "passages", "left", "out", "careers"])
    assert said[3].split() == ["check", "examined", "errors", "warnings"]
    assert said[-1].endswith(": no error")
    (copy.corpus / "new.md").write_text("# Lamp Keeper\n\nA Lamp Keeper keeps lamps.\n")
    with pytest.raises(SystemExit) as bad:
        cli.main(["check", "--json", *flags])
    assert bad.value.code == 1
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(asdict(check(copy))))
