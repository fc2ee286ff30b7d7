"""A client that never finishes its request's head is let go, in a real uvicorn server."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.responses import PlainTextResponse

from web.middleware import protocol
from web.middleware.protocol import HEAD_BYTES, BoundedProtocol

GET = b"GET / HTTP/1.1\r\nHost: test\r\n"


@pytest.fixture
def port() -> Iterator[int]:
    server = uvicorn.Server(uvicorn.Config(PlainTextResponse("ok"), port=0, http=BoundedProtocol, log_config=None))
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
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.3)


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
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        client.sendall(GET)
        for _ in range(HEAD_BYTES // 1024):  # with what was sent already, just over the limit; nothing is sent to a closed server
            client.sendall(b"X-A: " + b"x" * 1017 + b"\r\n")
        assert read_all(client).startswith(b"HTTP/1.1 431")


def test_many_requests_on_one_connection_are_answered(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        for _ in range(100):
            client.sendall(GET + b"X-A: " + b"x" * 1000 + b"\r\n\r\n")
            assert client.recv(65536).startswith(b"HTTP/1.1 200")
