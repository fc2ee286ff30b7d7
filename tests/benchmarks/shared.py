"""A folder and a PostgreSQL database as the place that answers come from: `python -m tests.benchmarks.shared --passages 10000`

The guides are made up and their words hashed into vectors, so that what is measured is the place and not an encoder. Each place
is searched by a process of its own; the database is a server on this machine, with its settings as they come.
"""

import argparse
import hashlib
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Any

import faiss
import numpy as np

from rag.datatypes import Encoding, Floats
from rag.index import builds
from rag.index.index import write_manifest, write_stores
from rag.index.library import library_of
from rag.index.manifest import StoredEncoder
from rag.index.reuse import Embedder, OwnWork
from rag.retrieval.search import Retriever
from rag.settings import Settings, read_settings
from rag.text.words import WORD, stem
from tests.benchmarks.corpus import make_corpus
from tests.handmade import plan
from tests.hashing import HashingEncoder
from tests.postgres import Cluster

DIMENSION, QUESTIONS, CLIENTS = 384, 200, 8
_PASSAGES_A_GUIDE = 17
# Of disk, that a passage takes in the folder, the database and what publishing writes between: measured with a million.
_BYTES = 47_000


class WideEncoder(HashingEncoder):
    """Words hashed into as many numbers as MiniLM gives."""

    @property
    def dimension(self) -> int:
        return DIMENSION

    def encode(self, texts: Sequence[str]) -> list[Encoding]:
        return [_encoding(text) for text in texts]


def _encoding(text: str) -> Encoding:
    found = list(WORD.finditer(text))
    states = np.array([_state(match.group().lower()) for match in found], dtype=np.float32).reshape(-1, DIMENSION)
    total = states.sum(axis=0) + 1e-6
    ids = np.array([_id(match.group().lower()) for match in found], dtype=np.int32)
    spans = np.array([match.span() for match in found], dtype=np.int32).reshape(-1, 2)
    return Encoding((total / np.linalg.norm(total)).astype(np.float32), states, ids, spans)


@cache
def _id(word: str) -> int:
    return int(np.frombuffer(hashlib.sha256(stem(word).encode()).digest()[:2], np.uint16)[0]) % 30_000


@cache
def _state(word: str) -> Floats:
    state = np.random.default_rng(_id(word)).standard_normal(DIMENSION)
    return (state / np.linalg.norm(state)).astype(np.float32)


def make(folder: Path, passages: int) -> tuple[Path, tuple[str, ...]]:
    """An index folder of about so many passages, and questions to it."""
    material = make_corpus(folder / "corpus", max(1, passages // _PASSAGES_A_GUIDE), QUESTIONS)
    made = plan({path.name: path.read_text() for path in sorted(material.folder.iterdir())})
    build = builds.build_folder(folder / "index", made.id)
    build.mkdir(parents=True)
    write_stores(build, made, Embedder(OwnWork(WideEncoder())))
    write_manifest(build, made, StoredEncoder(), "2026-01-01T00:00:00.000+00:00")
    builds.switch(folder / "index", made.id)
    return build, material.questions


def measure(settings: Settings, questions: Sequence[str]) -> dict[str, Any]:
    """Search a place from this process: seconds to open it, milliseconds a search by one and by `CLIENTS` at once, searches a
    second, memory in MB (resident, and what is not a file's pages), and the rows that each question found."""
    faiss.omp_set_num_threads(1)
    began = perf_counter()
    retriever = Retriever(library_of(settings).load().store, WideEncoder())
    opened = perf_counter() - began

    def timed(question: str) -> float:
        began = perf_counter()
        retriever.find(question)
        return (perf_counter() - began) * 1000

    cold = [timed(question) for question in questions]
    began = perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        together = list(pool.map(timed, questions))
    rate = len(questions) / (perf_counter() - began)
    status = Path("/proc/self/status").read_text()
    return {
        "open_s": opened,
        "p50_ms": statistics.median(cold),
        "p95_ms": float(np.quantile(cold, 0.95)),
        f"p50_ms_{CLIENTS}": statistics.median(together),
        f"p95_ms_{CLIENTS}": float(np.quantile(together, 0.95)),
        f"rate_{CLIENTS}": rate,
        "memory_mb": _kilobytes(status, "VmRSS") / 1000,
        "private_mb": _kilobytes(status, "RssAnon") / 1000,
        "found": [[hit.row for hit in retriever.find(question).hits[:10]] for question in questions],
    }


def _kilobytes(status: str, name: str) -> int:
    """A number of what Linux tells of a process's memory."""
    return int(status.split(f"{name}:")[1].split()[0])


def _of_own(settings: Settings, questions: Path) -> dict[str, Any]:
    """`measure` in a process of its own."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.shared", "--measure", str(questions)]
    flags = ["--index", str(settings.index), "--store", settings.store]
    found: dict[str, Any] = json.loads(subprocess.run([*command, *flags], check=True, stdout=subprocess.PIPE).stdout)
    return found


def compare(passages: int) -> dict[str, Any]:
    """Both places on one corpus, the seconds that publishing takes, and the share of questions with the same ten passages."""
    with tempfile.TemporaryDirectory(prefix="verbatim-shared-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        build, questions = make(folder, passages)
        (folder / "questions.json").write_text(json.dumps(questions))
        cluster = Cluster(folder / "server").create()
        try:
            embedded = read_settings(index=folder / "index")
            shared = embedded.model_copy(update={"store": cluster.url()})
            library = library_of(shared)
            began = perf_counter()
            library.take(build)
            published = perf_counter() - began
            places = {
                "folder": _of_own(embedded, folder / "questions.json"),
                "postgres": _of_own(shared, folder / "questions.json"),
            }
            size = {"folder": builds.list_builds(embedded.index)[0].bytes / 1e6, "postgres": library.builds()[0].bytes / 1e6}
        finally:
            cluster.stop("immediate")
    found = [places[place].pop("found") for place in ("folder", "postgres")]
    same = float(np.mean([one == other for one, other in zip(*found, strict=True)]))
    return {"publish_s": published, "same": same, "size_mb": size, **places}


def lines(passages: int) -> list[str]:
    """The comparison of both places at a size, a line each; or a line that says why it was left out."""
    free = shutil.disk_usage(tempfile.gettempdir()).free
    if passages * _BYTES > free:
        wanted = f"it takes about {passages * _BYTES / 1e9:.0f} GB in {tempfile.gettempdir()}, where {free / 1e9:.0f} GB are free"
        return [f"about {passages:,} passages: left out, for {wanted}"]
    found = compare(passages)
    head = f"about {passages:,} passages: published in {found['publish_s']:.1f} s; the same ten passages for {found['same']:.3f}"
    return [head, *(_line(place, found) for place in ("folder", "postgres"))]


def _line(place: str, found: dict[str, Any]) -> str:
    told = "  ".join(f"{name} {value:.1f}" for name, value in found[place].items())
    return f"  {place:9} {told}  size_mb {found['size_mb'][place]:.0f}"


def main() -> None:
    """Compare the places at the sizes asked for, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, nargs="+", default=[10_000])
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--index", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--store", help=argparse.SUPPRESS)
    flags = parser.parse_args()
    if flags.measure:
        print(json.dumps(measure(read_settings(index=flags.index, store=flags.store), json.loads(flags.measure.read_text()))))
        return
    for passages in flags.passages:
        print("\n".join(lines(passages)), flush=True)


if __name__ == "__main__":
    main()
