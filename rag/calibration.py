"""Features of an answer to the probability that it holds, by the numbers in calibration.json."""

import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rag.reading import Reading
from rag.selection import Pick

_FILE = Path(__file__).with_name("calibration.json")
_WEIGHTY = 0.3  # a term this rare must be accounted for by itself

FEATURES = ("coverage", "least", "dense", "late", "passage", "terms", "career", "margin")


@dataclass(frozen=True, slots=True)
class Calibration:
    """Logistic regression: weights by feature, an intercept, and the threshold an answer has to reach."""

    id: str | None
    intercept: float
    weights: dict[str, float]
    threshold: float

    def probability(self, features: dict[str, float]) -> float:
        """Features to a probability in (0, 1)."""
        total = self.intercept + sum(self.weights[name] * features[name] for name in self.weights)
        return 1 / (1 + math.exp(-max(min(total, 30.0), -30.0)))


def read_calibration(path: Path = _FILE) -> Calibration:
    """The committed calibration."""
    data = json.loads(path.read_text(encoding="utf-8"))
    return Calibration(data["id"], data["intercept"], data["weights"], data["threshold"])


def features(reading: Reading, picks: list[Pick]) -> dict[str, float]:
    """What tells a right answer from a wrong one; `picks` are all groups' picks, best first. Residual support (the terms left
    when the career's title is taken away) is in `coverage` and `least`."""
    best = picks[0]
    support = best.support
    at = list(best.units)
    terms = best.terms()
    weighty = [float(value) for value, weight in zip(terms, support.weights, strict=True) if weight >= _WEIGHTY]
    return {
        "coverage": float(support.weights @ terms / support.weights.sum()) if len(terms) else 1.0,
        "least": min(weighty, default=1.0),
        "dense": float(support.dense[at].max()),
        "late": float(support.late[at].max()),
        "passage": support.hit.score,
        "terms": float(min(len(reading.terms), 8)) / 8,
        "career": float(bool(reading.careers)),
        "margin": best.score - picks[1].score if len(picks) > 1 else 1.0,
    }


def is_finite(values: dict[str, float]) -> bool:
    """Whether all features are numbers."""
    return bool(np.isfinite(list(values.values())).all())
