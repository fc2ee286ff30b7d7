"""Servers as processes of their own, measured from outside."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PASSAGES = "passages.json"  # what the naive server serves
_START_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers. `cold_seconds` ran from its start to its first answer."""

    port: int
    process: subprocess.Popen[bytes]
    cold_seconds: float

    def memory(self) -> float:
        """Resident memory of the process and its children in MB, pages that they share counted once for each."""
        return sum(_kilobytes(pid, "Rss:") for pid in self._pids()) / 1000

    def shared_memory(self) -> float:
        """The same, with shared pages divided among those who share them (proportional set size)."""
        return sum(_kilobytes(pid, "Pss:") for pid in self._pids()) / 1000

    def _pids(self) -> list[int]:
        return [self.process.pid, *_children(self.process.pid)]


def verbatim(index: Path, workers: int = 1) -> list[str]:
    """The command that serves an index; `{port}` stands for the port."""
    return [sys.executable, "-m", "rag", "serve", "--index", str(index), "--workers", str(workers), "--port", "{port}"]


def naive(folder: Path, workers: int = 1) -> list[str]:
    """The command that runs the naive server on a folder."""
    return [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.naive", str(folder), "{port}", str(workers)]


@contextmanager
def running(command: Sequence[str], question: str) -> Iterator[Running]:
    """Start a server, ask it `question` until it answers, and stop it at the end."""
    port = free_port()
    began = time.perf_counter()
    process = subprocess.Popen(
        [part.replace("{port}", str(port)) for part in command],
        env={**os.environ, "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not post(port, question):
            if process.poll() is not None or time.perf_counter() - began > _START_SECONDS:
                raise RuntimeError(f"{command} did not answer")
            time.sleep(0.01)
        yield Running(port, process, time.perf_counter() - began)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def post(port: int, question: str) -> bool:
    """Whether POST /ask is answered with 200."""
    body = json.dumps({"question": question}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}/ask", body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, ConnectionError):
        return False


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [child for each in listed for child in (int(each), *_children(int(each)))]


def _kilobytes(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))
