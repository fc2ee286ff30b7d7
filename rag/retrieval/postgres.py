"""The passages of one build in PostgreSQL: candidates and rows come from there, and every score is reckoned here, so that answers
are those of the folder that was published."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import LiteralString

import numpy as np
from numpy.typing import NDArray

from rag.datatypes import Floats, Passage
from rag.retrieval.database import Database, Row, Writing, halves
from rag.retrieval.lexical import Posting, Postings
from rag.retrieval.local import PASSAGES, UNITS, LocalStore
from rag.retrieval.parts import PartStore
from rag.retrieval.store import Rows
from rag.retrieval.tokens import Integers, Quantized, TokenRows
from rag.retrieval.values import Remembered, Values

_TOKENS_KEPT = 512  # passages whose token states stay in memory: about 60 MB
_STEMS_KEPT = 4096
_MARGIN = 28  # rows taken beside those wanted: the database compares with the question in half precision, here it is single
# Embeddings are sent of the rows that are found only: in one query with the order, each would be packed to be compared.
_NEAREST = (
    "select row, halfvec_send(embedding) from {schema}.{table} where row in"
    " (select row from {schema}.{table} order by embedding <#> %s limit %s)"
)
_NEAREST_IN_CELLS = (
    "select row, halfvec_send(embedding) from {schema}.{table} where row in"
    " (select row from {schema}.{table} where cell = any(%s) order by embedding <#> %s limit %s)"
)
STEMS, TOKENS = "stems", "tokens"

SqlStore = PartStore["SqlVectors", "SqlPostings", "SqlTokens"]


@dataclass(frozen=True, slots=True)
class Shape:
    """What is held in memory of a build's rows. `dimension` is of the vectors, `counts` are the units of each passage,
    `frequencies` the passages that hold each token id; `centres` are those of the cells that passages and units are sorted into,
    none where they are not, and `probed` how many of these a search looks at."""

    dimension: int
    counts: NDArray[np.int32]
    frequencies: Integers
    centres: tuple[Floats, Floats]
    probed: int

    def packed(self) -> bytes:
        """The shape as the bytes of an npz file."""
        file = io.BytesIO()
        numbers = np.array([self.dimension, self.probed])
        np.savez(
            file, numbers=numbers, counts=self.counts, frequencies=self.frequencies, dense=self.centres[0], units=self.centres[1]
        )
        return file.getvalue()

    @classmethod
    def unpacked(cls, packed: bytes) -> "Shape":
        with np.load(io.BytesIO(packed)) as held:
            dimension, probed = held["numbers"].tolist()
            return cls(dimension, held["counts"], held["frequencies"], (held["dense"], held["units"]), probed)


def sql_store(database: Database, schema: str, passages: Values[Passage], shape: Shape) -> SqlStore:
    """The store of the build in a schema."""
    size, units = len(shape.counts), int(shape.counts.sum())
    return SqlStore(
        passages,
        shape.counts,
        SqlVectors(database, schema, PASSAGES, size, shape.centres[0], shape.probed),
        SqlVectors(database, schema, UNITS, units, shape.centres[1], shape.probed),
        SqlPostings(database, schema, size),
        SqlTokens(database, schema, shape),
    )


class SqlVectors:
    """Unit embeddings in half precision, one a row, compared with each or with those in the nearest cells."""

    def __init__(self, database: Database, schema: str, table: str, size: int, centres: Floats, probed: int) -> None:
        self._database, self._schema, self._table = database, schema, table
        self._size, self._centres, self._probed = size, centres, probed

    def __len__(self) -> int:
        return self._size

    def search(self, queries: Floats, k: int) -> tuple[Floats, Rows]:
        """Queries (n, d) to scores and rows (n, min(k, size)), best first, equal scores in row order."""
        k = max(0, min(k, self._size))
        found = [self._search_one(query, k) for query in np.atleast_2d(queries)]
        return np.stack([scores for scores, _ in found]), np.stack([rows for _, rows in found])

    def vectors(self, rows: Rows) -> Floats:
        """The embeddings (m, d) of some rows."""
        found = self._asked("select row, halfvec_send(embedding) from {schema}.{table} where row = any(%s)", rows.tolist())
        return _vectors(found)[np.searchsorted(sorted(row for row, _ in found), rows)] if found else np.zeros((0, 0), np.float32)

    def _search_one(self, query: Floats, k: int) -> tuple[Floats, Rows]:
        found = self._nearest(query, min(k + _MARGIN, self._size))
        rows = np.array(sorted(row for row, _ in found), dtype=np.int64)
        scores = _vectors(found) @ query if found else np.zeros(0, dtype=np.float32)
        order = np.lexsort((rows, -scores))[:k]
        return scores[order], rows[order]

    def _nearest(self, query: Floats, width: int) -> list[Row]:
        if len(self._centres):
            cells = np.argsort(-(self._centres @ query), kind="stable")[: self._probed]
            found = self._asked(_NEAREST_IN_CELLS, cells.tolist(), halves(query), width)
            if len(found) == width:  # else the nearest cells hold too few
                return found
        return self._asked(_NEAREST, halves(query), width)

    def _asked(self, query: LiteralString, *values: object) -> list[Row]:
        return self._database.rows(query, *values, schema=self._schema, table=self._table)


class SqlPostings(Remembered[str, Posting], Postings):
    """BM25's weights, a row a stem."""

    def __init__(self, database: Database, schema: str, size: int) -> None:
        Remembered.__init__(self, _STEMS_KEPT)
        Postings.__init__(self, size)
        self._database, self._schema = database, schema

    def _read(self, keys: Sequence[str]) -> list[Posting]:
        found = self._database.rows(
            "select stem, rows, weights from {schema}.{table} where stem = any(%s)", list(keys), schema=self._schema, table=STEMS
        )
        held = {stem: (np.frombuffer(rows, np.int32), np.frombuffer(weights, np.float32)) for stem, rows, weights in found}
        return [held.get(stem, (np.zeros(0, np.int32), np.zeros(0, np.float32))) for stem in keys]


