"""A question and its answer as the page, the fragment and the exports show it: the response, and its quotes laid out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answers.partly import partly
from rag.answers.wording import MORE
from rag.reply import Answer, Citation, Related
from rag.text.words import words
from web.addresses import BEST, Mark, Thread, turn_address
from web.page.layout import Element, lay_out
from web.page.notes import NearPassage, Note, near_of, notes_of, unlisted
from web.page.wording import say
from web.schemas import AskResponse

MOST_ITEMS, MOST_WORDS = 8, 160  # of an answer that show; what is more is folded


@dataclass(frozen=True, slots=True)
class ShownQuote:
    """A citation laid out, for a paragraph of the answer or a cell of its table; `group` is that of its passage."""

    number: int
    elements: list[Element]
    group: int


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A comparison laid out: the head of each column, and rows of a head and a quote, or None for "not said", a column.
    `by_career` tells that the careers stand under each other, as where there is only one topic and more than two of them."""

    columns: list[str]
    rows: list[tuple[str, list[ShownQuote | None]]]
    by_career: bool


@dataclass(frozen=True, slots=True)
class Next:
    """A question offered after an answer; `label` is what to call it where that is not the question (a career's name)."""

    question: str
    where: str
    href: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """A turn of a conversation. `position` counts from 1; `address` is the conversation up to here.

    `folded` stands behind `fold` ("Show all 18 items"); `table` is a comparison. `message` is ours, in three parts of which
    the second leads to all guides; `partly` says what was asked for and is not in the quotes; `careers` are what a routed
    answer lists."""

    position: int
    response: AskResponse
    cause: str | None
    quotes: list[Element]
    folded: list[Element]
    fold: str
    message: tuple[str, str, str]
    table: ShownTable | None
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
    def blank(self) -> str:
        """What stands over an answer that is left blank."""
        return say("turn", "unsure" if self.cause == "unsure" else "blank")

    @property
    def over_near(self) -> str:
        """What stands over the passages that came near."""
        return say("turn", "near_unsure" if self.cause == "unsure" else "near")

    @property
    def sources(self) -> str:
        """The cited runs in one word, for feedback."""
        return " ".join(f"{c.document_id}:{c.start}-{c.end}" for c in self.response.citations)


