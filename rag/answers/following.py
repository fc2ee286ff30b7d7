"""What a quote that ends in a colon leads in to: the list that follows it, or the headed lists below it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.answers.citation import Quote, quotes
from rag.answers.draft import Draft
from rag.answers.evidence import Groups
from rag.datatypes import Block, Unit
from rag.index.index import Index

MOST_UNITS = 40  # that follow words in front of which others can stand alone: more is not their list but the rest of the guide


class Following:
    """Completes drafts whose last words lead in to something, from the groups that follow them in the guide."""

    def __init__(self, index: Index, groups: Groups) -> None:
        self._index, self._groups = index, groups

    def complete(self, draft: Draft) -> Draft:
        """A draft with what its last words lead in to or, where nothing follows, without them. Each cell of a table is cut back
        to what stands before such words, or holds the first of what follows them."""
        if draft.table:
            careers, rows = draft.table
            cells = tuple((topic, tuple(cell and self._cell(cell) for cell in found)) for topic, found in rows)
            return replace(draft, table=(careers, cells), quotes=tuple(cell for _, found in cells for cell in found if cell))
        if not (draft.quotes and ends_open(draft.quotes[-1].text)):
            return draft
        last = draft.quotes[-1]
        below = tuple(self._below(last))
        shorter = without_last(last)
        if not below or (sum(len(quote.units) for quote in below) > MOST_UNITS and shorter is not last):
            return replace(draft, quotes=(*draft.quotes[:-1], shorter))
        return replace(draft, quotes=(*draft.quotes, *below))

    def _cell(self, quote: Quote) -> Quote:
        if not ends_open(quote.text):
            return quote
        shorter = without_last(quote)
        return shorter if shorter is not quote else next(self._below(quote), quote)

    def _below(self, quote: Quote) -> Iterator[Quote]:
        """The groups right after a quote: the next of its own section, else those of the sections below it, to the first whose
        heading outranks theirs."""
        path, number, rank = quote.passage.path, quote.passage.group, 0
        while (its := self._groups.members(number := number + 1)) and its[0].document_id == quote.document.id:
            passage = its[0]
            if passage.path[: len(path)] != path or passage.career != quote.passage.career:
                return
            found = quotes(group := self._groups.of(passage), range(len(group.units)), quote.score)[0]
            if passage.path == path:
                yield found
                return
            if (heading := self._heading(found)) is None:  # a later group of a section below: its list, not its last words
                if any(unit.kind in ("item", "row") for unit in found.units):
                    yield found
                continue
            if heading.level < rank:
                return
            rank = heading.level
            yield replace(found, units=(Unit("lead", heading.start, heading.end), *found.units))

    def _heading(self, quote: Quote) -> Block | None:
        """The heading that a quote stands right under."""
        sections = self._index.outlines[quote.document.id].sections
        return next((one.heading for one in sections if one.groups and one.groups[0].start == quote.start), None)


def ends_open(text: str) -> bool:
    """Whether a text ends in a colon, marks of emphasis aside."""
    return text.rstrip("*_ \n").endswith((":", "："))


def without_last(quote: Quote) -> Quote:
    """A quote without the units at its end that lead in to something, unless that is all of it."""
    kept: Sequence[Unit] = quote.units
    while kept and ends_open(quote.document.text[kept[-1].start : kept[-1].end]):
        kept = kept[:-1]
    return (
        replace(quote, units=tuple(kept), best=quote.best if quote.best is not None and quote.best < len(kept) else None)
        if kept
        else quote
    )
