"""Questions to offer next, from the index's table of careers and topics: answering asks nothing to make them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from rag.index.sections import CareerSections, TopicSection, headed
from rag.questions.question import Question
from rag.questions.scope import Scope
from rag.questions.topics import topics_of
from rag.reply import Related
from rag.text.words import stems

MOST = 3
MOST_LISTED = 50
_LOOK = 8  # other careers looked at, so that a large corpus costs no more
_FIRST = ("duties", "salary", "skills", "education", "demand", "challenges", "benefits", "progression")


class Suggestions:
    """Offers questions about the careers of an index, from its table of their sections."""

    def __init__(self, table: Sequence[CareerSections]) -> None:
        self._careers: dict[str, list[CareerSections]] = {}
        for one in table:
            asked = tuple(section for section in one.sections if section.question)
            self._careers.setdefault(one.career, []).append(replace(one, sections=asked))

    def about(self, careers: Sequence[str], scope: Scope, limit: int = MOST) -> tuple[Related, ...]:
        """What each of the first of some careers is about."""
        return tuple(Related(held.overview, held.document_id) for one in careers[:limit] if (held := self._held(one, scope)))

    def careers(self, careers: Sequence[str], scope: Scope) -> tuple[Related, ...]:
        """Each of the first of some careers, by its name, with the question for what it is."""
        held = ((career, self._held(career, scope)) for career in careers[:MOST_LISTED])
        return tuple(Related(one.overview, one.document_id, label=career) for career, one in held if one)

    def openers(self, scope: Scope, limit: int) -> tuple[Related, ...]:
        """Questions to begin with: about different careers and topics, in the corpus's order."""
        found: list[Related] = []
        for at, career in enumerate([*scope.careers, *scope.careers]):
            held = [_asked(section) for section in self._first(career, scope)]
            held, overview = held[at % 3 :] + held[: at % 3], self.about([career], scope)
            options = [*overview, *held] if at % 2 else [*held, *overview]
            found += [one for one in options if one not in found][:1]
            if len(found) == limit:
                break
        return tuple(found)

    def on_topic(self, topics: frozenset[str], scope: Scope, limit: int) -> tuple[Related, ...]:
        """The questions about a topic that each of the first of a scope's careers has a section for."""
        held = (self._held(career, scope) for career in scope.careers)
        sections = (next((one for one in headed(its) if one.topic in topics), None) for its in held if its)
        return tuple(islice((_asked(section) for section in sections if section), limit))

    def after(self, question: Question, scope: Scope, answered: bool) -> tuple[Related, ...]:
        """Up to three questions after one: other topics of its career; after an abstention also what was asked, of other careers;
        then how the career differs from another. Nothing that the conversation has asked is offered again."""
        if not question.careers:
            return () if answered else self.openers(scope, MOST)
        asked = {text.lower() for text in (question.typed, question.text, *question.earlier)}
        new = dict.fromkeys(one for one in self._next(question, scope, answered) if one.question.lower() not in asked)
        return tuple(islice(new, MOST))

    def _next(self, question: Question, scope: Scope, answered: bool) -> Iterator[Related]:
        """What may be asked after a question about careers, the best first."""
        career = question.careers[0]
        others = list(islice((other for other in scope.careers if other not in question.careers), _LOOK))
        if "duties" not in question.topics:
            yield from self.about([career], scope)
        if not answered:
            for other in others:
                yield from (_asked(one) for one in self._first(other, scope) if one.topic in question.topics)
        asked = (topics_of(stems(text)) for text in question.earlier)
        known = question.topics.union({"duties"}, *asked)  # asked, or the overview offered, which tells them
        yield from (_asked(one) for one in self._first(career, scope) if one.topic not in known)
        if not question.compares and (held := self._held(career, scope)):
            beside = (self._held(one, scope) for one in others)
            for one in beside:
                if one and one.document_id == held.document_id and _comparable(held, one):
                    yield Related(f"How does {held.role} differ from {one.role}?", held.document_id)

    def _first(self, career: str, scope: Scope) -> list[TopicSection]:
        """A career's sections about the topics that most people ask about, in their order."""
        held = self._held(career, scope)
        sections = {section.topic: section for section in headed(held)} if held else {}
        return [sections[topic] for topic in _FIRST if topic in sections]

    def _held(self, career: str, scope: Scope) -> CareerSections | None:
        """The sections of a career in the first document of a scope that describes it."""
        return next((one for one in self._careers.get(career, ()) if scope.holds(one.document_id)), None)


def _comparable(one: CareerSections, other: CareerSections) -> bool:
    """Whether two careers have sections about the same topic, so that a comparison has more than a row."""
    return not {section.topic for section in headed(one)}.isdisjoint(section.topic for section in headed(other))


def _asked(section: TopicSection) -> Related:
    return Related(section.question, section.document_id, section.where)
