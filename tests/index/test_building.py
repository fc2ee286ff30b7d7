import gc
import subprocess
import sys
import weakref
from pathlib import Path

import numpy as np
import pytest

from rag.errors import CorpusError, EncoderError, StoreError
from rag.index.builds import current_folder, current_id
from rag.loading import build, is_stale, load, refresh
from rag.settings import Settings, read_settings
from tests.handmade import BAKER, PILOT, link_index
from tests.tiny import DIMENSION

pytestmark = pytest.mark.model

ROOT = Path(__file__).parent.parent.parent
REBUILD = """
import sys
from pathlib import Path
from rag.loading import build
from rag.settings import read_settings

report = build(read_settings(corpus=Path(sys.argv[1]), index=Path(sys.argv[2])))
print(report.changed, report.reused, *sorted(sys.modules))
"""


@pytest.fixture
def real(tmp_path: Path, settings: Settings) -> Settings:
    """A corpus of two guides of its own and an index folder that holds the run's index of the seed guide."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "baker.md").write_text(BAKER)
    (tmp_path / "corpus" / "pilot.md").write_text(PILOT)
    link_index(settings.index, tmp_path / "index")
    return read_settings(corpus=tmp_path / "corpus", index=tmp_path / "index")


@pytest.fixture
def place(real: Settings, tiny_model: Path) -> Settings:
    """The same for the tiny model."""
    return real.model_copy(update={"model": str(tiny_model)})


def files_of(settings: Settings) -> dict[str, bytes]:
    """The JSON files of an index folder but the record of what its guides' files looked like."""
    files = (path for path in settings.index.rglob("*.json") if path.name != "sources.json")
    return {str(path): path.read_bytes() for path in files}


def test_the_seed_guide_is_covered_whole(settings: Settings) -> None:
    report = build(settings)
    assert not report.changed
    assert [(file.characters, file.covered) for file in report.files] == [(33364, 33364)]
    assert report.parity is not None


def test_a_build_is_switched_to_and_loaded(real: Settings) -> None:
    report = build(real)
    assert report.changed
    assert (report.id, report.folder) == (current_id(real.index), current_folder(real.index))
    assert [(file.path, file.passages) for file in report.files] == [("baker.md", 2), ("pilot.md", 2)]
    pipeline = load(real)
    assert pipeline.index.info.id == report.id
    question = pipeline.networks.encoder.encode(["How much does a Pilot earn?"])[0].embedding
    assert pipeline.index.passages[pipeline.index.store.dense.search(question, 1)[1][0, 0]].heading == "Pay"


def test_documents_carry_the_title_that_their_outline_found(place: Settings) -> None:
    (place.corpus / "lamp_keepers.txt").write_text("Lamps are kept all night, and their wicks are trimmed at dawn.\n")
    build(place)
    titles = {id: document.title for id, document in load(place).index.documents.items()}
    assert titles == {"baker": "Baker", "pilot": "Pilot", "lamp-keepers": "Lamp Keepers"}


def test_with_nothing_changed_nothing_is_done(place: Settings) -> None:
    first = build(place)
    before = files_of(place)
    (place.corpus / "pilot.md").touch()
    again = build(place)
    assert (again.changed, again.id, again.reused) == (False, first.id, 0)
    assert files_of(place) == before


