"""What a question wants of the service itself, told by its nearness to examples (`intents.toml`), not by rules."""

import tomllib
from pathlib import Path
from typing import Literal, cast

import numpy as np

from rag.datatypes import Encoder

Intent = Literal["greeting", "careers", "about", "summary", "across"]
EXAMPLES: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("intents.toml").read_text(encoding="utf-8"))
NEAREST = 0.86  # cosine from which a question is taken for an example; fitted so that no judged question is (tests/questions)


class Intents:
    """Tells what is asked of the service from what is asked of the guides, by the cosine of a question with examples."""

    def __init__(self, encoder: Encoder) -> None:
        self._names = [name for name, examples in EXAMPLES.items() for _ in examples]
        encoded = encoder.encode([example for examples in EXAMPLES.values() for example in examples])
        self._examples = np.stack([one.embedding for one in encoded])
        self._encoder = encoder

    def nearest(self, text: str) -> tuple[Intent, float]:
        """The intent whose example is nearest to a text, and their cosine."""
        cosines = self._examples @ self._encoder.encode([text])[0].embedding
        best = int(cosines.argmax())
        return cast(Intent, self._names[best]), float(cosines[best])

    def of(self, text: str) -> Intent | None:
        """The intent of a text, or None where it asks the guides."""
        intent, cosine = self.nearest(text)
        return intent if cosine >= NEAREST else None
