"""Files of what readers asked and said: only the user who serves can read them."""

import os
from pathlib import Path


def make_private(path: Path) -> None:
    """See that a file is there and is its owner's alone (0600), in a folder that is made so if it is missing (0700)."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        if os.fstat(descriptor).st_mode & 0o077:
            os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)
