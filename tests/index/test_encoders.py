"""The encoder of an index folder: stored once, found again, mended, and deleted with the last build that names it."""

import json
from pathlib import Path

import pytest

from rag.errors import StoreError
from rag.folders import partial
from rag.index.builds import builds_folder, keep, locked, prune, switch
from rag.index.encoders import store_encoder
from rag.index.index import load_index, write_manifest, write_stores
from rag.index.manifest import FORMAT, MANIFEST, StoredEncoder, encoders_folder
from rag.index.reuse import Embedder, OwnWork
from rag.models.encoder import ENCODER_FILES, sha256_of
from rag.models.exports import Export
from rag.models.parity import Parity
from tests.handmade import BAKER, GUIDES, plan
from tests.hashing import HashingEncoder


def export(folder: Path, content: str = "weights") -> Export:
    """What stands for an exported model, for an index never looks into one."""
    folder.mkdir()
    for name in ENCODER_FILES:
        (folder / name).write_text(f"{name} {content}")
    return Export(folder, {name: sha256_of(folder / name) for name in ENCODER_FILES}, Parity(1, 1.0, 0.99, 0.99))


def build(index: Path, encoder: StoredEncoder, text: str = BAKER) -> Path:
    """Build with an encoder and switch to it; the build's folder."""
    made = plan({**GUIDES, "baker.md": text})
    with locked(index), partial(builds_folder(index)) as folder:
        write_stores(folder, made, Embedder(OwnWork(HashingEncoder())))
        write_manifest(folder, made, encoder)
        kept = keep(index, folder, made.id)
        switch(index, made.id)
    return kept


def names(index: Path) -> list[str]:
    return sorted(path.name for path in encoders_folder(index).iterdir())


def test_two_builds_share_one_encoder(tmp_path: Path) -> None:
    index, its = tmp_path / "index", export(tmp_path / "export")
    first = store_encoder(index, its, "int8")
    inode = (encoders_folder(index) / first.name / "encoder8.bin").stat().st_ino
    assert store_encoder(index, its, "int8") == first
    assert names(index) == [first.name]
    assert (encoders_folder(index) / first.name / "encoder8.bin").stat().st_ino == inode
    one, two = build(index, first), build(index, first, BAKER + "- Rest\n")
    assert load_index(one).encoder == load_index(two).encoder == encoders_folder(index) / first.name


def test_only_what_serving_takes_is_stored(tmp_path: Path) -> None:
    its = export(tmp_path / "export")
    assert set(store_encoder(tmp_path, its, "int8").files) == {"encoder8.onnx", "encoder8.bin", "tokenizer.json"}
    assert set(store_encoder(tmp_path, its, "single").files) == {"encoder.onnx", "encoder.bin", "tokenizer.json"}
    assert len(names(tmp_path)) == 2


def test_a_damaged_encoder_is_named_and_mended(tmp_path: Path) -> None:
    index, its = tmp_path / "index", export(tmp_path / "export")
    stored = store_encoder(index, its, "int8")
    folder = build(index, stored)
    weights = encoders_folder(index) / stored.name / "encoder8.bin"
    for damaged in (b"other", None):
        weights.unlink()
        if damaged:
            weights.write_bytes(damaged)
        with pytest.raises(StoreError, match=r"encoder8\.bin (has changed|is missing).* run `verbatim build`"):
            load_index(folder)
        assert store_encoder(index, its, "int8") == stored
        assert load_index(folder).encoder == weights.parent


def test_an_encoder_goes_with_the_last_build_that_names_it(tmp_path: Path) -> None:
    index = tmp_path / "index"
    old, new = (store_encoder(index, export(tmp_path / name, name), "int8") for name in ("old", "new"))
    build(index, old)
    build(index, new, BAKER + "- Rest\n")
    prune(index, spare=1)
    assert names(index) == sorted([old.name, new.name])
    prune(index, spare=0)
    assert names(index) == [new.name]


def test_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    (encoders_folder(tmp_path) / ".partial-left").mkdir(parents=True)
    with locked(tmp_path):
        assert names(tmp_path) == []


def test_an_index_of_an_older_format_is_refused_by_its_format(tmp_path: Path) -> None:
    folder = build(tmp_path, StoredEncoder())
    manifest = json.loads((folder / MANIFEST).read_text())
    del manifest["encoder"]
    (folder / MANIFEST).write_text(json.dumps({**manifest, "format": 6, "parity": None}))
    with pytest.raises(StoreError, match=f"has format 6, this program reads {FORMAT}; run `verbatim build`"):
        load_index(folder)
