"""Everything an answer is drawn from: documents, outlines, passages and the stores that search them, in one folder."""

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from rag.datatypes import Document, Floats, Outline, Passage
from rag.errors import StoreError
from rag.index.contents import Contents
from rag.index.manifest import (
    FORMAT,
    MANIFEST,
    Manifest,
    StoredEncoder,
    encoder_folder,
    expected_files,
    file_hashes,
    read_manifest,
    read_values,
    verify_files,
)
from rag.index.report import Progress
from rag.index.reuse import Embedder, save_keys
from rag.index.sections import CareerSections, career_sections
from rag.reply import IndexInfo
from rag.retrieval.dense import DenseStore
from rag.retrieval.lexical import LexicalStore
from rag.retrieval.local import PASSAGES, UNITS, LocalStore, local_store
from rag.retrieval.parts import PartStore
from rag.retrieval.tokens import Quantized, TokenStore
from rag.retrieval.values import ById, Encoded, Lines, Values, write_values
from rag.retrieval.vocabulary import read_vocabulary, write_vocabulary

DOCUMENTS, OUTLINES, TEXTS, SECTIONS = "documents.json", "outlines.json", "passages.json", "sections.json"
_ADD_ROWS = 4096
LAYOUT = "layout.npy"  # the group of each passage, and how many units it has
_KEPT = 256  # documents, and outlines, that stay decoded
_TOLD = 64  # texts after which it is told again how many are embedded

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Index:
    """A built index. `groups` are the numbers of the passages' groups, ascending; `store` holds a row a passage; `vocabulary` are
    the words of all guides; `sections` say what the guides have sections about, of each career; `encoder` is the folder of the
    encoder that its questions are encoded by, `model_sha256` of the model that it was exported from."""

    info: IndexInfo
    documents: Mapping[str, Document]
    outlines: Mapping[str, Outline]
    passages: Sequence[Passage]
    groups: NDArray[np.int32]
    store: PartStore[Any, Any, Any]
    vocabulary: frozenset[str]
    sections: tuple[CareerSections, ...]
    encoder: Path
    model_sha256: str


def write_stores(folder: Path, contents: Contents, embedder: Embedder, progress: Progress | None = None) -> None:
    """Write a source's values and its stores into `folder`, with what it takes to reuse their rows."""
    source, texts = contents.source, contents.texts
    sections = career_sections(source.documents, source.passages)
    values = (source.documents, source.outlines, source.passages, sections)
    for name, its in zip((DOCUMENTS, OUTLINES, TEXTS, SECTIONS), values, strict=True):
        write_values(folder / name, its)
    layout = [(passage.group, len(passage.units)) for passage in source.passages]
    np.save(folder / LAYOUT, np.array(layout, dtype=np.int32).reshape(-1, 2).T)
    dense, units = DenseStore.empty(embedder.dimension), DenseStore.empty(embedder.dimension)
    starts = [passage.start for passage in source.passages]
    total = len(texts.passages) + len(texts.units)
    found = _telling(embedder.passages(texts.passages, texts.prefixes, texts.passage_keys), progress, 0, total)
    TokenStore.build(folder, zip(_adding(found, dense), starts, strict=True), embedder.dimension)
    for rows in _runs(_telling(embedder.units(texts.units, texts.unit_keys), progress, len(texts.passages), total)):
        units.add(np.stack(rows))
    dense.save(folder, PASSAGES)
    units.save(folder, UNITS)
    LexicalStore.build(texts.passages).save(folder)
    write_vocabulary(folder, (document.text for document in source.documents))
    save_keys(folder, texts.passage_keys, texts.unit_keys)


def write_manifest(folder: Path, contents: Contents, encoder: StoredEncoder, built_at: str = "") -> Manifest:
    """Write what `folder` holds and which encoder it is searched with: the last step of a build."""
    source = contents.source
    manifest = Manifest(
        format=FORMAT,
        id=contents.id,
        built_at=built_at,
        model=source.model,
        model_sha256=source.model_sha256,
        dimension=DenseStore.load(folder, PASSAGES).dimension,
        documents=len(source.documents),
        passages=len(source.passages),
        units=len(contents.texts.units),
        corpus=contents.corpus,
        encoder=encoder,
        files=file_hashes(folder),
    )
    (folder / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest)))
    return manifest


def load_index(folder: Path, verify: bool = True) -> Index:
    """The index in a build folder. Raises StoreError where a file is missing, of another format or, with `verify`, changed."""
    manifest = read_manifest(folder)
    if verify:
        verify_files(expected_files(folder, manifest))
    documents, outlines = guides_of(Lines(folder / DOCUMENTS), Lines(folder / OUTLINES))
    groups, _ = _read_layout(folder)
    store, passages = local_of(folder, manifest)
    return Index(
        info=info_of(manifest),
        documents=documents,
        outlines=outlines,
        passages=passages,
        groups=groups,
        store=store,
        vocabulary=read_vocabulary(folder),
        sections=read_values(folder / SECTIONS, tuple[CareerSections, ...]),
        encoder=encoder_folder(folder, manifest),
        model_sha256=manifest.model_sha256,
    )


def local_of(folder: Path, manifest: Manifest) -> tuple[LocalStore, Values[Passage]]:
    """The store in a build folder, and its passages."""
    passages: Values[Passage] = Values(Lines(folder / TEXTS), Passage)
    return local_store(folder, passages, _read_layout(folder)[1], manifest.dimension), passages


def info_of(manifest: Manifest) -> IndexInfo:
    """What answers say of the build that they were drawn from."""
    return IndexInfo(manifest.id, manifest.built_at, manifest.documents, manifest.passages, manifest.model)


def guides_of(documents: Encoded, outlines: Encoded) -> tuple[Mapping[str, Document], Mapping[str, Outline]]:
    """Documents and outlines, which run beside them, by the documents' ids."""
    ids = [one.id for one in Values[_Id](documents, _Id)]
    return ById(ids, Values[Document](documents, Document, _KEPT)), ById(ids, Values[Outline](outlines, Outline, _KEPT))


@dataclass(frozen=True, slots=True)
class _Id:
    """What is read of a document to tell which it is."""

    id: str


def _read_layout(folder: Path) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The number of each passage's group, and how many units it has."""
    try:
        groups, counts = np.load(folder / LAYOUT)
    except (OSError, ValueError) as error:
        raise StoreError(f"Cannot read {folder / LAYOUT}: {error}; run `verbatim build`.") from error
    return groups, counts


def _telling(found: Iterable[T], progress: Progress | None, done: int, total: int) -> Iterator[T]:
    """Pass values on, and tell every so often, and at the end, how many of `total` texts are embedded; `done` were before."""
    for at, one in enumerate(found, done + 1):
        if progress and (at % _TOLD == 0 or at == total):
            progress("embed", at, total)
        yield one


def _adding(found: Iterable[tuple[Floats, Quantized]], dense: DenseStore) -> Iterator[Quantized]:
    """Pass quantized tokens on, and add their embeddings to a store on the way."""
    for embedding, tokens in found:
        dense.add(embedding[None])
        yield tokens


def _runs(values: Iterable[Floats]) -> Iterator[list[Floats]]:
    iterator = iter(values)
    while rows := list(islice(iterator, _ADD_ROWS)):
        yield rows


@contextmanager
def collector_paused() -> Iterator[None]:
    """Let no garbage be looked for among values that are all kept: reading 51,000 passages takes a fifth of the time."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
