"""The only builder: corpus to index folder, index folder to something that can be asked."""

import gc
from collections.abc import Sequence
from dataclasses import dataclass, replace

from threadpoolctl import threadpool_limits

from rag.answers.calibration import kind_of, read_calibration
from rag.assistant import Assistant
from rag.datatypes import Answer, Related, Turn
from rag.index import builds
from rag.index.index import Index, collector_paused, load_index
from rag.index.report import BuildReport, Progress
from rag.models.batching import SharedEncoder
from rag.models.caching import RememberingEncoder
from rag.models.encoder import OnnxEncoder
from rag.questions.topics import read_synonyms
from rag.settings import Settings
from rag.timing import timed


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A loaded index, the encoder it was built for, and the assistant that answers from them."""

    index: Index
    encoder: OnnxEncoder
    assistant: Assistant

    def ask(self, question: str, history: Sequence[Turn] = (), documents: Sequence[str] | None = None) -> Answer:
        """A question, with the conversation's earlier ones and the documents it may draw on, to its answer.

        Raises QuestionError for a question that is empty or too long."""
        with timed() as times:
            answer = self.assistant.ask(question, history, documents)
        return replace(answer, timings_ms=times)

    def suggestions(self, limit: int = 4) -> tuple[Related, ...]:
        """Questions to begin with, each checked to have an answer."""
        return self.assistant.suggestions(limit)


def load(settings: Settings) -> Pipeline:
    """The current index, ready to be asked. Raises StoreError where there is none or its files are not what was built."""
    # BLAS and FAISS would spread each small product over all cores: 70 ms a question beside a busy neighbour, not 14.
    threadpool_limits(settings.threads)
    return _load(settings, None)


def _load(settings: Settings, held: OnnxEncoder | None) -> Pipeline:
    """The current index with the encoder that is held already, where that is its own."""
    folder = builds.current_folder(settings.index)
    with collector_paused():
        index = load_index(folder)  # before the encoder: it checks the files, and names the one that was changed
        shared = held and held.made_from(index.encoder, settings.precision)
        own = held if held and shared else OnnxEncoder(index.encoder, settings.threads, settings.precision)
        return _assemble(index, own, settings)


def _assemble(index: Index, encoder: OnnxEncoder, settings: Settings) -> Pipeline:
    known = frozenset(word for word in encoder.vocabulary if word.isalpha())
    shared = RememberingEncoder(SharedEncoder(encoder))
    assistant = Assistant(index, shared, known, read_synonyms(settings.synonyms), read_calibration(kind_of(index)))
    # What was loaded stays: the collector need not walk a million values in the middle of a question.
    gc.freeze()
    return Pipeline(index, encoder, assistant)


def refresh(pipeline: Pipeline, settings: Settings) -> Pipeline:
    """The pipeline of the current build: the same object where `index/current` has not changed, else a new one, checked.

    The encoder, most of the memory, is shared where it is the same. Raises StoreError where the new build cannot be read;
    the old pipeline goes on working."""
    if builds.current_id(settings.index) == pipeline.index.info.id:
        return pipeline
    return _load(settings, pipeline.encoder)


def build(settings: Settings, progress: Progress | None = None, force: bool = False, skip_bad: bool = False) -> BuildReport:
    """Bring the index folder up to date with the corpus, and make the new index the current one.

    With `force` nothing of earlier builds is taken over; with `skip_bad` files that cannot be read are left out and listed.
    Raises CorpusError, EncoderError or StoreError, and then the old index is untouched.
    """
    # The parsers of PDF and HTML, and torch, would make a server slow to start and large; it imports this module too.
    from rag.index import building

    return building.build(settings, progress, force, skip_bad)


def is_stale(settings: Settings) -> bool:
    """Whether `build` would make another index than the current one. Raises CorpusError where it could not."""
    from rag.index import building

    return building.is_stale(settings)
