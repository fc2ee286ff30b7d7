"""Outcomes: what was decided of a question, before it is dressed as an answer."""

from dataclasses import dataclass

from rag.answers.citation import Quote
from rag.datatypes import Cause, Related, Status

Rows = tuple[tuple[str, tuple[Quote | None, ...]], ...]  # of a table: an aspect, and a cell a career
UNCLEAR = "This could mean more than one thing. Pick one."


@dataclass(frozen=True, slots=True)
class Outcome:
    """A status with what it comes with: quotes and our remarks on them, or a cause with its message and readings to pick from.
    `table` is a comparison's careers and rows."""

    status: Status
    confidence: float
    quotes: tuple[Quote, ...] = ()
    remarks: tuple[str, ...] = ()
    cause: Cause | None = None
    message: str | None = None
    readings: tuple[Related, ...] = ()
    table: tuple[tuple[str, ...], Rows] | None = None


def unclear(confidence: float, readings: tuple[Related, ...]) -> Outcome:
    """The outcome that asks which of several readings is meant."""
    return Outcome("clarify", confidence, cause="unclear", message=UNCLEAR, readings=readings)
