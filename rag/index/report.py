"""What a build tells while it runs and when it is done."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rag.guides.coverage import FileCoverage
from rag.models.parity import Parity

if TYPE_CHECKING:
    from rag.guides.corpus import BadFile  # with the parsers, which serving does without

# Told the stage ("read", "load model", "embed", "write"), how much of it is done and how much there is.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. `changed` is false where the index was up to date; `reused` counts embeddings of earlier builds;
    `stages` are the seconds of each stage that `Progress` is told of."""

    id: str
    folder: Path
    changed: bool
    files: tuple[FileCoverage, ...]
    skipped: tuple["BadFile", ...]
    passages: int
    units: int
    reused: int
    parity: Parity | None
    seconds: float
    stages: dict[str, float]
