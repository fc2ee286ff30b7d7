from pathlib import Path

import pytest

from rag.errors import StoreError
from rag.index.index import load_index
from rag.index.manifest import FORMAT, MANIFEST, read_manifest
from tests.handmade import index_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    index_of(tmp_path)
    return tmp_path


def test_the_manifest_names_every_file_and_counts_what_is_in_them(folder: Path) -> None:
    manifest = read_manifest(folder)
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert set(manifest.files) == files - {MANIFEST}
    assert (manifest.documents, manifest.passages, manifest.units, manifest.dimension) == (2, 4, 6, 64)
    assert [(file.path, file.share) for file in manifest.corpus] == [("baker.md", 1.0), ("pilot.md", 1.0)]


def test_a_file_that_changed_is_named_with_what_to_do(folder: Path) -> None:
    for name in read_manifest(folder).files:
        path = folder / name
        kept = path.read_bytes()
        path.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
        with pytest.raises(StoreError, match=f"{path} has changed .* run `verbatim build`"):
            load_index(folder)
        path.unlink()
        with pytest.raises(StoreError, match=f"{path} is missing; run `verbatim build`"):
            load_index(folder)
        path.write_bytes(kept)
    assert load_index(folder).info.passages == 4


def test_a_folder_without_a_manifest_or_of_another_format_is_refused(folder: Path) -> None:
    manifest = folder / MANIFEST
    manifest.write_text(manifest.read_text().replace(f'"format": {FORMAT}', '"format": 99'))
    with pytest.raises(StoreError, match=f"has format 99, this program reads {FORMAT}; run `verbatim build`"):
        load_index(folder)
    manifest.write_text("{")
    with pytest.raises(StoreError, match=r"Cannot read .*manifest"):
        load_index(folder)
    manifest.unlink()
    with pytest.raises(StoreError, match=r"No index at .*run `verbatim build`"):
        load_index(folder)