def test_a_rebuild_needs_no_torch_and_encodes_only_what_changed(real: Settings) -> None:
    first = build(real)
    (real.corpus / "pilot.md").write_text(PILOT + "\nPilots retire at 65.\n")
    done = subprocess.run(
        [sys.executable, "-c", REBUILD, str(real.corpus), str(real.index)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    changed, reused, *modules = done.stdout.split()
    assert changed == "True"
    assert int(reused) == first.passages + first.units - 1  # the passage that grew
    assert not {"torch", "transformers", "sentence_transformers"} & set(modules)


def test_the_old_index_answers_until_the_new_one_is_taken(place: Settings) -> None:
    build(place)
    old = load(place)
    assert refresh(old, place) is old
    (place.corpus / "pilot.md").unlink()
    build(place)
    new = refresh(old, place)
    assert new.networks.encoder is old.networks.encoder  # its files are links to the same bytes
    assert new.networks.scorer is old.networks.scorer
    assert set(new.index.documents) == {"baker"}
    assert set(old.index.documents) == {"baker", "pilot"}
    assert old.index.store.dense.vectors(np.arange(4)).shape == (4, DIMENSION)


def test_an_index_that_was_replaced_is_freed_without_the_collector(place: Settings) -> None:
    build(place)
    old = load(place)
    for question in ("What does a Pilot do?", "How much does a Baker earn?", "What is the capital of France?"):
        old.ask(question)
        old.ask(question, documents=["baker"])
    old.ask("How does a Pilot differ from a Baker?")
    parts = [weakref.ref(part) for part in (old.retriever, old.index.store, old.index.store.tokens)]
    gc.disable()
    try:
        del old
        assert [part() for part in parts] == [None] * 3
    finally:
        gc.enable()


def test_a_corpus_that_came_back_is_switched_to_without_a_build(place: Settings) -> None:
    first = build(place)
    (place.corpus / "pilot.md").unlink()
    build(place)
    (place.corpus / "pilot.md").write_text(PILOT)
    back = build(place)
    assert (back.changed, back.id, current_id(place.index)) == (True, first.id, first.id)


def test_staleness_is_that_of_the_content(place: Settings) -> None:
    assert is_stale(place)
    build(place)
    assert not is_stale(place)
    (place.corpus / "new.md").write_text(PILOT.replace("Pilot", "Sailor"))
    assert is_stale(place)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [("empty.txt", b"", "empty.txt"), ("photo.md", b"\x00\x01\x02\xff" * 50, "photo.md"), ("guide.xyz", b"text", "guide.xyz")],
)
def test_a_bad_guide_is_named_and_the_old_index_is_untouched(place: Settings, name: str, content: bytes, reason: str) -> None:
    before = files_of(place)
    (place.corpus / name).write_bytes(content)
    with pytest.raises(CorpusError, match=reason):
        build(place)
    assert files_of(place) == before
    report = build(place, skip_bad=True)
    assert [bad.path for bad in report.skipped] == [name]
    assert len(report.files) == 2


def test_a_guide_that_would_not_be_held_whole_is_left_out_too(place: Settings) -> None:
    (place.corpus / "stub.txt").write_text("x")
    with pytest.raises(CorpusError, match=r"stub\.txt \(no passage\)"):
        build(place)
    report = build(place, skip_bad=True)
    assert [(bad.path, bad.reason) for bad in report.skipped] == [("stub.txt", "its text would not be held whole (no passage)")]
    assert sorted(file.path for file in report.files) == ["baker.md", "pilot.md"]
    (place.corpus / "baker.md").unlink()
    (place.corpus / "pilot.md").unlink()
    with pytest.raises(CorpusError, match=r"stub\.txt \(no passage\)"):
        build(place, skip_bad=True)


def test_a_damaged_index_is_refused_and_mended(place: Settings) -> None:
    report = build(place)
    damaged = report.folder / "tokens.int8"
    damaged.write_bytes(b"")
    with pytest.raises(StoreError, match=r"tokens\.int8 has changed .*run `verbatim build"):
        load(place)
    assert build(place).changed
    assert load(place).index.info.id == report.id


def test_a_wrong_model_is_named_and_the_old_index_is_untouched(place: Settings, tmp_path: Path) -> None:
    before = files_of(place)
    with pytest.raises(EncoderError, match=r"holds no weights"):
        build(read_settings(corpus=place.corpus, index=place.index, model=str(tmp_path)))
    assert files_of(place) == before


def test_missing_folders_are_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="does not exist"):
        build(read_settings(corpus=tmp_path / "none", index=tmp_path / "index"))
    (tmp_path / "corpus").mkdir()
    with pytest.raises(CorpusError, match="holds no guide"):
        build(read_settings(corpus=tmp_path / "corpus", index=tmp_path / "index"))
    with pytest.raises(StoreError, match=r"No index in .*; run `verbatim build`"):
        load(read_settings(index=tmp_path / "index"))
