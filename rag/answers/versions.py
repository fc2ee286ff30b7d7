"""Several guides of one career: what each says, the newer first, and that they differ."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from rag.answers.citation import Quote
from rag.answers.draft import Draft
from rag.answers.evidence import Evidence
from rag.answers.wording import say
from rag.questions.question import Question

MOST = 3  # guides of one career that are quoted beside each other


def by_guide(question: Question, evidence: Sequence[Evidence]) -> list[list[Evidence]]:
    """Evidence about a question's one career apart by guide, if several guides describe it; else nothing."""
    if question.career is None:
        return []
    found: dict[str, list[Evidence]] = {}
    for one in evidence:
        if one.passage.career == question.career:
            found.setdefault(one.passage.document_id, []).append(one)
    return list(found.values())[:MOST] if len(found) > 1 else []


def beside(drafts: Sequence[Draft]) -> Draft:
    """The drafts of several guides as one; the surest says what it rests on."""
    surest = max(drafts, key=lambda draft: draft.confidence or 0.0)
    runs = newest_first([draft.quotes for draft in drafts])
    said = dict.fromkeys(remark for draft in drafts for remark in draft.remarks)
    return replace(surest, quotes=tuple(chain(*runs)), remarks=(*differing(runs), *said))


def newest_first(runs: Sequence[tuple[Quote, ...]]) -> list[tuple[Quote, ...]]:
    """The quotes of each guide, those of the newer guide first and those without a date last; what says the same as one before
    it is left out."""
    said: dict[str, tuple[Quote, ...]] = {}
    for quotes in sorted(runs, key=lambda quotes: quotes[0].document.collected or "", reverse=True):
        said.setdefault(_said(quotes), quotes)
    return list(said.values())


def differing(runs: Sequence[tuple[Quote, ...]]) -> tuple[str, ...]:
    """What a reader should know of quotes of several guides: that they differ, and how old they are."""
    if len(runs) < 2:
        return ()
    dates = [quotes[0].document.collected for quotes in runs]
    if not any(dates):
        return (say("versions", "undated", n=len(runs)),)
    told = ", ".join(date or say("versions", "no_date") for date in dates)
    return (say("versions", "dated", n=len(runs), dates=told),)


def _said(quotes: Sequence[Quote]) -> str:
    return " ".join(" ".join(quote.text for quote in quotes).casefold().split())
