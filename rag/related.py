"""Questions to offer next: made from what the guides hold of a career, each checked to have an answer before it is shown."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import islice

from rag.datatypes import Related
from rag.lexicon import FACETS
from rag.profiles import Profiles
from rag.reading import Reading
from rag.roles import with_article
from rag.weakmethods import weakly

MOST = 3
_LOOK = 8  # other careers looked at, so that a large corpus costs no more
_KEPT = 256  # lists of questions that are remembered, each of one career after what was asked of it
_FIRST = ("duties", "salary", "skills", "education", "demand", "challenges", "benefits", "progression")


class Offers:
    """Offers questions; what was found of a career is kept, so each is checked once."""

    def __init__(self, profiles: Profiles, answers: Callable[[str], bool]) -> None:
        self._profiles, self._answers = profiles, answers
        self._checked: dict[str, bool] = {}
        after = weakly(self._after)
        self._listed = lru_cache(maxsize=_KEPT)(lambda *asked: tuple(after(*asked)))

    def related(self, ask: str, career: str) -> Related:
        """A question about a career from its template."""
        question = ask.replace("{a_role}", with_article(career))
        rows = self._profiles.rows(career)
        entry = self._profiles.entries(career)[0] if len(rows) else None
        return Related(question, entry.document.id if entry else None, career)

    def about(self, careers: Sequence[str]) -> tuple[Related, ...]:
        """What each of some careers is about."""
        return tuple(one for career in careers[:MOST] if self._holds(one := self.related("What does {a_role} do?", career)))

    def openers(self, limit: int) -> tuple[Related, ...]:
        """Questions to begin with: about different careers and facets, in the corpus's order."""
        careers = self._profiles.careers
        found: list[Related] = []
        for at, career in enumerate([*careers, *careers]):
            asks = [self.related("What does {a_role} do?", career)] if at % 2 else []
            asks += [self.related(FACETS[facet].ask, career) for facet in self._facets(career)[at % 3 :]]
            asks = [one for one in asks if one.question not in {other.question for other in found}]
            if one := next((one for one in asks if self._holds(one)), None):
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
            if new and self._holds(one):
                found.append(one)
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
            yield self.related("What does {a_role} do?", career)
        if not answered:
            for facet in sorted(asked):
                yield from (self.related(FACETS[facet].ask, other) for other in others if facet in self._facets(other))
        yield from (self.related(FACETS[facet].ask, career) for facet in self._facets(career) if facet not in asked)
        if not compared:
            for other in others:
                yield self.related(f"How does {{a_role}} differ from {with_article(other)}?", career)

    def _facets(self, career: str) -> list[str]:
        held = frozenset().union(*(entry.facets for entry in self._profiles.entries(career)))
        return [facet for facet in _FIRST if facet in held]

    def _holds(self, one: Related) -> bool:
        if one.question not in self._checked:
            self._checked[one.question] = self._answers(one.question)
        return self._checked[one.question]
