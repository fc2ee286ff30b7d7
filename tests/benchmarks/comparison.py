"""Verbatim beside the naive server, in turns: cold start, memory, and load by distinct and by repeated questions."""

import json
import os
import subprocess
import sys
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from rag.index import builds
from rag.index.index import load_index
from tests.benchmarks.faces import face_times
from tests.benchmarks.load import Load, drive, requests
from tests.benchmarks.servers import PASSAGES, Running, naive, running, verbatim

CLIENTS = (1, 8, 32, 64)
_REPEATED = 40


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much to measure: seconds of each load, starts of each server, and up to how many workers."""

    seconds: float
    cold_starts: int
    workers: int


@dataclass(frozen=True, slots=True)
class Measured:
    """One server under one load."""

    server: str
    questions: str
    load: Load


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that was measured of the servers, by their names. Times in seconds for cold starts, else milliseconds; memory in MB."""

    cold_starts: dict[str, float]
    memory: dict[str, float]
    shared_memory: dict[str, float]
    loads: tuple[Measured, ...]
    stages: dict[str, float]
    faces: dict[str, float]

    def load(self, server: str, questions: str, clients: int) -> Load:
        """What one server did under one load."""
        return next(m.load for m in self.loads if (m.server, m.questions, m.load.clients) == (server, questions, clients))


def build_naive(index: Path, folder: Path) -> int:
    """Give the naive server the passages of an index; how many there are."""
    built = load_index(builds.current_folder(index))
    texts = [built.documents[passage.document_id].text[passage.start : passage.end] for passage in built.passages]
    folder.mkdir()
    (folder / PASSAGES).write_text(json.dumps(texts))
    subprocess.run([sys.executable, "-W", "ignore", "-m", "tests.benchmarks.naive", str(folder)], check=True, capture_output=True)
    return len(texts)


def compare(index: Path, folder: Path, questions: Sequence[str], bounds: Bounds, tell: Callable[[str], None]) -> Comparison:
    """Measure the servers in turns, each question asked once, but for the repeated ones."""
    commands = {"verbatim": verbatim(index), "naive": naive(folder)}
    tell("Cold starts")
    starts = _cold_starts(commands, questions[0], bounds.cold_starts - 1)  # the last are those of the servers that are loaded
    for workers in range(2, bounds.workers + 1):
        commands[f"verbatim, {workers} workers"] = verbatim(index, workers)
        commands[f"naive, {workers} workers"] = naive(folder, workers)
    with ExitStack() as stack:
        servers = {name: stack.enter_context(running(command, questions[0])) for name, command in commands.items()}
        cold = {name: median([*starts[name], servers[name].cold_seconds]) for name in ("verbatim", "naive")}
        loads = tuple(_loads(servers, questions, bounds.seconds, tell))
        memory = {name: server.memory() for name, server in servers.items()}
        shared = {name: server.shared_memory() for name, server in servers.items()}
        stages = _stages(servers["verbatim"].port, [f"{question} now" for question in questions[:200]])
        tell("The faces for other programs")
        faces = face_times(servers["verbatim"].port, questions[:_REPEATED], bounds.seconds)
    return Comparison(cold, memory, shared, loads, stages, faces)


def _cold_starts(commands: dict[str, list[str]], question: str, starts: int) -> dict[str, list[float]]:
    """The seconds of so many starts of each server, in turns."""
    times = defaultdict(list)
    for _ in range(starts):
        for name, command in commands.items():
            with running(command, question) as server:
                times[name].append(server.cold_seconds)
    return times


def _loads(
    servers: dict[str, Running], questions: Sequence[str], seconds: float, tell: Callable[[str], None]
) -> Iterator[Measured]:
    warming, asked = questions[:64], questions[64:]
    share = len(asked) // len(CLIENTS)
    for name, server in servers.items():
        tell(f"Warming up: {name}")
        drive(server.port, requests(warming), 8, seconds)
    for turn, clients in enumerate(CLIENTS):
        distinct = requests(asked[turn * share : (turn + 1) * share])
        for name, server in servers.items():
            tell(f"{clients} clients, distinct questions: {name}")
            yield Measured(name, "distinct", drive(server.port, distinct, clients, seconds))
        repeated = requests(warming[:_REPEATED]) * 1000
        for name, server in servers.items():
            tell(f"{clients} clients, repeated questions: {name}")
            yield Measured(name, "repeated", drive(server.port, repeated, clients, seconds))


def _stages(port: int, questions: Sequence[str]) -> dict[str, float]:
    """The median time of each stage that the answers themselves report, one client asking."""
    times = defaultdict(list)
    for question in questions:
        body = json.dumps({"question": question}).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{port}/ask", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as response:
            for stage, milliseconds in json.load(response)["timings_ms"].items():
                times[stage].append(milliseconds)
    return {stage: median(each) for stage, each in times.items()}


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0))
