"""How near an exported encoder is to the model that it was made of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parity:
    """How many texts an exported encoder was held to Sentence Transformers on, and the smallest cosines found; for eight bits
    also the one that 19 of 20 texts reach."""

    texts: int
    min_cosine: float
    min_cosine_int8: float
    usual_cosine_int8: float
