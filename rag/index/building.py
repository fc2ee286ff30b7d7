"""Corpus to index folder: what `pipeline.build` does, kept apart because it takes the parsers and torch to do it."""

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from rag.datatypes import Document, Encoder, Passage
from rag.errors import StoreError
from rag.guides.corpus import BadFile, read_corpus, read_guides
from rag.guides.coverage import file_coverage, losses
from rag.guides.outline import outline
from rag.guides.passages import make_passages
from rag.index import builds
from rag.index.builds import BuildReport, Progress
from rag.index.contents import Plan, Source, plan_of
from rag.index.index import write_manifest, write_stores
from rag.index.manifest import Manifest, Parity, read_manifest, verify_files
from rag.index.reuse import Embedder
from rag.models.encoder import (
    BUNDLED_NAME,
    BUNDLED_SHA256,
    ENCODER_FILES,
    TOKENIZER,
    OnnxEncoder,
    model_folder,
    model_hash,
    token_counter,
)
from rag.settings import Settings


def is_stale(settings: Settings) -> bool:
    """Whether `build` would make another index than the current one. Raises CorpusError where it could not."""
    return read_plan(settings)[0].id != builds.current_id(settings.index)


def build(settings: Settings, progress: Progress | None = None, force: bool = False, skip_bad: bool = False) -> BuildReport:
    """Bring the index folder up to date with the corpus, and make the new index the current one.

    With `force` nothing of earlier builds is taken over; with `skip_bad` files that cannot be read, or would lose text, are
    left out and listed.
    Raises CorpusError, EncoderError or StoreError, and then the old index is untouched; BusyError while another build runs.
    """
    started = perf_counter()
    clock = _Clock(progress)
    with builds.locked(settings.index):
        clock.tell("read", 0, 1)
        plan, bad = read_plan(settings, skip_bad)
        clock.tell("read", 1, 1)
        current = builds.current_id(settings.index)
        found = None if force else _intact(builds.build_folder(settings.index, plan.id))
        reused = 0
        if found is None:
            reused = _make(settings, plan, clock.tell, force)
        if force or plan.id != current:
            builds.switch(settings.index, plan.id)
    folder = builds.build_folder(settings.index, plan.id)
    return BuildReport(
        id=plan.id,
        folder=folder,
        changed=found is None or plan.id != current,
        files=plan.corpus,
        skipped=tuple(bad),
        passages=len(plan.source.passages),
        units=len(plan.texts.units),
        reused=reused,
        parity=read_manifest(folder).parity,
        seconds=perf_counter() - started,
        stages=clock.seconds,
    )


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


def read_plan(settings: Settings, skip_bad: bool = False) -> tuple[Plan, list[BadFile]]:
    """What a build of the corpus would hold, and the files that `skip_bad` leaves out of it.

    Raises CorpusError for a guide that cannot be read or would lose text, EncoderError without a model."""
    if not skip_bad:
        return plan_of(_source(settings, read_corpus(settings.corpus, settings.max_file_bytes))), []
    documents, bad = read_guides(settings.corpus, settings.max_file_bytes)
    source = _source(settings, documents)
    lost = losses(file_coverage(source.documents, source.passages))
    kept = [document for document in documents if document.path not in lost]
    if lost and kept:
        bad += [BadFile(path, f"its text would not be held whole ({reason})") for path, reason in lost.items()]
        source = _source(settings, kept)
    return plan_of(source), bad


def _source(settings: Settings, documents: Sequence[Document]) -> Source:
    """Guides with their outlines and passages."""
    folder = model_folder(settings.model)
    sha256 = model_hash(folder, None if settings.model else BUNDLED_SHA256)
    count = token_counter(folder / TOKENIZER)
    outlines = [outline(document) for document in documents]
    passages: list[Passage] = []
    for document, its_outline in zip(documents, outlines, strict=True):
        passages += make_passages(document, its_outline, count, passages[-1].group + 1 if passages else 0)
    return Source(documents, outlines, passages, settings.model or BUNDLED_NAME, sha256)


def _make(settings: Settings, plan: Plan, tell: Progress, force: bool) -> int:
    """Build into a folder of its own and keep it under its id; how many embeddings were reused."""
    donor = None if force else _donor(settings.index, plan.source.model_sha256)
    total = len(plan.texts.passages) + len(plan.texts.units)
    try:
        with builds.partial(settings.index) as folder:
            tell("load model", 0, 1)
            encoder, parity = _encoder(settings, folder, donor)
            tell("load model", 1, 1)
            embedder = Embedder(encoder, donor and donor[0], total, lambda done, of: tell("embed", done, of))
            write_stores(folder, plan, embedder)
            tell("write", 0, 1)
            write_manifest(folder, plan, datetime.now(UTC).isoformat(timespec="milliseconds"), parity())
            builds.keep(settings.index, folder, plan.id)
            tell("write", 1, 1)
    except OSError as error:
        raise StoreError(f"Cannot write the index in {settings.index}: {error.strerror or error}.") from error
    return embedder.reused


def _encoder(
    settings: Settings, folder: Path, donor: tuple[Path, Manifest] | None
) -> tuple[Encoder, Callable[[], Parity | None]]:
    """The encoder to build with, its files in `folder`: that of an earlier build, proven then, or a new export; and its proof."""
    cores = os.cpu_count() or 1
    if donor:
        for name in ENCODER_FILES:
            builds.link(donor[0] / name, folder / name)
        return OnnxEncoder(folder, cores), lambda: donor[1].parity
    # Read by torch's OpenMP as it loads: threads that spin at each barrier take ten times as long beside a busy neighbour.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # Torch takes seconds and 400 MB to import; where an earlier build holds the exported encoder, it is not needed.
    from rag.models.export import export_model

    encoder = export_model(model_folder(settings.model), folder, cores)
    return encoder, lambda: Parity(encoder.texts, encoder.min_cosine, encoder.min_cosine_int8)


def _donor(index: Path, model_sha256: str) -> tuple[Path, Manifest] | None:
    """The newest build of a model whose files are as they were built, if there is one: the current one if it is of that model."""
    current = builds.current_id(index)
    of_model = [build for build in builds.readable(index) if build[1].model_sha256 == model_sha256]
    for folder, manifest in sorted(of_model, key=lambda build: build[1].id != current):
        if _intact(folder):
            return folder, manifest
    return None


def _intact(folder: Path) -> Manifest | None:
    try:
        manifest = read_manifest(folder)
        verify_files(folder, manifest)
    except StoreError:
        return None
    return manifest
