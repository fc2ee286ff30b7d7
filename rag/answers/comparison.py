"""Comparisons of careers: the sentence in which the guides set them apart, else a table with every cell quoted."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from rag.answers.citation import Quote, cite, quotes
from rag.answers.contrast import contrast
from rag.answers.outcomes import Outcome, Rows
from rag.answers.scopes import Scope
from rag.answers.spans import Pick
from rag.answers.support import Support
from rag.datatypes import Citation, Comparison
from rag.guides.passages import own_path
from rag.questions.question import Reader, Reading
from rag.questions.topics import FACETS, facets_of
from rag.text.inflection import with_article
from rag.text.words import stems

MOST = 4  # careers a table sets side by side
CELL_CHARS = 800  # a longer cell is cut after a whole sentence, or after a whole item with all that stands under it
CUT = "Long lists are shown in part; the guides go on."


class Comparisons:
    """Compares careers; `decide` answers a reading from a scope, `weigh` gives the support for a reading from any career."""

    def __init__(
        self,
        reader: Reader,
        decide: Callable[[Reading, Scope], Outcome],
        weigh: Callable[[Reading, Scope], list[Support]],
    ) -> None:
        self._reader, self._decide, self._weigh = reader, decide, weigh

    def of(self, reading: Reading, scope: Scope) -> Outcome | None:
        """The comparison of a reading's careers, or None where the guides say nothing of them to compare."""
        careers = reading.careers[:MOST]
        if not reading.facets and (told := self._told(reading, scope)):
            return Outcome("answered", None, tuple(quotes(told)), basis="table")
        rows = self._facets(careers, sorted(reading.facets), scope) if reading.facets else _profiles(careers, scope)
        if not _cells(rows):
            return None
        missing = [career for at, career in enumerate(careers) if not any(cells[at] for _, cells in rows)]
        said = [f"The guides don’t say this of {with_article(career)}." for career in missing]
        short = tuple((name, tuple(cell and shortened(cell, CELL_CHARS) for cell in cells)) for name, cells in rows)
        said += [CUT] if short != rows else []
        return Outcome("answered", None, _cells(short), tuple(said), table=(careers, short), basis="table")

    def _told(self, reading: Reading, scope: Scope) -> Pick | None:
        return contrast(reading.careers, self._weigh(reading, scope), scope.profiles.careers, reading.text)

    def _facets(self, careers: Sequence[str], facets: Sequence[str], scope: Scope) -> Rows:
        """A row a facet asked for. A cell is what answers the career's own question; what answers it in passing gives way to a
        section headed so. Where there is no answer, the cell is empty."""
        rows = [
            (FACETS[facet].name.capitalize(), tuple(self._cell(career, facet, scope) for career in careers)) for facet in facets
        ]
        return tuple((name, cells) for name, cells in rows if any(cells))

    def _cell(self, career: str, facet: str, scope: Scope) -> Quote | None:
        if facet == "duties" and (duties := scope.profiles.duties(career)):
            return duties
        reading = self._reader.read(FACETS[facet].ask.replace("{a_role}", with_article(career)))
        outcome = self._decide(replace(reading, intent="ask"), scope)
        if outcome.status != "answered":
            return None
        found = max(outcome.quotes, key=lambda quote: len(quote.units))
        headings = " ".join(own_path(found.passage.path, career))
        section = None if facet in facets_of(stems(headings)) else scope.profiles.facet(career, facet)
        return section or found


def _profiles(careers: Sequence[str], scope: Scope) -> Rows:
    """What each career is, and its duties and skills where all have a section of them."""
    rows = [("In short", tuple(scope.profiles.opening(career) for career in careers))]
    for facet in ("duties", "skills"):
        cells = tuple(scope.profiles.facet(career, facet) for career in careers)
        rows += [(FACETS[facet].name.capitalize(), cells)] if all(cells) else []
    return tuple((name, cells) for name, cells in rows if any(cells))


def shortened(quote: Quote, limit: int) -> Quote:
    """The quote itself where it has at most `limit` characters, else its beginning: as many of its outermost units, each with
    all that stands under it, as fit, and one at least."""
    if quote.end - quote.start <= limit:
        return quote
    top = min((unit.level for unit in quote.units if unit.kind != "lead"), default=0)
    cuts = [at for at, unit in enumerate(quote.units) if unit.kind != "lead" and unit.level == top][1:]
    fit = [at for at in cuts if quote.units[at - 1].end - quote.start <= limit]
    return replace(quote, units=quote.units[: (fit or cuts[:1] or [len(quote.units)])[-1]])


def _cells(rows: Rows) -> tuple[Quote, ...]:
    return tuple(cell for _, cells in rows for cell in cells if cell)


def table(outcome: Outcome, titles: dict[str, str]) -> Comparison | None:
    """An outcome's table with its cells as numbers of citations, or None; `titles` are careers and their documents."""
    if outcome.table is None:
        return None
    careers, rows = outcome.table
    _, _, citations = cite(outcome.quotes)
    cells = tuple((name, tuple(_number(quote, citations) if quote else None for quote in found)) for name, found in rows)
    return Comparison(tuple((titles.get(career, ""), career) for career in careers), cells)


def _number(quote: Quote, citations: Sequence[Citation]) -> int | None:
    """The number of the citation that holds a quote."""
    same = (c for c in citations if c.document.id == quote.document.id and c.start <= quote.start and quote.end <= c.end)
    return next((citation.number for citation in same), None)
