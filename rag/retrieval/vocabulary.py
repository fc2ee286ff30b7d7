"""The words of the guides, gathered when the index is built: a server need not read every text again to begin."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from rag.errors import StoreError
from rag.text.words import words

VOCABULARY = "vocabulary.json"


def write_vocabulary(folder: Path, texts: Iterable[str]) -> None:
    """Write the distinct words of texts, in the order of the alphabet, into a folder."""
    (folder / VOCABULARY).write_bytes(msgspec.json.encode(sorted({word for text in texts for word in words(text)})))


def read_vocabulary(folder: Path) -> frozenset[str]:
    """The words that `write_vocabulary` wrote into a folder. Raises StoreError where they cannot be read."""
    try:
        return frozenset(msgspec.json.decode((folder / VOCABULARY).read_bytes(), type=list[str]))
    except (OSError, msgspec.MsgspecError) as error:
        raise StoreError(f"Cannot read the vocabulary in {folder}; run `verbatim build`.") from error
