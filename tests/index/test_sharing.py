"""Texts that several processes embed: each once, whoever is killed, with the embeddings that one process makes."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest

from rag.errors import SettingsError
from rag.index.builds import current_folder
from rag.index.reuse import OwnWork
from rag.index.sharing import SharedWork, waiting
from rag.index.workers import embed
from rag.loading import build
from rag.retrieval.database import database
from rag.retrieval.tokens import Quantized
from rag.settings import read_settings
from tests.benchmarks.corpus import make_corpus
from tests.conftest import ROOT
from tests.hashing import HashingEncoder
from tests.index.test_watching import interrupt
from tests.waiting import wait_for

MODEL = "0" * 64
_LOGGED = """
create table public.done (key bytea);
create function public.log() returns trigger language plpgsql as
    'begin insert into public.done values (new.key); return new; end';
create trigger log after update on public.verbatim_texts for each row execute function public.log();
"""

pytestmark = pytest.mark.model


def test_what_is_embedded_together_is_what_one_encoder_makes(postgres: str) -> None:
    texts, prefixes = ["A baker bakes.", "Pay: good", "A baker bakes."], [0, 5, 0]
    keys = [b"a", b"b", b"a"]
    plain = HashingEncoder().encode(texts)
    found = SharedWork(database(postgres), MODEL, OwnWork(HashingEncoder())).embed(keys, texts, prefixes)
    assert [embedding.tolist() for embedding, _ in found] == [one.embedding.tolist() for one in plain]
    tokens: Callable[[Quantized], list[list[int]]] = lambda its: [part.tolist() for part in its]  # noqa: E731
    assert tokens(found[0][1]) == tokens(found[2][1]) and found[1][1][2][0].tolist() == [-1, -1]
    assert waiting(database(postgres), MODEL) == []  # nothing is left of a build that has what it wanted


@contextmanager
def _process(command: Sequence[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_each_text_is_embedded_once_though_a_worker_is_killed(tiny_model: Path, tmp_path: Path, postgres: str) -> None:
    corpus = make_corpus(tmp_path / "corpus", 24, 1).folder
    place = read_settings(corpus=corpus, index=tmp_path / "shared", model=str(tiny_model), store=postgres)
    waiting(database(postgres), MODEL)  # makes the table
    with psycopg.connect(postgres) as connection:
        connection.execute(_LOGGED)
    environment = {**os.environ, "VERBATIM_STORE": postgres, "VERBATIM_MODEL": place.model}
    commands = [["embed"], ["embed"], ["build", "--corpus", str(place.corpus), "--index", str(place.index)]]
    with ExitStack() as running:
        killed, working, building = (
            running.enter_context(_process([sys.executable, "-m", "rag", *one], environment)) for one in commands
        )
        wait_for(lambda: _done(postgres) > 100, 120)
        killed.send_signal(signal.SIGKILL)
        assert building.wait(120) == 0
        interrupt(working)
    with psycopg.connect(postgres) as connection:
        keys = Counter(bytes(key) for (key,) in connection.execute("select key from public.done"))
    alone = place.model_copy(update={"index": tmp_path / "alone", "store": "index"})
    report = build(alone)
    assert set(keys.values()) == {1} and 400 < len(keys) <= report.passages + report.units
    for name in ("passages.faiss", "units.faiss", "tokens.int8", "token_ids.int32", "token_spans.int32"):
        one, other = (current_folder(its.index) / name for its in (place, alone))
        assert one.read_bytes() == other.read_bytes(), name


def _done(url: str) -> int:
    with psycopg.connect(url) as connection:
        return int(connection.execute("select count(*) from public.done").fetchall()[0][0])


def test_workers_need_a_database() -> None:
    with pytest.raises(SettingsError, match="VERBATIM_STORE"):
        embed(read_settings(), 1, once=True)


def test_workers_end_when_nothing_waits_if_they_are_told_to(tiny_model: Path, postgres: str) -> None:
    embed(read_settings(model=str(tiny_model), store=postgres), 2, once=True)
