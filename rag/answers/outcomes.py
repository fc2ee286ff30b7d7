"""Outcomes: what was decided of a question, before it is dressed as an answer."""

from dataclasses import dataclass

from rag.answers.citation import Quote
from rag.datatypes import Basis, Cause, Related, Status

Rows = tuple[tuple[str, tuple[Quote | None, ...]], ...]  # of a table: an aspect, and a cell a career
UNCLEAR = "This could mean more than one thing. Pick one."


@dataclass(frozen=True, slots=True)
class Outcome:
    """A status with what it comes with: quotes and our remarks on them, or a cause with its message and readings to pick from.
    `confidence` is a fitted probability, or None where `basis` says what else the outcome rests on; `table` is a comparison's
    careers and rows."""

    status: Status
    confidence: float | None
    quotes: tuple[Quote, ...] = ()
    remarks: tuple[str, ...] = ()
    cause: Cause | None = None
    message: str | None = None
    readings: tuple[Related, ...] = ()
    table: tuple[tuple[str, ...], Rows] | None = None
    basis: Basis | None = None


def unclear(confidence: float | None, readings: tuple[Related, ...]) -> Outcome:
    """The outcome that asks which of several readings is meant."""
    basis: Basis | None = "routing" if confidence is None else None
    return Outcome("clarify", confidence, cause="unclear", message=UNCLEAR, readings=readings, basis=basis)
