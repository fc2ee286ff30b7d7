"""Features of a pick to the probability that it answers, by the numbers in calibration.json (tests/calibrate.py fits them)."""

import json
import math
from dataclasses import dataclass
from pathlib import Path

from rag.errors import SettingsError
from rag.reading import Reading
from rag.roles import singularise
from rag.selection import Pick
from rag.text import words

FILE = Path(__file__).with_name("calibration.json")
LONG = 16  # words from which a question counts as long: the more it says, the less each word has to be met
FEATURES = ("coverage", "facet", "exact", "dense", "career", "unheld", "length")


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression: weights by feature, an intercept, and the threshold that an answer's probability has to reach."""

    id: str | None
    intercept: float
    weights: dict[str, float]
    threshold: float

    def probability(self, features: dict[str, float]) -> float:
        """Features to a probability in (0, 1)."""
        total = self.intercept + sum(weight * features[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(min(total, 30.0), -30.0)))


def read_calibration(path: Path = FILE) -> Calibration:
    """The calibration in a file. Raises SettingsError where it is not one."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Calibration(data["id"], data["intercept"], data["weights"], data["threshold"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(f"Calibration {path} cannot be read: {error}. Reinstall verbatim.") from error


def features(reading: Reading, pick: Pick) -> dict[str, float]:
    """What tells an answer from a near miss. The terms of a reading are what is left of the question when the career's name is
    taken away, so `coverage` (the weighted mean), `facet` and `exact` (the least of the facets, of the numbers and names) are
    its residual support; `dense` is the best cosine of what is left with a unit; `length` is in units of `LONG` words."""
    terms = pick.terms()
    weights = pick.support.weights
    facet = [float(value) for value, term in zip(terms, reading.terms, strict=True) if term.facets]
    exact = [float(value) for value, term in zip(terms, reading.terms, strict=True) if term.exact]
    return {
        "coverage": float(weights @ terms / weights.sum()) if len(terms) else 1.0,
        "facet": min(facet, default=1.0),
        "exact": min(exact, default=1.0),
        "dense": float(pick.support.dense[list(pick.units)].max()),
        "career": float(bool(reading.careers)),
        "unheld": float(not names_unheld(reading, pick)),
        "length": min(len(reading.words), LONG) / LONG,
    }


def names_unheld(reading: Reading, pick: Pick) -> bool:
    """Where a role is asked about that the corpus does not describe, whether one of the picked units
    itself speaks of it, in its own words: "management" is no manager."""
    if not reading.unheld or reading.careers:
        return True
    wanted = {singularise(word) for word in words(reading.unheld)}
    return any(wanted <= {singularise(word) for word in words(pick.support.text(at))} for at in pick.units)
