"""What a guide says under its own headings: its opening words about a career, and the section that is headed what is asked."""

from collections.abc import Sequence
from dataclasses import replace

from rag.answers.citation import Quote, quotes
from rag.answers.draft import Draft
from rag.answers.evidence import Group, Groups
from rag.index.index import Index
from rag.index.sections import CareerSections
from rag.questions.question import Question
from rag.questions.scope import Scope

OPENING_CHARS = 520  # prose is quoted by the first sentences that fit, and one at least


class Headed:
    """Answers questions that ask no more of a career than what a heading says, from the index's table of sections."""

    def __init__(self, index: Index, groups: Groups) -> None:
        self._index, self._groups = index, groups
        self._careers: dict[str, list[CareerSections]] = {}
        for one in index.sections:
            self._careers.setdefault(one.career, []).append(one)

    def of(self, question: Question, scope: Scope) -> Draft | None:
        """The section of a question's one career that is headed what is asked, its opening where no topic is. None where more is
        asked or there is no such section."""
        if len(question.careers) != 1 or not (question.named and question.plain):
            return None
        held = next((one for one in self._careers.get(question.careers[0], ()) if _is_in(one, scope)), None)
        if held is None:
            return None
        rows = [section.row for section in held.sections if section.topic in question.topics]
        row = next(iter(rows), None) if question.topics else held.opening
        return None if row is None else self._quoted(row, "section" if question.topics else "opening")

    def _quoted(self, row: int, basis: str) -> Draft:
        passage = self._index.passages[row]
        group = self._groups.of(passage)
        positions = range(passage.first, passage.first + len(passage.units))
        listed = [at for at in positions if group.units[at].kind in ("item", "row")]
        units = [at for at in positions if group.units[at].kind == "lead"] + listed if basis == "section" and listed else []
        found: list[Quote] = quotes(group, sorted(units) or _fitting(group, positions), 1.0)
        draft = Draft("answered", "opening", quotes=tuple(found), main=found[0])
        return replace(draft, basis="section") if basis == "section" else draft


def _is_in(one: CareerSections, scope: Scope) -> bool:
    return scope.documents is None or one.document_id in scope.documents


def _fitting(group: Group, positions: Sequence[int]) -> list[int]:
    """The first sentences among some units that fit, and one unit at least."""
    prose = [at for at in positions if group.units[at].kind == "sentence"] or list(positions)
    start = group.units[prose[0]].start
    return [at for at in prose if group.units[at].end - start <= OPENING_CHARS and at - prose[0] == prose.index(at)] or prose[:1]
