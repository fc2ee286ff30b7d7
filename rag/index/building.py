"""Corpus to index folder: what `pipeline.build` does, kept apart because it takes the parsers and torch to do it."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from rag.datatypes import Document, Outline, Passage
from rag.errors import StoreError
from rag.folders import partial
from rag.guides.corpus import BadFile, read_corpus, read_guides
from rag.guides.coverage import file_coverage, losses
from rag.guides.passages import make_passages
from rag.guides.reading import GuideReader
from rag.index import builds
from rag.index.contents import Contents, Source, contents_of
from rag.index.encoders import store_encoder
from rag.index.index import write_manifest, write_stores
from rag.index.library import library_of
from rag.index.manifest import Manifest, expected_files, read_manifest, verify_files
from rag.index.report import BuildReport, Progress
from rag.index.reuse import Embedder, OwnWork
from rag.index.unchanged import is_same, look, record, recorded, seen, sources_key
from rag.models.encoder import GRAPHS, Precision, guide_encoders, token_counter
from rag.models.exports import exported
from rag.models.sources import Model, find_model
from rag.settings import Settings


def is_stale(settings: Settings) -> bool:
    """Whether `build` would make another index than the current one. Raises CorpusError where it could not."""
    key = sources_key(settings, find_model(settings.model).sha256, skip_bad=False)
    before = recorded(settings, key)
    if before and before.id == builds.current_id(settings.index) and is_same(look(settings, key, before), before):
        id = before.id
    else:
        id = read_contents(settings)[0].id
    if id != builds.current_id(settings.index):
        return True
    try:
        return not _serves(read_manifest(builds.build_folder(settings.index, id)), settings.precision)
    except StoreError:
        return True


def build(settings: Settings, progress: Progress | None = None, force: bool = False, skip_bad: bool = False) -> BuildReport:
    """Bring the index folder up to date with the corpus, and make the new index the current one.

    With `force` nothing made earlier is taken over; with `skip_bad` files that cannot be read, or would lose text, are left out
    and listed.
    Raises CorpusError, EncoderError or StoreError, and then the old index is untouched; BusyError while another build runs.
    """
    started = perf_counter()
    clock = _Clock(progress)
    with builds.locked(settings.index):
        clock.tell("read", 0, 1)
        model = find_model(settings.model)
        key = sources_key(settings, model.sha256, skip_bad)
        before, current = recorded(settings, key), builds.current_id(settings.index)
        now = look(settings, key, before)
        if before and not force and before.id == current and is_same(now, before):
            folder = builds.build_folder(settings.index, before.id)
            if now and _is_whole(folder, settings.precision, before.built):
                record(settings, replace(now, id=before.id, skipped=before.skipped, built=_seen(folder)))
                clock.tell("read", 1, 1)
                return _untouched(folder, before.skipped, perf_counter() - started, clock.seconds)
        contents, bad = _contents(settings, model, skip_bad)
        clock.tell("read", 1, 1)
        folder = builds.build_folder(settings.index, contents.id)
        found, reused = not force and _is_whole(folder, settings.precision), 0
        if not found:
            reused = _make(settings, model, contents, clock.tell, force)
        if force or contents.id != current:
            builds.switch(settings.index, contents.id)
        if now:
            record(settings, replace(now, id=contents.id, skipped=tuple(bad), built=_seen(folder)))
    return BuildReport(
        id=contents.id,
        folder=folder,
        changed=not found or contents.id != current,
        files=contents.corpus,
        skipped=tuple(bad),
        passages=len(contents.source.passages),
        units=len(contents.texts.units),
        reused=reused,
        parity=read_manifest(folder).encoder.parity,
        seconds=perf_counter() - started,
        stages=clock.seconds,
    )


def _untouched(folder: Path, skipped: tuple[BadFile, ...], seconds: float, stages: dict[str, float]) -> BuildReport:
    """What is told of a build that had nothing to do."""
    manifest = read_manifest(folder)
    counts = (manifest.passages, manifest.units, 0)
    return BuildReport(manifest.id, folder, False, manifest.corpus, skipped, *counts, manifest.encoder.parity, seconds, stages)


class _Clock:
    """Passes progress on, and adds up the seconds of each stage: those since it was last told anything."""

    def __init__(self, progress: Progress | None) -> None:
        self.seconds: dict[str, float] = {}
        self._progress, self._last = progress, perf_counter()

    def tell(self, stage: str, done: int, total: int) -> None:
        now = perf_counter()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._last
        self._last = now
        if self._progress:
            self._progress(stage, done, total)


def read_contents(settings: Settings, skip_bad: bool = False) -> tuple[Contents, list[BadFile]]:
    """What a build of the corpus would hold, and the files that `skip_bad` leaves out of it.

    Raises CorpusError for a guide that cannot be read or would lose text, EncoderError without a model."""
    return _contents(settings, find_model(settings.model), skip_bad)


def _contents(settings: Settings, model: Model, skip_bad: bool) -> tuple[Contents, list[BadFile]]:
    with GuideReader(settings.guide_seconds, settings.guide_megabytes) as reader:
        if not skip_bad:
            documents = read_corpus(settings.corpus, settings.max_file_bytes, reader)
            return contents_of(_source(model, documents, reader.outlines)), []
        documents, bad = read_guides(settings.corpus, settings.max_file_bytes, reader)
    source = _source(model, documents, reader.outlines)
    lost = losses(file_coverage(source.documents, source.passages))
    kept = [document for document in documents if document.path not in lost]
    if lost and kept:
        bad += [BadFile(path, f"its text would not be held whole ({reason})") for path, reason in lost.items()]
        source = _source(model, kept, reader.outlines)
    return contents_of(source), bad


def _source(model: Model, documents: Sequence[Document], outlines_by_id: Mapping[str, Outline]) -> Source:
    """Guides with their outlines and passages."""
    count = token_counter(model.tokenizer)
    outlines = [outlines_by_id[document.id] for document in documents]
    passages: list[Passage] = []
    for document, its_outline in zip(documents, outlines, strict=True):
        passages += make_passages(document, its_outline, count, passages[-1].group + 1 if passages else 0)
    return Source(documents, outlines, passages, model.name, model.sha256)


def _make(settings: Settings, model: Model, contents: Contents, tell: Progress, force: bool) -> int:
    """Build into a folder of its own and keep it under its id; how many embeddings were reused."""
    cores = os.cpu_count() or 1
    texts = [*contents.texts.passages, *contents.texts.units]
    try:
        with partial(builds.builds_folder(settings.index)) as folder:
            tell("load model", 0, 1)
            export = exported(settings.model_cache, model, texts, cores, again=force)
            encoder = store_encoder(settings.index, export, settings.precision)
            embedder = _embedder(settings, model, OwnWork(*guide_encoders(export.folder, cores)), force)
            tell("load model", 1, 1)
            write_stores(folder, contents, embedder, tell)
            tell("write", 0, 1)
            write_manifest(folder, contents, encoder, datetime.now(UTC).isoformat(timespec="milliseconds"))
            builds.keep(settings.index, folder, contents.id)
            tell("write", 1, 1)
    except OSError as error:
        raise StoreError(f"Cannot write the index in {settings.index}: {error.strerror or error}.") from error
    return embedder.reused


def _embedder(settings: Settings, model: Model, own: OwnWork, force: bool) -> Embedder:
    """What embeds a build's texts: with `force` nothing is taken over from earlier ones."""
    donor = None if force else _donor(settings.index, model.sha256)
    return Embedder(own, donor, library_of(settings).work(model.sha256, own))


def _donor(index: Path, model_sha256: str) -> Path | None:
    """The newest build of a model whose own files are as they were built, if there is one: the current one if it is of that
    model."""
    current = builds.current_id(index)
    of_model = [build for build in builds.readable(index) if build[1].model_sha256 == model_sha256]
    for folder, manifest in sorted(of_model, key=lambda build: build[1].id != current):
        try:
            verify_files({folder / name: sha256 for name, sha256 in manifest.files.items()})
        except StoreError:
            continue
        return folder
    return None


def _seen(folder: Path) -> dict[str, tuple[int, int]]:
    return seen(expected_files(folder, read_manifest(folder)))


def _is_whole(folder: Path, precision: Precision, built: Mapping[str, tuple[int, int]] | None = None) -> bool:
    """Whether a build is there, as it was built, with an encoder of some precision; its files are hashed unless they look as they
    did when they were `built`."""
    try:
        manifest = read_manifest(folder)
        expected = expected_files(folder, manifest)
        if not built or seen(expected) != built:
            verify_files(expected)
    except StoreError:
        return False
    return _serves(manifest, precision)


def _serves(manifest: Manifest, precision: Precision) -> bool:
    return GRAPHS[precision] in manifest.encoder.files
