"""The passages of one folder: BM25, FAISS and the token states, read from disk as they are needed."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.datatypes import Passage
from rag.retrieval.dense import DenseStore
from rag.retrieval.lexical import LexicalStore
from rag.retrieval.parts import PartStore
from rag.retrieval.tokens import TokenStore
from rag.retrieval.values import Values

PASSAGES, UNITS = "passages", "units"

LocalStore = PartStore[DenseStore, LexicalStore, TokenStore]


def local_store(folder: Path, passages: Values[Passage], counts: NDArray[np.int32], dimension: int) -> LocalStore:
    """The store whose parts were saved into `folder`, memory-mapped so that serving processes share their pages."""
    return LocalStore(
        passages,
        counts,
        DenseStore.load(folder, PASSAGES),
        DenseStore.load(folder, UNITS),
        LexicalStore.load(folder),
        TokenStore.load(folder, dimension),
    )
