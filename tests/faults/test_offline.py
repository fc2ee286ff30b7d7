"""The whole flow with every socket but loopback's shut: build with the real model, ask, serve, ask over HTTP.

An audit hook of Python sees each look-up and connection that Python code tries, and refuses it. `strace` sees those of native
code, which the hook cannot: in CI its absence is a failure. Where the system lets us, the processes also run in a network of
their own that has loopback only.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
QUESTION = "What does a Head of Analytics Engineering do?"
GUIDE = """# Head of Analytics Engineering

The Head of Analytics Engineering is a senior leadership position responsible for the strategy of a company's data.

## Pay

A Head of Analytics Engineering earns $200,000 a year.
"""

GUARD = """
import os, sys

def guard(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        address = arguments[1] if event in ("socket.connect", "socket.sendto") else arguments
        host = address[0] if isinstance(address, tuple) else address
        if host not in ("127.0.0.1", "::1", "localhost", None) and not str(host).startswith("/"):
            with open(os.environ["GUARD_LOG"], "a") as log:
                log.write(f"{event} {arguments!r}\\n")
            raise OSError(f"{event} {host!r} is not loopback")

sys.addaudithook(guard)
"""

ASK_THE_SERVER = """
import json, subprocess, sys, urllib.request
server = subprocess.Popen([sys.executable, "-m", "rag", "serve", "--port", "0"], stdout=subprocess.PIPE, text=True)
address = server.stdout.readline().split()[3]
body = json.dumps({"question": sys.argv[1]}).encode()
request = urllib.request.Request(address + "/ask", body, {"Content-Type": "application/json"})
print(urllib.request.urlopen(request, timeout=60).read().decode())
print(urllib.request.urlopen(address + "/", timeout=60).status)
server.terminate()
server.wait(30)
"""


def isolated() -> list[str]:
    """The words before a command that give it a network with loopback only; none where the system does not let us."""
    for words in (["unshare", "--net"], ["unshare", "--map-root-user", "--net"]):
        command = [*words, "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
        if (
            shutil.which("unshare")
            and shutil.which("ip")
            and not subprocess.run([*command, "true"], capture_output=True).returncode
        ):
            return command
    return []


# A look-up goes to port 53, on loopback too where the system has a resolver of its own.
_ELSEWHERE = re.compile(r"htons\(53\)|sa_family=AF_INET6?\b(?!.*(?:inet_addr\(\"127\.|\"::1\"|::ffff:127\.))")


def traced(log: Path) -> list[str]:
    """The words before a command that have each of its connections and sendings written into `log`, whoever makes them."""
    if not shutil.which("strace"):
        assert "CI" not in os.environ, "Install strace: only it sees what native code connects to."
        pytest.skip("strace is not installed")
    return ["strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", str(log)]


def elsewhere(log: Path) -> list[str]:
    """The calls of a trace that name an address other than loopback's."""
    return [line for line in log.read_text(errors="replace").splitlines() if _ELSEWHERE.search(line)]


@pytest.fixture
def guarded(tmp_path: Path) -> dict[str, str]:
    """An environment in which every Python process has the guard, its own guide and its own index; the home folder is empty."""
    (tmp_path / "guard").mkdir()
    (tmp_path / "home").mkdir()
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "head.md").write_text(GUIDE)
    (tmp_path / "guard" / "sitecustomize.py").write_text(GUARD)
    paths = os.pathsep.join([str(tmp_path / "guard"), str(ROOT)])
    own = {"PYTHONPATH": paths, "GUARD_LOG": str(tmp_path / "log"), "VERBATIM_INDEX": str(tmp_path / "index")}
    own["VERBATIM_MODEL_CACHE"] = str(tmp_path / "models")
    own["VERBATIM_CORPUS"] = str(tmp_path / "corpus")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "HF_", "ORT_"))}
    return {**kept, **own, "HOME": str(tmp_path / "home")}


def run(environment: dict[str, str], *arguments: str, before: Sequence[str] = ()) -> str:
    command = [*isolated(), *before, sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_guard_refuses_what_is_not_loopback(guarded: dict[str, str]) -> None:
    program = "import socket\ntry: socket.create_connection(('192.0.2.1', 80), 1)\nexcept OSError as error: print(error)"
    assert "is not loopback" in run(guarded, "-c", program)
    assert "192.0.2.1" in Path(guarded["GUARD_LOG"]).read_text()


def test_the_trace_names_what_is_not_loopback(guarded: dict[str, str], tmp_path: Path) -> None:
    attempts = (f"try: socket.create_connection(('{host}', 9), 1)\nexcept OSError: 0" for host in ("127.0.0.1", "192.0.2.1"))
    program = "\n".join(["import socket", *attempts])
    run({**guarded, "PYTHONPATH": ""}, "-c", program, before=traced(tmp_path / "trace"))
    assert [re.findall(r"[\d.]{7,}", call) for call in elsewhere(tmp_path / "trace")] == [["192.0.2.1"]]


@pytest.mark.model
def test_nothing_is_looked_up_or_connected_to_from_build_to_answer(guarded: dict[str, str], tmp_path: Path) -> None:
    traces = [tmp_path / name for name in ("build", "ask", "serve")]
    build, ask, serve = map(traced, traces)
    assert "Built" in run(guarded, "-m", "rag", "build", "--force", before=build)
    assert "senior leadership position" in run(guarded, "-m", "rag", "ask", QUESTION, before=ask)
    answer, page = run(guarded, "-c", ASK_THE_SERVER, QUESTION, before=serve).splitlines()[-2:]
    assert json.loads(answer)["status"] == "answered" and page == "200"
    assert not Path(guarded["GUARD_LOG"]).exists()
    assert [call for trace in traces for call in elsewhere(trace)] == []
    assert [str(left) for left in (tmp_path / "home").rglob("*")] == []
