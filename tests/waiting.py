"""Waiting for what another thread or process does."""

import time
from collections.abc import Callable


def wait_for(seen: Callable[[], bool], seconds: float = 10) -> float:
    """How many seconds it took until something was seen; fails where it was not in time."""
    began = time.monotonic()
    while not seen():
        assert time.monotonic() - began < seconds, "it did not come"
        time.sleep(0.02)
    return time.monotonic() - began
