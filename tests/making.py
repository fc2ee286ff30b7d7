"""`make` where the repository is, with the environment of the tests in the place of a finished .venv."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
VENV = Path(sys.prefix)
# What the environment is made of counts as done, however old it is.
FLAGS = ["--no-print-directory", f"VENV={VENV}", "-o", f"{VENV / '.core'}", "-o", f"{VENV / '.dev'}"]


def made(*arguments: str, environment: Mapping[str, str] | None = None) -> str:
    """Make a target, with variables of make and of the environment; what it prints."""
    command = ["make", *FLAGS, *arguments]
    own = {**os.environ, **(environment or {})}
    return subprocess.run(command, cwd=ROOT, env=own, check=True, capture_output=True, text=True).stdout
