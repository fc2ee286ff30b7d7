"""Everything an answer is drawn from: documents, outlines, passages and the stores that search them, in one folder."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from rag import lexical, text
from rag.datatypes import Document, Encoder, Floats, IndexInfo, Outline, Passage, Unit
from rag.dense import DenseStore
from rag.embeddings import Embedder, Progress, save_keys, text_key
from rag.encoder import sha256_of
from rag.errors import StoreError
from rag.lexical import LexicalStore
from rag.passages import embedded_text, unit_text
from rag.tokens import Quantized, TokenStore

FORMAT = 1
MANIFEST = "manifest.json"
_DOCUMENTS, _OUTLINES, _PASSAGES = "documents.json", "outlines.json", "passages.json"
_ADD_ROWS = 4096

Integers = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a build folder holds. `files` maps each file to its sha256; only `built_at` is outside what `id` was made from."""

    format: int
    id: str
    built_at: str
    model: str
    model_sha256: str
    dimension: int
    documents: int
    passages: int
    units: int
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """What an index is made from; `outlines` runs beside `documents`, `model` names the encoder for the reader."""

    documents: Sequence[Document]
    outlines: Sequence[Outline]
    passages: Sequence[Passage]
    model: str
    model_sha256: str


@dataclass(frozen=True, slots=True)
class Texts:
    """What is embedded: a text a passage with the length of its heading path, and a text a unit, in passage order."""

    passages: list[str]
    prefixes: list[int]
    units: list[str]
    passage_keys: list[bytes]
    unit_keys: list[bytes]


@dataclass(frozen=True, slots=True)
class Index:
    """A built index. `dense`, `lexical` and `tokens` hold a row a passage; `units` a row a unit, in passage order.

    `unit_passage` maps a unit row to its passage row, `unit_first` a passage row to its first unit row.
    """

    info: IndexInfo
    documents: dict[str, Document]
    outlines: dict[str, Outline]
    passages: tuple[Passage, ...]
    dense: DenseStore
    units: DenseStore
    unit_passage: Integers
    unit_first: Integers
    lexical: LexicalStore
    tokens: TokenStore


def texts_of(source: Source) -> Texts:
    """The texts that a source has embedded, with their keys."""
    documents = {document.id: document for document in source.documents}
    groups: dict[int, list[Unit]] = {}
    for passage in source.passages:
        groups.setdefault(passage.group, []).extend(passage.units)
    passages, prefixes, units = [], [], []
    for passage in source.passages:
        document = documents[passage.document_id]
        embedded, shift = embedded_text(document, passage)
        passages.append(embedded)
        prefixes.append(passage.start - shift)
        units += [unit_text(document, passage, at, groups[passage.group]) for at in range(len(passage.units))]
    keys = [text_key(source.model_sha256, one, prefix) for one, prefix in zip(passages, prefixes, strict=True)]
    return Texts(passages, prefixes, units, keys, [text_key(source.model_sha256, one) for one in units])


def content_id(source: Source, texts: Texts) -> str:
    """What a build holds, as `sha256:<64 hex>`: the same source under the same code gives the same id, at any time."""
    total = hashlib.sha256(f"{FORMAT} {source.model} {source.model_sha256}".encode())
    # The words of BM25 are not in the source, so the code that makes them is part of the id.
    for module in (text, lexical):
        total.update(Path(str(module.__file__)).read_bytes())
    for values in (source.documents, source.outlines, source.passages):
        total.update(msgspec.json.encode(values))
    for key in (*texts.passage_keys, *texts.unit_keys):
        total.update(key)
    return f"sha256:{total.hexdigest()}"


