"""What points from an answer to its places: the note of each citation, and the passages that are near but no answer."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.datatypes import Answer, Citation
from rag.text.sentences import sentences
from web.addresses import BEST, UNNUMBERED, Mark, guide_address
from web.page.layout import Element, Run, lay_out
from web.schemas import MAX_NEAREST, AskResponse, CitationModel

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
    def place(self) -> str:
        return place_of(self.citation)

    @property
    def label(self) -> str:
        """What a screen reader calls the number."""
        section = _section(self.citation)
        where = f"{section}, in {self.citation.title}" if section else self.citation.title
        return f"Source {self.number}: {where}"


@dataclass(frozen=True, slots=True)
class NearPassage:
    """A passage that is near but no answer, laid out with the words marked that make it near. `href` opens its guide there;
    `why` are those words where they are not the passage's own."""

    elements: list[Element]
    citation: CitationModel
    href: str
    why: str
    language: str

    @property
    def place(self) -> str:
        return place_of(self.citation)


def place_of(citation: CitationModel) -> str:
    """ "Pay · Wind Turbine Technician, page 3", with what there is of it."""
    page = f", page {citation.page}" if citation.page else ""
    return " · ".join(filter(None, [_section(citation), citation.title])) + page


def _section(citation: CitationModel) -> str:
    return citation.section_path[-1] if len(citation.section_path) > 1 else ""


def notes_of(answer: Answer, response: AskResponse, quotes: dict[int, list[Element]], questions: Sequence[str]) -> list[Note]:
    """The notes of an answer's citations, whose quotes are laid out by number; `questions` lead back to it."""
    notes = []
    for citation, model in zip(answer.citations, response.citations, strict=True):
        document = citation.document
        marks = [Mark(c.number, c.start, c.end) for c in answer.citations if c.document.id == document.id]
        words, cut = _opening(quotes[citation.number][0])
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


def near_of(answer: Answer, response: AskResponse, questions: Sequence[str]) -> list[NearPassage]:
    """The passages that came near an answer, at most `MAX_NEAREST`; `questions` lead back to it."""
    found = zip(answer.nearest[:MAX_NEAREST], response.nearest, strict=True)
    return [_near(citation, model, questions) for citation, model in found]


def _near(citation: Citation, model: CitationModel, questions: Sequence[str]) -> NearPassage:
    document = citation.document
    marks = list(_reasons(citation))
    elements = _unlisted(lay_out(document, citation.parts, marks))
    for span in (span for element in elements for below in element.walk() for span in below.spans):
        span.opens = span.closes = ()  # these marks are no places to go to
    passage = Mark(UNNUMBERED, citation.start, citation.end)
    href = guide_address(document.id, [passage], UNNUMBERED, questions)
    return NearPassage(elements, model, href, "" if marks else citation.why, document.language)


def _unlisted(elements: list[Element]) -> list[Element]:
    """A passage that is a lone item, as a paragraph: a list of one is no list."""
    lone = elements[0].children if len(elements) == 1 and elements[0].kind == "list" else []
    return [replace(lone[0], kind="paragraph")] if len(lone) == 1 and not lone[0].children else elements


def _reasons(citation: Citation) -> Iterator[Mark]:
    """The words that make a passage near, where it holds them."""
    whole = list(_found(citation, citation.why))
    yield from whole or (mark for words in citation.why.split(",") for mark in _found(citation, words))


def _found(citation: Citation, words: str) -> Iterator[Mark]:
    if not words.strip():
        return
    for found in re.finditer(rf"(?<!\w){re.escape(words.strip())}(?!\w)", citation.quote, re.IGNORECASE):
        yield Mark(BEST, citation.start + found.start(), citation.start + found.end())
