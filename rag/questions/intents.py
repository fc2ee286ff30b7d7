"""What a question wants of the service itself, as it was learned from examples, or by its nearness to them: not by rules."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal, cast

import numpy as np

from rag.datatypes import Encoder, Floats
from rag.questions.softmax import Softmax

Intent = Literal["greeting", "careers", "about", "summary", "across"]
EXAMPLES: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("intents.toml").read_text(encoding="utf-8"))
NAMES: tuple[str, ...] = ("none", *EXAMPLES)  # the classes of a fit, in the order of its rows
NEAREST = 0.86  # cosine from which a question is taken for an example; fitted so that no judged question is (tests/questions)


@dataclass(frozen=True, slots=True)
class IntentFit(Softmax):
    """Tells intents by the embedding of a text (`python -m tests.train.intents`)."""

    FILE: ClassVar[str] = "intents.npz"

    def nearest(self, embedding: Floats) -> tuple[Intent, float]:
        """The likeliest intent of an embedded text, and its probability."""
        best, chance = self.likeliest(embedding)
        return cast(Intent, NAMES[best]), chance


class IntentExamples:
    """The examples themselves, for encoders that nothing was fitted to."""

    threshold = NEAREST

    def __init__(self, encoder: Encoder) -> None:
        self._names = [name for name, examples in EXAMPLES.items() for _ in examples]
        encoded = encoder.encode([example for examples in EXAMPLES.values() for example in examples])
        self._embeddings = np.stack([one.embedding for one in encoded])

    def nearest(self, embedding: Floats) -> tuple[Intent, float]:
        """The intent whose example is nearest to an embedded text, and their cosine."""
        cosines = self._embeddings @ embedding
        best = int(cosines.argmax())
        return cast(Intent, self._names[best]), float(cosines[best])


class Intents:
    """Tells what is asked of the service from what is asked of the guides."""

    def __init__(self, encoder: Encoder, fit: IntentFit | None = None) -> None:
        self._encoder, self._known = encoder, fit or IntentExamples(encoder)

    def nearest(self, text: str) -> tuple[Intent, float]:
        """The likeliest intent of a text, and how sure that is: a probability or a cosine."""
        return self._known.nearest(self._encoder.encode([text])[0].embedding)

    def of(self, text: str) -> Intent | None:
        """The intent of a text, or None where it asks the guides."""
        intent, sureness = self.nearest(text)
        return intent if sureness >= self._known.threshold else None
