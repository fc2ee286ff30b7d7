"""How much of each guide's text its blocks hold."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.datatypes import Document, Passage
from rag.errors import CorpusError

MIN_COVERAGE = 0.99


@dataclass(frozen=True, slots=True)
class FileCoverage:
    """A guide's characters, how many of them are accounted for, and its passages; `lost` are letters and digits of the file that
    its text has not, `left_out` those in what is no content, such as menus; `careers` are what its passages are about."""

    path: str
    sha256: str
    characters: int
    covered: int
    passages: int
    lost: int = 0
    left_out: int = 0
    careers: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        shown = self.characters + self.lost
        return self.covered / shown if shown else 1.0


def coverage(documents: Sequence[Document], passages: Sequence[Passage]) -> tuple[FileCoverage, ...]:
    """The coverage of each document. Raises CorpusError naming those of which less than `MIN_COVERAGE` is accounted for."""
    files = file_coverage(documents, passages)
    lost = losses(files)
    if lost:
        named = "; ".join(f"{path} ({reason})" for path, reason in lost.items())
        raise CorpusError(f"Guides would lose text: {named}. Mend or remove them; the index was not changed.")
    return files


def losses(files: Sequence[FileCoverage]) -> dict[str, str]:
    """The guides that an index would not hold whole, by their paths, with what is missing."""
    return {file.path: _loss(file) for file in files if file.share < MIN_COVERAGE or not file.passages}


def file_coverage(documents: Sequence[Document], passages: Sequence[Passage]) -> tuple[FileCoverage, ...]:
    """The coverage of each document, whatever it is."""
    careers: dict[str, list[str | None]] = {document.id: [] for document in documents}
    for passage in passages:
        careers[passage.document_id].append(passage.career)
    return tuple(
        FileCoverage(
            path=document.path,
            sha256=document.sha256,
            characters=len(document.text),
            covered=covered(document),
            passages=len(careers[document.id]),
            lost=document.lost,
            left_out=sum(character.isalnum() for text in document.left_out for character in text),
            careers=tuple(dict.fromkeys(filter(None, careers[document.id]))),
        )
        for document in documents
    )


def covered(document: Document) -> int:
    """Characters in a block, in the marker before one, in a span the parser skipped, or that are no letter or digit."""
    text = document.text
    taken = np.fromiter((not character.isalnum() for character in text), dtype=bool, count=len(text))
    for block in document.blocks:
        start = block.start
        if block.marker:
            marker = text.rfind(block.marker, max(0, start - len(block.marker) - 8), start)
            start = marker if marker >= 0 else start
        taken[start : block.end] = True
    for start, end in document.skipped:
        taken[start:end] = True
    return int(taken.sum())


def _loss(file: FileCoverage) -> str:
    if not file.passages:
        return "no passage"
    lost = f"; {file.lost:,} letters and digits of the file are not read" if file.lost else ""
    return f"{file.covered:,} of {file.characters:,} characters in blocks{lost}, {file.share:.1%}"
