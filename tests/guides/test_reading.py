"""One guide cannot hold a build, end it, or take its memory: it becomes a bad file with a reason."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.errors import CorpusError
from rag.guides import reading
from rag.guides.corpus import MAX_BYTES, read_guide, read_guides
from rag.guides.outline import outline
from rag.guides.passages import make_passages
from rag.guides.reading import GuideReader

# Replaces parsers in the child by what a hostile file might do to them: `sitecustomize` is imported by every Python process.
HOSTILE = """
import rag.formats.parsing as parsing

def hostile(data, *more):
    text = data.decode()
    if "loop" in text:
        while True: pass
    if "memory" in text:
        bytearray(10**12)
    if "crash" in text:
        import os; os._exit(9)
    if "sleep" in text:
        import time; time.sleep(60)
    if "deep" in text:
        def down(): down()
        down()
    if "surrogate" in text:
        raise ValueError(chr(0xD800))
    raise ZeroDivisionError(text)

parsing.PARSERS[".html"] = hostile
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "baker.md").write_text("# Baker\n\nA Baker bakes bread.\n\n## Pay\n\n- $1\n- $2\n")
    return folder


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GuideReader]:
    """A reader whose child has a parser of web pages that does as the page says."""
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook" / "sitecustomize.py").write_text(HOSTILE)
    monkeypatch.setattr(sys, "path", [str(tmp_path / "hook"), *sys.path])
    with GuideReader(1, 1500) as reader:
        yield reader


def test_a_guide_is_read_as_it_is_read_without_a_child(corpus: Path) -> None:
    with GuideReader(60, 2000) as reader:
        read = reader(corpus, "baker", "baker.md", MAX_BYTES)
    plain = read_guide(corpus, "baker", "baker.md", MAX_BYTES)
    assert read == plain and reader.outlines == {"baker": outline(plain)}


def test_each_bad_guide_is_named_and_the_others_are_read(corpus: Path, reader: GuideReader) -> None:
    for name in ("loop", "memory", "crash", "deep", "surrogate", "zero"):
        (corpus / f"{name}.html").write_text(name)
    (corpus / "zebra.md").write_text("# Zebra keeper\n\nA Zebra keeper keeps zebras.\n")
    documents, bad = read_guides(corpus, read=reader)
    assert [document.id for document in documents] == ["baker", "zebra"] and set(reader.outlines) == {"baker", "zebra"}
    reasons = {file.path: file.reason for file in bad}
    assert reasons.pop("loop.html") == "took too long, over 1 s of CPU time (VERBATIM_GUIDE_SECONDS)"
    assert reasons.pop("memory.html") == "took too much memory, over 1,500 MB (VERBATIM_GUIDE_MEGABYTES)"
    assert reasons.pop("crash.html") == "ended the process that read it (status 9)"
    assert reasons.pop("deep.html").startswith("cannot be read (RecursionError")
    assert reasons.pop("surrogate.html") == "cannot be read (it holds half a character)"
    assert reasons == {"zero.html": "cannot be read (ZeroDivisionError: zero)"}


def test_a_guide_that_waits_is_given_up_by_the_clock(corpus: Path, reader: GuideReader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_WAIT", 0.5)
    (corpus / "sleep.html").write_text("sleep")
    with pytest.raises(CorpusError, match="took too long"):
        reader(corpus, "sleep", "sleep.html", MAX_BYTES)


def test_a_name_that_is_no_text_is_told_of(corpus: Path) -> None:
    name = os.fsdecode(b"caf\xe9.md")
    (corpus / name).write_text("# A")
    with GuideReader(60, 2000) as reader, pytest.raises(CorpusError, match="not valid UTF-8"):
        reader(corpus, "cafe", name, MAX_BYTES)


def test_no_front_matter_ends_a_build(corpus: Path) -> None:
    """Each is read or is named; what was seen to end a build with a traceback, also where bad guides are left out."""
    hostile = {
        "date": "---\ndate: 2024-13-45\n---\n# A\n\nA text.\n",
        "anchor": "---\naliases: &a [*a]\n---\n# A\n\nA text.\n",
        "brackets": f"---\nx: {'[' * 1000}\n---\n# A\n\nA text.\n",
        "digits": f"---\nx: {'9' * 5000}\n---\n# A\n\nA text.\n",
        "surrogate": '---\ntitle: "\\ud800"\n---\n# A\n\nA text.\n',
        "types": "---\ntitle: {a: 1}\nsource: [1]\nlanguage: 3\naliases: 7\n---\n# A\n\nA text.\n",
    }
    for name, text in hostile.items():
        (corpus / f"{name}.md").write_text(text)
    with GuideReader(20, 2000) as reader:
        documents, bad = read_guides(corpus, read=reader)
    assert {document.id for document in documents} | {Path(file.path).stem for file in bad} == {"baker", *hostile}
    for document in documents:
        document.title.encode()
        assert make_passages(document, reader.outlines[document.id], len)
