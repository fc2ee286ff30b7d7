"""Builds of an index in a process of their own, measured from outside."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Built:
    """What `verbatim build --json` reported, with its time in seconds and its memory in MB at its peak."""

    report: dict[str, Any]
    seconds: float
    peak_memory: float

    @property
    def texts(self) -> int:
        """How many texts the index holds an embedding of."""
        return int(self.report["passages"] + self.report["units"])


def build(corpus: Path, index: Path) -> Built:
    """Bring an index up to date in a process of its own."""
    command = [sys.executable, "-m", "rag", "build", "--corpus", str(corpus), "--index", str(index), "--json"]
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode:
        sys.exit("The build failed.")
    return Built(json.loads(said), time.perf_counter() - began, usage.ru_maxrss / 1000)
