"""The scores of cases to the numbers that go with a network: how to rank, when to answer, how much to quote."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logsumexp
from sklearn.linear_model import LogisticRegression

from rag.answers.chances import confidence_features, fewest, unit_weights
from rag.answers.spans import shortest_run
from rag.models.scorer import Fit, Rate, Scored
from tests.train.cases import Case, units_of

BLANK = 0.2  # share of the answerable questions that may be left blank, so that as few as can be are answered wrongly
CHARACTERS = 220  # of the median answer at most, two sentences: with 250, .013 more hold evidence, and .07 less of it is evidence
_PASSAGES, _GAMMAS, _SHARES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9), (1.0, 1.5, 2.0), (0.5, 0.6, 0.7, 0.8, 0.9)
_FREE = 1e6  # a regression of two numbers needs no restraint
_LOOSE = 0.02  # how much a weight of search's signals costs, so that a signal that tells nothing gets none

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scores:
    """A case and the scores of its first candidates, by a network that has not seen its set."""

    case: Case
    scored: tuple[Scored, ...]

    @property
    def signals(self) -> Numbers:
        """The logit and the signals of search of each candidate (n, 5)."""
        pairs = zip(self.scored, self.case.candidates, strict=False)
        return np.array([[one.passage, *candidate.signals] for one, candidate in pairs])

    @property
    def right(self) -> NDArray[np.bool_]:
        return np.array([bool(units) for units in self.case.answers[: len(self.scored)]])


def fitted(found: Sequence[Scores], name: str, encoder: str) -> Fit:
    """The numbers for a network, from scores that are not of its own examples; rates are cross-fitted by guides."""
    rank = _rank(found)
    features, labels = _confidence(found, rank)
    model = LogisticRegression(max_iter=2000).fit(features, labels)
    chances = _crossed(features, labels, np.array([one.case.guide for one in found]))
    weights = tuple(float(weight) for weight in model.coef_[0])
    fit = Fit(name, rank, weights, float(model.intercept_[0]), 0.0, 0.0, 0.0, encoder=encoder)
    return _published(fit, found, chances, labels)


def scaled(found: Sequence[Scores], fit: Fit, name: str, encoder: str) -> Fit:
    """The numbers that came with an earlier network, for another, from scores of guides that neither has seen: what ranks and
    what tells an answer stays, and only how sure that makes is learned anew (Platt 1999, "Probabilistic Outputs for Support
    Vector Machines")."""
    features, labels = _confidence(found, fit.rank)
    model = LogisticRegression(max_iter=2000, C=_FREE).fit((features @ np.array(fit.confidence) + fit.bias)[:, None], labels)
    slope, bias = float(model.coef_[0, 0]), float(model.intercept_[0])
    weights = tuple(round(weight * slope, 4) for weight in fit.confidence)
    fit = replace(fit, id=name, encoder=encoder, confidence=weights, bias=round(fit.bias * slope + bias, 4))
    return _published(fit, found, expit(features @ np.array(fit.confidence) + fit.bias), labels)


def _published(fit: Fit, found: Sequence[Scores], chances: Numbers, labels: NDArray[np.bool_]) -> Fit:
    """Numbers with what is set by them: how much is quoted, when a question is answered, and when not even an answer denied; with
    the error rates at each tenth and at the threshold, and with what these were measured on."""
    passages, gamma, share = max(product(_PASSAGES, _GAMMAS, _SHARES), key=lambda extent: _shown(found, fit.rank, *extent))
    threshold = round(float(np.quantile(chances[labels], BLANK)), 2)
    tenths = [tenth / 10 for tenth in range(1, 10)]
    blanks = {tenth: labels[(chances >= tenth) & (chances < threshold)] for tenth in tenths if tenth < threshold}
    unsure = min((tenth for tenth, its in blanks.items() if its.size and its.mean() > 0.5), default=threshold)
    rates = tuple(_rate(chances, labels, one) for one in sorted({*tenths, threshold}))
    about = f"{len({one.case.guide for one in found})} guides that the network had not seen"
    extent = replace(fit, threshold=threshold, unsure=unsure, passages=passages, gamma=gamma, share=share)
    return replace(extent, questions=len(found), about=about, rates=rates)


def _rank(found: Sequence[Scores]) -> tuple[float, ...]:
    """Weights of the logit (1) and of the signals under which the right passage is likeliest."""
    pairs = [(one.signals, one.right) for one in found if one.right.any()]

    def loss(weights: Numbers) -> float:
        losses = (logsumexp(rows @ weights) - logsumexp((rows @ weights)[right]) for rows, right in pairs)
        return float(np.mean(list(losses)) + _LOOSE * (weights[1:] ** 2).sum() * 0.1)

    weights = minimize(loss, np.array([1.0, 0.5, 1.0, 1.0, 1.5]), method="L-BFGS-B").x
    return tuple(float(weight / weights[0]) for weight in weights)


def _confidence(found: Sequence[Scores], rank: tuple[float, ...]) -> tuple[Numbers, NDArray[np.bool_]]:
    """Each case's features, and whether it is answerable."""
    features = [confidence_features(one.signals.astype(np.float32), _ranked(one, rank), rank, one.case.asked) for one in found]
    return np.array(features), np.array([one.case.answerable for one in found])


def _ranked(one: Scores, rank: tuple[float, ...]) -> NDArray[np.int64]:
    """The candidates of a case, the likeliest first."""
    return np.argsort(-(one.signals @ np.array(rank)), kind="stable")


def _quoted(one: Scores, rank: tuple[float, ...], passages: float) -> NDArray[np.int64]:
    """The candidates of a case that would be quoted."""
    order = _ranked(one, rank)
    return order[: fewest(one.signals[order] @ np.array(rank), passages)]


def _crossed(features: Numbers, labels: NDArray[np.bool_], guides: NDArray[np.str_]) -> Numbers:
    """Each case's probability by a regression on the other guides."""
    found = np.zeros(len(labels))
    for name in sorted(set(guides)):
        own = guides == name
        others = LogisticRegression(max_iter=2000).fit(features[~own], labels[~own]) if (~own).any() else None
        found[own] = (others or LogisticRegression(max_iter=2000).fit(features, labels)).predict_proba(features[own])[:, 1]
    return found


def _rate(chances: Numbers, answerable: NDArray[np.bool_], threshold: float) -> Rate:
    false_answer = float((chances[~answerable] >= threshold).mean())
    return Rate(round(float(threshold), 2), round(false_answer, 3), round(float((chances[answerable] < threshold).mean()), 3))


def _shown(found: Sequence[Scores], rank: tuple[float, ...], passages: float, gamma: float, share: float) -> float:
    """The share of the answerable questions whose answer would hold evidence; 0 where the median one would be too long. A wrong
    answer costs more than a sentence too many: what is likely to be needed is quoted, as far as it can be read at a glance."""
    quoted = [_evidence(one, _quoted(one, rank, passages), gamma, share) for one in found if one.case.answerable]
    lengths, held = zip(*quoted, strict=True)
    return float(np.mean(np.array(held) > 0)) if np.median(lengths) <= CHARACTERS else 0.0


def _evidence(one: Scores, quoted: NDArray[np.int64], gamma: float, share: float) -> tuple[float, float]:
    """The characters that would be quoted of some candidates of a case, and how many of them answer."""
    held = total = 0.0
    for at in quoted:
        lengths = _lengths(one, at)
        first, last = shortest_run(unit_weights(one.scored[at].units, gamma), share)
        chosen = slice(first, last + 1)
        held += float((lengths * units_of(one.case, at))[chosen].sum())
        total += float(lengths[chosen].sum())
    return total, held


def _lengths(one: Scores, at: int) -> Numbers:
    return np.array([end - start for start, end in one.case.candidates[at].units], dtype=np.float64)
