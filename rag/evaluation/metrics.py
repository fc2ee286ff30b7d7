"""How good answers are: the grades of each summed up, with how far chance may have moved the sums.

| short | metric |
|---|---|
| fact | share of the wanted facts in the answer, mean over answerable questions |
| hit1 | share of answerable questions whose first citation overlaps needed evidence |
| found | share of answerable questions with evidence in the citations or, where they abstain, in a passage shown as near |
| misled | share of all questions answered though they cannot be, or with neither evidence nor anything related |
| fabst | share of answerable questions that were not answered |
| abst | share of unanswerable questions that were not answered |
| auroc | chance that an answerable question states a higher probability than an unanswerable one |
| citP | share of the citations that overlap needed or related evidence (`citP` is strict: needed only; `citP+` takes both) |
| citR | share of the needed evidence that is cited, mean over answerable questions |
| tight | share of the quoted characters that are needed or related evidence |
| chars | median length of the answers to answerable questions |
| guide | share of answerable questions answered only from guides that hold no evidence |
| wrong | answers that quote what the guide says about another career than the one asked |
| verb | share of the citations whose quote stands in its guide, and in the answer, word for word |
"""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.evaluation.grading import Grade

RESAMPLES = 1000
_SEED = 20
_TAILS = (2.5, 97.5)  # percentiles between which 95 % of the resamples lie

Numbers = NDArray[np.float64]
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Totals:
    """Metrics over grades; None where there is nothing to count. `p50_ms` and `p95_ms` are milliseconds a question."""

    n: int
    answerable: int
    fact_recall: float | None
    hit_at_1: float | None
    found: float | None
    misled: float | None
    false_abstain: float | None
    abstain_recall: float | None
    auroc: float | None
    precision: float | None
    precision_with_related: float | None
    citation_recall: float | None
    tightness: float | None
    median_chars: int | None
    wrong_guide: float | None
    wrong_career: int
    verbatim: float | None
    p50_ms: float | None
    p95_ms: float | None


def totals(grades: Sequence[Grade]) -> Totals:
    """The metrics over graded answers: means over answerable questions, shares pooled over citations and characters."""
    answerable = [grade for grade in grades if grade.judged.answerable]
    others = [grade for grade in grades if not grade.judged.answerable]
    cited = sum(grade.cited for grade in answerable)
    lengths = [len(grade.text) for grade in answerable if grade.answered]
    return Totals(
        n=len(grades),
        answerable=len(answerable),
        fact_recall=_mean(grade.fact_recall for grade in answerable),
        hit_at_1=_mean(grade.hit for grade in answerable),
        found=_mean(grade.found for grade in answerable),
        misled=_mean(grade.misled for grade in grades),
        false_abstain=_mean(not grade.answered for grade in answerable),
        abstain_recall=_mean(not grade.answered for grade in others),
        auroc=auroc([grade.chance for grade in answerable], [grade.chance for grade in others]),
        precision=_ratio(sum(grade.good for grade in answerable), cited),
        precision_with_related=_ratio(sum(grade.good_or_related for grade in answerable), cited),
        citation_recall=_mean(grade.citation_recall for grade in answerable),
        tightness=_ratio(sum(grade.wanted_chars for grade in answerable), sum(grade.quoted_chars for grade in answerable)),
        median_chars=statistics.median_low(lengths) if lengths else None,
        wrong_guide=_mean(grade.wrong_guide for grade in answerable),
        wrong_career=sum(grade.wrong_career for grade in grades),
        verbatim=_ratio(sum(grade.verbatim for grade in grades), sum(grade.quotes for grade in grades)),
        p50_ms=_nearest_rank([grade.milliseconds for grade in grades], 50),
        p95_ms=_nearest_rank([grade.milliseconds for grade in grades], 95),
    )


def by_type(grades: Sequence[Grade]) -> dict[str, list[Grade]]:
    """Grades by the type of their question, in the order of first use."""
    found: dict[str, list[Grade]] = {}
    for grade in grades:
        found.setdefault(grade.judged.type, []).append(grade)
    return found


def auroc(answerable: Sequence[float], others: Sequence[float]) -> float | None:
    """How often a chance of an answerable question lies above one of another question, ties counting half."""
    if not answerable or not others:
        return None
    positive = np.repeat([1.0, 0.0], [len(answerable), len(others)])
    return float(_weighted_auroc(np.array([*answerable, *others]), positive, np.ones((1, len(positive))))[0])


def _weighted_auroc(chances: Numbers, positive: Numbers, weights: Numbers) -> Numbers:
    """The area for each row of weights over the questions; not a number where one of the two kinds has none."""
    order = np.argsort(chances, kind="stable")
    _, starts = np.unique(chances[order], return_index=True)
    above = np.add.reduceat((weights * positive)[:, order], starts, axis=1)
    below = np.add.reduceat((weights * (1 - positive))[:, order], starts, axis=1)
    pairs = above.sum(axis=1) * below.sum(axis=1)
    with np.errstate(invalid="ignore"):
        return np.asarray((above * (below.cumsum(axis=1) - below / 2)).sum(axis=1) / pairs)


def intervals(grades: Sequence[Grade]) -> dict[str, Interval]:
    """The 95 % bootstrap interval of each metric that has one and something to count, by its name in `Totals`."""
    if not grades:
        return {}
    weights = np.random.default_rng(_SEED).multinomial(len(grades), [1 / len(grades)] * len(grades), RESAMPLES).astype(float)
    positive = np.array([float(grade.judged.answerable) for grade in grades])
    sampled = {name: _shares(values, weights) for name, values in _values(grades).items()}
    sampled["auroc"] = _weighted_auroc(np.array([grade.chance for grade in grades]), positive, weights)
    return {name: _between(values) for name, values in sampled.items() if not np.isnan(values).all()}


def _values(grades: Sequence[Grade]) -> Mapping[str, Numbers]:
    """Each share's value for each grade, not a number where the grade has no part in it."""

    def column(values: Iterable[float | None]) -> Numbers:
        return np.array([np.nan if value is None else float(value) for value in values])

    asked = [(grade, grade.judged.answerable) for grade in grades]
    return {
        "fact_recall": column(grade.fact_recall if answerable else None for grade, answerable in asked),
        "hit_at_1": column(grade.hit if answerable else None for grade, answerable in asked),
        "found": column(grade.found if answerable else None for grade, answerable in asked),
        "misled": column(grade.misled for grade in grades),
        "false_abstain": column(not grade.answered if answerable else None for grade, answerable in asked),
        "abstain_recall": column(None if answerable else not grade.answered for grade, answerable in asked),
    }


def _shares(values: Numbers, weights: Numbers) -> Numbers:
    """The mean of values for each row of weights; not a number where nothing counts."""
    counted = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        return np.asarray(weights @ np.where(counted, values, 0.0) / (weights @ counted))


def _between(sampled: Numbers) -> Interval:
    low, high = np.nanpercentile(sampled, _TAILS)
    return float(low), float(high)


def _mean(values: Iterable[float | bool | None]) -> float | None:
    counted = [float(value) for value in values if value is not None]
    return sum(counted) / len(counted) if counted else None


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _nearest_rank(values: Sequence[float], percent: int) -> float | None:
    return sorted(values)[max(0, -(-len(values) * percent // 100) - 1)] if values else None
