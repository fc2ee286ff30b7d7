"""The scores of cases to the numbers that go with a network: how to rank, when to answer, how much to quote."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression

from rag.answers.chances import confidence_features, unit_weights
from rag.answers.spans import shortest_run
from rag.models.scorer import Fit, Rate, Scored
from tests.train.cases import Case, units_of

COST = 4.0  # of a misleading answer, in abstentions from a question that is answered
_GAMMAS, _SHARES = (0.5, 0.7, 1.0, 1.5, 2.0), (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
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


def fitted(found: Sequence[Scores], name: str, encoder: str, date: str) -> Fit:
    """The numbers for a network, from scores that are not of its own examples; rates are cross-fitted by sets."""
    rank = _rank(found)
    features, labels, answered = _confidence(found, rank)
    model = LogisticRegression(max_iter=2000).fit(features, labels)
    gamma, share = _extent(found)
    sets = np.array([one.case.set for one in found])
    chances = _crossed(features, labels, sets)
    rates = tuple(_rate(chances, labels, threshold) for threshold in np.arange(0.1, 0.95, 0.1))
    threshold = float(min(np.arange(0.05, 0.96, 0.01), key=lambda bar: _cost(chances, labels, answered, bar)))
    about = f"{len(set(sets))} sets of guides"
    weights = tuple(float(weight) for weight in model.coef_[0])
    fit = Fit(name, rank, weights, float(model.intercept_[0]), round(threshold, 2), gamma, share)
    return replace(fit, encoder=encoder, date=date, questions=len(found), about=about, rates=rates)


def _rank(found: Sequence[Scores]) -> tuple[float, ...]:
    """Weights of the logit (1) and of the signals under which the right passage is likeliest."""
    pairs = [(one.signals, one.right) for one in found if one.right.any()]

    def loss(weights: Numbers) -> float:
        losses = (logsumexp(rows @ weights) - logsumexp((rows @ weights)[right]) for rows, right in pairs)
        return float(np.mean(list(losses)) + _LOOSE * (weights[1:] ** 2).sum() * 0.1)

    weights = minimize(loss, np.array([1.0, 0.5, 1.0, 1.0, 1.5]), method="L-BFGS-B").x
    return tuple(float(weight / weights[0]) for weight in weights)


def _confidence(found: Sequence[Scores], rank: tuple[float, ...]) -> tuple[Numbers, NDArray[np.bool_], NDArray[np.bool_]]:
    """Each case's features, whether it is answerable, and whether its winner answers."""
    features, wins = [], []
    for one in found:
        order = np.argsort(-(one.signals @ np.array(rank)), kind="stable")
        features.append(confidence_features(one.signals.astype(np.float32), order, rank, one.case.asked))
        wins.append(bool(one.right[order[0]]))
    return np.array(features), np.array([one.case.answerable for one in found]), np.array(wins)


def _crossed(features: Numbers, labels: NDArray[np.bool_], sets: NDArray[np.str_]) -> Numbers:
    """Each case's probability by a regression on the other sets."""
    found = np.zeros(len(labels))
    for name in set(sets):
        own = sets == name
        others = LogisticRegression(max_iter=2000).fit(features[~own], labels[~own]) if (~own).any() else None
        found[own] = (others or LogisticRegression(max_iter=2000).fit(features, labels)).predict_proba(features[own])[:, 1]
    return found


def _cost(chances: Numbers, answerable: NDArray[np.bool_], right: NDArray[np.bool_], threshold: float) -> float:
    """What a threshold costs: a wrong or an impossible answer `COST`, an abstention from what is answerable 1."""
    given = chances >= threshold
    return float(COST * (given & ~right).sum() + (~given & answerable).sum())


def _rate(chances: Numbers, answerable: NDArray[np.bool_], threshold: float) -> Rate:
    false_answer = float((chances[~answerable] >= threshold).mean())
    return Rate(round(float(threshold), 2), round(false_answer, 3), round(float((chances[answerable] < threshold).mean()), 3))


def _extent(found: Sequence[Scores]) -> tuple[float, float]:
    """How sharply units are told apart, and the share of their weight that is quoted: what gives the best F1 of characters."""
    pairs = [(one, int(at)) for one in found for at in np.flatnonzero(one.right)]

    def quality(gamma: float, share: float) -> float:
        return float(np.mean([_overlap(one, at, gamma, share) for one, at in pairs]))

    return max(((gamma, share) for gamma in _GAMMAS for share in _SHARES), key=lambda pair: quality(*pair))


def _overlap(one: Scores, at: int, gamma: float, share: float) -> float:
    """The F1 of the characters that would be quoted with those that answer; where any piece is enough, one is all."""
    lengths = np.array([end - start for start, end in one.case.candidates[at].units])
    wanted = units_of(one.case, at) > 0
    first, last = shortest_run(unit_weights(one.scored[at].units, gamma), share)
    quoted = (np.arange(len(lengths)) >= first) & (np.arange(len(lengths)) <= last)
    held = lengths[quoted & wanted].sum()
    if not held:
        return 0.0
    precision = held / lengths[quoted].sum()
    recall = 1.0 if one.case.any_of else held / lengths[wanted].sum()
    return float(2 * precision * recall / (precision + recall))
