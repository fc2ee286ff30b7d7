"""Copies the build of a folder into a database, and makes it the current one there."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from rag.index.digests import digests
from rag.index.index import DOCUMENTS, LAYOUT, OUTLINES, SECTIONS, TEXTS, local_of
from rag.index.manifest import FORMAT, Manifest, encoder_folder
from rag.index.reuse import KEYS
from rag.retrieval.database import Row, Writing
from rag.retrieval.postgres import write_store
from rag.retrieval.values import Lines
from rag.retrieval.vocabulary import VOCABULARY

_FILES = {"documents": DOCUMENTS, "outlines": OUTLINES, "passage_texts": TEXTS}
KEPT = "keys"  # what no server reads of what is held whole: it is looked at by a check
_HELD = {"layout": LAYOUT, "sections": SECTIONS, "vocabulary": VOCABULARY, KEPT: KEYS}  # with "shape"
_PART = 16_000_000  # bytes of an encoder's file in one row
TABLES = (
    "create table if not exists public.verbatim (id text not null, published text not null default clock_timestamp()::text)",
    "create table if not exists public.verbatim_builds"
    " (id text primary key, format integer not null, encoder text not null, manifest bytea not null, digests bytea not null)",
    "create table if not exists public.verbatim_encoders"
    " (name text, file text, part integer, bytes bytea storage external not null, primary key (name, file, part))",
)


def schema_of(id: str) -> str:
    """The schema of a build: its name may have 63 letters."""
    return f"verbatim_{id.removeprefix('sha256:')[:32]}"


def switch(writing: Writing, id: str) -> None:
    """Make a build the current one, and tell the servers."""
    writing.run("delete from public.verbatim")
    writing.run("insert into public.verbatim (id) values (%s)", id)
    writing.tell(id)


def copy(writing: Writing, folder: Path, manifest: Manifest) -> None:
    """Write a folder's build into a schema of its own; one of another format under its id goes."""
    schema, columns = schema_of(manifest.id), {"row": "int4", "value": "bytea"}
    writing.run("drop schema if exists {schema} cascade", schema=schema)
    writing.run("delete from public.verbatim_builds where id = %s", manifest.id)
    writing.run("create schema {schema}", schema=schema)
    for table, name in _FILES.items():
        writing.run("create table {schema}.{table} (row integer primary key, value bytea not null)", schema=schema, table=table)
        writing.copy(schema, table, columns, enumerate(_each(Lines(folder / name))))
    shape = write_store(writing, schema, local_of(folder, manifest)[0])
    held = {name: (folder / file).read_bytes() for name, file in _HELD.items()} | {"shape": shape.packed()}
    writing.run("create table {schema}.held (name text primary key, value bytea not null)", schema=schema)
    writing.copy(schema, "held", {"name": "text", "value": "bytea"}, held.items())
    if not writing.rows("select 1 from public.verbatim_encoders where name = %s limit 1", manifest.encoder.name):
        types = {"name": "text", "file": "text", "part": "int4", "bytes": "bytea"}
        writing.copy("public", "verbatim_encoders", types, _parts(encoder_folder(folder, manifest), manifest))
    found = digests(lambda query, table: writing.rows(query, schema=schema, table=table))
    row = (manifest.id, FORMAT, manifest.encoder.name, msgspec.json.encode(manifest), msgspec.json.encode(found))
    writing.run("insert into public.verbatim_builds (id, format, encoder, manifest, digests) values (%s, %s, %s, %s, %s)", *row)


def _each(lines: Lines) -> Iterator[bytes]:
    return (lines.read([row])[0] for row in range(len(lines)))


def _parts(folder: Path, manifest: Manifest) -> Iterator[Row]:
    """An encoder's files in parts that fit into a row."""
    for name in manifest.encoder.files:
        with (folder / name).open("rb") as file:
            for part, piece in enumerate(iter(lambda: file.read(_PART), b"")):
                yield manifest.encoder.name, name, part, piece
