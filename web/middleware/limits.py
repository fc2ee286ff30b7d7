"""What one client, one request and all of them together may ask of the server. Each bound is ASGI middleware."""

import asyncio
import ipaddress
from collections.abc import Callable, Mapping
from math import ceil
from time import time

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 16 * 1024
BODY_SECONDS = 10.0
# Answers take milliseconds, so a queue that is full now has room in a second.
RETRY_SECONDS = 1

# Scope, status, detail and headers to the response that says so, as problem+json or as a page.
Refuse = Callable[[Scope, int, str, Mapping[str, str]], ASGIApp]


class BodyLimit:
    """Reads a request's body before the application does: at most `MAX_BODY` bytes, within `BODY_SECONDS`."""

    def __init__(self, app: ASGIApp, refuse: Refuse) -> None:
        self._app, self._refuse = app, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD", "OPTIONS"}:
            return await self._app(scope, receive, send)
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _read(scope, receive)
        except TimeoutError:
            late = self._refuse(
                scope, 408, f"The body did not arrive within {BODY_SECONDS:.0f} seconds.", {"Connection": "close"}
            )
            return await late(scope, receive, send)
        if body is None:
            large = self._refuse(scope, 413, f"The body is over {MAX_BODY} bytes; shorten the question.", {"Connection": "close"})
            return await large(scope, receive, send)
        await self._app(scope, _replayed(body, receive), send)


class RateLimit:
    """Lets each client ask so often ("60/minute"); past it 429 with `Retry-After`. Counts in this process only."""

    def __init__(self, app: ASGIApp, rate: str, refuse: Refuse) -> None:
        self._app, self._refuse, self._rate = app, refuse, parse(rate)
        self._window = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = _client(scope)
        if not asks(scope) or self._window.hit(self._rate, client):
            return await self._app(scope, receive, send)
        wait = max(1, ceil(self._window.get_window_stats(self._rate, client).reset_time - time()))
        many = self._refuse(scope, 429, f"That's a lot of questions; ask again in {wait} seconds.", {"Retry-After": str(wait)})
        await many(scope, receive, send)


class Queue:
    """Holds at most `size` questions at once; one more gets 503 with `Retry-After` without waiting."""

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
        self._inside += 1
        self._depth(self._inside)
        try:
            await self._app(scope, receive, send)
        finally:
            self._inside -= 1
            self._depth(self._inside)


def asks(scope: Scope) -> bool:
    """Whether a request is for an answer, by API, page, fragment or export."""
    path = str(scope.get("path"))
    return scope["type"] == "http" and (path == "/ask" or path.startswith(("/ask/", "/ask.")))


def _client(scope: Scope) -> str:
    """Who asks: the address, or the network of an IPv6 one, since a single site owns the whole /64."""
    host = scope["client"][0] if scope.get("client") else "unknown"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return host if address.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))


async def _read(scope: Scope, receive: Receive) -> bytes | None:
    """A request's whole body, or None where it is over `MAX_BODY`."""
    declared = dict(scope["headers"]).get(b"content-length", b"0")
    if not declared.isdigit() or int(declared) > MAX_BODY:
        return None
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MAX_BODY:
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
