"""Processes that embed what builds on other machines wait for."""

import multiprocessing
import os
import time
from contextlib import suppress

from rag.errors import SettingsError, StoreError
from rag.index.reuse import OwnWork
from rag.index.sharing import SharedWork, waiting
from rag.models.encoder import guide_encoders
from rag.models.exports import exported
from rag.models.sources import find_model
from rag.retrieval.database import database
from rag.settings import Settings

_LOOK = 1.0  # seconds until a worker with nothing to do looks again


def embed(settings: Settings, workers: int, once: bool) -> None:
    """Embed in so many processes until interrupted, or with `once` until nothing waits. Raises SettingsError where the settings
    name no database."""
    if not settings.database:
        raise SettingsError("VERBATIM_STORE names no database whose builds could wait for embeddings.")
    threads = max(1, (os.cpu_count() or 1) // workers)
    begun = [
        multiprocessing.get_context("spawn").Process(target=_work, args=(settings, threads, once), daemon=True)
        for _ in range(workers - 1)
    ]
    for process in begun:
        process.start()
    _work(settings, threads, once)
    for process in begun:
        process.join()


def _work(settings: Settings, threads: int, once: bool) -> None:
    """Embed in this process; while the database is out of reach, it is waited for."""
    place, model, work = database(settings.database), find_model(settings.model), None
    with suppress(KeyboardInterrupt):
        while True:
            try:
                if work is None and (texts := waiting(place, model.sha256)):
                    export = exported(settings.model_cache, model, texts, threads)
                    work = SharedWork(place, model.sha256, OwnWork(*guide_encoders(export.folder, threads)))
                done = work.work() if work else 0
            except StoreError:
                if once:
                    raise
                done = 0
            if not done and once:
                return
            time.sleep(0 if done else _LOOK)
