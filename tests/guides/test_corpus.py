"""A folder of guides to documents."""

import hashlib
import os
from pathlib import Path

import pytest

from rag.errors import CorpusError
from rag.guides.corpus import BadFile, document_ids, read_corpus, read_guides


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    (folder / "law").mkdir(parents=True)
    (folder / "baker.txt").write_text("Baker\n\nBakes bread.\n")
    (folder / "law" / "Para Legal.md").write_text("---\ntitle: Paralegal\nlanguage: en-GB\naliases: a, b\n---\nHelps.\n")
    (folder / "README.md").write_text("How to add a guide.")
    (folder / ".hidden.txt").write_text("x")
    (folder / "~$draft.docx").write_bytes(b"lock")
    return folder


def test_guides_are_sorted_by_id_and_readmes_and_hidden_files_are_not_guides(corpus: Path) -> None:
    first, second = read_corpus(corpus)
    assert (first.id, first.path, first.title, first.text) == ("baker", "baker.txt", "", "Baker\n\nBakes bread.\n")
    assert first.sha256 == hashlib.sha256(b"Baker\n\nBakes bread.\n").hexdigest()
    assert (second.id, second.path, second.title, second.language) == ("law-para-legal", "law/Para Legal.md", "Paralegal", "en")
    assert second.skipped == ((0, second.text.index("Helps")),)


def test_what_the_parser_says_is_on_the_document(corpus: Path) -> None:
    page = "<html><body><main><h1>Welder</h1><p>Welds.</p></main><nav><a href='/'>More</a></nav></body></html>"
    (corpus / "welder.html").write_text(page)
    welder = read_corpus(corpus)[-1]
    assert (welder.id, welder.title, welder.text) == ("welder", "Welder", "Welder\n\nWelds.")
    assert (welder.lost, welder.left_out, welder.page_starts, welder.source_url) == (0, ("More",), (), None)


def test_ids_are_words_of_the_path_and_stay_apart() -> None:
    ids = document_ids(["Résumé tips.md", "a/b.md", "a-b.md", "a-b.txt", "データ.md", "!.md"])
    assert ids["Résumé tips.md"] == "resume-tips"
    assert ids["a-b.txt"] == "a-b-txt"
    assert ids["a-b.md"].startswith("a-b-md-")
    assert ids["a/b.md"].startswith("a-b-md-")
    assert (ids["データ.md"], ids["!.md"]) == ("データ", "guide")
    assert len(set(ids.values())) == 6


def test_every_bad_file_is_named_with_its_reason(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("secret")
    (corpus / "link.txt").symlink_to(tmp_path / "outside.txt")
    (corpus / "away").symlink_to(tmp_path)
    (corpus / "ring.txt").symlink_to(corpus / "ring.txt")
    (corpus / "gone.txt").symlink_to(corpus / "nothing.txt")
    (corpus / "binary.txt").write_bytes(b"\x00\x01\x02" * 50)
    (corpus / "big.txt").write_text("x" * 301)
    (corpus / "data.csv").write_text("a,b")
    (corpus / "empty.md").write_text("")
    os.mkfifo(corpus / "pipe.txt")
    documents, bad = read_guides(corpus, max_bytes=300)
    assert [document.id for document in documents] == ["baker", "law-para-legal"]
    reasons = {file.path: file.reason.split(";")[0].split(",")[0] for file in bad}
    assert reasons == {
        "away": "symbolic link out of the corpus",
        "big.txt": "301 bytes",
        "binary.txt": "binary data",
        "data.csv": "format .csv is not one of .txt",
        "empty.md": "empty file",
        "gone.txt": "cannot be opened (No such file or directory)",
        "link.txt": "symbolic link out of the corpus",
        "pipe.txt": "not a file that can be read",
        "ring.txt": "cannot be opened (Too many levels of symbolic links)",
    }


def test_the_strict_reading_is_one_line_with_all_bad_files(corpus: Path) -> None:
    (corpus / "a.md").write_text("")
    (corpus / "b.csv").write_text("x")
    with pytest.raises(CorpusError) as caught:
        read_corpus(corpus)
    message = str(caught.value)
    assert message.startswith(f"2 of 4 guides in {corpus} cannot be read. a.md: empty file; b.csv: format .csv is not one of")
    assert message.endswith("Mend or remove them, or build with --skip-bad.")
    assert "\n" not in message


def test_a_corpus_without_a_guide_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="does not exist; make it and put guides"):
        read_corpus(tmp_path / "none")
    (tmp_path / "README.md").write_text("only this")
    with pytest.raises(CorpusError, match="holds no guide; put at least one"):
        read_corpus(tmp_path)
    (tmp_path / "empty.txt").write_text("")
    with pytest.raises(CorpusError, match=r"1 of 1 guides in .* cannot be read\. empty\.txt: empty file\."):
        read_guides(tmp_path)


def test_a_bad_file_carries_its_path_and_reason(corpus: Path) -> None:
    (corpus / "law" / "empty.txt").write_text("")
    assert read_guides(corpus)[1] == [BadFile("law/empty.txt", "empty file")]
