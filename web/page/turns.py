"""A question and its answer as the page, the fragment and the exports show it: the response, and its quotes laid out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.datatypes import Answer, Citation
from rag.text.sentences import sentences
from web.addresses import ask_address, guide_address
from web.page.layout import Mark, Node, Run, lay_out
from rag.text.words import sentences
from web.addresses import Mark, ask_address, guide_address
from web.page.layout import Element, Run, lay_out
from web.schemas import MAX_TURNS, AskResponse, CitationModel

FOLD_QUOTES = 6
FOLD_WORDS = 180
_NOTE_CHARACTERS = 160


@dataclass(frozen=True, slots=True)
class Note:
    """The note of a citation. `href` marks all the answer's runs in that guide and leads back here; `cut` says that the
    quote goes on after `words`."""

    citation: CitationModel
    words: list[Run]
    href: str
    cut: bool
    language: str

    @property
    def number(self) -> int:
        return self.citation.id

    @property
    def section(self) -> str:
        path = self.citation.section_path
        return path[-1] if len(path) > 1 else ""

    @property
    def place(self) -> str:
        """ "Pay · Wind Turbine Technician, page 3", with what there is of it."""
        page = f", page {self.citation.page}" if self.citation.page else ""
        return " · ".join(filter(None, [self.section, self.citation.title])) + page

    @property
    def label(self) -> str:
        """What a screen reader calls the number."""
        where = f"{self.section}, in {self.citation.title}" if self.section else self.citation.title
        return f"Source {self.number}: {where}"


@dataclass(frozen=True, slots=True)
class ShownQuote:
    """A citation laid out, for a paragraph of the answer or a cell of its table."""

    number: int
    elements: list[Element]
    words: int


@dataclass(frozen=True, slots=True)
class Next:
    """A question offered after an answer."""

    question: str
    where: str
    href: str


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """A turn of a conversation. `position` counts from 1; `address` is the conversation up to here; `folded` are the quotes
    behind "Show 3 more passages"; `table` holds the rows of a comparison as (aspect, quote or None a column)."""

    position: int
    response: AskResponse
    cause: str | None
    quotes: list[Element]
    folded: list[Element]
    folded_count: int
    table: list[tuple[str, list[ShownQuote | None]]]
    notes: dict[int, Note]
    remarks: tuple[str, ...]
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
    table = _table(answer, quotes)
    tabled = {quote.number for _, cells in table for quote in cells if quote}
    listed = [quotes[segment.number] for segment in answer.segments if segment.number not in tabled]
    fold = _fold(listed)
    return ShownTurn(
        position=len(questions),
        response=response,
        cause=answer.cause,
        quotes=_joined(listed[:fold]),
        folded=_joined(listed[fold:]),
        folded_count=len(listed) - fold,
        table=table,
        notes={note.number: note for note in _notes(answer, response, quotes, questions)},
        remarks=answer.remarks,
        next=[Next(related.question, related.where, _following(questions, related.question)) for related in answer.related],
    )


def _quote(citation: Citation) -> ShownQuote:
    """A citation laid out, its number on the lead-in of the list it ends with, else after its last words."""
    mark = Mark(citation.number, citation.start, citation.end)
    elements = lay_out(citation.document, citation.parts, [mark])
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


def _notes(answer: Answer, response: AskResponse, quotes: dict[int, ShownQuote], questions: Sequence[str]) -> list[Note]:
    notes = []
    for citation, model in zip(answer.citations, response.citations, strict=True):
        document = citation.document
        marks = [Mark(c.number, c.start, c.end) for c in answer.citations if c.document.id == document.id]
        words, cut = _opening(quotes[citation.number].elements[0])
        href = guide_address(document.id, marks, citation.number, questions)
        notes.append(Note(model, words, href, cut, document.language))
    return notes


def _opening(element: Element) -> tuple[list[Run], bool]:
    """The first words of a quote, those of its first paragraph, item or row, and whether they are cut: after a sentence if
    one ends in time, else between words."""
    first = element.children[0] if element.kind in ("list", "table") else element
    runs: list[Run] = []
    left = _NOTE_CHARACTERS
    for below in first.walk() if first.kind == "row" else [first]:
        if runs:
            runs.append(Run(" "))
        for run in (run for span in below.spans for run in span.runs):
            if len(run.text) > left:
                start, end = sentences(run.text, 0, left)[0]
                sentence = run.text[start:end] if end < left else run.text[:left].rsplit(None, 1)[0]
                return [*runs, Run(sentence)], end >= left
            runs.append(Run(run.text))
            left -= len(run.text)
    return runs, False


def _following(questions: Sequence[str], question: str) -> str:
    """Where a question offered leads: on in this conversation, or to a new one when this is full."""
    return ask_address([*questions, question] if len(questions) < MAX_TURNS else [question])
