"""Findings: what is wrong, or worth a look, in what an index holds."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rag.datatypes import Floats, Passage
from rag.guides.coverage import MIN_COVERAGE, covered
from rag.index.contents import Source, texts_of
from rag.index.index import Index
from rag.index.manifest import Manifest
from rag.index.reuse import Keys
from rag.models import TEXT_TOKENS
from rag.retrieval.dense import DenseStore, Rows

REBUILD = "run `verbatim build`"
NEAR = 0.97  # cosine from which two passages are taken to say the same
BLOCK = 2048  # rows compared at a time: 16 MB of cosines, however many passages there are

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something found: how bad, in which file, passage, section or question, and what it is."""

    severity: Severity
    where: str
    message: str


def wrong_offsets(index: Index, keys: tuple[Keys, Keys], manifest: Manifest) -> Iterator[Finding]:
    """Texts that are not of their sha256, and passages or units that are not the run of the text that was embedded for them."""
    for document in index.documents.values():
        if hashlib.sha256(document.text.encode()).hexdigest() != document.sha256:
            yield Finding("error", document.path, f"its stored text has another sha256; {REBUILD}")
    outside = [passage.id for passage in index.passages if not _is_inside(passage, index)]
    for id in outside:
        yield Finding("error", id, f"offsets outside its text; {REBUILD}")
    if not outside:
        yield from _not_embedded(index, keys, manifest)


def _is_inside(passage: Passage, index: Index) -> bool:
    """Whether a passage lies in its document, its units in the passage, and each after what it stands under."""
    document = index.documents.get(passage.document_id)
    if document is None or not passage.units or not 0 <= passage.start < passage.end <= len(document.text):
        return False
    return all(
        passage.start <= unit.start < unit.end <= passage.end and (unit.parent is None or 0 <= unit.parent < passage.first + at)
        for at, unit in enumerate(passage.units)
    )


def _not_embedded(index: Index, keys: tuple[Keys, Keys], manifest: Manifest) -> Iterator[Finding]:
    """Passages whose text, or a unit's, makes another key than the one its embedding was stored under."""
    documents, outlines = list(index.documents.values()), list(index.outlines.values())
    texts = texts_of(Source(documents, outlines, index.passages, manifest.model, manifest.model_sha256))
    passage_keys, unit_keys = keys
    rows = {len(index.passages), len(passage_keys), len(index.store.dense), len(index.store.tokens)}
    if len(rows) > 1 or len({len(texts.units), len(unit_keys), len(index.store.units)}) > 1:
        yield Finding("error", "", f"the stores do not hold a row for each passage and unit; {REBUILD}")
        return
    pairs = [*zip(range(len(index.passages)), texts.passage_keys, passage_keys, strict=True)]
    pairs += zip(index.store.unit_passage.tolist(), texts.unit_keys, unit_keys, strict=True)
    for row in dict.fromkeys(row for row, key, stored in pairs if key != stored.tobytes()):
        yield Finding("error", index.passages[row].id, f"its offsets hold another text than the one embedded; {REBUILD}")


def uncovered(index: Index) -> Iterator[Finding]:
    """Guides of which blocks hold too little, that have no passage, or of whose file the text leaves something out."""
    owners = {passage.document_id for passage in index.passages}
    for document in index.documents.values():
        held, whole = covered(document), len(document.text)
        if held < MIN_COVERAGE * whole or document.id not in owners:
            yield Finding("error", document.path, f"{held:,} of {whole:,} characters in blocks; {REBUILD}")
        if document.lost:
            yield Finding("warning", document.path, f"{document.lost:,} letters and digits of the file are not in its text")


def repeated(index: Index) -> Iterator[Finding]:
    """Guides whose text is another's, and of the rest passages that say what an earlier one says."""
    copies: set[str] = set()
    first: dict[str, str] = {}
    for document in index.documents.values():
        original = first.setdefault(document.sha256, document.path)
        if original != document.path:
            copies.add(document.id)
            yield Finding("warning", document.path, f"the same text as {original}")
    texts = [index.documents[passage.document_id].text[passage.start : passage.end] for passage in index.passages]
    for row, earlier, cosine in duplicates(texts, index.store.dense):
        if index.passages[row].document_id in copies:
            continue
        what = "the same words as" if cosine is None else f"nearly the same ({cosine:.3f}) as"
        yield Finding("warning", index.passages[row].id, f"{what} {index.passages[earlier].id}")


def duplicates(texts: Sequence[str], store: DenseStore, near: float = NEAR) -> Iterator[tuple[int, int, float | None]]:
    """Each row that repeats an earlier one, with that row and their cosine; None for the cosine where the words are the same.

    `texts` run beside the rows of `store`; white space and capitals do not count. One row is named however many are repeated.
    """
    first: dict[str, int] = {}
    same = [first.setdefault(" ".join(text.split()).casefold(), row) for row, text in enumerate(texts)]
    for start in range(0, len(texts), BLOCK):
        cosines, nearest = _nearest_earlier(store, start, min(start + BLOCK, len(texts)))
        for at, (cosine, earlier) in enumerate(zip(cosines.tolist(), nearest.tolist(), strict=True)):
            row = start + at
            if same[row] != row:
                yield row, same[row], None
            elif cosine >= near:
                yield row, earlier, cosine


def _nearest_earlier(store: DenseStore, start: int, end: int) -> tuple[Floats, Rows]:
    """The greatest cosine of each row of `start:end` with a row before it, and that row; -1 for both where there is none."""
    block = store.vectors(np.arange(start, end))
    best = np.full(end - start, -1.0, dtype=np.float32)
    nearest = np.full(end - start, -1, dtype=np.int64)
    for other in range(0, end, BLOCK):
        stop = min(other + BLOCK, end)
        cosines = block @ store.vectors(np.arange(other, stop)).T
        cosines[np.arange(other, stop)[None] >= np.arange(start, end)[:, None]] = -1.0
        found = cosines.argmax(axis=1)
        scores = cosines[np.arange(end - start), found]
        better = scores > best
        best[better], nearest[better] = scores[better], found[better] + other
    return best, nearest


def empty_sections(index: Index) -> Iterator[Finding]:
    """Headings under which there is neither a passage nor a section of a lower rank."""
    told = {
        (passage.document_id, passage.path[:depth]) for passage in index.passages for depth in range(1, len(passage.path) + 1)
    }
    for id, outline in index.outlines.items():
        for section in outline.sections:
            if (id, section.path) not in told:
                yield Finding("warning", index.documents[id].path, f"no text under {' › '.join(section.path)}")


def cut_passages(index: Index) -> Iterator[Finding]:
    """Passages whose end the encoder did not read."""
    for row, passage in enumerate(index.passages):
        _, ids, spans = index.store.tokens.quantized(row)
        unread = passage.end - passage.start - int(spans.max(initial=0))
        if len(ids) >= TEXT_TOKENS and unread:
            yield Finding("warning", passage.id, f"the encoder read {TEXT_TOKENS} tokens, not the last {unread:,} characters")
