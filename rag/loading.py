"""Corpus to index folder, index folder to something that can be asked: the only place where the parts are put together."""

import gc
import re
from collections.abc import Collection
from dataclasses import replace

from threadpoolctl import threadpool_limits

from rag.answers.chances import Weigher
from rag.answers.conversation import Conversations
from rag.answers.evidence import Groups
from rag.answers.following import Following
from rag.answers.lacking import Lacking
from rag.answers.routing import Routes
from rag.answers.sections import Headed
from rag.answers.suggestions import Suggestions
from rag.datatypes import Encoder
from rag.index import builds
from rag.index.index import Index, collector_paused
from rag.index.library import library_of
from rag.index.report import BuildReport, Progress
from rag.models.batching import SharedEncoder
from rag.models.caching import RememberingEncoder
from rag.models.encoder import OnnxEncoder
from rag.models.networks import Networks
from rag.models.scorer import OnnxScorer, Scorer, scorer_folder
from rag.models.similarity import SimilarityScorer
from rag.pipeline import Pipeline
from rag.questions.careers import Careers
from rag.questions.entities import EntityFit
from rag.questions.intents import IntentFit, Intents
from rag.questions.question import Reader
from rag.questions.scope import Scopes
from rag.questions.spelling import Speller
from rag.questions.topics import ASKING, read_synonyms
from rag.retrieval.search import Retriever
from rag.settings import Settings


def load(settings: Settings) -> Pipeline:
    """The current index, ready to be asked. Raises StoreError where there is none or its files are not what was built."""
    # BLAS and FAISS would spread each small product over all cores: 70 ms a question beside a busy neighbour, not 14.
    threadpool_limits(settings.threads)
    return _load(settings, None)


def refresh(pipeline: Pipeline, settings: Settings) -> Pipeline:
    """The pipeline of the current build: the same object where that has not changed, else a new one, checked.

    The networks, most of the memory, are shared where they are the same. Raises StoreError where the new build cannot be read;
    the old pipeline goes on working."""
    if library_of(settings).current_id() == pipeline.index.info.id:
        return pipeline
    return _load(settings, pipeline)


def build(settings: Settings, progress: Progress | None = None, force: bool = False, skip_bad: bool = False) -> BuildReport:
    """Bring the index folder up to date with the corpus, and make the new index the current one.

    With `force` nothing of earlier builds is taken over; with `skip_bad` files that cannot be read are left out and listed.
    Where the settings name a database, the build is published to it, if it isn't the current one there. Raises CorpusError,
    EncoderError or StoreError, and then the old index is untouched.
    """
    # The parsers of PDF and HTML, and torch, would make a server slow to start and large; it imports this module too.
    from rag.index import building

    report = building.build(settings, progress, force, skip_bad)
    published = library_of(settings).take(report.folder)
    return replace(report, changed=report.changed or published)


def is_stale(settings: Settings) -> bool:
    """Whether `build` would make another index than the current one. Raises CorpusError where it could not."""
    from rag.index import building

    library = library_of(settings)
    return building.is_stale(settings) or library.current_id() != builds.current_id(settings.index)


def _load(settings: Settings, held: Pipeline | None) -> Pipeline:
    """The current index with the networks that are held already, where the encoder is its own."""
    library = library_of(settings)
    with collector_paused():
        index = library.load()  # before the encoder: it checks the files, and names the one that was changed
        networks = _networks(index, settings, held.networks if held else None)
        pipeline = assemble(index, networks, settings)
    # What was loaded stays: the collector need not walk a million values in the middle of a question.
    gc.freeze()
    return pipeline


def _networks(index: Index, settings: Settings, held: Networks | None) -> Networks:
    encoder = held.encoder if held else None
    if not (isinstance(encoder, OnnxEncoder) and encoder.made_from(index.encoder, settings.precision)):
        encoder = OnnxEncoder(index.encoder, settings.threads, settings.precision)
    shared = held is not None and held.encoder is encoder
    return Networks(encoder, held.scorer if held and shared else _scorer(index, settings))


def _scorer(index: Index, settings: Settings) -> Scorer:
    """The scorer that was fitted to an index's encoder, else one that goes by similarity alone."""
    folder = scorer_folder(index.model_sha256)
    return OnnxScorer(folder, settings.threads) if folder else SimilarityScorer()


def _intents(encoder: Encoder, index: Index) -> Intents:
    """What tells questions to the service, by what was fitted to an index's encoder if anything was."""
    return Intents(encoder, IntentFit.beside(scorer_folder(index.model_sha256)))


def assemble(index: Index, networks: Networks, settings: Settings) -> Pipeline:
    """A pipeline over an index and the networks that it is searched and weighed with."""
    encoder = RememberingEncoder(SharedEncoder(networks.encoder))
    careers, scopes = _careers(index), Scopes(index.outlines, index.passages)
    reader = Reader(careers, _speller(index, careers, networks.encoder.vocabulary, settings))
    suggestions, groups = Suggestions(index.sections), Groups(index)
    routes, retriever = Routes(index, reader, _intents(encoder, index), suggestions), Retriever(index.store, encoder)
    weigher = Weigher(networks.scorer, index.store, index.outlines)
    entities = EntityFit.beside(scorer_folder(index.model_sha256))
    return Pipeline(
        index=index,
        networks=networks,
        scopes=scopes,
        reader=reader,
        routes=routes,
        conversations=Conversations(retriever, routes, index.outlines),
        retriever=retriever,
        groups=groups,
        weigher=weigher,
        suggested=suggestions,
        headed=Headed(index, groups),
        following=Following(index, groups),
        lacking=Lacking(index, weigher, retriever, entities),
    )


def _careers(index: Index) -> Careers:
    return Careers(index.documents.values(), index.outlines, index.vocabulary)


def _speller(index: Index, careers: Careers, vocabulary: Collection[str], settings: Settings) -> Speller:
    """A speller that knows the words of the guides, of careers' names, of topics, and what the encoder has a token for."""
    spoken = {part for word in index.vocabulary for part in (word, *re.split(r"[-/]", word)) if part}
    known = frozenset(word for word in vocabulary if word.isalpha())
    return Speller(spoken, known, ASKING | careers.spellings, read_synonyms(settings.synonyms))
