"""What is learned from: judged questions about guides, and questions in SQuAD's format about halves of its articles."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.answers.spans import Pick
from rag.answers.support import Support
from rag.assistant import Assistant
from rag.evaluation.judgements import Judged, Span, locate, read_judged
from rag.evaluation.squad import Question, answerable, halves, holds_gold, read_squad, write_corpus
from rag.evaluation.trials import alone
from rag.pipeline import build, load
from rag.questions.question import Reading
from rag.settings import read_settings

TESTS = Path(__file__).parent
FOLDERS = [TESTS / "judgements" / "guides", TESTS.parent / "corpus"]


@dataclass(frozen=True, slots=True)
class Example:
    """A question as it was read and weighed. `about` is its guide, or its half of the articles; `answers` marks, for each
    support, the units that answer (none where the question is unanswerable)."""

    about: str
    question: str
    answerable: bool
    alone: bool
    reading: Reading
    supports: tuple[Support, ...]
    answers: tuple[tuple[bool, ...], ...]

    def met_by(self, pick: Pick) -> bool:
        """Whether a pick from one of the supports holds a unit that answers."""
        at = next(i for i, support in enumerate(self.supports) if support is pick.support)
        return any(self.answers[at][unit] for unit in pick.units)


def guides(work: Path) -> Iterator[Example]:
    """The judged questions, each asked of an index of its guide alone; those that are answered without weighing are left out."""
    for file in sorted((TESTS / "judgements").glob("*.jsonl")):
        judged = read_judged(file)
        pipeline = alone(judged, FOLDERS, work / file.stem, work / "index")
        documents = {document.path: document for document in pipeline.index.documents.values()}
        for question in locate(judged, documents):
            reading, supports = pipeline.assistant.weighed(question.question, question.history)
            if supports:
                answers = tuple(_judged(question, support) for support in supports)
                first = not question.history and question.type != "comparison"
                about = next(iter(documents))
                yield Example(about, question.question, question.answerable, first, reading, tuple(supports), answers)


def articles(file: Path, work: Path) -> Iterator[Example]:
    """The answerable questions of a SQuAD file, asked of an index of one half of its articles, then of the other."""
    first, second = halves(read_squad(file))
    for name, held, rest in (("first", first, second), ("second", second, first)):
        write_corpus(held, work / name)
        settings = read_settings(corpus=work / name, index=work / f"{name}-index")
        build(settings)
        assistant = load(settings).assistant
        yield from (_example(assistant, name, question, True) for question in answerable(held))
        yield from (_example(assistant, name, question, False) for question in answerable(rest))


def _example(assistant: Assistant, about: str, question: Question, inside: bool) -> Example:
    reading, supports = assistant.weighed(question.text)
    gold = question.answers if inside else ()
    answers = tuple(
        tuple(holds_gold([support.text(at)], gold) for at in range(len(support.units)))
        if support.document.id == question.paragraph
        else (False,) * len(support.units)
        for support in supports
    )
    return Example(about, question.text, inside, True, reading, tuple(supports), answers)


def _judged(question: Judged, support: Support) -> tuple[bool, ...]:
    spans: Sequence[Span] = [span for needed in question.needed for span in needed] if question.answerable else ()
    return tuple(any(unit.start < end and start < unit.end for _, start, end in spans) for unit in support.units)
