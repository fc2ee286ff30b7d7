"""What a guide says under its own headings: its opening words about a career, and the section that is headed what is asked."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from rag.answers.citation import Quote, quotes
from rag.answers.draft import Draft
from rag.answers.evidence import Evidence, Group, Groups
from rag.answers.versions import MOST, differing, newest_first
from rag.guides.passages import own_path
from rag.index.index import Index
from rag.index.sections import CareerSections
from rag.questions.question import Question
from rag.questions.scope import Scope
from rag.text.words import stems

OPENING_CHARS = 520  # prose is quoted by the first sentences that fit, and one at least


class Headed:
    """Answers questions that ask no more of a career than what a heading says, from the index's table of sections."""

    def __init__(self, index: Index, groups: Groups) -> None:
        self._index, self._groups = index, groups
        self._careers: dict[str, list[CareerSections]] = {}
        for one in index.sections:
            self._careers.setdefault(one.career, []).append(one)

    def of(self, question: Question, scope: Scope) -> Draft | None:
        """The section of a question's one career that is headed what is asked, its opening where no topic is, of each guide that
        describes the career. None where more is asked or there is no such section."""
        if len(question.careers) != 1 or not (question.named and question.plain):
            return None
        held = [one for one in self._careers.get(question.careers[0], ()) if _is_in(one, scope)]
        rows = [row for one in held if (row := _row(one, question)) is not None]
        if not rows:
            return None
        runs = newest_first([self._quoted(row, bool(question.topics)) for row in rows])[:MOST]
        draft = Draft("answered", "opening", quotes=tuple(chain(*runs)), main=runs[0][0], remarks=differing(runs))
        return replace(draft, basis="section") if question.topics else draft

    def by_name(self, question: Question, evidence: Sequence[Evidence]) -> Draft | None:
        """The section of evidence, about a question's one career, whose heading is all that is asked of it ("scope")."""
        if len(question.careers) != 1 or not question.named:
            return None
        asked = frozenset(stems(question.text)) - frozenset(stems(question.careers[0]))
        for one in evidence:
            path = own_path(one.passage.path, one.passage.career)
            if one.passage.career == question.careers[0] and len(path) > 1 and asked == frozenset(stems(path[-1])):
                found = self._quoted(one.hit.row, whole=True)
                return Draft("answered", "section", quotes=found, main=found[0])
        return None

    def _quoted(self, row: int, whole: bool) -> tuple[Quote, ...]:
        """A passage's opening words or, if it is wanted `whole` and holds a list or a table, all of that."""
        passage = self._index.passages[row]
        group = self._groups.of(passage)
        positions = range(passage.first, passage.first + len(passage.units))
        listed = [at for at in positions if group.units[at].kind in ("item", "row")]
        units = [at for at in positions if group.units[at].kind == "lead"] + listed if whole and listed else []
        return tuple(quotes(group, sorted(units) or _fitting(group, positions), 1.0))


def _row(one: CareerSections, question: Question) -> int | None:
    """The row of the section of a career in a guide that a question asks for, or of its opening."""
    if not question.topics:
        return one.opening
    return next((section.row for section in one.sections if section.topic in question.topics), None)


def _is_in(one: CareerSections, scope: Scope) -> bool:
    return scope.documents is None or one.document_id in scope.documents


def _fitting(group: Group, positions: Sequence[int]) -> list[int]:
    """The first sentences among some units that fit, and one unit at least."""
    prose = [at for at in positions if group.units[at].kind == "sentence"] or list(positions)
    start = group.units[prose[0]].start
    return [at for at in prose if group.units[at].end - start <= OPENING_CHARS and at - prose[0] == prose.index(at)] or prose[:1]
