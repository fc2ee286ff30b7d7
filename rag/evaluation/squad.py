"""Retrieval and abstention on questions with known answers, in the format of SQuAD: each paragraph becomes a guide of its own."""

import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from rag.errors import JudgementError
from rag.text.cleaning import fold, slug

Rank = Callable[[str], Sequence[str]]
IsAnswered = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the gold answers to it (none: its paragraph does not answer it) and the id of its own paragraph."""

    text: str
    answers: tuple[str, ...]
    paragraph: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of an article, as a document: `id` is made of the article's title and the paragraph's number from 1."""

    id: str
    title: str
    text: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Retrieval:
    """How well own paragraphs are found: MRR and recall to rank 10 over `n` questions."""

    n: int
    mrr: float
    recall_at_1: float
    recall_at_5: float
    recall_at_10: float


@dataclass(frozen=True, slots=True)
class Abstention:
    """How many questions are answered, of those the corpus answers and of those about other articles."""

    inside: int
    inside_answered: float
    outside: int
    outside_answered: float


class _Answer(msgspec.Struct):
    text: str


class _Asked(msgspec.Struct):
    question: str
    answers: list[_Answer] = []
    is_impossible: bool = False


class _Paragraph(msgspec.Struct):
    context: str
    qas: list[_Asked]


class _Article(msgspec.Struct):
    title: str
    paragraphs: list[_Paragraph]


class _File(msgspec.Struct):
    data: list[_Article]


def read_squad(*paths: Path) -> list[Paragraph]:
    """The paragraphs of SQuAD files (JSON, version 1.1 or 2.0), an article at a time. Raises JudgementError naming a bad file."""
    articles: dict[str, list[_Paragraph]] = {}
    for path in paths:
        try:
            file = msgspec.json.decode(path.read_bytes(), type=_File)
        except (OSError, msgspec.MsgspecError) as error:
            raise JudgementError(
                f"{path} cannot be read as SQuAD: {error}; give a file with data, paragraphs and qas."
            ) from error
        for article in file.data:
            articles.setdefault(article.title, article.paragraphs)
    return [_paragraph(title, number, one) for title, all in articles.items() for number, one in enumerate(all, 1)]


def _paragraph(title: str, number: int, paragraph: _Paragraph) -> Paragraph:
    id = f"{slug(title)}-{number:03d}"
    asked = (
        Question(one.question.strip(), () if one.is_impossible else tuple(dict.fromkeys(a.text for a in one.answers)), id)
        for one in paragraph.qas
    )
    return Paragraph(id, title.replace("_", " "), paragraph.context.strip(), tuple(asked))


def halves(paragraphs: Sequence[Paragraph]) -> tuple[list[Paragraph], list[Paragraph]]:
    """The paragraphs of every other article, from the first, and those of the rest."""
    titles = list(dict.fromkeys(paragraph.title for paragraph in paragraphs))
    first = set(titles[::2])
    return [p for p in paragraphs if p.title in first], [p for p in paragraphs if p.title not in first]


def answerable(paragraphs: Iterable[Paragraph]) -> list[Question]:
    """The questions that their own paragraph answers."""
    return [question for paragraph in paragraphs for question in paragraph.questions if question.answers]


def write_corpus(paragraphs: Iterable[Paragraph], folder: Path) -> None:
    """Write each paragraph as a guide, `<id>.txt` with its article's title in front matter, into a new folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for paragraph in paragraphs:
        # A line break would make a paragraph of each line; the words stay as they are.
        text = f"---\ntitle: {json.dumps(paragraph.title)}\n---\n\n{fold(paragraph.text)}\n"
        (folder / f"{paragraph.id}.txt").write_text(text, encoding="utf-8")


def holds_gold(sentences: Iterable[str], answers: Iterable[str]) -> bool:
    """Whether a gold answer stands in one of the sentences, whatever the case and the white space."""
    texts = [fold(sentence).casefold() for sentence in sentences]
    return any(fold(answer).casefold() in text for answer in answers for text in texts)


def retrieval(questions: Sequence[Question], rank: Rank) -> Retrieval:
    """Measure `rank`, which takes a question and gives document ids, best first."""
    found = [list(dict.fromkeys(rank(question.text)))[:10] for question in questions]
    ranks = [ids.index(one.paragraph) + 1 if one.paragraph in ids else 0 for one, ids in zip(questions, found, strict=True)]
    n = max(1, len(questions))

    def within(k: int) -> float:
        return sum(0 < rank <= k for rank in ranks) / n

    return Retrieval(len(questions), sum(1 / rank for rank in ranks if rank) / n, within(1), within(5), within(10))


def abstention(inside: Sequence[Question], outside: Sequence[Question], is_answered: IsAnswered) -> Abstention:
    """Measure how often `is_answered` says yes to questions the corpus answers, and to questions about other articles."""
    shares = [sum(is_answered(question.text) for question in asked) / max(1, len(asked)) for asked in (inside, outside)]
    return Abstention(len(inside), shares[0], len(outside), shares[1])
