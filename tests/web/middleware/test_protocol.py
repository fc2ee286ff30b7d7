"""A client that never finishes its request's head is let go, in a real uvicorn server."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from web.middleware import protocol
from web.middleware.protocol import HEAD_BYTES, BoundedProtocol

GET = b"GET / HTTP/1.1\r\nHost: test\r\n"
LIMIT = 12
LARGE = b"x" * 40_000_000  # more than the system keeps for a reader


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    """A short text without a look at the body; a long one at /large; at /wait it waits for the whole body."""
    if scope["path"] == "/wait":
        await Request(scope, receive).body()
    await PlainTextResponse(LARGE if scope["path"] == "/large" else "ok")(scope, receive, send)


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


@pytest.fixture
def port() -> Iterator[int]:
    config = uvicorn.Config(answer, port=0, http=BoundedProtocol, log_config=None, limit_concurrency=2 * LIMIT, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that waits less: only for tests of waiting, since a busy machine is late itself."""
    for name in ("HEAD_SECONDS", "BODY_SECONDS", "WATCH_SECONDS"):
        monkeypatch.setattr(protocol, name, 0.3)


def read_all(client: socket.socket) -> bytes:
    pieces = []
    while piece := client.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("dripped", [b"", b"GET / HT", GET + b"X-A: 1\r\n"])
def test_slow_head_is_closed(port: int, dripped: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        began = time.monotonic()
        client.sendall(dripped)
        assert read_all(client) == b""
        assert time.monotonic() - began > 0.2


@pytest.mark.usefixtures("impatient")
def test_second_request_of_a_connection_is_bounded_too(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        client.sendall(GET + b"\r\n")
        assert client.recv(65536).startswith(b"HTTP/1.1 200")
        client.sendall(b"GET / HTTP/1.1\r\n")
        assert read_all(client) == b""


def test_large_head_is_refused(port: int) -> None:
    with connected(port) as client, suppress(OSError):
        client.sendall(GET)
        for _ in range(HEAD_BYTES // 1024):  # with what was sent already, just over the limit; nothing is sent to a closed server
            client.sendall(b"X-A: " + b"x" * 1017 + b"\r\n")
        assert read_all(client).startswith(b"HTTP/1.1 431")


@pytest.mark.parametrize(
    "head", [GET + b"X-A: " + b"x" * 40_000, b"GET /" + b"x" * 40_000 + b" HTTP/1.1\r\nHost: a", GET + b"X: a\r\n" * 9000]
)
def test_large_head_in_one_piece_is_refused(port: int, head: bytes) -> None:
    with connected(port) as client:
        client.sendall(head.rstrip() + b"\r\n\r\n")
        assert read_all(client).startswith(b"HTTP/1.1 431")


def test_a_body_nobody_reads_ends_the_connection(port: int) -> None:
    """The answer comes at once, and what is left of the body is not waited for."""
    with connected(port) as client:
        client.sendall(GET + b"Content-Length: 100\r\n\r\nx")
        assert read_all(client).endswith(b"ok")


@pytest.mark.usefixtures("impatient")
def test_a_body_that_does_not_come_ends_the_connection(port: int) -> None:
    with connected(port) as client:
        began = time.monotonic()
        client.sendall(b"POST /wait HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx")
        assert read_all(client) == b"" and time.monotonic() - began > 0.2


def test_a_whole_body_that_was_not_read_does_not(port: int) -> None:
    with connected(port) as client:
        for _ in range(5):
            client.sendall(GET + b"Content-Length: 3\r\n\r\nabc")
            assert client.recv(65536).startswith(b"HTTP/1.1 200")


@pytest.mark.usefixtures("impatient")
def test_a_reader_that_does_not_read_is_let_go_and_one_that_reads_is_not(port: int) -> None:
    with connected(port) as idle, connected(port) as reader:
        for client in (idle, reader):
            client.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        got, until = 0, time.monotonic() + 2
        while piece := reader.recv(1_000_000):
            got += len(piece)
            time.sleep(0.01 if time.monotonic() < until else 0)
        assert got > len(LARGE)
        time.sleep(2)
        with suppress(ConnectionResetError):
            assert len(read_all(idle)) < len(LARGE)


def test_silent_connections_make_room(port: int) -> None:
    """Three times as many as are allowed, silent or waiting in a body, do not keep the next one out."""
    held = [connected(port) for _ in range(3 * LIMIT)]
    for at, client in enumerate(held):
        with suppress(OSError):
            client.sendall((b"", b"GET /", b"POST /wait HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n")[at % 3])
    with connected(port) as client:
        client.sendall(GET + b"\r\n")
        answered = client.recv(65536)
    for client in held:
        client.close()
    assert answered.startswith(b"HTTP/1.1 200")


def test_many_requests_on_one_connection_are_answered(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        for _ in range(100):
            client.sendall(GET + b"X-A: " + b"x" * 1000 + b"\r\n\r\n")
            assert client.recv(65536).startswith(b"HTTP/1.1 200")