class SqlTokens(TokenRows):
    """The token states of passages, a row a passage."""

    def __init__(self, database: Database, schema: str, shape: Shape) -> None:
        super().__init__(len(shape.counts), shape.frequencies)
        self._kept = _TokensOfRows(database, schema, shape.dimension)

    def stored(self, rows: Sequence[int]) -> list[Quantized]:
        return [quantized for quantized, _ in self._kept.of(rows)]

    def start(self, row: int) -> int:
        return self._kept.of([row])[0][1]


class _TokensOfRows(Remembered[int, tuple[Quantized, int]]):
    """A passage's quantized tokens, and where it begins in its document, by its row."""

    def __init__(self, database: Database, schema: str, dimension: int) -> None:
        super().__init__(_TOKENS_KEPT)
        self._database, self._schema, self._dimension = database, schema, dimension

    def _read(self, keys: Sequence[int]) -> list[tuple[Quantized, int]]:
        found = self._database.rows(
            "select row, states, ids, spans, start from {schema}.{table} where row = any(%s)",
            list(keys),
            schema=self._schema,
            table=TOKENS,
        )
        held = {row: (self._quantized(*parts), start) for row, *parts, start in found}
        return [held[row] for row in keys]

    def _quantized(self, states: bytes, ids: bytes, spans: bytes) -> Quantized:
        kept = np.frombuffer(states, np.int8).reshape(-1, self._dimension)
        return kept, np.frombuffer(ids, np.int32), np.frombuffer(spans, np.int32).reshape(-1, 2)


class SqlColumn:
    """Encoded values in a column of a table, by row."""

    def __init__(self, database: Database, schema: str, table: str, size: int) -> None:
        self._database, self._schema, self._table, self._size = database, schema, table, size

    def __len__(self) -> int:
        return self._size

    def read(self, rows: Sequence[int]) -> list[bytes]:
        """The values of some rows."""
        query: LiteralString = "select row, value from {schema}.{table} where row = any(%s)"
        found: dict[int, bytes] = dict(self._database.rows(query, list(rows), schema=self._schema, table=self._table))
        return [found[row] for row in rows]


def write_store(writing: Writing, schema: str, store: LocalStore) -> Shape:
    """Copy a folder's rows into the tables of a new schema, and what is held of them in memory."""
    for name, vectors in ((PASSAGES, store.dense), (UNITS, store.units)):
        writing.run(
            "create table {schema}.{table} (row integer primary key, cell smallint, embedding halfvec not null)",
            schema=schema,
            table=name,
        )
        columns = {"row": "int4", "cell": "int2", "embedding": "halfvec"}
        cells = vectors.cells()
        order = np.arange(len(vectors)) if cells is None else np.argsort(cells, kind="stable")  # a cell's rows lie together
        rows = (
            (row, None if cells is None else int(cells[row]), halves(vectors.vectors(np.array([row]))[0]))
            for row in order.tolist()
        )
        writing.copy(schema, name, columns, rows)
        if cells is not None:
            writing.run("create index on {schema}.{table} (cell)", schema=schema, table=name)
        writing.run("analyze {schema}.{table}", schema=schema, table=name)  # else cells are looked for row by row
    writing.run(
        "create table {schema}.{table} (stem text primary key, rows bytea not null, weights bytea not null)",
        schema=schema,
        table=STEMS,
    )
    writing.copy(schema, STEMS, {"stem": "text", "rows": "bytea", "weights": "bytea"}, _stem_rows(store))
    writing.run(
        "create table {schema}.{table} (row integer primary key, states bytea storage external not null,"
        " ids bytea not null, spans bytea not null, start integer not null)",
        schema=schema,
        table=TOKENS,
    )
    columns = {"row": "int4", "states": "bytea", "ids": "bytea", "spans": "bytea", "start": "int4"}
    tokens = (
        (row, *(part.tobytes() for part in store.tokens.quantized(row)), store.tokens.start(row))
        for row in range(len(store.tokens))
    )
    writing.copy(schema, TOKENS, columns, tokens)
    return Shape(
        store.tokens.dimension,
        store.counts,
        store.tokens.frequencies,
        (store.dense.centres(), store.units.centres()),
        store.dense.probed,
    )


def _stem_rows(store: LocalStore) -> Iterator[Row]:
    stems = store.lexical.stems
    for stem, (rows, weights) in zip(stems, store.lexical.of(stems), strict=True):
        yield stem, np.asarray(rows, np.int32).tobytes(), np.asarray(weights, np.float32).tobytes()


def _vectors(found: Sequence[Row]) -> Floats:
    """Rows with their embeddings as the database sends them, to the embeddings (n, d) in the order of the rows: each is two
    numbers of two bytes, of which the first is d, and then as many in half precision."""
    sent = np.frombuffer(b"".join(embedding for _, embedding in sorted(found)), dtype=">f2")
    return sent.reshape(len(found), -1)[:, 2:].astype(np.float32)
