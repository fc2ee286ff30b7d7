"""Everything an answer is drawn from: documents, outlines, passages and the stores that search them, in one folder."""

import gc
import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from rag import lexical, text
from rag.coverage import FileCoverage, coverage
from rag.datatypes import Document, Encoder, Floats, IndexInfo, Outline, Passage, Unit
from rag.dense import DenseStore
from rag.embeddings import Embedder, save_keys, text_key
from rag.encoder import sha256_of
from rag.errors import StoreError
from rag.lexical import LexicalStore
from rag.passages import embedded_text, unit_text
from rag.tokens import Quantized, TokenStore

FORMAT = 3
MANIFEST = "manifest.json"
_DOCUMENTS, _OUTLINES, _PASSAGES = "documents.json", "outlines.json", "passages.json"
_ADD_ROWS = 4096

Integers = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Parity:
    """How many texts the exported encoder was held to Sentence Transformers on, and the smallest cosine found."""

    texts: int
    min_cosine: float


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a build folder holds. `files` maps each file to its sha256; `built_at` and `parity` had no part in `id`."""

    format: int
    id: str
    built_at: str
    model: str
    model_sha256: str
    dimension: int
    documents: int
    passages: int
    units: int
    corpus: tuple[FileCoverage, ...]
    parity: Parity | None
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
class Plan:
    """All there is to know about a build before anything is embedded; `corpus` runs beside the source's documents."""

    source: Source
    texts: Texts
    corpus: tuple[FileCoverage, ...]
    id: str


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


def plan_of(source: Source) -> Plan:
    """What a build of a source would hold. Raises CorpusError where a guide would lose text."""
    texts = _texts(source)
    return Plan(source, texts, coverage(source.documents, source.passages), _content_id(source, texts))


def _texts(source: Source) -> Texts:
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


def _content_id(source: Source, texts: Texts) -> str:
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


def build_index(folder: Path, source: Source, encoder: Encoder) -> Index:
    """Write the index of a source into `folder` and load it, for a test or an evaluation; the encoder is not written."""
    folder.mkdir(parents=True, exist_ok=True)
    plan = plan_of(source)
    write_stores(folder, plan, Embedder(encoder))
    write_manifest(folder, plan)
    return load_index(folder, verify=False)


def write_stores(folder: Path, plan: Plan, embedder: Embedder) -> None:
    """Write a source's values and its stores into `folder`, with what it takes to reuse their rows."""
    source, texts = plan.source, plan.texts
    for name, values in ((_DOCUMENTS, source.documents), (_OUTLINES, source.outlines), (_PASSAGES, source.passages)):
        (folder / name).write_bytes(msgspec.json.encode(values))
    dense, units = DenseStore.empty(embedder.dimension), DenseStore.empty(embedder.dimension)
    starts = [passage.start for passage in source.passages]
    found = embedder.passages(texts.passages, texts.prefixes, texts.passage_keys)
    TokenStore.build(folder, zip(_adding(found, dense), starts, strict=True), embedder.dimension)
    for rows in _runs(embedder.units(texts.units, texts.unit_keys)):
        units.add(np.stack(rows))
    dense.save(folder, "passages")
    units.save(folder, "units")
    LexicalStore.build(texts.passages).save(folder)
    save_keys(folder, texts.passage_keys, texts.unit_keys)


def write_manifest(folder: Path, plan: Plan, built_at: str = "", parity: Parity | None = None) -> Manifest:
    """Write what `folder` holds, the encoder's files included if they are there: the last step of a build."""
    source = plan.source
    manifest = Manifest(
        format=FORMAT,
        id=plan.id,
        built_at=built_at,
        model=source.model,
        model_sha256=source.model_sha256,
        dimension=DenseStore.load(folder, "passages").dimension,
        documents=len(source.documents),
        passages=len(source.passages),
        units=len(plan.texts.units),
        corpus=plan.corpus,
        parity=parity,
        files=_hashes(folder),
    )
    (folder / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest)))
    return manifest


def load_index(folder: Path, verify: bool = True) -> Index:
    """The index in a build folder. Raises StoreError where a file is missing, of another format or, with `verify`, changed."""
    manifest = read_manifest(folder)
    if verify:
        verify_files(folder, manifest)
    with _collector_paused():
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
    missing = [name for name in manifest.files if not (folder / name).is_file()]
    if missing:
        raise StoreError(f"The index is damaged: {folder / missing[0]} is missing; run `verbatim build`.")
    with ThreadPoolExecutor() as pool:  # hashing lets go of the interpreter, so files are hashed at once
        found = pool.map(sha256_of, (folder / name for name in manifest.files))
        for (name, expected), sha256 in zip(manifest.files.items(), found, strict=True):
            if sha256 != expected:
                raise StoreError(f"The index is damaged: {folder / name} has changed since it was built; run `verbatim build`.")


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


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Let no garbage be looked for among values that are all kept: reading 51,000 passages takes a fifth of the time."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _read(path: Path, kind: Any) -> Any:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.MsgspecError) as error:
        raise StoreError(f"Cannot read {path}: {error}; run `verbatim build`.") from error
