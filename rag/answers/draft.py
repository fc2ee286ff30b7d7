"""Drafts: what was decided of a question, before it is dressed as an answer."""

from dataclasses import dataclass

from rag.answers.citation import Quote
from rag.answers.wording import say
from rag.reply import Basis, Cause, Partial, Related, Status

Table = tuple[tuple[str, tuple[Quote | None, ...]], ...]  # an aspect, and a cell a career


@dataclass(frozen=True, slots=True)
class Draft:
    """A status with what it comes with: quotes and our remarks on them, or a cause with its message, what is nearest, and
    questions to pick from.

    `confidence` is the probability that the question is answered, where it was scored; `basis` says what the draft rests on.
    `main` is the quote that holds the likeliest words, for where one is all there is room for; `table` is a comparison's
    careers and rows.
    """

    status: Status
    basis: Basis
    confidence: float | None = None
    quotes: tuple[Quote, ...] = ()
    main: Quote | None = None
    remarks: tuple[str, ...] = ()
    partial: Partial | None = None
    cause: Cause | None = None
    message: str | None = None
    nearest: tuple[Quote, ...] = ()
    readings: tuple[Related, ...] = ()
    table: tuple[tuple[str, ...], Table] | None = None


def unclear(readings: tuple[Related, ...]) -> Draft:
    """The draft that asks which of several readings is meant."""
    return Draft("clarify", "none", cause="unclear", message=say("asked", "unclear"), readings=readings)
