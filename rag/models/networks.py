"""The networks that an index is asked with."""

from dataclasses import dataclass
from typing import Protocol

from rag.datatypes import Encoder
from rag.models.scorer import Scorer


class WordedEncoder(Encoder, Protocol):
    """An encoder that tells which word pieces it knows."""

    @property
    def vocabulary(self) -> dict[str, int]: ...


@dataclass(frozen=True, slots=True)
class Networks:
    """What finds passages, and what reads those found."""

    encoder: WordedEncoder
    scorer: Scorer
