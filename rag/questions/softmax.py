"""A softmax regression on what an encoder makes of texts: what it takes to tell a few classes apart."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

import numpy as np

from rag.datatypes import Floats


@dataclass(frozen=True, slots=True)
class Softmax:
    """`weights` (classes, d) and `biases` (classes,) fitted to vectors of an encoder, the first class being none of the others,
    and the `threshold` that the probability of one of those has to reach. A script in `tests/train` makes each kind's file."""

    weights: Floats
    biases: Floats
    threshold: float

    FILE: ClassVar[str] = ""

    @classmethod
    def beside(cls, folder: Path | None) -> Self | None:
        """What lies beside the scorer of an encoder, if anything does."""
        if folder is None or not (folder / cls.FILE).is_file():
            return None
        with np.load(folder / cls.FILE) as held:
            return cls(held["weights"], held["biases"], float(held["threshold"]))

    def write(self, folder: Path) -> Path:
        """Put it where `beside` finds it."""
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(folder / self.FILE, weights=self.weights, biases=self.biases, threshold=np.float32(self.threshold))
        return folder / self.FILE

    def likeliest(self, vector: Floats) -> tuple[int, float]:
        """The likeliest class of a vector (d,) but for the first, and its probability."""
        logits = self.weights @ vector + self.biases
        chances = np.exp(logits - logits.max())
        best = 1 + int(chances[1:].argmax())
        return best, float(chances[best] / chances.sum())
