"""What the guides cover, as the coverage page tells it: guides, careers, sections, dates and published error rates."""

from collections.abc import Collection
from dataclasses import dataclass
from threading import Lock

from cachetools import LRUCache, cached

from rag.datatypes import Section
from rag.index.index import Index
from rag.index.sections import CareerSections, headed
from rag.models.scorer import Fit, Rate
from rag.reply import IndexInfo
from web.addresses import UNNUMBERED, Mark, Thread, guide_address, start_address, turn_address, web_address

MOST_DETAILED = 30  # guides of which the sections are told


@dataclass(frozen=True, slots=True)
class Place:
    """A career or a section: its name, the address of a question about it where one is answered, and of its place."""

    name: str
    ask: str
    href: str


@dataclass(frozen=True, slots=True)
class GuideCoverage:
    """A guide: what it is about, how much of it there is, and when it was collected; `only` is where to ask it alone."""

    title: str
    href: str
    only: str
    careers: tuple[Place, ...]
    sections: tuple[Place, ...]
    words: int
    collected: str | None
    source_url: str | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """All guides, and the index they are served from."""

    guides: tuple[GuideCoverage, ...]
    careers: int
    info: IndexInfo

    @property
    def built_on(self) -> str:
        return self.info.built_at[:10]

    @property
    def build(self) -> str:
        return build_of(self.info)


@dataclass(frozen=True, slots=True)
class Rates:
    """How often abstaining goes wrong, as measured on judged questions when the threshold was set."""

    date: str
    questions: int
    about: str
    now: Rate
    curve: tuple[Rate, ...]


def published_rates(fit: Fit) -> Rates | None:
    """The error rates that a scorer's fit publishes, or None where it has none."""
    now = min(fit.rates, key=lambda rate: abs(rate.threshold - fit.threshold), default=None)
    return Rates(fit.date, fit.questions, fit.about, now, fit.rates) if now else None


def build_of(info: IndexInfo) -> str:
    """An index's id, short enough to read out and for an address."""
    return info.id.removeprefix("sha256:")[:12]


def careers_of(index: Index, guides: Collection[str] = ()) -> list[str]:
    """The careers that an index's guides, or some of them, describe, by name."""
    outlines = [outline for id, outline in index.outlines.items() if not guides or id in guides]
    return sorted({career for outline in outlines for career in outline.careers}, key=str.casefold)


def questions_of(held: CareerSections) -> list[str]:
    """The questions about a career that have an answer."""
    return [held.overview, *(section.question for section in headed(held))]


def _asked(index: Index) -> dict[tuple[str, str], str]:
    """The address of a question by document and by the career or the section, by its headings, that answers it."""
    found: dict[tuple[str, str], str] = {}
    for held in index.sections:
        found[held.document_id, held.career] = _alone(held.overview)
        for section in headed(held):
            found.setdefault((held.document_id, " › ".join(index.passages[section.row].path)), _alone(section.question))
    return found


def _alone(question: str) -> str:
    return turn_address(Thread((question,)))


def _place(document_id: str, section: Section, asked: dict[tuple[str, str], str]) -> Place:
    """Where a section stands, marked in its guide by its heading."""
    heading, name = section.heading, section.path[-1]
    assert heading is not None
    ask = asked.get((document_id, " › ".join(section.path))) or (
        asked.get((document_id, name), "") if name == section.career else ""
    )
    return Place(name, ask, guide_address(document_id, [Mark(UNNUMBERED, heading.start, heading.end)], UNNUMBERED))


@cached(LRUCache(1), lambda index: index.info.id, Lock())
def coverage(index: Index) -> Coverage:
    """The coverage of an index, guides by title. The last index's is kept: of a thousand guides it takes seconds."""
    guides = []
    asked = _asked(index)
    for document in index.documents.values():
        outline = index.outlines[document.id]
        places = [
            _place(document.id, section, asked) for section in outline.sections if len(section.path) > 1 and section.heading
        ]
        careers = {place.name: place for place in places if place.name in outline.careers}
        opening = {
            career: Place(career, asked.get((document.id, career), ""), guide_address(document.id)) for career in outline.careers
        }
        outer = {section.path[1] for section in outline.sections if len(section.path) > 1} - set(outline.careers)
        guides.append(
            GuideCoverage(
                title=outline.title,
                href=guide_address(document.id),
                only=start_address([document.id]),
                careers=tuple((opening | careers).values()),
                sections=tuple({place.name: place for place in reversed(places) if place.name in outer or place.ask}.values())[
                    ::-1
                ]
                if len(index.documents) <= MOST_DETAILED
                else (),
                words=len(document.text.split()),
                collected=document.collected,
                source_url=web_address(document.source_url),
            )
        )
    return Coverage(tuple(sorted(guides, key=lambda guide: guide.title)), len(careers_of(index)), index.info)
