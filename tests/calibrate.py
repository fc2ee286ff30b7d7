"""Fit rag/answers/calibration.json: `python -m tests.calibrate --squad FILE` (some minutes; not part of the tests).

Careers: each guide's judged questions are asked of an index of that guide alone. Prose: questions of SQuAD articles are asked of
an index of one half of the articles, those of the other half being unanswerable there, and the other way round; without a file
the prose numbers stay as they are. Positive: an answerable question whose pick meets the evidence; negative: an unanswerable one;
a wrong pick for an answerable question is neither. The published rates are cross-fitted: each guide's (each half's) questions are
judged by a fit on the others. The threshold is the least at which at most the share `FALSE_ANSWERS` of the unanswerable questions
is answered: for guides they are near misses, most of them, for prose they are about other articles.
"""

import argparse
import json
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from rag.answers.calibration import FEATURES, FILE, Kind, features
from rag.answers.spans import pick
from tests.learning import Example, articles, guides

FALSE_ANSWERS: dict[Kind, float] = {"careers": 0.10, "prose": 0.035}
BINS = 10

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """A question's features; `hit` says whether the pick meets the evidence."""

    about: str
    features: tuple[float, ...]
    answerable: bool
    hit: bool


def samples(examples: Iterable[Example], kind: Kind) -> list[Sample]:
    """The best picks for examples, as samples."""
    found = []
    for example in examples:
        best = pick(example.reading, example.supports)[0]
        values = features(example.reading, best)
        row = tuple(values[name] for name in FEATURES[kind])
        found.append(Sample(example.about, row, example.answerable, example.met_by(best)))
    return found


def fit(found: Sequence[Sample]) -> LogisticRegression:
    """A regression on samples, both classes weighing the same."""
    kept = [sample for sample in found if sample.hit or not sample.answerable]
    model = LogisticRegression(C=3.0, class_weight="balanced", max_iter=1000)
    return model.fit([sample.features for sample in kept], [sample.answerable for sample in kept])


def cross_fitted(found: Sequence[Sample]) -> Numbers:
    """Each sample's probability by a fit on what is about other guides, or the other half of the articles."""
    values = np.zeros(len(found))
    for about in sorted({sample.about for sample in found}):
        own = [at for at, sample in enumerate(found) if sample.about == about]
        model = fit([sample for sample in found if sample.about != about])
        values[own] = model.predict_proba([found[at].features for at in own])[:, 1]
    return values


def curve(values: Numbers, answerable: NDArray[np.bool_]) -> list[dict[str, float]]:
    """False answers and false abstentions by threshold."""
    return [
        {
            "threshold": round(float(at), 2),
            "false_answer": round(float((values[~answerable] >= at).mean()), 4),
            "false_abstain": round(float((values[answerable] < at).mean()), 4),
        }
        for at in np.arange(0.05, 1.0, 0.05)
    ]


def expected_calibration_error(values: Numbers, answerable: NDArray[np.bool_]) -> float:
    """The mean gap between stated and observed shares over equal-width bins, weighted by their sizes (Naeini et al., 2015)."""
    bins = np.minimum((values * BINS).astype(int), BINS - 1)
    gaps = [
        abs(values[bins == b].mean() - answerable[bins == b].mean()) * (bins == b).mean()
        for b in range(BINS)
        if (bins == b).any()
    ]
    return float(sum(gaps))


def calibration(found: Sequence[Sample], kind: Kind, about: str) -> dict[str, Any]:
    """What calibration.json holds of a kind of corpus; `about` says what the samples are about."""
    values, answerable = cross_fitted(found), np.array([sample.answerable for sample in found])
    threshold = float(np.quantile(values[~answerable], 1 - FALSE_ANSWERS[kind]))
    model = fit(found)
    today = datetime.now(UTC).date().isoformat()
    return {
        "id": f"{kind}-{today}",
        "date": today,
        "n": len(found),
        "answerable": int(answerable.sum()),
        "about": about,
        "how": "logistic regression, cross-fitted: python -m tests.calibrate",
        "intercept": round(float(model.intercept_[0]), 4),
        "weights": {name: round(float(weight), 4) for name, weight in zip(FEATURES[kind], model.coef_[0], strict=True)},
        "threshold": round(threshold, 3),
        "false_answer": round(float((values[~answerable] >= threshold).mean()), 4),
        "false_abstain": round(float((values[answerable] < threshold).mean()), 4),
        "ece": round(expected_calibration_error(values, answerable), 4),
        "curve": curve(values, answerable),
    }


def main() -> None:
    """Fit, cross-fit, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--squad", type=Path, help="a file in SQuAD's format, for the prose numbers")
    flags = parser.parse_args()
    held: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as work:
        found = samples(guides(Path(work)), "careers")
        held["careers"] = calibration(found, "careers", f"{len({one.about for one in found})} guides to careers")
        if flags.squad:
            prose = samples(articles(flags.squad, Path(work)), "prose")
            held["prose"] = calibration(prose, "prose", "the articles of a SQuAD file, in halves")
    FILE.write_text(json.dumps(held, indent=1) + "\n", encoding="utf-8")
    for one in held.values():
        print(json.dumps({name: value for name, value in one.items() if name != "curve"}, indent=1))


if __name__ == "__main__":
    main()
