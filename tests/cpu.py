"""CPU time of one piece of work."""

import gc
from collections.abc import Callable
from time import thread_time


def cpu_seconds(work: Callable[[], object]) -> float:
    """What the work itself takes: no other thread's time, and none for looking through what other tests left in memory."""
    gc.disable()
    try:
        began = thread_time()
        work()
        return thread_time() - began
    finally:
        gc.enable()
