"""The builds that were published to a PostgreSQL database: each a schema, and one row that says which is the current one.

A build is copied and becomes the current one in one transaction, so no server ever sees half of one.
"""

import asyncio
import io
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import LiteralString

import msgspec
import numpy as np

from rag.datatypes import Encoder, Passage
from rag.errors import StoreError
from rag.folders import partial, settle
from rag.index.builds import Build, picked
from rag.index.index import DOCUMENTS, LAYOUT, OUTLINES, SECTIONS, TEXTS, Index, guides_of, info_of, local_of
from rag.index.manifest import FORMAT, Manifest, encoder_folder, expected_files, read_manifest, verify_files
from rag.index.sections import CareerSections
from rag.index.sharing import SharedWork
from rag.retrieval.database import Row, Writing, database
from rag.retrieval.postgres import Shape, SqlColumn, sql_store, write_store
from rag.retrieval.values import Lines, Values
from rag.retrieval.vocabulary import VOCABULARY

_FILES = {"documents": DOCUMENTS, "outlines": OUTLINES, "passage_texts": TEXTS}
_HELD = {"layout": LAYOUT, "sections": SECTIONS, "vocabulary": VOCABULARY}  # read whole by a server
_PART = 16_000_000  # bytes of an encoder's file in one row
_TABLES = (
    "create table if not exists public.verbatim (id text not null, published text not null default clock_timestamp()::text)",
    "create table if not exists public.verbatim_builds"
    " (id text primary key, format integer not null, encoder text not null, manifest bytea not null)",
    "create table if not exists public.verbatim_encoders"
    " (name text, file text, part integer, bytes bytea storage external not null, primary key (name, file, part))",
)


