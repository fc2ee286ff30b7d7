"""A serving process ends with the one that started it, however that ended."""

import multiprocessing
import os
import shutil
import signal
from threading import Thread


def end_with_supervisor() -> None:
    """Where this is a worker process, end it once its supervisor is gone, with the folder of counters that they shared. A
    supervisor that is killed outright can end neither."""
    if multiprocessing.parent_process() is not None:
        Thread(target=_wait_and_end, name="supervisor", daemon=True).start()


def _wait_and_end() -> None:
    supervisor = multiprocessing.parent_process()
    if supervisor is not None:
        supervisor.join()
    if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        shutil.rmtree(folder, ignore_errors=True)
    os.kill(os.getpid(), signal.SIGTERM)
