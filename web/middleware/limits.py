"""What one client, one request and all of them together may ask of the server. Each bound is ASGI middleware."""

import asyncio
import ipaddress
import logging
import threading
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from math import ceil
from time import time

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.middleware.hosts import is_local
from web.problems import RETRY_SECONDS, Refuse

MAX_BODY = 16 * 1024
BODY_SECONDS = 10.0
# Answers take milliseconds, so a queue that is full now has room in a second.
LATE_SECONDS = 5
_FREE = ("/healthz", "/readyz", "/metrics", "/openapi.json", "/widget.js")
_FREE_BELOW = ("/static/", "/admin/")
log = logging.getLogger("verbatim.web")
_ended: ContextVar[threading.Event | None] = ContextVar("ended", default=None)


class BodyLimit:
    """Reads a request's body before the application does: at most `MAX_BODY` bytes, or as many as `larger` gives its path, within
    `BODY_SECONDS`."""

    def __init__(self, app: ASGIApp, refuse: Refuse, larger: Mapping[str, int] | None = None) -> None:
        self._app, self._refuse, self._larger = app, refuse, larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _has_body(scope):
            return await self._app(scope, receive, send)
        most = self._larger.get(scope["path"], MAX_BODY)
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _read(scope, receive, most)
        except TimeoutError:
            late = self._refuse(
                scope, 408, f"The body did not arrive within {BODY_SECONDS:.0f} seconds.", {"Connection": "close"}
            )
            return await late(scope, receive, send)
        if body is None:
            large = self._refuse(scope, 413, f"The body is over {most} bytes; shorten the question.", {"Connection": "close"})
            return await large(scope, receive, send)
        await self._app(scope, _replayed(body, receive), send)


class RateLimit:
    """Lets each client ask so often ("60/minute"); past it 429 with `Retry-After`. Counts in this process only.

    With `spare_local` what came from this computer alone is not counted."""

    def __init__(self, app: ASGIApp, rate: str, refuse: Refuse, spare_local: bool = False) -> None:
        self._app, self._refuse, self._rate, self._spare = app, refuse, parse(rate), spare_local
        self._window = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = _client(scope)
        spared = not asks(scope) or (self._spare and is_local(scope))
        if spared or self._window.hit(self._rate, client):
            return await self._app(scope, receive, send)
        wait = max(1, ceil(self._window.get_window_stats(self._rate, client).reset_time - time()))
        many = self._refuse(scope, 429, f"That's a lot of questions; ask again in {wait} seconds.", {"Retry-After": str(wait)})
        await many(scope, receive, send)


class Deadline:
    """Gives a request up with 503 where its response has not begun after `seconds`; a thread that works on it cannot be stopped,
    so it keeps its place in the queue until it ends. Whoever waits to work on it asks `given_up` first."""

    def __init__(self, app: ASGIApp, seconds: float, refuse: Refuse) -> None:
        self._app, self._seconds, self._refuse = app, seconds, refuse
        self._left: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not asks(scope):
            return await self._app(scope, receive, send)
        begun, ended = False, threading.Event()

        async def send_in_time(message: Message) -> None:
            nonlocal begun
            if not ended.is_set():
                begun = True
                await send(message)

        async def run() -> None:
            _ended.set(ended)
            await self._app(scope, receive, send_in_time)

        task = asyncio.create_task(run())
        await asyncio.wait({task}, timeout=self._seconds)
        if task.done() or begun:
            return await task
        ended.set()
        self._left.add(task)
        task.add_done_callback(self._end)
        late = self._refuse(scope, 503, "This took too long; try again in a moment.", {"Retry-After": str(LATE_SECONDS)})
        await late(scope, receive, send)

    def _end(self, task: asyncio.Task[None]) -> None:
        self._left.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("a request that was given up failed", exc_info=error)


class Queue:
    """Holds at most `size` requests for answers and pages at once, each until its response begins: one that is read slowly takes
    no place. One more gets 503 with `Retry-After` without waiting."""

    def __init__(self, app: ASGIApp, size: int, refuse: Refuse, depth: Callable[[int], None]) -> None:
        self._app, self._size, self._refuse, self._depth = app, size, refuse, depth
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not asks(scope):
            return await self._app(scope, receive, send)
        if self._inside >= self._size:
            full = self._refuse(
                scope, 503, "Too many questions at once; ask again in a second.", {"Retry-After": str(RETRY_SECONDS)}
            )
            return await full(scope, receive, send)
        self._move(+1)
        inside = True

        def leave() -> None:
            nonlocal inside
            if inside:
                inside = False
                self._move(-1)

        async def send_outside(message: Message) -> None:
            leave()
            await send(message)

        try:
            await self._app(scope, receive, send_outside)
        finally:
            leave()

    def _move(self, by: int) -> None:
        self._inside += by
        self._depth(self._inside)


def given_up() -> bool:
    """Whether the request that is worked on here, in its task or in a thread of it, was answered meanwhile as too late."""
    ended = _ended.get()
    return ended is not None and ended.is_set()


def asks(scope: Scope) -> bool:
    """Whether a request takes work that is bounded: all but what a supervisor asks, static files and the operator's routes."""
    path = str(scope.get("path"))
    return scope["type"] == "http" and path not in _FREE and not path.startswith(_FREE_BELOW)


def _client(scope: Scope) -> str:
    """Who asks: the address, or the network of an IPv6 one, since a single site owns the whole /64."""
    host = scope["client"][0] if scope.get("client") else "unknown"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return host if address.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))


def _has_body(scope: Scope) -> bool:
    """Whether a body comes: a method that has one, or one that says so (a GET may, and must not keep it waiting)."""
    declared = {name for name, _ in scope["headers"]}
    return scope["method"] not in {"GET", "HEAD", "OPTIONS"} or not {b"content-length", b"transfer-encoding"}.isdisjoint(declared)


async def _read(scope: Scope, receive: Receive, most: int) -> bytes | None:
    """A request's whole body, or None where it is over `most` bytes."""
    declared = dict(scope["headers"]).get(b"content-length", b"0")
    if not declared.isdigit() or int(declared) > most:
        return None
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > most:
            return None
        if not message.get("more_body"):
            return bytes(body)


def _replayed(body: bytes, receive: Receive) -> Receive:
    pending = True

    async def replay() -> Message:
        nonlocal pending
        if not pending:
            return await receive()
        pending = False
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
