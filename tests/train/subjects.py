"""Fits what tells which career a guide is about: `python -m tests.train.subjects --out FOLDER`, a few seconds.

A softmax regression over the roles that each judged guide mentions. The threshold is the one at which, each guide by a fit on
others, most are right less those that are wrong. B's guides are not among them.
"""

import argparse
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from scipy.optimize import minimize
from scipy.special import softmax

from rag.datatypes import Document, Floats
from rag.guides.outline import outline
from rag.guides.subjects import FEATURES, FILE, Fit, candidates, mentions_in
from tests.train.roles import Careers, guides

_RIDGE = 0.02
_FOLDS = 10
_THRESHOLDS = np.arange(0.1, 0.95, 0.05)


@dataclass(frozen=True, slots=True)
class Guide:
    """A judged guide: the roles that it mentions, their features (n, features), and which of them it is about (n,)."""

    file: str
    names: list[str]
    features: Floats
    right: np.ndarray


def read(careers: Careers, document: Document) -> Guide:
    """A guide as it is learned from."""
    found = outline(document)
    spans = [section.heading for section in found.sections if section.heading]
    named = [document.text[span.start : span.end] for span in spans]
    names, its = candidates(mentions_in(document.text), found.title, document.path, named)
    about = {_spaced(name) for name in careers.about}
    return Guide(f"{careers.set}/{careers.guide}", names, its, np.array([_spaced(name) in about for name in names], dtype=bool))


def fit(learned: Sequence[Guide]) -> Floats:
    """The weights (features,) under which the roles that guides are about are likeliest among those they mention."""
    used = [guide for guide in learned if guide.right.any()]
    scale = np.concatenate([guide.features for guide in used]).std(axis=0) + 1e-6

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, slope = _RIDGE * (weights**2).sum(), 2 * _RIDGE * weights
        for guide in used:
            its = guide.features / scale
            logits = its @ weights
            total += (np.logaddexp.reduce(logits) - np.logaddexp.reduce(logits[guide.right])) / len(used)
            slope += (softmax(logits) @ its - softmax(logits[guide.right]) @ its[guide.right]) / len(used)
        return float(total), slope

    return np.asarray(minimize(loss, np.zeros(len(FEATURES)), jac=True).x / scale, dtype=np.float32)


def apart(learned: Sequence[Guide]) -> list[tuple[float, bool]]:
    """How likely the likeliest role of each guide is by a fit on the others but a tenth, and whether it is right."""
    found = []
    for fold in range(_FOLDS):
        weights = fit([guide for at, guide in enumerate(learned) if at % _FOLDS != fold])
        for guide in learned[fold::_FOLDS]:
            chances = softmax(guide.features @ weights)
            best = int(chances.argmax())
            found.append((float(chances[best]), bool(guide.right[best])))
            if not guide.right[best]:
                print(f"{guide.file}: {guide.names[best]} ({chances[best]:.2f})")
    return found


def _spaced(name: str) -> str:
    return name.replace("-", " ").lower()


def main(given: Collection[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder to write the fit into")
    flags = parser.parse_args(given if given is None else list(given))
    learned = [read(careers, document) for careers, document in guides()]
    told = apart(learned)
    gains = [sum((1 if right else -1) for chance, right in told if chance >= least) for least in _THRESHOLDS]
    threshold = float(_THRESHOLDS[int(np.argmax(gains))])
    sure = [right for chance, right in told if chance >= threshold]
    print(
        f"{len(told)} guides: {sum(sure)} right, {len(sure) - sum(sure)} wrong, {len(told) - len(sure)} untold at {threshold:.2f}"
    )
    flags.out.mkdir(parents=True, exist_ok=True)
    made = Fit(tuple(round(float(weight), 4) for weight in fit(learned)), round(threshold, 2))
    (flags.out / FILE.name).write_bytes(msgspec.json.format(msgspec.json.encode(made)) + b"\n")


if __name__ == "__main__":
    main()
