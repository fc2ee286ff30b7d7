"""Questions to offer next: made from what the guides hold of a career, each checked to have an answer before it is shown."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice

from rag.answers.sections import Profiles
from rag.datatypes import Related
from rag.questions.question import Reading
from rag.questions.topics import FACETS
from rag.text.inflection import with_article
from rag.weakmethods import weakly

MOST = 3
_OVERVIEW = "What does {a_role} do?"
_LOOK = 8  # other careers looked at, so that a large corpus costs no more
_KEPT = 256  # lists of questions that are remembered, each of one career after what was asked of it
_FIRST = ("duties", "salary", "skills", "education", "demand", "challenges", "benefits", "progression")


class Offers:
    """Offers questions; what was found of a career is kept, so each is checked once."""

    def __init__(self, profiles: Profiles, answered_from: Callable[[str], str | None]) -> None:
        """`answered_from` gives the section a question is answered from, which may have no name, or None for no answer."""
        self._profiles, self._answered_from = profiles, answered_from
        self._checked: dict[str, str | None] = {}
        after = weakly(self._after)
        self._listed = lru_cache(maxsize=_KEPT)(lambda *asked: tuple(after(*asked)))

    def of(self, ask: str, careers: Sequence[str]) -> tuple[Related, ...]:
        """A question, from its template, about each of some careers of which it has an answer."""
        return tuple(one for career in careers if (one := self._checked_one(self._about(ask, career))))

    def about(self, careers: Sequence[str]) -> tuple[Related, ...]:
        """What each of the first of some careers is about."""
        return self.of(_OVERVIEW, careers[:MOST])

    def openers(self, limit: int) -> tuple[Related, ...]:
        """Questions to begin with: about different careers and facets, in the corpus's order."""
        careers = self._profiles.careers
        found: list[Related] = []
        for at, career in enumerate([*careers, *careers]):
            asks = [self._about(_OVERVIEW, career)] if at % 2 else []
            asks += [self._about(FACETS[facet].ask, career) for facet in self._facets(career)[at % 3 :]]
            asks = [one for one in asks if one.question not in {other.question for other in found}]
            if one := next((held for one in asks if (held := self._checked_one(one))), None):
                found.append(one)
            if len(found) == limit:
                break
        return tuple(found)

    def next(self, reading: Reading | None, answered: bool) -> tuple[Related, ...]:
        """Up to three questions after one: other facets of its career; after an abstention also what was asked, of other careers;
        then how the career differs from another."""
        if reading is None or not reading.careers:
            return self.openers(MOST) if reading is None or not answered else ()
        told = reading.intent in ("overview", "duties")
        asked = reading.facets | ({"duties"} if told else frozenset())
        found: list[Related] = []
        for one in self._listed(reading.careers, asked, told, reading.intent == "compare", answered):
            new = one.question.lower() not in {reading.question.lower(), *(other.question.lower() for other in found)}
            if new and (held := self._checked_one(one)):
                found.append(held)
            if len(found) == MOST:
                break
        return tuple(found)

    def _after(
        self, careers: tuple[str, ...], asked: frozenset[str], told: bool, compared: bool, answered: bool
    ) -> Iterator[Related]:
        """What may be asked after a question about careers and facets, the best first."""
        career = careers[0]
        others = list(islice((other for other in self._profiles.careers if other not in careers), _LOOK))
        if not told:
            yield self._about(_OVERVIEW, career)
        if not answered:
            for facet in sorted(asked):
                yield from (self._about(FACETS[facet].ask, other) for other in others if facet in self._facets(other))
        asked |= {"duties"}  # asked, or the overview offered, which tells them
        yield from (self._about(FACETS[facet].ask, career) for facet in self._facets(career) if facet not in asked)
        if not compared:
            for other in self._beside(career)[:_LOOK]:
                yield self._about(f"How does {{a_role}} differ from {with_article(other)}?", career)

    def _beside(self, career: str) -> list[str]:
        """The other careers that the same guide describes."""
        document = self._profiles.document(career)
        return [other for other in self._profiles.careers if other != career and self._profiles.document(other) == document]

    def _facets(self, career: str) -> list[str]:
        held = self._profiles.facets(career)
        return [facet for facet in _FIRST if facet in held]

    def _about(self, ask: str, career: str) -> Related:
        """A question about a career from its template, not yet checked."""
        question = ask.replace("{a_role}", with_article(career))
        entries = self._profiles.entries(career)
        return Related(question, entries[0].document.id if entries else None)

    def _checked_one(self, one: Related) -> Related | None:
        """A question with the section it is answered from, or None where it has no answer."""
        if one.question not in self._checked:
            self._checked[one.question] = self._answered_from(one.question)
        where = self._checked[one.question]
        return None if where is None else replace(one, where=where)
