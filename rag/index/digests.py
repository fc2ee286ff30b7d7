"""What tells the tables of a published build from changed ones: a digest of each, by what its rows hold and not by where."""

from collections.abc import Callable
from typing import LiteralString

from rag.retrieval.database import Row
from rag.retrieval.local import PASSAGES, UNITS
from rag.retrieval.postgres import STEMS, TOKENS

_VALUES: LiteralString = "int4send(row) || value"
_VECTORS: LiteralString = "int4send(row) || coalesce(int2send(cell), '') || halfvec_send(embedding)"
_ROWS: dict[str, LiteralString] = {
    "documents": _VALUES,
    "outlines": _VALUES,
    "passage_texts": _VALUES,
    "held": "textsend(name) || value",
    PASSAGES: _VECTORS,
    UNITS: _VECTORS,
    STEMS: "textsend(stem) || rows || weights",
    TOKENS: "int4send(row) || states || ids || spans || int4send(start)",
}

Ask = Callable[[LiteralString, str], list[Row]]  # what a query finds in a table


def digests(ask: Ask) -> dict[str, str]:
    """The digest of each table of a build, or "" of one that is empty: the sha256 (hex) of those of its rows, sorted."""
    return {table: str(ask(_query(row), table)[0][0]) for table, row in _ROWS.items()}


def _query(row: LiteralString) -> LiteralString:
    whole = f"sha256(string_agg(sha256({row}), '' order by sha256({row})))"
    return f"select coalesce(encode({whole}, 'hex'), '') from {{schema}}.{{table}}"
