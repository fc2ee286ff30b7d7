"""A real server process under clients that are slow, broken, hostile or too many."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from statistics import median

import httpx2
import hypothesis
import pytest
from hypothesis import strategies as st

from rag.settings import Settings
from tests.benchmarks.servers import Running, running, verbatim

QUESTION = "What does a Head of Analytics Engineering do?"

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def server(tiny_settings: Settings) -> Iterator[Running]:
    with running(verbatim(tiny_settings.index), QUESTION) as started:
        yield started


@pytest.fixture(scope="module")
def http(server: Running) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=30) as client:
        yield client


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
questions = st.text(max_size=60) | st.text(st.characters(categories=["Cc", "Cf", "So", "Zs", "Ll"]), max_size=420)
bodies = (
    st.binary(max_size=200)
    | json_values.map(lambda value: json.dumps(value).encode())
    | st.fixed_dictionaries({"question": questions | json_values}).map(lambda value: json.dumps(value).encode())
    | st.fixed_dictionaries({"question": questions, "history": st.lists(json_values, max_size=3)}).map(
        lambda v: json.dumps(v).encode()
    )
    | st.fixed_dictionaries({"question": questions, "documents": json_values}).map(lambda value: json.dumps(value).encode())
)


@hypothesis.settings(max_examples=5000, deadline=None, suppress_health_check=list(hypothesis.HealthCheck))
@hypothesis.given(body=bodies, kind=st.sampled_from(["application/json", "text/plain", "application/problem+json", ""]))
def test_no_body_breaks_the_server(http: httpx2.Client, body: bytes, kind: str) -> None:
    response = http.post("/ask", content=body, headers={"Content-Type": kind})
    assert response.status_code in {200, 400, 413, 415, 422}
    if response.status_code != 200:
        assert response.headers["Content-Type"] == "application/problem+json"
        assert "Traceback" not in response.text
        assert response.json()["status"] == response.status_code


def test_slow_clients_do_not_hold_up_others(server: Running, http: httpx2.Client) -> None:
    """200 clients that send a byte now and then, and 50 that close half of their connection, while another asks."""
    slow = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(200)]
    half = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(50)]
    for at, client in enumerate(slow):
        client.sendall(b"POST /ask HTTP/1.1\r\nHost: localhost\r\n" + (b"Content-Length: 40\r\n\r\n{" if at % 2 else b"X-A: "))
    for client in half:
        client.sendall(b"POST /ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 40\r\n\r\n{")
        client.shutdown(socket.SHUT_WR)
    for number in range(20):  # were the slow ones waited for, the client would give up
        for client in slow[::10]:
            client.sendall(b"a")
        assert http.post("/ask", json={"question": f"{QUESTION} {number}"}).status_code == 200
    for client in [*slow, *half]:
        client.close()
    assert http.get("/healthz").status_code == 200


def test_slow_clients_are_let_go(server: Running) -> None:
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=20) as head,
        socket.create_connection(("127.0.0.1", server.port), timeout=20) as body,
    ):
        head.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        body.sendall(b"POST /ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 40\r\n\r\n{")
        assert head.recv(100) == b""
        assert body.recv(100).startswith(b"HTTP/1.1 408")


def test_health_does_not_wait_for_questions(server: Running, http: httpx2.Client) -> None:
    stop = threading.Event()
    asking = list[float]()

    def ask(worker: int) -> None:
        with httpx2.Client(base_url=str(http.base_url), timeout=30) as client:
            number = 0
            while not stop.is_set():
                began = time.monotonic()
                client.post("/ask", json={"question": f"{QUESTION} {worker} {number}"})
                asking.append(time.monotonic() - began)
                number += 1

    workers = [threading.Thread(target=ask, args=(at,)) for at in range(16)]
    for worker in workers:
        worker.start()
    times = []
    for _ in range(50):
        began = time.monotonic()
        assert http.get("/healthz").status_code == 200
        times.append(time.monotonic() - began)
        time.sleep(0.01)
    stop.set()
    for worker in workers:
        worker.join()
    assert median(times) < median(asking)
