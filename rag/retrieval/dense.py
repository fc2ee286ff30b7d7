"""Unit embeddings to their nearest neighbours by cosine, compared with each or with those in the nearest cells, by FAISS."""

from pathlib import Path
from typing import Any, TypeVar

import faiss
import numpy as np
from numpy.typing import NDArray

from rag.datatypes import Floats
from rag.errors import StoreError

Rows = NDArray[np.int64]
Kind = TypeVar("Kind", bound=faiss.Index)

# From so many rows a store is saved in cells as well. A search of all takes 5 ms there (28 ms for 1,000,000), one of the nearest
# cells a twentieth, and it finds .99 of the ten nearest of 1,000,000 made-up vectors in clusters (`make bench`). Cells cost the
# vectors' space once more; below, every row is compared.
CROSSING = 200_000
_CELLS, _PROBED = 1024, 16
_SAMPLE, _ROUNDS, _CHUNK = 64, 10, 65536  # rows a cell that its centre is found from, rounds of finding it, rows added at once


class DenseStore:
    """A flat FAISS index of unit embeddings in half precision, one a row, and from `CROSSING` rows the same in cells. Scores are
    cosines.

    Half precision holds the same 100 nearest as single, in half the memory, and is read two to five times as fast: on one
    thread 0.6 ms for 30,000 rows, 2.6 ms for 100,000. A graph (HNSW) would be as quick as cells, but takes 55 s to build there.
    """

    def __init__(self, index: faiss.IndexScalarQuantizer, cells: faiss.IndexIVF | None = None) -> None:
        self._index, self._cells = index, cells

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        return int(self._index.d)

    @classmethod
    def build(cls, embeddings: Floats) -> "DenseStore":
        """A store of unit embeddings (n, d)."""
        store = cls.empty(embeddings.shape[1])
        store.add(embeddings)
        return store

    @classmethod
    def empty(cls, dimension: int) -> "DenseStore":
        """A store to add to."""
        return cls(faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT))

    def add(self, embeddings: Floats) -> None:
        """Append unit embeddings (n, d) as the next rows."""
        self._cells = None
        self._index.add(np.ascontiguousarray(embeddings, dtype=np.float32))

    def divide(self, cells: int = _CELLS) -> None:
        """Sort the rows into cells, of which searches look at the nearest from now on."""
        divided = faiss.IndexIVFScalarQuantizer(
            faiss.IndexFlatIP(self.dimension),
            self.dimension,
            cells,
            faiss.ScalarQuantizer.QT_fp16,
            faiss.METRIC_INNER_PRODUCT,
            False,  # the numbers themselves are kept, not their distance from the centre
        )
        divided.cp.niter, divided.cp.max_points_per_centroid, divided.nprobe = _ROUNDS, _SAMPLE, _PROBED
        divided.train(self.vectors(np.unique(np.linspace(0, len(self) - 1, _SAMPLE * cells).astype(np.int64))))
        for start in range(0, len(self), _CHUNK):
            divided.add(self.vectors(np.arange(start, min(start + _CHUNK, len(self)))))
        self._cells = divided

    def search(self, queries: Floats, k: int) -> tuple[Floats, Rows]:
        """Queries (n, d) to scores and rows (n, min(k, size)), best first, equal scores in row order."""
        queries = np.ascontiguousarray(np.atleast_2d(queries), dtype=np.float32)
        k = max(0, min(k, len(self)))
        if not k:
            return np.zeros((len(queries), 0), dtype=np.float32), np.zeros((len(queries), 0), dtype=np.int64)
        found = [self._search_one(query[None], k) for query in queries]
        return np.stack([scores for scores, _ in found]), np.stack([rows for _, rows in found])

    def _search_one(self, query: Floats, k: int) -> tuple[Floats, Rows]:
        # FAISS keeps any of the rows that tie at the end of its list, so look further until the tie is over.
        width = min(k + 1, len(self))
        scores, rows = self._nearest(query, width)
        while width < len(self) and scores[0, -1] == scores[0, k - 1]:
            width = min(2 * width, len(self))
            scores, rows = self._nearest(query, width)
        order = np.lexsort((rows[0], -scores[0]))[:k]
        return scores[0][order], rows[0][order]

    def _nearest(self, query: Floats, width: int) -> tuple[Floats, Rows]:
        if self._cells is not None:
            scores, rows = self._cells.search(query, width)
            if rows[0, -1] >= 0:  # else the nearest cells hold too few
                return scores, rows
        return self._index.search(query, width)

    @property
    def probed(self) -> int:
        """How many of the cells, the nearest, a search looks at."""
        return _PROBED

    def centres(self) -> Floats:
        """The centre of each cell (cells, d); none where rows aren't sorted into any."""
        if self._cells is None:
            return np.zeros((0, self.dimension), dtype=np.float32)
        centres: Floats = faiss.downcast_index(self._cells.quantizer).reconstruct_n(0, self._cells.nlist)
        return centres

    def cells(self) -> NDArray[np.int16] | None:
        """The cell of each row (n,), where they are sorted into some."""
        if self._cells is None:
            return None
        lists: Any = self._cells.invlists
        cells = np.zeros(len(self), dtype=np.int16)
        for cell in range(self._cells.nlist):
            if size := lists.list_size(cell):
                cells[faiss.rev_swig_ptr(lists.get_ids(cell), size)] = cell
        return cells

    def vectors(self, rows: Rows) -> Floats:
        """The embeddings (m, d) of some rows, of unit length but for the rounding."""
        codes = self._index.codes
        halves = faiss.rev_swig_ptr(codes.data(), codes.size()).view(np.int16).reshape(-1, self.dimension)
        return _widened(halves[rows])

    def save(self, folder: Path, name: str) -> None:
        """Write `<name>.faiss` into `folder`, and `<name>.cells.faiss` where there are `CROSSING` rows or it is divided."""
        if self._cells is None and len(self) >= CROSSING:
            self.divide()
        faiss.write_index(self._index, str(folder / f"{name}.faiss"))
        if self._cells is not None:
            faiss.write_index(self._cells, str(folder / f"{name}.cells.faiss"))

    @classmethod
    def load(cls, folder: Path, name: str) -> "DenseStore":
        """The store that was saved as `<name>`, memory-mapped so that serving processes share its pages."""
        index = _read(folder / f"{name}.faiss", faiss.IO_FLAG_MMAP_IFC, faiss.IndexScalarQuantizer)
        cells = folder / f"{name}.cells.faiss"
        return cls(index, _read(cells, faiss.IO_FLAG_MMAP, faiss.IndexIVF) if cells.is_file() else None)


def _read(path: Path, how: int, kind: type[Kind]) -> Kind:
    try:
        index = faiss.read_index(str(path), how)
    except RuntimeError as error:
        raise StoreError(f"Cannot read {path}; run `verbatim build`.") from error
    if not isinstance(index, kind):
        raise StoreError(f"{path} holds another kind of index; run `verbatim build`.")
    return index


def _widened(halves: NDArray[np.int16]) -> Floats:
    """Numbers in half precision, given by their bits, in single precision, and none of them rounded.

    FAISS and NumPy widen number by number, which takes eight times as long. Moved up by 13 bits, sign and fraction are in
    place, and the exponent is too small by the 112 between the two kinds of bias."""
    bits = np.left_shift(halves, 13, dtype=np.int32)
    bits &= np.int32(-0x70002000)  # the sign, and from the exponent's fifth bit down
    widened = bits.view(np.float32)
    widened *= np.float32(2.0**112)
    return widened
