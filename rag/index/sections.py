"""Which topics the guides have sections about, of each career: a table made when the index is built, so that answering asks for
nothing to say what may be asked next."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.datatypes import Document, Passage, Unit
from rag.guides.passages import cells_of, own_path
from rag.questions.topics import TOPICS, put, topics_of
from rag.text.inflection import with_article
from rag.text.roles import is_role_title
from rag.text.words import stems

_BARE = re.compile(r"[\d.,'\s]+")
_OVERVIEW, _ABOUT = "What does {a_role} do?", "What is {a_role} about?"  # the second of what is no role: a guide's title


@dataclass(frozen=True, slots=True)
class TopicSection:
    """A section about a topic: the question that it answers ("" where it is of no role, and none is offered), the document it
    stands in, its headings below the career's, and the row of its first passage that says so. `headed` says that its heading
    does: words of a lead-in may mean something else."""

    topic: str
    question: str
    document_id: str
    where: str
    row: int
    headed: bool = True


@dataclass(frozen=True, slots=True)
class CareerSections:
    """A career, as it stands in a sentence ("an actuary"), a question for what it is, its first section about each topic, and
    the row of the first passage that speaks of it in sentences, if any does."""

    career: str
    role: str
    overview: str
    document_id: str
    sections: tuple[TopicSection, ...]
    opening: int | None = None


def is_statement(unit: Unit, text: str) -> bool:
    """Whether a unit is a sentence that ends like one: a line of other names ("Also known as: ...") does not."""
    return unit.kind == "sentence" and text[unit.start : unit.end].rstrip('*_”"’) ')[-1:] in (".", "!", "?", ":", "…")


def headed(one: CareerSections) -> tuple[TopicSection, ...]:
    """A career's sections, beside its opening, whose headings name a topic; one that names several is taken under the first."""
    found: dict[int, TopicSection] = {}
    for section in sorted(
        (s for s in one.sections if s.headed and s.question and s.row != one.opening), key=lambda s: list(TOPICS).index(s.topic)
    ):
        found.setdefault(section.row, section)
    return tuple(found.values())


def career_sections(documents: Sequence[Document], passages: Sequence[Passage]) -> tuple[CareerSections, ...]:
    """The sections of the careers that passages describe, by career and document, in reading order."""
    texts = {document.id: document.text for document in documents}
    found: dict[tuple[str, str], dict[str, TopicSection]] = {}
    openings: dict[tuple[str, str], int] = {}
    for row, passage in enumerate(passages):
        if passage.career is not None:
            sections = found.setdefault((passage.career, passage.document_id), {})
            for section in _named(row, passage, passage.career, texts[passage.document_id]):
                if section.topic not in sections or (section.headed and not sections[section.topic].headed):
                    sections[section.topic] = section
            if any(unit.parent is None and is_statement(unit, texts[passage.document_id]) for unit in passage.units):
                openings.setdefault((passage.career, passage.document_id), row)
    return tuple(
        _of(career, texts[document_id], document_id, tuple(sections.values()), openings.get((career, document_id)))
        for (career, document_id), sections in found.items()
    )


def _of(career: str, text: str, document_id: str, sections: tuple[TopicSection, ...], opening: int | None) -> CareerSections:
    """A career with its sections; of a guide's title that names no role, what the guide is about is all that is asked."""
    if not is_role_title(career):
        return CareerSections(career, f"“{career}”", _ABOUT.replace("{a_role}", f"“{career}”"), document_id, sections, opening)
    spoken = _spoken(career, text)
    asked = tuple(replace(section, question=put(TOPICS[section.topic].ask, spoken)) for section in sections)
    return CareerSections(career, with_article(spoken), put(_OVERVIEW, spoken), document_id, asked, opening)


def _spoken(career: str, text: str) -> str:
    """A career as it stands within a sentence: a title's first capital is its place's ("Estate agent") where the rest has none
    and the guide writes the word small."""
    first = career.split(maxsplit=1)[0]
    small = first.lower() + career.removeprefix(first)
    return small if small == career.lower() and f" {first.lower()}" in text else career


def _named(row: int, passage: Passage, career: str, text: str) -> Iterator[TopicSection]:
    """The topics that a passage's heading or its lead-in names, beside the words of its career's own title, with no question
    yet. A heading says nothing of a table of bare counts, which may be of anything: its columns or its caption do."""
    path, own = own_path(passage.path, career), frozenset(stems(career))
    lead = " ".join(text[unit.start : unit.end] for unit in passage.units if unit.kind == "lead")
    heading = topics_of(frozenset(stems("" if len(path) == 1 or _counts(passage, text) else path[-1])) - own)
    for topic in sorted(heading | topics_of(frozenset(stems(lead)) - own)):
        where = " › ".join(path[1:])
        yield TopicSection(topic, "", passage.document_id, where, row, topic in heading)


def _counts(passage: Passage, text: str) -> bool:
    """Whether a passage is a table with figures, and these without a sign or a unit."""
    cells = [cell for unit in passage.units if unit.kind == "row" for cell in cells_of(text[unit.start : unit.end])]
    figures = [cell for cell in cells if any(map(str.isdigit, cell))]
    return bool(figures) and all(_BARE.fullmatch(cell) for cell in figures)
