"""What the guides hold of each career: its passages, its opening words, and its groups by facet."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rag.answers.citation import Quote
from rag.datatypes import Document, Passage, Unit
from rag.guides.flattened import title_pattern
from rag.guides.passages import own_path
from rag.index.index import Index
from rag.questions.question import Reading, Term
from rag.questions.topics import FACETS, facets_of
from rag.text.words import stems

OPENING_CHARS = 520  # an opening is the first sentences that fit, and one at least
_ALSO = re.compile(r"\W*(?:also (?:known as|called)|other (?:names|titles))\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One group of a career: its passages and units, and the facets its heading and its lead-in name."""

    document: Document
    passages: tuple[Passage, ...]
    units: tuple[Unit, ...]
    facets: frozenset[str]

    def quote(self, positions: Iterable[int]) -> Quote:
        """Units of the group as a quote."""
        chosen = sorted(positions)
        passage = next(passage for passage in reversed(self.passages) if passage.first <= chosen[0])
        return Quote(self.document, passage, tuple(self.units[at] for at in chosen), 1.0)

    @property
    def path(self) -> tuple[str, ...]:
        """The headings over the group, from the document's title down."""
        return self.passages[0].path

    @property
    def lead(self) -> int | None:
        """The position of the lead-in, if it has one."""
        return next((at for at, unit in enumerate(self.units) if unit.kind == "lead"), None)

    @property
    def listed(self) -> list[int]:
        """The positions of the lead-in and of the items or rows after it; empty where there is no list."""
        items = [at for at, unit in enumerate(self.units) if unit.kind in ("item", "row")]
        return ([self.lead] if self.lead is not None else []) + items if items else []


class Profiles:
    """The careers of an index, or of some of its documents, each with its groups in reading order."""

    def __init__(self, index: Index, documents: Collection[str] | None = None) -> None:
        self._index = index
        self._rows: dict[str, list[int]] = {}
        for row, passage in enumerate(index.passages):
            for career in self._holders(passage) if documents is None or passage.document_id in documents else ():
                self._rows.setdefault(career, []).append(row)
        self._entries: dict[str, tuple[Entry, ...]] = {}

    @property
    def careers(self) -> tuple[str, ...]:
        """The careers in the order the corpus has them."""
        return tuple(self._rows)

    def rows(self, career: str) -> NDArray[np.int64]:
        """The passage rows about a career."""
        return np.array(self._rows.get(career, []), dtype=np.int64)

    def document(self, career: str) -> str | None:
        """The id of the first document about a career."""
        rows = self._rows.get(career)
        return self._index.passages[rows[0]].document_id if rows else None

    def entries(self, career: str) -> tuple[Entry, ...]:
        """A career's groups in reading order."""
        if career not in self._entries:
            self._entries[career] = tuple(self._make_entries(career))
        return self._entries[career]

    def opening(self, career: str) -> Quote | None:
        """The first sentences about a career: those that name it, else the first prose."""
        prose = [(entry, run) for entry in self.entries(career) if (run := _prose(entry))]
        named = re.compile(title_pattern(career), re.IGNORECASE)
        for entry, run in prose[:6]:
            for at in run[:2]:
                if named.search(_text(entry, at)):
                    return _fitting(entry, run[run.index(at) :])
        return _fitting(*prose[0]) if prose else None

    def facet(self, career: str, facet: str) -> Quote | None:
        """What the first section of a career about a facet holds, sections under it included: the first list about the facet
        with its lead-in, else the first prose."""
        about = [entry for entry in self.entries(career) if facet in entry.facets]
        section = [entry for entry in about if entry.path[: len(about[0].path)] == about[0].path]
        for entry in section:
            if entry.listed:
                return entry.quote(entry.listed)
        return _fitting(about[0], _prose(about[0]) or range(len(about[0].units))) if about else None

    def facets(self, career: str) -> frozenset[str]:
        """The facets that a career has sections or lists of."""
        return frozenset().union(*(entry.facets for entry in self.entries(career)))

    def placed(self, reading: Reading) -> Reading:
        """A reading of which each facet that none of its careers has a section of is asked as those that answer for it; where
        more is asked than facets, as it is."""
        if not all(term.facets for term in reading.terms):
            return reading
        held = frozenset().union(*(self.facets(career) for career in reading.careers))
        terms = tuple(_placed(term, held) for term in reading.terms)
        facets = frozenset().union(*(term.facets for term in terms))
        return reading if terms == reading.terms else replace(reading, terms=terms, facets=facets)

    def duties(self, career: str) -> Quote | None:
        """A career's list of duties, else the first list beside its opening words."""
        for entry in self.entries(career):
            if "duties" in entry.facets and entry.listed:
                return entry.quote(entry.listed)
        first = next((entry for entry in self.entries(career) if _prose(entry)), None)
        return first.quote(first.listed) if first and first.listed and not first.facets else None

    def _holders(self, passage: Passage) -> list[str]:
        """The careers a passage is about: its own, and the one under whose heading its own stands."""
        own = passage.career
        if own is None:
            return []
        at = passage.path.index(own) if own in passage.path else 0
        above = passage.path[at - 1] if at else None
        outline = self._index.outlines[passage.document_id]
        return [own, above] if above in outline.careers and at > 1 else [own]

    def _make_entries(self, career: str) -> Iterable[Entry]:
        groups: dict[int, list[Passage]] = {}
        for row in self._rows.get(career, []):
            passage = self._index.passages[row]
            groups.setdefault(passage.group, []).append(passage)
        for passages in groups.values():
            document = self._index.documents[passages[0].document_id]
            units = tuple(unit for passage in passages for unit in passage.units)
            path = own_path(passages[0].path, passages[0].career)
            lead = " ".join(document.text[unit.start : unit.end] for unit in units if unit.kind == "lead")
            said = frozenset(stems(" ".join((path[-1] if len(path) > 1 else "", lead))))
            named = facets_of(said - frozenset(stems(career)))
            yield Entry(document, tuple(passages), units, named)


def _placed(term: Term, held: frozenset[str]) -> Term:
    instead = frozenset().union(*(FACETS[facet].instead for facet in term.facets)) & held
    return replace(term, facets=instead) if instead and not term.facets & held else term


def _prose(entry: Entry) -> list[int]:
    """The positions of a group's first run of sentences outside its list, other names of the career left out."""
    run: list[int] = []
    for at, unit in enumerate(entry.units):
        if unit.kind == "sentence" and unit.parent is None and not _ALSO.match(_text(entry, at)):
            run.append(at)
        elif run:
            break
    return run


def _fitting(entry: Entry, run: Iterable[int]) -> Quote:
    chosen: list[int] = []
    for at in run:
        if chosen and entry.units[at].end - entry.units[chosen[0]].start > OPENING_CHARS:
            break
        chosen.append(at)
    return entry.quote(chosen)


def _text(entry: Entry, at: int) -> str:
    return entry.document.text[entry.units[at].start : entry.units[at].end]
