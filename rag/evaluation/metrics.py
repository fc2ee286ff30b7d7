"""How good answers are: each is graded against a judged question, and the grades are summed by type and over all.

| short | metric |
|---|---|
| fact | share of the wanted facts in the answer, mean over answerable questions |
| citP | share of the citations that overlap needed or related evidence (`precision` is strict: needed only) |
| citR | share of the needed evidence that is cited, mean over answerable questions |
| hit1 | share of answerable questions whose first citation overlaps needed evidence |
| tight | share of the quoted characters that are needed or related evidence |
| chars | median length of the answers to answerable questions |
| fabst | share of answerable questions that were not answered |
| abst | share of unanswerable questions that were not answered |
| verb | share of the citations whose quote stands in its guide, and in the answer, word for word |
| wrong | answers that quote what the guide says about another career than the one asked |
"""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Literal

from rag.datatypes import Answer, Citation, Document, Passage, Turn
from rag.errors import QuestionError
from rag.evaluation.facts import holds, plain
from rag.evaluation.judgements import Judged, Spans, locate, spans
from rag.text.cleaning import fold

Ask = Callable[[str, Sequence[Turn]], Answer]
Careers = Callable[[str, int, int], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Row:
    """One graded answer. Citation counts are of an answered question; shares are None where there was nothing to share out."""

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
    quoted_chars: int
    wanted_chars: int
    quotes: int
    verbatim: int
    wrong_career: bool
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Totals:
    """Metrics over rows; None where there is nothing to count. `p50_ms` and `p95_ms` are milliseconds a question."""

    n: int
    answerable: int
    fact_recall: float | None
    precision: float | None
    precision_with_related: float | None
    citation_recall: float | None
    hit_at_1: float | None
    tightness: float | None
    median_chars: int | None
    false_abstain: float | None
    abstain_recall: float | None
    verbatim: float | None
    wrong_career: int
    p50_ms: float | None
    p95_ms: float | None


def evaluate(
    judged: Sequence[Judged], ask: Ask, documents: Mapping[str, Document], passages: Sequence[Passage] = ()
) -> list[Row]:
    """Ask every judged question and grade its answer; `documents` are the corpus by id, `passages` say who is described where."""
    by_name = {document.path.rsplit("/", 1)[-1]: document for document in documents.values()}
    careers = careers_at(passages)
    ids = {name: document.id for name, document in by_name.items()}
    return [
        grade(question, ids.get(question.document, ""), *_timed(ask, question), careers) for question in locate(judged, by_name)
    ]


def careers_at(passages: Sequence[Passage]) -> Careers:
    """A function from document id, start and end to the careers that this stretch describes."""
    where: dict[str, list[Passage]] = {}
    for passage in passages:
        where.setdefault(passage.document_id, []).append(passage)

    def careers(id: str, start: int, end: int) -> frozenset[str]:
        return frozenset(p.career for p in where.get(id, []) if p.career and p.start < end and start < p.end)

    return careers


def _timed(ask: Ask, question: Judged) -> tuple[Answer | None, float]:
    begin = time.perf_counter()
    try:
        answer = ask(question.question, question.history)
    except QuestionError:  # refusing a question is not answering it
        answer = None
    return answer, 1000 * (time.perf_counter() - begin)


def grade(question: Judged, document_id: str, answer: Answer | None, milliseconds: float, careers: Careers) -> Row:
    """Grade an answer (None: the question was refused) to a located question about the guide `document_id`."""
    answered = answer is not None and answer.status == "answered"
    citations = answer.citations if answer and answered else ()
    text = answer.text if answer and answered else ""
    held = plain(text)
    missing = tuple(fact for fact in question.must_contain if not holds(held, fact))
    cited = [_span(c) if c.document.id == document_id else (0, 0) for c in citations]
    needed, related = spans(question.evidence), spans(question.related)
    facts, groups = len(question.must_contain), question.needed
    return Row(
        judged=question,
        answered=answered,
        text=text,
        missing=missing,
        fact_recall=1 - len(missing) / facts if facts else None,
        cited=len(cited),
        good=sum(_overlaps(span, needed) for span in cited),
        good_or_related=sum(_overlaps(span, needed + related) for span in cited),
        citation_recall=_share([any(_overlaps(span, group) for span in cited) for group in groups]),
        hit=bool(cited) and _overlaps(cited[0], needed),
        quoted_chars=sum(_size(c) for c in citations),
        wanted_chars=sum(_common(span, needed + related) for span in cited),
        quotes=len(answer.citations) if answer else 0,
        verbatim=sum(_is_verbatim(answer, citation) for citation in answer.citations) if answer else 0,
        wrong_career=answered and _is_wrong_career(question, document_id, citations, careers),
        milliseconds=milliseconds,
    )


def _span(citation: Citation) -> tuple[int, int]:
    """A citation's offsets from its first to its last letter or digit, so that marks at the ends weigh nothing."""
    quote = citation.quote
    word = [at for at, character in enumerate(quote) if character.isalnum()]
    return (citation.start + word[0], citation.start + word[-1] + 1) if word else (citation.start, citation.start)


def _size(citation: Citation) -> int:
    start, end = _span(citation)
    return end - start


def _overlaps(span: tuple[int, int], others: Spans) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def _common(span: tuple[int, int], others: Spans) -> int:
    """How many characters of a span lie in any of the others."""
    total, reached = 0, span[0]
    for start, end in sorted(others):
        start, end = max(start, reached), min(end, span[1])
        if start < end:
            total, reached = total + end - start, end
    return total


def _is_verbatim(answer: Answer, citation: Citation) -> bool:
    said = [answer.text[s.start : s.end] for s in answer.segments if s.number == citation.number]
    quote = citation.quote
    return bool(fold(quote)) and fold(quote) in fold(citation.document.text) and all(text == quote for text in said)


def _is_wrong_career(question: Judged, document_id: str, citations: Sequence[Citation], careers: Careers) -> bool:
    """Whether an answer speaks of a career that the question is not about: one that no piece of evidence describes.

    A role that the corpus does not hold has no right career; an unanswerable question about a career it holds has its own."""
    if not question.answerable and question.career is None:
        return question.type == "near_domain" or bool(question.history)
    right = {name for piece in question.evidence + question.related for name in careers(document_id, piece.start, piece.end)}
    right |= {question.career} if question.career else set()
    folded = {name.casefold() for name in right}
    cited = {citation.passage.career for citation in citations} - {None}
    return any(name is not None and name.casefold() not in folded for name in cited)


def _share(values: Sequence[float | bool]) -> float | None:
    return sum(values) / len(values) if values else None


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _nearest_rank(values: Sequence[float], percent: int) -> float | None:
    return sorted(values)[max(0, -(-len(values) * percent // 100) - 1)] if values else None


def totals(rows: Sequence[Row]) -> Totals:
    """The metrics over graded answers: means over answerable questions, shares pooled over citations and characters."""
    answerable = [row for row in rows if row.judged.answerable]
    others = [row for row in rows if not row.judged.answerable]
    cited = sum(row.cited for row in answerable)
    median = statistics.median_low([len(row.text) for row in answerable if row.answered] or [-1])
    return Totals(
        n=len(rows),
        answerable=len(answerable),
        fact_recall=_share([row.fact_recall for row in answerable if row.fact_recall is not None]),
        precision=_ratio(sum(row.good for row in answerable), cited),
        precision_with_related=_ratio(sum(row.good_or_related for row in answerable), cited),
        citation_recall=_share([row.citation_recall for row in answerable if row.citation_recall is not None]),
        hit_at_1=_share([row.hit for row in answerable]),
        tightness=_ratio(sum(row.wanted_chars for row in answerable), sum(row.quoted_chars for row in answerable)),
        median_chars=median if median >= 0 else None,
        false_abstain=_share([not row.answered for row in answerable]),
        abstain_recall=_share([not row.answered for row in others]),
        verbatim=_ratio(sum(row.verbatim for row in rows), sum(row.quotes for row in rows)),
        wrong_career=sum(row.wrong_career for row in rows),
        p50_ms=_nearest_rank([row.milliseconds for row in rows], 50),
        p95_ms=_nearest_rank([row.milliseconds for row in rows], 95),
    )


Key = Literal["type", "document"]


def by(rows: Sequence[Row], key: Key) -> dict[str, Totals]:
    """Totals by what a question's `type` or `document` is, in the order of first use."""
    names = dict.fromkeys(getattr(row.judged, key) for row in rows)
    return {name: totals([row for row in rows if getattr(row.judged, key) == name]) for name in names}


_SHORT = (
    "n",
    "ansbl",
    "fact",
    "citP",
    "citP+",
    "citR",
    "hit1",
    "tight",
    "chars",
    "fabst",
    "abst",
    "verb",
    "wrong",
    "p50ms",
    "p95ms",
)


def table(named: Mapping[str, Totals], heading: str = "type") -> str:
    """Totals as plain text, one line a name, under short column heads (explained at the top of this module)."""
    width = max(map(len, [*named, heading]))
    lines = [heading.ljust(width) + "".join(head.rjust(7) for head in _SHORT)]
    for name, line in named.items():
        lines.append(name.ljust(width) + "".join(_cell(getattr(line, field.name)).rjust(7) for field in fields(Totals)))
    return "\n".join(lines)


def _cell(value: float | int | None) -> str:
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else f"{value:.3f}" if value <= 1 else f"{value:.1f}"


def worst(rows: Sequence[Row], limit: int = 10) -> list[str]:
    """Up to `limit` lines that show the worst answers: what was asked, what happened, what is missing."""

    def score(row: Row) -> float:
        if not row.judged.answerable:
            return -1.0 if row.answered else 3.0
        return (1.0 if row.fact_recall is None else row.fact_recall) + (row.citation_recall or 0.0) + row.hit

    bad = sorted((row for row in rows if score(row) < 3), key=lambda row: (score(row), row.judged.id))
    return [_line(row) for row in bad[:limit]]


def _line(row: Row) -> str:
    judged, done = row.judged, "answered" if row.answered else "not answered"
    missing = f", missing {list(row.missing)}" if judged.answerable and row.missing else ""
    return f"{judged.id} {judged.type}, {done}: {judged.question[:70]!r}{missing}"
