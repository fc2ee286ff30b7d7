"""Several careers side by side: a cell for each, quoted, or "not said"."""

from collections.abc import Sequence
from dataclasses import replace

from rag.answers.citation import Quote, cite
from rag.answers.draft import Draft
from rag.answers.wording import say
from rag.datatypes import Hit
from rag.index.index import Index
from rag.questions.question import Question
from rag.questions.topics import TOPICS
from rag.reply import Citation, Comparison

Rows = Sequence[tuple[str, tuple[Quote | None, ...]]]
MOST_COMPARED = 4  # careers that a question names
MOST_ACROSS = 12  # careers that a question about all of them is put to
CELL_CHARS = 800  # a longer cell is cut after a whole sentence, or after a whole item with all that stands under it


def side_by_side(question: Question, drafts: Sequence[Draft]) -> Draft | None:
    """The drafts of a question about each of its careers as one: a row with a cell a career. None where none is
    answered."""
    careers = question.careers[: len(drafts)]
    cells = tuple(draft.main if draft.status == "answered" else None for draft in drafts)
    if not any(cells):
        return None
    silent = (career for career, cell in zip(careers, cells, strict=True) if not cell)
    said = tuple(say("compared", "not_said", career=career) for career in silent)
    draft = tabled(careers, [(_topic(question), cells)])
    return replace(draft, remarks=(*said, *draft.remarks))


def tabled(careers: Sequence[str], rows: Rows) -> Draft:
    """Careers side by side under several topics, each cell at its shortest."""
    short = tuple((topic, tuple(cell and shortened(cell, CELL_CHARS) for cell in cells)) for topic, cells in rows)
    cut = (say("compared", "cut"),) if short != tuple(rows) else ()
    quoted = tuple(cell for _, cells in short for cell in cells if cell)
    return Draft("answered", "table", quotes=quoted, remarks=cut, table=(tuple(careers), short))


def nearest_careers(careers: Sequence[str], hits: Sequence[Hit]) -> tuple[str, ...]:
    """The `MOST_ACROSS` of many careers that a question about all of them is put to: those first whose passages came nearest."""
    found = dict.fromkeys(hit.passage.career for hit in hits if hit.passage.career)
    known = frozenset(careers)
    ordered = dict.fromkeys([*(career for career in found if career in known), *careers])
    return tuple(ordered)[:MOST_ACROSS]


def across(question: Question, careers: Sequence[str], drafts: Sequence[Draft], of: int) -> Draft | None:
    """What the guides say to a question of each of some careers, `of` so many, as one: a row in which the surest come first, and
    then those of whom they don't say it. None where they say it of none."""
    pairs = sorted(zip(careers, drafts, strict=True), key=lambda pair: (pair[1].main is None, -(pair[1].confidence or 0.0)))
    told = sum(draft.main is not None for _, draft in pairs)
    if not told:
        return None
    draft = tabled([career for career, _ in pairs], [(_topic(question), tuple(draft.main for _, draft in pairs))])
    few = (say("compared", "few", told=told, n=len(pairs)),) if told < len(pairs) else ()
    near = (say("compared", "nearest", n=len(pairs), of=f"{of:,}"),) if len(pairs) < of else ()
    return replace(draft, remarks=(*few, *near, *draft.remarks))


def _topic(question: Question) -> str:
    """What a question's row is called: its topic if it has one and no other, or what stands in it."""
    return TOPICS[min(question.topics)].name.capitalize() if len(question.topics) == 1 else say("compared", "no_topic")


def shortened(quote: Quote, limit: int) -> Quote:
    """The quote itself where it has at most `limit` characters, else its beginning: as many of its outermost units, each with
    all that stands under it, as fit, and one at least."""
    if quote.end - quote.start <= limit:
        return quote
    top = min((unit.level for unit in quote.units if unit.kind != "lead"), default=0)
    cuts = [at for at, unit in enumerate(quote.units) if unit.kind != "lead" and unit.level == top][1:]
    fit = [at for at in cuts if quote.units[at - 1].end - quote.start <= limit]
    kept = (fit or cuts[:1] or [len(quote.units)])[-1]
    return replace(quote, units=quote.units[:kept], best=quote.best if quote.best is not None and quote.best < kept else None)


def table(draft: Draft, index: Index) -> Comparison | None:
    """A draft's table with its cells as numbers of citations, or None; a column names the first document about its career."""
    if draft.table is None:
        return None
    careers, rows = draft.table
    _, _, citations = cite(draft.quotes)
    cells = tuple((name, tuple(_number(quote, citations) if quote else None for quote in found)) for name, found in rows)
    homes = {held.career: held.document_id for held in reversed(index.sections)}
    return Comparison(tuple((homes.get(career, ""), career) for career in careers), cells)


def _number(quote: Quote, citations: Sequence[Citation]) -> int | None:
    """The number of the citation that holds a quote."""
    same = (c for c in citations if c.document.id == quote.document.id and c.start <= quote.start and quote.end <= c.end)
    return next((citation.number for citation in same), None)
