"""Fit the weights of rag/scoring.py: `python -m tests.weigh --squad FILE` (a minute; not part of the tests).

A question's right units must win over all other units weighed for it (conditional logistic regression). Questions about the
guides and about SQuAD's articles weigh the same in sum. Printed: how often the first of the ranking, and one of its first three,
answers, by weights fitted on the other half of the guides and of the articles; then the weights fitted on all.
"""

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from rag.answers.scoring import WEIGHTS, unit_features, unit_scores
from tests.learning import Example, articles, guides

Numbers = NDArray[np.float64]
RIDGE = 1e-3
_NOW = np.array(list(WEIGHTS.values()))


@dataclass(frozen=True, slots=True)
class Choice:
    """A question's units: features (units, weights), what is taken off by hand (units,), and which are right (units,)."""

    half: int
    prose: bool
    features: Numbers
    off: Numbers
    right: NDArray[np.bool_]


def choices(examples: Sequence[Example], prose: bool) -> list[Choice]:
    """Examples that stand alone and have a right unit among those weighed, dealt into two halves by what they are about."""
    order = {about: at % 2 for at, about in enumerate(sorted({example.about for example in examples}))}
    found = []
    for example in examples:
        if example.alone and example.answerable:
            features = np.concatenate([unit_features(example.reading, support) for support in example.supports]).astype(float)
            scores = np.concatenate([unit_scores(example.reading, support) for support in example.supports])
            right = np.array([one for answers in example.answers for one in answers])
            found.append(Choice(order[example.about], prose, features, features @ _NOW - scores, right))
    return found


def fit(found: Sequence[Choice]) -> Numbers:
    """The weights under which the right units are likeliest."""
    kept = [choice for choice in found if choice.right.any()]
    share = {prose: 1 / max(1, sum(choice.prose == prose for choice in kept)) for prose in (False, True)}

    def loss(weights: Numbers) -> tuple[float, Numbers]:
        value, slope = RIDGE * weights @ weights, 2 * RIDGE * weights
        for choice in kept:
            scores = choice.features @ weights - choice.off
            chances = np.exp(scores - scores.max())
            chances /= chances.sum()
            its = chances[choice.right] / chances[choice.right].sum()
            value -= share[choice.prose] * np.log(chances[choice.right].sum())
            slope = slope - share[choice.prose] * (its @ choice.features[choice.right] - chances @ choice.features)
        return float(value), slope

    return np.asarray(minimize(loss, np.zeros(len(WEIGHTS)), jac=True, method="L-BFGS-B").x)


def worth(found: Sequence[Choice], weights: Numbers) -> str:
    """How often the first unit is right, and one of the first three."""
    first = [np.argsort(-(choice.features @ weights - choice.off), kind="stable")[:3] for choice in found]
    right = [(choice.right[order[0]], choice.right[order].any()) for choice, order in zip(found, first, strict=True)]
    at_1, at_3 = np.mean(right, axis=0)
    return f"{at_1:.3f} {at_3:.3f} n={len(found)}"


def main() -> None:
    """Cross-fit, print, fit on all, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--squad", type=Path, help="a file in SQuAD's format")
    flags = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        found = choices(list(guides(work)), False)
        found += choices(list(articles(flags.squad, work)), True) if flags.squad else []
    for half in (0, 1):
        weights = fit([choice for choice in found if choice.half != half])
        for prose in (False, True):
            held_out = [choice for choice in found if choice.half == half and choice.prose == prose]
            if held_out:
                kind = "articles" if prose else "guides"
                print(f"half {half} of the {kind}: now {worth(held_out, _NOW)}, fitted on the other {worth(held_out, weights)}")
    for weight_name, weight in zip(WEIGHTS, fit(found), strict=True):
        print(f'    "{weight_name}": {weight:.1f},')


if __name__ == "__main__":
    main()
