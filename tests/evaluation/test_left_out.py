"""What was left out of guides as no content, listed from an index."""

from dataclasses import replace
from pathlib import Path

from rag.evaluation.checks import left_out
from rag.index.builds import build_folder
from rag.index.contents import contents_of
from rag.index.index import write_manifest, write_stores
from rag.index.manifest import StoredEncoder
from rag.index.reuse import Embedder, OwnWork
from rag.settings import read_settings
from tests.handmade import plan
from tests.hashing import HashingEncoder


def test_what_was_left_out_is_told_by_guide(tmp_path: Path) -> None:
    source = plan().source
    baker, pilot = source.documents
    made = contents_of(replace(source, documents=[replace(baker, left_out=("Home Jobs", "$17.20")), pilot]))
    assert [file.left_out for file in made.corpus] == [12, 0]
    folder = build_folder(tmp_path, "ab" * 32)
    folder.mkdir(parents=True)
    write_stores(folder, made, Embedder(OwnWork(HashingEncoder())))
    write_manifest(folder, made, StoredEncoder())
    (tmp_path / "current").write_text("ab" * 32 + "\n")
    assert left_out(read_settings(index=tmp_path)) == {"baker.md": ("Home Jobs", "$17.20")}
