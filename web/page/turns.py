"""A question and its answer as the page, the fragment and the exports show it: the response, and its quotes laid out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answers.partly import partly
from rag.datatypes import Answer, Citation, Related
from rag.text.words import words
from web.addresses import BEST, Mark, ask_address
from web.page.layout import Element, lay_out
from web.page.notes import NearPassage, Note, near_of, notes_of
from web.schemas import MAX_TURNS, AskResponse

FOLD_QUOTES = 6
FOLD_WORDS = 180


@dataclass(frozen=True, slots=True)
class ShownQuote:
    """A citation laid out, for a paragraph of the answer or a cell of its table."""

    number: int
    elements: list[Element]
    words: int


@dataclass(frozen=True, slots=True)
class Next:
    """A question offered after an answer; `label` is what to call it where that is not the question (a career's name)."""

    question: str
    where: str
    href: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """A turn of a conversation. `position` counts from 1; `address` is the conversation up to here; `folded` are the quotes
    behind "Show 3 more passages"; `table` holds the rows of a comparison as (aspect, quote or None a column). `partly` says
    what was asked for and is not in the quotes; `careers` are what a routed answer lists."""

    position: int
    response: AskResponse
    cause: str | None
    quotes: list[Element]
    folded: list[Element]
    folded_count: int
    table: list[tuple[str, list[ShownQuote | None]]]
    notes: dict[int, Note]
    partly: str
    near: list[NearPassage]
    remarks: tuple[str, ...]
    careers: list[Next]
    next: list[Next]

    @property
    def id(self) -> str:
        return f"turn-{self.position}"

    @property
    def address(self) -> str:
        return self.response.links.self

    @property
    def sources(self) -> str:
        """The cited runs in one word, for feedback."""
        return " ".join(f"{c.document_id}:{c.start}-{c.end}" for c in self.response.citations)


def make_turn(answer: Answer, earlier: Sequence[str] = ()) -> ShownTurn:
    """An answer to the last question of a conversation, laid out; `earlier` are the questions before it."""
    response = AskResponse.of(answer, earlier)
    questions = [*earlier, answer.question]
    quotes = {citation.number: _quote(citation) for citation in answer.citations}
    laid_out = {quote.number: quote.elements for quote in quotes.values()}
    table = _table(answer, quotes)
    tabled = {quote.number for _, cells in table for quote in cells if quote}
    listed = [quotes[segment.number] for segment in answer.segments if segment.number not in tabled]
    fold = _fold(listed)
    offered = _offered(answer, questions)
    return ShownTurn(
        position=len(questions),
        response=response,
        cause=answer.cause,
        quotes=_joined(listed[:fold]),
        folded=_joined(listed[fold:]),
        folded_count=len(listed) - fold,
        table=table,
        notes={note.number: note for note in notes_of(answer, response, laid_out, questions)},
        partly=partly(answer.partial, answer.text) if answer.partial else "",
        near=near_of(answer, response, questions),
        remarks=answer.remarks,
        careers=[one for one in offered if one.label],
        next=[one for one in offered if not one.label],
    )


def _quote(citation: Citation) -> ShownQuote:
    """A citation laid out, its number on the lead-in of the list it ends with, else after its last words; of its units the best
    is marked, unless that is all of it."""
    best = [Mark(BEST, part.start, part.end) for part in citation.parts if part.best]
    marks = [Mark(citation.number, citation.start, citation.end), *(best if len(best) < len(citation.parts) else [])]
    elements = lay_out(citation.document, citation.parts, marks)
    chip = elements[-2] if len(elements) > 1 and elements[-1].kind in ("list", "table") else elements[-1]
    spans = [span for element in elements for below in element.walk() for span in below.spans]
    numbered = [span for below in chip.walk() for span in below.spans][-1]
    for span in spans:
        span.closes = (citation.number,) if span is numbered else ()
    return ShownQuote(citation.number, elements, len(citation.quote.split()))


def _table(answer: Answer, quotes: dict[int, ShownQuote]) -> list[tuple[str, list[ShownQuote | None]]]:
    rows = answer.comparison.rows if answer.comparison else ()
    return [(aspect, [None if number is None else quotes[number] for number in numbers]) for aspect, numbers in rows]


def _fold(quotes: Sequence[ShownQuote]) -> int:
    """How many quotes show: up to six of at most 180 words together, and always the first."""
    words, shown = 0, 0
    for quote in quotes[:FOLD_QUOTES]:
        words += quote.words
        if shown and words > FOLD_WORDS:
            break
        shown += 1
    return shown


def _joined(quotes: Sequence[ShownQuote]) -> list[Element]:
    """The quotes' elements; lone items of neighbouring quotes make one list, each item with its own number."""
    elements: list[Element] = []
    lone = False
    for quote in quotes:
        single = len(quote.elements) == 1 and quote.elements[0].kind == "list"
        if single and lone and bool(elements[-1].first) == bool(quote.elements[0].first):
            elements[-1] = replace(elements[-1], children=[*elements[-1].children, *quote.elements[0].children])
        else:
            elements += quote.elements
        lone = single
    return elements


def _offered(answer: Answer, questions: Sequence[str]) -> list[Next]:
    """The questions an answer offers, without those that were asked already. Where passages came near, they stand instead."""
    if answer.nearest:
        return []
    asked = {_same(question) for question in [*questions, answer.standalone]}
    return [_next(related, questions) for related in answer.related if _same(related.question) not in asked]


def _same(question: str) -> str:
    """A question by which two that differ in case or marks alone are the same."""
    return " ".join(words(question))


def _next(related: Related, questions: Sequence[str]) -> Next:
    return Next(related.question, related.where, _following(questions, related.question), related.label)


def _following(questions: Sequence[str], question: str) -> str:
    """Where a question offered leads: on in this conversation, or to a new one when this is full."""
    return ask_address([*questions, question] if len(questions) < MAX_TURNS else [question])
