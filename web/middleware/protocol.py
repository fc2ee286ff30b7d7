"""uvicorn's HTTP protocol with the bounds it lacks: of a head's time and length, a body's time, slow readers, connections."""

import asyncio
from asyncio.events import TimerHandle

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0
HEAD_BYTES = 32 * 1024
BODY_SECONDS = 15.0  # `limits.BodyLimit` answers earlier; this ends what nobody reads
WATCH_SECONDS = 10.0
# A reader has to take so much of a response between two looks; of three looks in vain the connection is ended.
DRAIN_BYTES = 16 * 1024
LOOKS = 3
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class BoundedProtocol(HttpToolsProtocol):
    """Closes a connection whose request's head does not arrive in `HEAD_SECONDS` or is over `HEAD_BYTES`, whose body does not
    arrive in `BODY_SECONDS` or was answered unread, or whose reader does not read.

    Where more than half of `limit_concurrency` connections are open, the one that has been silent longest makes room: a client
    that sends a byte now and then, or none, would otherwise hold its connections for ever (the "slow loris"). From the whole on
    uvicorn answers 503."""

    _timer: TimerHandle | None = None
    _watcher: TimerHandle | None = None
    _head = _raw = _left = _stuck = 0
    _heard = 0.0
    _in_body = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._heard = self.loop.time()
        self._start_timer(HEAD_SECONDS)
        self._watcher = self.loop.call_later(WATCH_SECONDS, self._watch)
        if self.limit_concurrency is not None and len(self.connections) > self.limit_concurrency // 2:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        if self._watcher is not None:
            self._watcher.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._heard = self.loop.time()
        if not self._in_body:
            self._raw += len(data)
            # What follows the head in the same piece of data is body, and a head in one piece is counted as it is parsed.
            if self._raw > HEAD_BYTES and b"\r\n\r\n" not in data:
                return self._refuse_head()
        super().data_received(data)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head = 0
        self._start_timer(HEAD_SECONDS)

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value) + len(b": \r\n"))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        if self.transport.is_closing():
            return
        self._in_body = True
        self._start_timer(BODY_SECONDS)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if self.cycle is not None and not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._stop_timer()
        self._in_body, self._head, self._raw = False, 0, 0
        if self.cycle is not None and not self.transport.is_closing():
            super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._in_body and self.cycle.response_complete:  # what is left of the body would be waited for, and by nobody
            self.transport.close()

    def _count(self, length: int) -> None:
        self._head += length
        if self._head > HEAD_BYTES:
            self._refuse_head()

    def _refuse_head(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(_TOO_LARGE)
            self.transport.close()

    def _start_timer(self, seconds: float) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(seconds, self.transport.close)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _watch(self) -> None:
        """End the connection of a reader that leaves its response lying; closing would wait for it for ever."""
        left = self.transport.get_write_buffer_size()
        self._stuck = self._stuck + 1 if left and left > self._left - DRAIN_BYTES else 0
        self._left = left
        if self._stuck >= LOOKS:
            return self.transport.abort()
        self._watcher = self.loop.call_later(WATCH_SECONDS, self._watch)

    def _make_room(self) -> None:
        open_ones = (one for one in self.connections if isinstance(one, BoundedProtocol) and one is not self)
        waiting = [one for one in open_ones if one._waits()]
        if waiting:
            min(waiting, key=lambda one: one._heard).transport.abort()

    def _waits(self) -> bool:
        """Whether it is the client's turn: to send a request, or the rest of one, or to read the response."""
        return not self.transport.is_closing() and (self.cycle is None or self.cycle.response_complete or self._in_body)
