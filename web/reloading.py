"""Follows the current build: a new one is loaded beside the old one, checked, and swapped in; answers under way go on."""

import asyncio
import logging
import signal
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rag.errors import VerbatimError
from rag.index.library import library_of
from rag.loading import load, refresh
from web.service import Service

POLL_SECONDS = 1.0
log = logging.getLogger("verbatim.web")


class Reloader:
    """Keeps a service on the current build. A build that cannot be loaded is logged once, and the old one goes on serving."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._library = library_of(service.settings)
        self._one_at_a_time = asyncio.Lock()
        self._refused: tuple[str, str] | None = None

    async def reload(self) -> bool:
        """Take the current build over, if it is another one; whether it was. Raises VerbatimError where it cannot be loaded."""
        async with self._one_at_a_time:
            old = self._service.pipeline() if self._service.loaded else None
            settings = self._service.settings
            new = await (asyncio.to_thread(refresh, old, settings) if old else asyncio.to_thread(load, settings))
            if new is old:
                return False
            self._service.serve(new)
            self._refused = None
            log.info("serving an index", extra={"index": new.index.info.id})
            return True

    async def follow_now(self) -> None:
        """Take the current build over; where that fails, the service says why and goes on with what it has."""
        try:
            await self.reload()
        except Exception as error:  # whatever is wrong with a new build, the old one must go on
            self._refused = await asyncio.to_thread(self._library.stamp)
            self._service.reason = str(error)
            log.error("%s", error, exc_info=None if isinstance(error, VerbatimError) else error)

    async def follow(self) -> None:
        """Look for another build every `POLL_SECONDS`, or as soon as the library tells of one."""
        while True:
            await self._library.wait(POLL_SECONDS)
            if await asyncio.to_thread(self._library.stamp) not in (None, self._refused):
                await self.follow_now()


@asynccontextmanager
async def following(reloader: Reloader) -> AsyncIterator[None]:
    """Load the current build and follow it; look at once on SIGHUP where this is the main thread."""
    await reloader.follow_now()
    task = asyncio.create_task(reloader.follow())
    loop, main = asyncio.get_running_loop(), threading.current_thread() is threading.main_thread()
    if main and hasattr(signal, "SIGHUP"):
        loop.add_signal_handler(signal.SIGHUP, lambda: loop.create_task(reloader.follow_now()))
    try:
        yield
    finally:
        task.cancel()
        if main and hasattr(signal, "SIGHUP"):
            loop.remove_signal_handler(signal.SIGHUP)
