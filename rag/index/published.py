"""The builds that were published to a PostgreSQL database: each a schema, and one row that says which is the current one.

A build is copied and becomes the current one in one transaction, so no server ever sees half of one.
"""

import asyncio
import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import LiteralString

import msgspec
import numpy as np

from rag.datatypes import Passage
from rag.errors import StoreError
from rag.folders import partial, settle
from rag.index.builds import Build, Part, picked
from rag.index.digests import digests
from rag.index.index import Index, guides_of, info_of
from rag.index.manifest import FORMAT, Manifest, expected_files, read_manifest, verify_files
from rag.index.publishing import KEPT, TABLES, copy, schema_of, switch
from rag.index.reuse import Keys, OwnWork, read_keys
from rag.index.sections import CareerSections
from rag.index.sharing import SharedWork
from rag.retrieval.database import database
from rag.retrieval.postgres import Shape, SqlColumn, sql_store
from rag.retrieval.values import Values

_CHANGED = "has changed since it was published"


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

    def load(self, verify: bool = True) -> Index:
        manifest = self.manifest()
        schema, guides = schema_of(manifest.id), manifest.documents
        sizes = {"documents": guides, "outlines": guides, "passage_texts": manifest.passages}
        encoded = {name: SqlColumn(self._database, schema, name, size) for name, size in sizes.items()}
        documents, outlines = guides_of(encoded["documents"], encoded["outlines"])
        passages: Values[Passage] = Values(encoded["passage_texts"], Passage)
        held: dict[str, bytes] = dict(
            self._database.rows("select name, value from {schema}.held where name <> %s", KEPT, schema=schema)
        )
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

    def parts(self) -> Iterator[Part]:
        manifest = self.manifest()
        (known,) = self._database.rows("select digests from public.verbatim_builds where id = %s", manifest.id)[0]
        schema = schema_of(manifest.id)
        found = digests(lambda query, table: self._database.rows(query, schema=schema, table=table))
        for table, digest in msgspec.json.decode(known, type=dict[str, str]).items():
            yield Part(f"table {table}", "" if found[table] == digest else _CHANGED)
        for file, sha256 in manifest.encoder.files.items():
            read = hashlib.sha256()
            for piece in self._pieces(manifest.encoder.name, file):
                read.update(piece)
            yield Part(f"encoder file {file}", "" if read.hexdigest() == sha256 else _CHANGED)

    def keys(self) -> tuple[Keys, Keys]:
        schema = schema_of(self.manifest().id)
        found = self._database.rows("select value from {schema}.held where name = %s", KEPT, schema=schema)
        return read_keys(io.BytesIO(found[0][0]))

    def take(self, build: Path) -> bool:
        manifest = read_manifest(build)
        if self.current_id() == manifest.id and any(one.id == manifest.id for one in self._readable()):
            return False
        verify_files(expected_files(build, manifest))
        with self._database.locked() as writing:
            for table in TABLES:
                writing.run(table)
            if not writing.rows("select 1 from public.verbatim_builds where id = %s and format = %s", manifest.id, FORMAT):
                copy(writing, build, manifest)
            switch(writing, manifest.id)
        return True

    def work(self, model_sha256: str, own: OwnWork) -> SharedWork:
        return SharedWork(self._database, model_sha256, own)

    def builds(self) -> list[Build]:
        if not self._is_there():
            return []
        current = self.current_id()
        found = [_listed(manifest, self._bytes(manifest), current) for manifest in self._readable()]
        return sorted(found, key=lambda build: build.built_at, reverse=True)

    def use(self, prefix: str) -> Build:
        build = picked(self.builds(), prefix, f"the {self._database}")
        with self._database.locked() as writing:
            switch(writing, build.id)
        return replace(build, current=True)

    def prune(self, spare: int) -> list[str]:
        others = [build.id for build in self.builds() if not build.current]
        if doomed := others[spare:]:
            with self._database.locked() as writing:
                for id in doomed:
                    writing.run("drop schema if exists {schema} cascade", schema=schema_of(id))
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

    def manifest(self) -> Manifest:
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
        return int(self._database.rows(tables, schema_of(manifest.id))[0][0])

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
            file.writelines(self._pieces(encoder, name))

    def _pieces(self, encoder: str, name: str) -> Iterator[bytes]:
        """An encoder's file, as far as it is there."""
        query: LiteralString = "select bytes from public.verbatim_encoders where name = %s and file = %s and part = %s"
        for part in count():
            found = self._database.rows(query, encoder, name, part)
            if not found:
                return
            yield found[0][0]


def _listed(manifest: Manifest, size: int, current: str | None) -> Build:
    counts = (manifest.documents, manifest.passages, manifest.model)
    return Build(manifest.id, manifest.built_at, *counts, size, manifest.id == current)
