"""What a guide says under its own headings: its opening words about a career, and the section that is headed what is asked."""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import chain

from rag.answers.citation import Quote, quotes
from rag.answers.draft import Draft
from rag.answers.evidence import Evidence, Group, Groups
from rag.answers.versions import MOST, differing, newest_first
from rag.answers.wording import say
from rag.datatypes import Passage
from rag.guides.passages import own_path
from rag.index.index import Index
from rag.index.sections import CareerSections, headed, is_statement
from rag.questions.question import Question
from rag.questions.scope import Scope
from rag.questions.topics import TOPICS
from rag.reply import Basis
from rag.text.words import stems

MOST_ROWS = 6  # of a comparison
OPENING_CHARS = 520  # prose is quoted by the first sentences that fit, and one at least


class Headed:
    """Answers questions that ask no more of a career than what a heading says, from the index's table of sections."""

    def __init__(self, index: Index, groups: Groups) -> None:
        self._index, self._groups = index, groups
        self._careers: dict[str, list[CareerSections]] = {}
        self._offered: dict[str, int] = {}
        for one in index.sections:
            self._careers.setdefault(one.career, []).append(one)
            self._offered |= {_plainly(section.question): section.row for section in reversed(headed(one))}

    def of(self, question: Question, scope: Scope) -> Draft | None:
        """The section of a question's one career that is headed what is asked, its opening where no topic is, of each guide that
        describes the career. None where more is asked or there is no such section."""
        if question.career is None or not (question.plain or self.is_offered(question)):
            return None
        held = [one for one in self._careers.get(question.career, ()) if scope.holds(one.document_id)]
        rows = {row: one.opening for one in held if (row := self._row(one, question)) is not None}
        if not rows:
            return None
        runs = newest_first([self._quoted(row, row != opening) for row, opening in rows.items()])[:MOST]
        basis: Basis = "opening" if all(row == opening for row, opening in rows.items()) else "section"
        return Draft("answered", basis, quotes=tuple(chain(*runs)), main=runs[0][0], remarks=differing(runs))

    def _row(self, one: CareerSections, question: Question) -> int | None:
        """The row of the section of a career in a guide that a question is offered for or asks for, or of its opening."""
        offered = self._offered.get(_plainly(question.text))
        if offered is not None and self._index.passages[offered].document_id == one.document_id:
            return offered
        if not question.topics:
            return one.opening
        return next((section.row for section in one.sections if section.topic in question.topics), None)

    def is_offered(self, question: Question) -> bool:
        """Whether a question is one that is offered because a section is headed what it asks."""
        return _plainly(question.text) in self._offered

    def is_offered_elsewhere(self, question: Question, found: Passage, draft: Draft) -> bool:
        """Whether a question is offered for a section, which a draft quotes, and a passage that was found stands elsewhere."""
        if draft.main is None or not self.is_offered(question):
            return False
        path = draft.main.passage.path
        return found.document_id != draft.main.document.id or found.path[: len(path)] != path

    def beside(self, careers: Sequence[str], scope: Scope) -> list[tuple[str, tuple[Quote | None, ...]]]:
        """What some careers' guides say of each of them under the same topics, their openings first, the topics that most have
        before others; at most `MOST_ROWS` rows of a name and a quote a career. None where they share no topic."""
        held = [self._held(career, scope) for career in careers]
        rows = [{section.topic: section.row for section in headed(one)} if one else {} for one in held]
        topics = sorted({topic for its in rows for topic in its}, key=partial(_rank, rows))
        if not any(sum(topic in its for its in rows) > 1 for topic in topics):
            return []
        first = tuple(self._cell(one.opening if one else None, whole=False) for one in held)
        found = [(say("compared", "opening"), first)] if any(first) else []
        found += [
            (TOPICS[topic].name.capitalize(), tuple(self._cell(its.get(topic), whole=True) for its in rows)) for topic in topics
        ]
        return found[:MOST_ROWS]

    def _cell(self, row: int | None, whole: bool) -> Quote | None:
        return None if row is None else self._quoted(row, whole)[0]

    def _held(self, career: str, scope: Scope) -> CareerSections | None:
        return next((one for one in self._careers.get(career, ()) if scope.holds(one.document_id)), None)

    def by_name(self, question: Question, evidence: Sequence[Evidence]) -> Draft | None:
        """The section of evidence, about a question's one career, whose heading is all that is asked of it ("scope")."""
        if question.career is None:
            return None
        asked = frozenset(stems(question.text)) - frozenset(stems(question.career))
        for one in evidence:
            path = own_path(one.passage.path, one.passage.career)
            if one.passage.career == question.career and len(path) > 1 and asked == frozenset(stems(path[-1])):
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


def _plainly(question: str) -> str:
    return question.casefold().rstrip(" ?")


def _rank(rows: Sequence[Mapping[str, int]], topic: str) -> tuple[int, int]:
    """A topic's place in a comparison: what most of the careers have first, then by what is asked most."""
    return -sum(topic in its for its in rows), list(TOPICS).index(topic)


def _fitting(group: Group, positions: Sequence[int]) -> list[int]:
    """The first sentences among some units that fit, and one unit at least."""
    prose = [at for at in positions if is_statement(group.units[at], group.document.text)] or list(positions)
    start = group.units[prose[0]].start
    return [at for at in prose if group.units[at].end - start <= OPENING_CHARS and at - prose[0] == prose.index(at)] or prose[:1]