class PublishedLibrary:
    """The builds of a database; the encoders that they are searched with are fetched into a folder of this machine."""

    def __init__(self, url: str, cache: Path) -> None:
        self._database, self._encoders = database(url), cache / "served"

    def current_id(self) -> str | None:
        return stamp[0] if (stamp := self._stamp()) else None

    def stamp(self) -> tuple[str, str] | None:
        try:
            return self._stamp()
        except StoreError:
            return None

    async def wait(self, seconds: float) -> None:
        try:
            await asyncio.to_thread(self._database.heard, seconds)
        except StoreError:
            await asyncio.sleep(seconds)

    def check(self) -> None:
        self._current()

    def load(self) -> Index:
        manifest = self._current()
        schema, guides = _schema(manifest.id), manifest.documents
        sizes = {"documents": guides, "outlines": guides, "passage_texts": manifest.passages}
        encoded = {name: SqlColumn(self._database, schema, name, size) for name, size in sizes.items()}
        documents, outlines = guides_of(encoded["documents"], encoded["outlines"])
        passages: Values[Passage] = Values(encoded["passage_texts"], Passage)
        held: dict[str, bytes] = dict(self._database.rows("select name, value from {schema}.held", schema=schema))
        return Index(
            info=info_of(manifest),
            documents=documents,
            outlines=outlines,
            passages=passages,
            groups=np.load(io.BytesIO(held["layout"]))[0],
            store=sql_store(self._database, schema, passages, Shape.unpacked(held["shape"])),
            vocabulary=frozenset(msgspec.json.decode(held["vocabulary"], type=list[str])),
            sections=msgspec.json.decode(held["sections"], type=tuple[CareerSections, ...]),
            encoder=self._fetched(manifest),
            model_sha256=manifest.model_sha256,
        )

    def take(self, build: Path) -> bool:
        manifest = read_manifest(build)
        if self.current_id() == manifest.id and any(one.id == manifest.id for one in self._readable()):
            return False
        verify_files(expected_files(build, manifest))
        with self._database.locked() as writing:
            for table in _TABLES:
                writing.run(table)
            if not writing.rows("select 1 from public.verbatim_builds where id = %s and format = %s", manifest.id, FORMAT):
                _copy(writing, build, manifest)
            _switch(writing, manifest.id)
        return True

    def work(self, model_sha256: str, encoder: Encoder) -> SharedWork:
        return SharedWork(self._database, model_sha256, encoder)

    def builds(self) -> list[Build]:
        if not self._is_there():
            return []
        current = self.current_id()
        found = [_listed(manifest, self._bytes(manifest), current) for manifest in self._readable()]
        return sorted(found, key=lambda build: build.built_at, reverse=True)

    def use(self, prefix: str) -> Build:
        build = picked(self.builds(), prefix, f"the {self._database}")
        with self._database.locked() as writing:
            _switch(writing, build.id)
        return replace(build, current=True)

    def prune(self, spare: int) -> list[str]:
        others = [build.id for build in self.builds() if not build.current]
        if doomed := others[spare:]:
            with self._database.locked() as writing:
                for id in doomed:
                    writing.run("drop schema if exists {schema} cascade", schema=_schema(id))
                writing.run("delete from public.verbatim_builds where id = any(%s)", doomed)
                writing.run("delete from public.verbatim_encoders where name not in (select encoder from public.verbatim_builds)")
        return doomed

    def _is_there(self) -> bool:
        """Whether anything was ever published here."""
        return bool(self._database.rows("select to_regclass('public.verbatim') is not null")[0][0])

    def _stamp(self) -> tuple[str, str] | None:
        found = self._database.rows("select id, published from public.verbatim") if self._is_there() else []
        return (str(found[0][0]), str(found[0][1])) if found else None

    def _readable(self) -> Iterator[Manifest]:
        """What the builds hold that this program can read."""
        for (manifest,) in self._database.rows("select manifest from public.verbatim_builds where format = %s", FORMAT):
            yield msgspec.json.decode(manifest, type=Manifest)

    def _current(self) -> Manifest:
        """What the current build holds. Raises StoreError where there is none or another program wrote it."""
        id = self.current_id()
        found = self._database.rows("select format, manifest from public.verbatim_builds where id = %s", id) if id else []
        if not found:
            raise StoreError(f"No index in the {self._database}; run `verbatim build`.")
        format, manifest = found[0]
        if format != FORMAT:
            raise StoreError(
                f"The index in the {self._database} has format {format}, this program reads {FORMAT}; run `verbatim build`."
            )
        return msgspec.json.decode(manifest, type=Manifest)

    def _bytes(self, manifest: Manifest) -> int:
        """How large a build is in the database."""
        tables = (
            "select coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint from pg_class c"
            " join pg_namespace n on n.oid = c.relnamespace where n.nspname = %s and c.relkind = 'r'"
        )
        return int(self._database.rows(tables, _schema(manifest.id))[0][0])

    def _fetched(self, manifest: Manifest) -> Path:
        """The folder of a build's encoder on this machine, fetched unless it is there."""
        encoder = manifest.encoder
        folder = self._encoders / encoder.name
        try:
            verify_files({folder / file: sha256 for file, sha256 in encoder.files.items()})
        except StoreError:
            with partial(self._encoders) as fresh:
                for file in encoder.files:
                    self._fetch(encoder.name, file, fresh / file)
                verify_files({fresh / file: sha256 for file, sha256 in encoder.files.items()})
                settle(fresh, encoder.name)
        return folder

    def _fetch(self, encoder: str, name: str, into: Path) -> None:
        with into.open("wb") as file:
            query: LiteralString = "select bytes from public.verbatim_encoders where name = %s and file = %s and part = %s"
            for part in count():
                found = self._database.rows(query, encoder, name, part)
                if not found:
                    return
                file.write(found[0][0])


def _schema(id: str) -> str:
    """The schema of a build: its name may have 63 letters."""
    return f"verbatim_{id.removeprefix('sha256:')[:32]}"


def _listed(manifest: Manifest, size: int, current: str | None) -> Build:
    counts = (manifest.documents, manifest.passages, manifest.model)
    return Build(manifest.id, manifest.built_at, *counts, size, manifest.id == current)


def _switch(writing: Writing, id: str) -> None:
    writing.run("delete from public.verbatim")
    writing.run("insert into public.verbatim (id) values (%s)", id)
    writing.tell(id)


def _copy(writing: Writing, folder: Path, manifest: Manifest) -> None:
    """Write a folder's build into a schema of its own; one of another format under its id goes."""
    schema, columns = _schema(manifest.id), {"row": "int4", "value": "bytea"}
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
    row = (manifest.id, FORMAT, manifest.encoder.name, msgspec.json.encode(manifest))
    writing.run("insert into public.verbatim_builds (id, format, encoder, manifest) values (%s, %s, %s, %s)", *row)


def _each(lines: Lines) -> Iterator[bytes]:
    return (lines.read([row])[0] for row in range(len(lines)))


def _parts(folder: Path, manifest: Manifest) -> Iterator[Row]:
    """An encoder's files in parts that fit into a row."""
    for name in manifest.encoder.files:
        with (folder / name).open("rb") as file:
            for part, piece in enumerate(iter(lambda: file.read(_PART), b"")):
                yield manifest.encoder.name, name, part, piece