def build_index(
    folder: Path,
    source: Source,
    encoder: Encoder,
    built_at: str = "",
    previous: Path | None = None,
    progress: Progress | None = None,
) -> Index:
    """Write the index of a source into `folder`, beside the encoder's own files if they are there, and load it.

    Embeddings of texts that the build in `previous` made with the same model are taken from it. `progress` is told how
    many texts are done and how many there are.
    """
    folder.mkdir(parents=True, exist_ok=True)
    texts = texts_of(source)
    for name, values in ((_DOCUMENTS, source.documents), (_OUTLINES, source.outlines), (_PASSAGES, source.passages)):
        (folder / name).write_bytes(msgspec.json.encode(values))
    embedder = Embedder(encoder, previous, len(texts.passages) + len(texts.units), progress)
    dense, units = (DenseStore.build(np.zeros((0, encoder.dimension), np.float32)) for _ in range(2))
    starts = [passage.start for passage in source.passages]
    found = embedder.passages(texts.passages, texts.prefixes, texts.passage_keys)
    TokenStore.build(folder, zip(_adding(found, dense), starts, strict=True), encoder.dimension)
    for rows in _runs(embedder.units(texts.units, texts.unit_keys)):
        units.add(np.stack(rows))
    dense.save(folder, "passages")
    units.save(folder, "units")
    LexicalStore.build(texts.passages).save(folder)
    save_keys(folder, texts.passage_keys, texts.unit_keys)
    counts = (encoder.dimension, len(source.documents), len(source.passages), len(texts.units))
    manifest = Manifest(FORMAT, content_id(source, texts), built_at, source.model, source.model_sha256, *counts, _hashes(folder))
    (folder / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest)))
    return load_index(folder, verify=False)


def load_index(folder: Path, verify: bool = True) -> Index:
    """The index in a build folder. Raises StoreError where a file is missing, of another format or, with `verify`, changed."""
    manifest = read_manifest(folder)
    if verify:
        verify_files(folder, manifest)
    documents = _read(folder / _DOCUMENTS, tuple[Document, ...])
    outlines = _read(folder / _OUTLINES, tuple[Outline, ...])
    passages = _read(folder / _PASSAGES, tuple[Passage, ...])
    counts = np.array([len(passage.units) for passage in passages], dtype=np.int64)
    info = IndexInfo(manifest.id, manifest.built_at, len(documents), len(passages), manifest.model)
    return Index(
        info=info,
        documents={document.id: document for document in documents},
        outlines={document.id: outline for document, outline in zip(documents, outlines, strict=True)},
        passages=passages,
        dense=DenseStore.load(folder, "passages"),
        units=DenseStore.load(folder, "units"),
        unit_passage=np.repeat(np.arange(len(passages)), counts).astype(np.int32),
        unit_first=(np.cumsum(counts) - counts).astype(np.int32),
        lexical=LexicalStore.load(folder),
        tokens=TokenStore.load(folder, manifest.dimension),
    )


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a build folder. Raises StoreError where there is none or its format is another."""
    path = folder / MANIFEST
    if not path.is_file():
        raise StoreError(f"No index at {folder}: {MANIFEST} is missing; run `verbatim build`.")
    manifest: Manifest = _read(path, Manifest)
    if manifest.format != FORMAT:
        raise StoreError(
            f"The index at {folder} has format {manifest.format}, this program reads {FORMAT}; run `verbatim build`."
        )
    return manifest


def verify_files(folder: Path, manifest: Manifest) -> None:
    """Raise StoreError naming the first file that is missing or differs from the manifest."""
    for name, expected in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise StoreError(f"The index is damaged: {path} is missing; run `verbatim build --force`.")
        if sha256_of(path) != expected:
            raise StoreError(f"The index is damaged: {path} has changed since it was built; run `verbatim build --force`.")


def _adding(found: Iterable[tuple[Floats, Quantized]], dense: DenseStore) -> Iterator[Quantized]:
    """Pass quantized tokens on, and add their embeddings to a store on the way."""
    for embedding, tokens in found:
        dense.add(embedding[None])
        yield tokens


def _runs(values: Iterable[Floats]) -> Iterator[list[Floats]]:
    iterator = iter(values)
    while rows := list(islice(iterator, _ADD_ROWS)):
        yield rows


def _hashes(folder: Path) -> dict[str, str]:
    """Every file under a folder but the manifest, by its path, with its sha256."""
    paths = sorted(Path(root) / name for root, _, names in os.walk(folder) for name in names)
    return {path.relative_to(folder).as_posix(): sha256_of(path) for path in paths if path.name != MANIFEST}


def _read(path: Path, kind: Any) -> Any:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.MsgspecError) as error:
        raise StoreError(f"Cannot read {path}: {error}; run `verbatim build --force`.") from error
