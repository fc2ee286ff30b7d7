"""What a new machine does: make, the environment it makes, and what it must not bring."""

import importlib.metadata
import os
import re
import shutil
import stat
import subprocess
import time
from pathlib import Path

import httpx2
import pytest
import torch

from rag.settings import Settings
from tests.handmade import link_index
from tests.making import FLAGS

ROOT = Path(__file__).parent.parent
MAKEFILE = (ROOT / "Makefile").read_text()


def make(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run make where the repository is, with the environment of this test instead of .venv."""
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True)


def test_help_lists_every_command() -> None:
    listed = re.findall(r"^  make (\w+)", make("help").stdout, re.MULTILINE)
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert phony and sorted(listed) == sorted(phony.group(1).split())
    assert {"run", "test", "setup", "index", "evaluate", "bench", "check", "format", "help", "screenshot"} <= set(listed)


def test_an_old_python_is_one_clear_line(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.10.13 && exit\nexit 1\n')
    old.chmod(old.stat().st_mode | stat.S_IXUSR)
    done = make(f"PYTHON={old}", f"VENV={tmp_path / 'venv'}", "setup")
    first, *rest = done.stderr.splitlines()
    assert done.returncode == 2 and "Traceback" not in done.stderr and len(rest) == 1
    assert "needs Python 3.11 or newer" in first and "is Python 3.10.13" in first and "make PYTHON=" in first


def test_torch_is_a_cpu_build_and_brought_no_cuda() -> None:
    installed = [str(each.metadata["Name"]).lower() for each in importlib.metadata.distributions()]
    assert torch.version.cuda is None
    assert not [name for name in installed if name.startswith(("nvidia-", "cuda-", "triton"))]


def test_no_registry_host_and_no_path_of_a_machine_is_named() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    hosts = re.compile(r"(?:pypi|pythonhosted|pytorch|npmjs|huggingface)\.(?:org|com|co)\b|(?:^|[^a-zA-Z.])/(?:work|root|home)/")
    for name in listed.split("\0"):
        path = ROOT / name
        if path.suffix in {".png", ".pdf", ".docx", ".jsonl"} or not path.is_file():
            continue
        named = hosts.search(path.read_text(encoding="utf-8", errors="replace"))
        assert named is None or path == Path(__file__), f"{name}: {named.group()}"


@pytest.mark.model
def test_make_run_builds_serves_and_says_where_twice(settings: Settings, tmp_path: Path) -> None:
    """The second time, with the index built, it answers within 5 seconds on an idle machine (here: less than the first).

    There is no current index, only an earlier build, from which the first time takes what the corpus had then."""
    link_index(settings.index, tmp_path / "index")
    (tmp_path / "index" / "current").unlink()
    shutil.copytree(settings.corpus, tmp_path / "corpus")
    (tmp_path / "corpus" / "keeper.md").write_text("# Lamp Keeper\n\nA Lamp Keeper keeps lamps.\n")
    own = {"VERBATIM_INDEX": str(tmp_path / "index"), "VERBATIM_CORPUS": str(tmp_path / "corpus"), "VERBATIM_PORT": "0"}
    waits = []
    for _ in range(2):
        began = time.monotonic()
        process = subprocess.Popen(
            ["make", *FLAGS, "run"],
            cwd=ROOT,
            env={**os.environ, **own},
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert process.stdout is not None
        with process.stdout as said:
            address = next(line.split()[3] for line in said if line.startswith("Verbatim answers on "))
            body = httpx2.post(
                f"{address}/ask", json={"question": "what does a Head of Analytics Engineering do"}, timeout=30
            ).json()
            waits.append(time.monotonic() - began)
            os.killpg(process.pid, 15)
            process.wait(30)
        assert body["status"] == "answered"
        assert body["citations"][0]["section_path"][-1] == "Head of Analytics Engineering"
    assert waits[1] < waits[0]
