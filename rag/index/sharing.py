"""Texts that are embedded on several machines: a table of a database that a build fills with keys and texts, and that workers,
the build among them, fill with embeddings."""

import time
from collections.abc import Sequence

import numpy as np

from rag.index.reuse import Embedded, OwnWork
from rag.retrieval.database import Database, Row

_TABLE = (
    "create table if not exists public.verbatim_texts"
    " (key bytea primary key, model text not null, text text not null, prefix integer not null,"
    " embedding bytea, states bytea storage external, ids bytea, spans bytea)"
)
_TAKE = (
    "select key, text, prefix from public.verbatim_texts where model = %s and embedding is null"
    " order by key limit %s for update skip locked"
)
_GIVE = "update public.verbatim_texts set embedding = %s, states = %s, ids = %s, spans = %s where key = %s"
_TAKEN = 32  # texts a worker takes at once: a worker that is killed loses no more
_WAIT = 0.2  # seconds until it is looked again whether others are done


class SharedWork:
    """Embeds texts together with whoever works at the same table. A worker's rows are locked by its transaction, so those of one
    that is killed are free again at once, and no text is embedded twice."""

    def __init__(self, database: Database, model_sha256: str, own: OwnWork) -> None:
        self._database, self._model, self._own = database, model_sha256, own

    def embed(self, keys: Sequence[bytes], texts: Sequence[str], prefixes: Sequence[int]) -> list[Embedded]:
        wanted = list(dict.fromkeys(keys))
        self._put(list(zip(keys, texts, prefixes, strict=True)))
        while self._missing(wanted):
            if not self.work():  # others are at what is left
                time.sleep(_WAIT)
        found = dict(self._embedded(wanted))
        with self._database.transaction() as writing:
            writing.run("delete from public.verbatim_texts where key = any(%s)", wanted)
        return [found[key] for key in keys]

    def work(self) -> int:
        """Embed some of the texts that nobody is at; how many these were."""
        with self._database.transaction() as writing:
            writing.run(_TABLE)
            taken = writing.rows(_TAKE, self._model, _TAKEN)
            if taken:
                made = self._own.embed(*zip(*taken, strict=True))
                for (key, *_), (embedding, tokens) in zip(taken, made, strict=True):
                    writing.run(_GIVE, *(part.tobytes() for part in (embedding.astype(np.float32), *tokens)), key)
        return len(taken)

    def _put(self, rows: Sequence[Row]) -> None:
        with self._database.transaction() as writing:
            writing.run(_TABLE)
            for key, text, prefix in rows:
                writing.run(
                    "insert into public.verbatim_texts (key, model, text, prefix) values (%s, %s, %s, %s) on conflict do nothing",
                    key,
                    self._model,
                    text,
                    prefix,
                )

    def _missing(self, keys: list[bytes]) -> int:
        query = "select count(*) from public.verbatim_texts where key = any(%s) and embedding is null"
        return int(self._database.rows(query, keys)[0][0])

    def _embedded(self, keys: list[bytes]) -> list[tuple[bytes, Embedded]]:
        query = "select key, embedding, states, ids, spans from public.verbatim_texts where key = any(%s)"
        return [(key, _unpacked(*parts)) for key, *parts in self._database.rows(query, keys)]


def waiting(database: Database, model_sha256: str, most: int = 128) -> list[str]:
    """Some of the texts that are to be embedded by a model."""
    with database.transaction() as writing:
        writing.run(_TABLE)
        found = writing.rows("select text from public.verbatim_texts where model = %s limit %s", model_sha256, most)
    return [text for (text,) in found]


def _unpacked(embedding: bytes, states: bytes, ids: bytes, spans: bytes) -> Embedded:
    vector = np.frombuffer(embedding, np.float32)
    tokens = np.frombuffer(states, np.int8).reshape(-1, len(vector))
    return vector, (tokens, np.frombuffer(ids, np.int32), np.frombuffer(spans, np.int32).reshape(-1, 2))