def make_turn(answer: Answer, earlier: Thread = Thread()) -> ShownTurn:  # noqa: B008
    """An answer to the last question of a conversation, laid out; `earlier` is the conversation before it."""
    response = AskResponse.of(answer, earlier)
    thread = earlier.then(answer.question)
    quotes = {citation.number: _quote(citation) for citation in answer.citations}
    table = _table(answer, quotes)
    tabled = {quote.number for _, cells in table.rows for quote in cells if quote} if table else set()
    listed = [quotes[segment.number] for segment in answer.segments if segment.number not in tabled]
    shown, folded, label = folding(_joined(listed))
    offered = _offered(answer, thread)
    return ShownTurn(
        position=len(thread.questions),
        response=response,
        cause=answer.cause,
        quotes=shown,
        folded=folded,
        fold=label,
        message=_parted(answer.message or ""),
        table=table,
        notes={note.number: note for note in notes_of(answer, response, thread)},
        partly=partly(answer.partial, answer.text) if answer.partial and answer.text else "",
        near=near_of(answer, response, thread),
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
    return ShownQuote(citation.number, elements, citation.passage.group)


def _table(answer: Answer, quotes: dict[int, ShownQuote]) -> ShownTable | None:
    if answer.comparison is None:
        return None
    lone = {number: replace(quote, elements=_said(quote.elements)) for number, quote in quotes.items()}
    careers = [title for _, title in answer.comparison.columns]
    rows = [(aspect, [None if at is None else lone[at] for at in numbers]) for aspect, numbers in answer.comparison.rows]
    if len(rows) > 1 or len(careers) <= 2:
        return ShownTable(careers, rows, by_career=False)
    [(aspect, cells)] = rows
    return ShownTable([aspect], [(career, [cell]) for career, cell in zip(careers, cells, strict=True)], by_career=True)


def _said(elements: Sequence[Element]) -> list[Element]:
    """Elements, a list of a single item said as a sentence."""
    return [unlisted(element) for element in elements]


def _parted(message: str) -> tuple[str, str, str]:
    """A message, and apart in its middle how many more there are than it names ("and 3 more")."""
    more = MORE.search(message)
    return (message[: more.start(1)], more.group(1), message[more.end(1) :]) if more else (message, "", "")


def folding(elements: Sequence[Element]) -> tuple[list[Element], list[Element], str]:
    """What shows of an answer's elements, what is folded, and what the fold is called: up to `MOST_ITEMS` items and `MOST_WORDS`
    words show, and always the first of them. A list is cut between its outermost items."""
    pieces = [piece for element in elements for piece in _pieces(element)]
    items, words, cut = 0, 0, 0
    for cut, piece in enumerate(pieces):
        items, words = items + _items(piece), words + _words(piece)
        if (items > MOST_ITEMS or words > MOST_WORDS) and any(_is_said(before) for before in pieces[:cut]):
            break
    else:
        cut = len(pieces)
    rest = pieces[cut:]
    if not rest:
        return list(elements), [], ""
    listed = any(map(_items, rest))
    label = (
        say("turn", "show_items", n=sum(map(_items, pieces))) if listed else say("turn", "show_rest", n=sum(map(_words, rest)))
    )
    return _merged(pieces[:cut]), _merged(rest), label


def _pieces(element: Element) -> list[Element]:
    """An element in the pieces that it may be cut into: a list's items, each a list of its own that goes on with the numbers."""
    if element.kind != "list":
        return [element]
    return [
        replace(element, children=[item], first=element.first and element.first + at) for at, item in enumerate(element.children)
    ]


def _merged(pieces: Sequence[Element]) -> list[Element]:
    """Pieces put together again: items of one list that follow each other."""
    merged: list[Element] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if last and piece.kind == last.kind == "list" and piece.first == (last.first and last.first + len(last.children)):
            merged[-1] = replace(last, children=[*last.children, *piece.children])
        else:
            merged.append(piece)
    return merged


def _items(element: Element) -> int:
    return sum(below.kind == "item" for below in element.walk())


def _words(element: Element) -> int:
    return sum(len(below.text.split()) for below in element.walk())


def _is_said(element: Element) -> bool:
    """Whether an element says something by itself: no line that leads in to the next."""
    return not element.text.rstrip().endswith(":")


def _joined(quotes: Sequence[ShownQuote]) -> list[Element]:
    """The quotes' elements; lone items of neighbouring quotes make one list, and rows of one table one table, each with its own
    number."""
    elements: list[Element] = []
    lone, group = False, -1
    for quote in quotes:
        first, *rest = quote.elements
        single = not rest and first.kind == "list"
        goes_on = single and lone and bool(elements[-1].first) == bool(first.first)
        if goes_on or (quote.group == group and elements[-1].kind == first.kind == "table" and not first.children[0].level):
            elements[-1] = replace(elements[-1], children=[*elements[-1].children, *first.children])
            elements += rest
        else:
            elements += quote.elements
        lone, group = single, quote.group
    return _said(elements)


def _offered(answer: Answer, thread: Thread) -> list[Next]:
    """The questions an answer offers, without those that were asked already. Where passages came near, they stand instead."""
    if answer.nearest:
        return []
    asked = {_same(question) for question in [*thread.questions, answer.standalone]}
    return [_next(related, thread) for related in answer.related if _same(related.question) not in asked]


def _same(question: str) -> str:
    """A question by which two that differ in case or marks alone are the same."""
    return " ".join(words(question))


def _next(related: Related, thread: Thread) -> Next:
    return Next(related.question, related.where, turn_address(thread.then(related.question)), related.label)
