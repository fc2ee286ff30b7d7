"""What the guides cover, as the coverage page tells it: guides, careers, sections, dates and published error rates."""

from dataclasses import dataclass

from rag.answers.calibration import kind_of, published
from rag.datatypes import IndexInfo
from rag.index.index import Index
from web.addresses import guide_address


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
class Point:
    """At a threshold: the share of unanswerable questions that were answered, and of answerable ones that were left blank."""

    threshold: float
    false_answer: float
    false_abstain: float


@dataclass(frozen=True, slots=True)
class Rates:
    """How often abstaining goes wrong, as measured on judged questions when the threshold was set."""

    date: str
    questions: int
    about: str
    now: Point
    curve: tuple[Point, ...]


def published_rates(index: Index) -> Rates:
    """The error rates that the calibration for an index's kind of corpus publishes."""
    data = published(kind_of(index))
    now, *curve = (Point(point["threshold"], point["false_answer"], point["false_abstain"]) for point in (data, *data["curve"]))
    return Rates(data["date"], data["n"], data["about"], now, tuple(curve))


def careers_of(index: Index) -> list[str]:
    """The careers that an index's guides describe, by name."""
    return sorted({career for outline in index.outlines.values() for career in outline.careers}, key=str.casefold)


def coverage(index: Index) -> Coverage:
    """The coverage of an index, guides by title."""
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
                source_url=document.source_url,
            )
        )
    return Coverage(tuple(sorted(guides, key=lambda guide: guide.title)), len(careers_of(index)), index.info)
