"""Hits to evidence: the group each passage lies in, with its units, and what can be said of them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rag.datatypes import Document, Hit, Passage, Unit
from rag.index.index import Index


@dataclass(frozen=True, slots=True)
class Group:
    """The units of one group in reading order, over all its passages."""

    document: Document
    passages: tuple[Passage, ...]
    units: tuple[Unit, ...]

    @property
    def path(self) -> tuple[str, ...]:
        """The headings over the group, from the document's title down."""
        return self.passages[0].path

    @property
    def career(self) -> str | None:
        """The career that the group is about."""
        return self.passages[0].career

    def text(self, at: int) -> str:
        """A unit's words."""
        return self.document.text[self.units[at].start : self.units[at].end]

    def passage(self, at: int) -> Passage:
        """The passage that holds a unit."""
        return next(passage for passage in reversed(self.passages) if passage.first <= at)

    def under(self, at: int) -> list[int]:
        """The units that stand under a unit, at any depth."""
        found = {at}
        for position in range(at + 1, len(self.units)):
            if self.units[position].parent in found:
                found.add(position)
        return sorted(found - {at})

    def above(self, at: int) -> list[int]:
        """What a unit stands under, outermost first: lead-ins, a table's header, the items it is nested in."""
        found: list[int] = []
        parent = self.units[at].parent
        while parent is not None:
            found.insert(0, parent)
            parent = self.units[parent].parent
        return found


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage that was found for a question, in its group. `first` and `last` bound its units among the group's."""

    hit: Hit
    group: Group

    @property
    def passage(self) -> Passage:
        return self.hit.passage

    @property
    def positions(self) -> range:
        """The positions of the passage's units among the group's."""
        return range(self.passage.first, self.passage.first + len(self.passage.units))


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of an index, put together when they are asked for."""

    index: Index

    def members(self, number: int) -> Sequence[Passage]:
        """The passages of a group, by its number; none where there is no such group."""
        first, last = np.searchsorted(self.index.groups, (number, number + 1)).tolist()
        return self.index.passages[first:last]

    def of(self, passage: Passage) -> Group:
        """The group that a passage lies in."""
        passages = tuple(self.members(passage.group))
        units = tuple(unit for one in passages for unit in one.units)
        return Group(self.index.documents[passage.document_id], passages, units)

    def beside(self, group: Group) -> str:
        """The words of the section that a group stands in, its own left out."""
        return " ".join(text for step in (-1, 1) for text in self._onwards(group, step))

    def _onwards(self, group: Group, step: int) -> Iterator[str]:
        """The texts of the groups of its section that stand before or after a group, the nearest first."""
        number = group.passages[0].group + step
        while (passages := self.members(number)) and passages[0].document_id == group.document.id:
            if passages[0].path != group.path:
                return
            yield group.document.text[passages[0].start : passages[-1].end]
            number += step

    def gather(self, hits: Iterable[Hit]) -> list[Evidence]:
        """Hits as evidence, in their order."""
        return [Evidence(hit, self.of(hit.passage)) for hit in hits]
