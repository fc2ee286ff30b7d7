"""Several serving processes share an address, and a dead one is replaced."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from rag.errors import SettingsError
from rag.settings import Settings
from tests.benchmarks.servers import free_port
from web.server import listen, listen_beside

ROOT = Path(__file__).parent.parent.parent


def test_a_taken_address_is_an_error_that_says_what_to_do() -> None:
    with listen("127.0.0.1", 0) as taken, pytest.raises(SettingsError, match=r"Cannot serve on 127\.0\.0\.1 port .*--port"):
        listen("127.0.0.1", taken.getsockname()[1])
    with pytest.raises(SettingsError, match=r"Cannot serve on nowhere\.invalid"):
        listen("nowhere.invalid", 8000)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the processes share one socket")
def test_several_can_listen_beside_each_other_but_not_beside_another_program() -> None:
    port = free_port()
    with listen_beside(2, ("127.0.0.1", port)), listen_beside(2, ("127.0.0.1", port)), pytest.raises(SettingsError):
        listen("127.0.0.1", port)


@pytest.fixture
def serving(settings: Settings, tmp_path: Path) -> Iterator[tuple[int, str]]:
    """Two serving processes, and where they answer. Stopped, they leave none of their temporary files behind."""
    command = [sys.executable, "-m", "rag", "serve", "--port", "0", "--workers", "2", "--index", str(settings.index)]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout as said:
        yield process.pid, said.readline().split()[3]
        process.terminate()
        assert process.wait(60) in (0, -signal.SIGTERM)
    assert list(tmp_path.glob("verbatim-*")) == []


def workers(pid: int) -> set[int]:
    """The children of a server that serve; one more only tracks what they share."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(child) for child in listed if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()}


@pytest.mark.model
def test_a_killed_worker_is_replaced_and_the_address_goes_on_answering(serving: tuple[int, str]) -> None:
    pid, address = serving
    before = workers(pid)
    assert len(before) == 2
    os.kill(min(before), signal.SIGKILL)
    deadline = time.monotonic() + 60
    while not (replaced := workers(pid) - before) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert len(replaced) == 1 and min(before) not in workers(pid)
    assert {httpx2.get(f"{address}/healthz", timeout=60).status_code for _ in range(20)} == {200}


@pytest.mark.model
@pytest.mark.skipif(sys.platform != "linux", reason="children are found in /proc")
def test_workers_and_their_folder_end_with_a_killed_supervisor(settings: Settings, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rag", "serve", "--port", "0", "--workers", "2", "--index", str(settings.index)]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "TMPDIR": str(tmp_path)}, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout as said:
        said.readline()
        started = workers(process.pid)
        assert len(started) == 2 and len(list(tmp_path.glob("verbatim-*"))) == 1
        process.kill()
        process.wait(60)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and any(Path(f"/proc/{pid}").exists() for pid in started):
        time.sleep(0.1)
    assert [pid for pid in started if Path(f"/proc/{pid}").exists()] == []
    assert list(tmp_path.glob("verbatim-*")) == []
