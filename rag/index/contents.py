"""What an index will hold, before anything is embedded: its texts, their keys, and the id that they make."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from rag.datatypes import Document, Outline, Passage, Unit
from rag.guides.coverage import FileCoverage, coverage
from rag.guides.outline import with_title
from rag.guides.passages import embedded_text, unit_text
from rag.index.manifest import FORMAT
from rag.index.reuse import text_key
from rag.models.exports import EXPORT

# How words are cut and stemmed for BM25. They are not in the source of a build, so this is part of its id: raise it with any
# change to rag.text.words's words or to rag.retrieval.lexical that gives a guide other words.
WORDS = 1


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
class Contents:
    """All there is to know about a build before anything is embedded; `corpus` runs beside the source's documents."""

    source: Source
    texts: Texts
    corpus: tuple[FileCoverage, ...]
    id: str


def contents_of(source: Source) -> Contents:
    """What a build of a source would hold, each document under the title of its outline. Raises CorpusError where a guide
    would lose text."""
    titled = [with_title(*pair) for pair in zip(source.documents, source.outlines, strict=True)]
    source = replace(source, documents=titled)
    texts = texts_of(source)
    return Contents(source, texts, coverage(source.documents, source.passages), _content_id(source, texts))


def texts_of(source: Source) -> Texts:
    """What is embedded of a source."""
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
    """What a build holds, as `sha256:<64 hex>`: the same source under the same formats gives the same id, at any time."""
    total = hashlib.sha256(f"{FORMAT} {WORDS} {EXPORT} {source.model} {source.model_sha256}".encode())
    for values in (source.documents, source.outlines, source.passages):
        total.update(msgspec.json.encode(values))
    for key in (*texts.passage_keys, *texts.unit_keys):
        total.update(key)
    return f"sha256:{total.hexdigest()}"
