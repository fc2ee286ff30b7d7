from dataclasses import dataclass
from pathlib import Path

from rag.index.index import load_index, write_manifest, write_stores
from rag.index.manifest import StoredEncoder
from rag.index.reuse import KEYS, Embedder, OwnWork
from tests.handmade import BAKER, GUIDES, PILOT, plan
from tests.hashing import HashingEncoder


@dataclass(frozen=True)
class Written:
    """How many texts of an earlier build were taken over, and those that were encoded."""

    reused: int
    encoded: list[str]


def write(folder: Path, guides: dict[str, str], previous: Path | None = None, model_sha256: str = "0" * 64) -> Written:
    """Write an index with an encoder of its own; what that took."""
    folder.mkdir()
    made = plan(guides, model_sha256)
    encoder = HashingEncoder()
    embedder = Embedder(OwnWork(encoder), previous)
    write_stores(folder, made, embedder)
    write_manifest(folder, made, StoredEncoder())
    return Written(embedder.reused, encoder.encoded)


def test_what_an_earlier_build_holds_is_not_encoded(tmp_path: Path) -> None:
    first = write(tmp_path / "one", GUIDES)
    again = write(tmp_path / "two", GUIDES, tmp_path / "one")
    assert first.reused == 0
    assert again.encoded == []
    assert again.reused == len(first.encoded)
    for name in ("passages.faiss", "units.faiss", "tokens.int8", "token_spans.int32"):
        assert (tmp_path / "two" / name).read_bytes() == (tmp_path / "one" / name).read_bytes()


def test_only_what_changed_is_encoded_and_what_moved_keeps_its_place(tmp_path: Path) -> None:
    write(tmp_path / "one", GUIDES)
    moved = PILOT.replace("A Pilot flies planes.", "A Pilot flies planes, by day and by night.")
    embedder = write(tmp_path / "two", {"pilot.md": moved}, tmp_path / "one")
    assert embedder.encoded == ["Pilot\nA Pilot flies planes, by day and by night."] * 2  # as a passage and as a unit
    index = load_index(tmp_path / "two")
    row = next(row for row, passage in enumerate(index.passages) if passage.heading == "Pay")
    words = [moved[start:end] for start, end in index.store.tokens.spans(row) if start >= 0]
    assert words == ["A", "Pilot", "earns", "90", "000", "a", "year", "Captains", "earn", "more"]


def test_texts_that_are_the_same_are_reused_too(tmp_path: Path) -> None:
    twins = {"baker.md": BAKER, "copy.md": BAKER}
    first = write(tmp_path / "one", twins)
    assert write(tmp_path / "two", twins, tmp_path / "one").reused == len(first.encoded) == 10


def test_another_model_takes_nothing_over(tmp_path: Path) -> None:
    write(tmp_path / "one", GUIDES)
    assert write(tmp_path / "two", GUIDES, tmp_path / "one", model_sha256="1" * 64).reused == 0


def test_a_damaged_build_is_no_help_and_no_harm(tmp_path: Path) -> None:
    write(tmp_path / "one", GUIDES)
    (tmp_path / "one" / KEYS).write_bytes(b"not keys")
    assert write(tmp_path / "two", GUIDES, tmp_path / "one").reused == 0
    (tmp_path / "two" / "units.faiss").unlink()
    assert write(tmp_path / "three", {"baker.md": BAKER}, tmp_path / "two").reused == 0


def test_progress_is_told_to_the_end(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    write_stores(tmp_path, plan(), Embedder(OwnWork(HashingEncoder())), lambda *step: told.append(step))
    assert told[-1] == ("embed", 10, 10)


def test_what_has_no_heading_path_is_embedded_by_the_encoder_of_units() -> None:
    passages, units = HashingEncoder(), HashingEncoder()
    made = OwnWork(passages, units).embed([b"a", b"b", b"c"], ["tea", "Pay: ale", "milk"], [0, 5, 0])
    assert (passages.encoded, units.encoded) == (["Pay: ale"], ["tea", "milk"])
    plain = HashingEncoder().encode(["tea", "Pay: ale", "milk"])
    assert [embedding.tolist() for embedding, _ in made] == [one.embedding.tolist() for one in plain]
    assert [tokens[2][0, 0] for _, tokens in made] == [0, -1, 0]


def test_embeddings_come_in_the_order_of_their_texts() -> None:
    keys = [bytes([at]) * 16 for at in range(3)]
    embeddings = list(Embedder(OwnWork(HashingEncoder())).units(["tea", "ale", "milk"], keys))
    assert [one.tolist() for one in embeddings] == [
        one.embedding.tolist() for one in HashingEncoder().encode(["tea", "ale", "milk"])
    ]
