"""Judged questions asked, and each answer graded against what was judged."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rag.datatypes import Document, Passage
from rag.errors import QuestionError
from rag.evaluation.facts import holds, plain
from rag.evaluation.judgements import Judged, Span, locate, spans
from rag.reply import Answer, Citation, Turn
from rag.text.cleaning import fold

Ask = Callable[[str, Sequence[Turn]], Answer]
Careers = Callable[[Span], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Grade:
    """One graded answer. Citation counts are of an answered question; shares are None where there was nothing to share out.

    `found`: evidence is in the citations or, where it abstains, among the passages shown as near. `misled`: answered though it
    cannot be, or with neither evidence nor anything related. `wrong_guide`: answered from guides that hold no evidence alone.
    `chance` is the stated probability that the question is answered; without one, 1 where it is answered and else 0.
    """

    judged: Judged
    answered: bool
    text: str
    missing: tuple[str, ...]
    fact_recall: float | None
    cited: int
    good: int
    good_or_related: int
    citation_recall: float | None
    hit: bool
    found: bool
    misled: bool
    wrong_guide: bool
    wrong_career: bool
    quoted_chars: int
    wanted_chars: int
    quotes: int
    verbatim: int
    chance: float
    milliseconds: float


def evaluate(
    judged: Sequence[Judged], ask: Ask, documents: Mapping[str, Document], passages: Sequence[Passage] = ()
) -> list[Grade]:
    """Ask every judged question and grade its answer; `documents` are the corpus by id, `passages` say who is described where."""
    by_name = {file_name(document): document for document in documents.values()}
    careers = careers_at(documents, passages)
    return [grade(question, *_timed(ask, question), careers) for question in locate(judged, by_name)]


def file_name(document: Document) -> str:
    """The name by which judgements speak of a document."""
    return document.path.rsplit("/", 1)[-1]


def careers_at(documents: Mapping[str, Document], passages: Sequence[Passage]) -> Careers:
    """A function from a span to the careers that it describes."""
    where: dict[str, list[Passage]] = {}
    for passage in passages:
        where.setdefault(file_name(documents[passage.document_id]), []).append(passage)

    def careers(span: Span) -> frozenset[str]:
        name, start, end = span
        return frozenset(p.career for p in where.get(name, []) if p.career and p.start < end and start < p.end)

    return careers


def _timed(ask: Ask, question: Judged) -> tuple[Answer | None, float]:
    begin = time.perf_counter()
    try:
        answer = ask(question.question, question.history)
    except QuestionError:  # refusing a question is not answering it
        answer = None
    return answer, 1000 * (time.perf_counter() - begin)


def grade(question: Judged, answer: Answer | None, milliseconds: float, careers: Careers) -> Grade:
    """Grade an answer (None: the question was refused) to a located question."""
    answered = answer is not None and answer.status == "answered"
    citations = answer.citations if answer and answered else ()
    text = answer.text if answer and answered else ""
    held = plain(text)
    missing = tuple(fact for fact in question.must_contain if not holds(held, fact))
    cited = [_span(citation) for citation in citations]
    needed, related = spans(question.evidence), spans(question.related)
    good = [_overlaps(span, needed) for span in cited]
    useful = [_overlaps(span, needed + related) for span in cited]
    facts, groups = len(question.must_contain), question.needed
    return Grade(
        judged=question,
        answered=answered,
        text=text,
        missing=missing,
        fact_recall=1 - len(missing) / facts if facts else None,
        cited=len(cited),
        good=sum(good),
        good_or_related=sum(useful),
        citation_recall=sum(any(_overlaps(span, group) for span in cited) for group in groups) / len(groups) if groups else None,
        hit=good[:1] == [True],
        found=any(good) if answered else any(_overlaps(span, needed) for span in _nearest(answer)),
        misled=answered and not (question.answerable and any(useful)),
        wrong_guide=question.answerable and bool(cited) and _guides(cited).isdisjoint(_guides(needed)),
        wrong_career=answered and question.careers_judged and _is_wrong_career(question, citations, careers),
        quoted_chars=sum(end - start for _, start, end in cited),
        wanted_chars=sum(_common(span, needed + related) for span in cited),
        quotes=len(answer.citations) if answer else 0,
        verbatim=sum(_is_verbatim(answer, citation) for citation in answer.citations) if answer else 0,
        chance=_chance(answer),
        milliseconds=milliseconds,
    )


def _nearest(answer: Answer | None) -> list[Span]:
    """The passages that an abstention shows as near."""
    return [_span(citation) for citation in answer.nearest] if answer else []


def _chance(answer: Answer | None) -> float:
    if answer is None or answer.confidence is None:
        return float(answer is not None and answer.status == "answered")
    return answer.confidence.value


def _span(citation: Citation) -> Span:
    return file_name(citation.document), citation.start, citation.end


def _guides(found: Sequence[Span]) -> set[str]:
    return {name for name, _, _ in found}


def _overlaps(span: Span, others: Sequence[Span]) -> bool:
    return any(span[0] == name and span[1] < end and start < span[2] for name, start, end in others)


def _common(span: Span, others: Sequence[Span]) -> int:
    """How many characters of a span lie in any of the others."""
    name, reached, last = span
    total = 0
    for other, start, end in sorted(others):
        start, end = max(start, reached), min(end, last)
        if other == name and start < end:
            total, reached = total + end - start, end
    return total


def _is_verbatim(answer: Answer, citation: Citation) -> bool:
    said = [answer.text[s.start : s.end] for s in answer.segments if s.number == citation.number]
    quote = citation.quote
    return bool(fold(quote)) and fold(quote) in fold(citation.document.text) and all(text == quote for text in said)


def _is_wrong_career(question: Judged, citations: Sequence[Citation], careers: Careers) -> bool:
    """Whether an answer speaks of a career that the question is not about: one that no piece of evidence describes.

    A role that the corpus does not hold has no right career; an unanswerable question about a career it holds has its own."""
    if not question.answerable and question.career is None:
        return question.type == "near_domain" or bool(question.history)
    right = {name for span in spans(question.evidence + question.related) for name in careers(span)}
    right |= {question.career} if question.career else set()
    folded = {name.casefold() for name in right}
    cited = {citation.passage.career for citation in citations} - {None}
    return any(name is not None and name.casefold() not in folded for name in cited)
