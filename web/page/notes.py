"""What points from an answer to its places: the note of each citation, and the passages that are near but no answer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from rag.reply import Answer, Citation
from web.addresses import BEST, UNNUMBERED, Mark, Thread, guide_address
from web.page.layout import Element, lay_out
from web.page.wording import say
from web.schemas import MAX_NEAREST, AskResponse, CitationModel


@dataclass(frozen=True, slots=True)
class Note:
    """The note of a citation. `href` marks all the answer's runs in that guide and leads back here; `collected` is the guide's
    date, where it has one."""

    citation: CitationModel
    href: str
    collected: str | None
    language: str

    @property
    def number(self) -> int:
        return self.citation.id

    @property
    def place(self) -> str:
        return place_of(self.citation)

    @property
    def path(self) -> str:
        """The headings that the quote stands under, below the guide's title."""
        return " › ".join(self.citation.section_path[1:])

    @property
    def guide(self) -> str:
        """The guide by its title, who published it, the page and its date, as far as it gives them."""
        date = say("turn", "collected", date=self.collected) if self.collected else ""
        return " · ".join(filter(None, [self.citation.title, publisher(self.citation.source_url), _page(self.citation), date]))

    @property
    def label(self) -> str:
        """What a screen reader calls the number."""
        section = _section(self.citation)
        if not section:
            return say("turn", "source", n=self.number, where=self.citation.title)
        return say("turn", "source_in", n=self.number, section=section, title=self.citation.title)


@dataclass(frozen=True, slots=True)
class NearPassage:
    """A passage that is near but no answer, laid out with the words marked that make it near; `href` opens its guide there."""

    elements: list[Element]
    citation: CitationModel
    href: str
    language: str

    @property
    def place(self) -> str:
        return place_of(self.citation)


def place_of(citation: CitationModel) -> str:
    """ "Pay · Wind Turbine Technician, page 3", with what there is of it."""
    where = " · ".join(filter(None, [_section(citation), citation.title]))
    return ", ".join(filter(None, [where, _page(citation)]))


def publisher(address: str | None) -> str:
    """Who published a guide, by the name of the site it is from."""
    return (urlsplit(address).hostname or "").removeprefix("www.") if address else ""


def _page(citation: CitationModel) -> str:
    return say("turn", "page", n=citation.page) if citation.page else ""


def _section(citation: CitationModel) -> str:
    return citation.section_path[-1] if len(citation.section_path) > 1 else ""


def notes_of(answer: Answer, response: AskResponse, thread: Thread) -> list[Note]:
    """The notes of an answer's citations; `thread` leads back to it."""
    notes = []
    for citation, model in zip(answer.citations, response.citations, strict=True):
        document = citation.document
        marks = [Mark(c.number, c.start, c.end) for c in answer.citations if c.document.id == document.id]
        href = guide_address(document.id, marks, citation.number, thread)
        notes.append(Note(model, href, document.collected, document.language))
    return notes


def near_of(answer: Answer, response: AskResponse, thread: Thread) -> list[NearPassage]:
    """The passages that came near an answer, at most `MAX_NEAREST`; `thread` leads back to it."""
    found = zip(answer.nearest[:MAX_NEAREST], response.nearest, strict=True)
    return [_near(citation, model, thread) for citation, model in found]


def _near(citation: Citation, model: CitationModel, thread: Thread) -> NearPassage:
    document = citation.document
    marks = list(_reasons(citation))
    elements = [unlisted(element) for element in lay_out(document, citation.parts, marks)]
    for span in (span for element in elements for below in element.walk() for span in below.spans):
        span.opens = span.closes = ()  # these marks are no places to go to
    passage = Mark(UNNUMBERED, citation.start, citation.end)
    href = guide_address(document.id, [passage], UNNUMBERED, thread)
    return NearPassage(elements, model, href, document.language)


def unlisted(element: Element) -> Element:
    """A list of one item as a paragraph: it is no list."""
    lone = element.children if element.kind == "list" else []
    return replace(lone[0], kind="paragraph", level=0) if len(lone) == 1 and not lone[0].children else element


def _reasons(citation: Citation) -> Iterator[Mark]:
    """The words that make a passage near, where it holds them."""
    whole = list(_found(citation, citation.why))
    yield from whole or (mark for words in citation.why.split(",") for mark in _found(citation, words))


def _found(citation: Citation, words: str) -> Iterator[Mark]:
    if not words.strip():
        return
    for found in re.finditer(rf"(?<!\w){re.escape(words.strip())}(?!\w)", citation.quote, re.IGNORECASE):
        yield Mark(BEST, citation.start + found.start(), citation.start + found.end())
