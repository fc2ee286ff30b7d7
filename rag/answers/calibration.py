"""Features of a pick to the probability that it answers, by the numbers in calibration.json (tests/calibrate.py fits them).

There are two fits, for what tells an answer from a near miss differs: guides to careers are short items under headings, of which
many careers have the same; other texts are prose, where a question from outside finds little that is like it.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rag.answers.spans import Pick
from rag.errors import SettingsError
from rag.index.index import Index
from rag.questions.careers import are_guides
from rag.questions.question import Reading
from rag.text.inflection import singularise
from rag.text.words import words

FILE = Path(__file__).with_name("calibration.json")
LONG = 16  # words from which a question counts as long: the more it says, the less each word has to be met
Kind = Literal["careers", "prose"]
FEATURES: dict[Kind, tuple[str, ...]] = {
    "careers": ("coverage", "facet", "exact", "dense", "career", "unheld", "length"),
    "prose": ("coverage", "exact", "dense", "score", "length"),
}


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


def kind_of(index: Index) -> Kind:
    """The kind of corpus an index is of."""
    return "careers" if are_guides(index.outlines.values()) else "prose"


def read_calibration(kind: Kind, path: Path = FILE) -> Calibration:
    """The calibration for a kind of corpus. Raises SettingsError where the file holds none."""
    data = published(kind, path)
    try:
        return Calibration(data["id"], data["intercept"], data["weights"], data["threshold"])
    except KeyError as error:
        raise SettingsError(f"Calibration {path} lacks {error}. Reinstall verbatim.") from error


def published(kind: Kind, path: Path = FILE) -> dict[str, Any]:
    """All that is published of a calibration: also how it was obtained and its error rates. Raises SettingsError."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))[kind]
        return dict(found)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(f"Calibration {path} cannot be read: {error}. Reinstall verbatim.") from error


def features(reading: Reading, pick: Pick) -> dict[str, float]:
    """What tells an answer from a near miss. The terms of a reading are what is left of the question when the career's name is
    taken away, so `coverage` (the weighted mean), `facet` and `exact` (the least of the facets, of the numbers and names) are
    its residual support; `dense` is the best cosine of what is left with a unit, `score` retrieval's for its passage; `length`
    is in units of `LONG` words."""
    terms = pick.terms()
    weights = pick.support.weights
    facet = [float(value) for value, term in zip(terms, reading.terms, strict=True) if term.facets]
    exact = [float(value) for value, term in zip(terms, reading.terms, strict=True) if term.exact]
    return {
        "coverage": float(weights @ terms / weights.sum()) if len(terms) else 1.0,
        "facet": min(facet, default=1.0),
        "exact": min(exact, default=1.0),
        "dense": float(pick.support.dense[list(pick.units)].max()),
        "score": pick.support.hit.score,
        "career": float(bool(reading.careers)),
        "unheld": float(not names_unheld(reading, pick)),
        "length": min(len(reading.words), LONG) / LONG,
    }


def names_unheld(reading: Reading, pick: Pick) -> bool:
    """Where a role is asked about that the corpus does not describe, whether one of the picked units itself speaks of it, in its
    own words and their order: "management" is no manager, a "data science engineer" no data engineer."""
    if not reading.unheld or reading.careers:
        return True
    wanted = _singular(reading.unheld)
    return any(wanted in _singular(pick.support.text(at)) for at in pick.units)


def _singular(text: str) -> str:
    return f" {' '.join(singularise(word) for word in words(text))} "
