"""What the guides cover, as the coverage page tells it: guides, careers, sections, dates and published error rates."""

from dataclasses import dataclass
from threading import Lock

from cachetools import LRUCache, cached

from rag.datatypes import IndexInfo
from rag.index.index import Index
from rag.models.scorer import Fit, Rate
from web.addresses import guide_address, web_address


@dataclass(frozen=True, slots=True)
class GuideCoverage:
    """A guide: what it is about, how much of it there is, and when it was collected."""

    title: str
    href: str
    careers: tuple[str, ...]
    sections: tuple[str, ...]
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
        """The index id, short enough to read out."""
        return self.info.id.removeprefix("sha256:")[:12]


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


def careers_of(index: Index) -> list[str]:
    """The careers that an index's guides describe, by name."""
    return sorted({career for outline in index.outlines.values() for career in outline.careers}, key=str.casefold)


@cached(LRUCache(1), lambda index: index.info.id, Lock())
def coverage(index: Index) -> Coverage:
    """The coverage of an index, guides by title. The last index's is kept: of a thousand guides it takes seconds."""
    guides = []
    for document in index.documents.values():
        outline = index.outlines[document.id]
        headings = (
            section.path[-1] for section in outline.sections if len(section.path) == 2 and section.path[-1] not in outline.careers
        )
        guides.append(
            GuideCoverage(
                title=outline.title,
                href=guide_address(document.id),
                careers=outline.careers,
                sections=tuple(dict.fromkeys(headings)),
                words=len(document.text.split()),
                collected=document.collected,
                source_url=web_address(document.source_url),
            )
        )
    return Coverage(tuple(sorted(guides, key=lambda guide: guide.title)), len(careers_of(index)), index.info)
