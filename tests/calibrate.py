"""Fit rag/calibration.json on the judged questions: `python -m tests.calibrate` (a few minutes; not part of the tests).

Each guide's questions are asked of an index of that guide alone. Positive: an answerable question whose pick meets the evidence;
negative: an unanswerable one; a wrong pick for an answerable question is neither. The published rates are cross-fitted: each
guide's questions are judged by a fit on the other guides. The threshold is the least at which at most `FALSE_ANSWERS` of the
unanswerable questions (near misses, most of them) are answered.
"""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from rag.calibration import FEATURES, FILE, features
from rag.judgements import Judged, locate, read_judged
from rag.pipeline import Pipeline
from rag.selection import Pick
from rag.trials import alone

TESTS = Path(__file__).parent
FILES = sorted(path for path in (TESTS / "judgements").glob("*.jsonl"))
FOLDERS = [TESTS / "guides", TESTS.parent / "corpus"]
FALSE_ANSWERS = 0.10
BINS = 10

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """A judged question's features; `hit` says whether the pick meets the evidence."""

    guide: str
    features: tuple[float, ...]
    answerable: bool
    hit: bool


def samples(pipeline: Pipeline, judged: Sequence[Judged]) -> list[Sample]:
    """The questions of a file that are weighed, as samples."""
    by_name = {document.path: document for document in pipeline.index.documents.values()}
    found = []
    for question in locate(judged, by_name):
        reading, pick = pipeline.assistant.consider(question.question, question.history)
        if pick is not None:
            values = features(reading, pick)
            guide = next(iter(by_name))
            found.append(Sample(guide, tuple(values[name] for name in FEATURES), question.answerable, _hit(question, pick)))
    return found


def _hit(question: Judged, pick: Pick) -> bool:
    spans = [span for alternatives in question.needed for span in alternatives] if question.answerable else []
    units = [pick.support.units[at] for at in pick.units]
    return any(unit.start < end and start < unit.end for unit in units for start, end in spans)


def fit(found: Sequence[Sample]) -> LogisticRegression:
    """A regression on samples, both classes weighing the same."""
    kept = [sample for sample in found if sample.hit or not sample.answerable]
    model = LogisticRegression(C=3.0, class_weight="balanced", max_iter=1000)
    return model.fit([sample.features for sample in kept], [sample.answerable for sample in kept])


def cross_fitted(found: Sequence[Sample]) -> Numbers:
    """Each sample's probability by a fit on the other guides."""
    values = np.zeros(len(found))
    for guide in sorted({sample.guide for sample in found}):
        own = [at for at, sample in enumerate(found) if sample.guide == guide]
        model = fit([sample for sample in found if sample.guide != guide])
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


def main() -> None:
    """Fit, cross-fit, write."""
    with tempfile.TemporaryDirectory() as work:
        found = [
            sample
            for file in FILES
            for sample in samples(
                alone(read_judged(file), FOLDERS, Path(work) / file.stem, Path(work) / "index"), read_judged(file)
            )
        ]
    values, answerable = cross_fitted(found), np.array([sample.answerable for sample in found])
    threshold = float(np.quantile(values[~answerable], 1 - FALSE_ANSWERS))
    model = fit(found)
    today = datetime.now(UTC).date().isoformat()
    result = {
        "id": f"cal-{today}",
        "date": today,
        "n": len(found),
        "answerable": int(answerable.sum()),
        "guides": len({sample.guide for sample in found}),
        "how": "logistic regression, cross-fitted by guide: python -m tests.calibrate",
        "intercept": round(float(model.intercept_[0]), 4),
        "weights": {name: round(float(weight), 4) for name, weight in zip(FEATURES, model.coef_[0], strict=True)},
        "threshold": round(threshold, 3),
        "false_answer": round(float((values[~answerable] >= threshold).mean()), 4),
        "false_abstain": round(float((values[answerable] < threshold).mean()), 4),
        "ece": round(expected_calibration_error(values, answerable), 4),
        "curve": curve(values, answerable),
    }
    FILE.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({name: value for name, value in result.items() if name != "curve"}, indent=1))


if __name__ == "__main__":
    main()
