"""The bounds of the service, around a small application that answers at once or when it is let."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.middleware import limits
from web.middleware.limits import MAX_BODY, BodyLimit, Deadline, Queue, RateLimit, asks


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await PlainTextResponse(str(len(body)))(scope, receive, send)


def refuse(scope: Scope, status: int, detail: str, headers: Mapping[str, str]) -> ASGIApp:
    return PlainTextResponse(detail, status, dict(headers))


def client(app: ASGIApp, address: str = "192.0.2.1") -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app, client=(address, 1)), base_url="http://test")


async def dripping(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 1024):
        yield b"x" * 1024


@pytest.mark.parametrize(("size", "status"), [(0, 200), (MAX_BODY, 200), (MAX_BODY + 1, 413)])
def test_body_is_bounded(size: int, status: int) -> None:
    async def run() -> httpx2.Response:
        async with client(BodyLimit(echo, refuse)) as http:
            return await http.post("/ask", content=b"x" * size)

    response = asyncio.run(run())
    assert response.status_code == status
    assert status == 413 or response.text == str(size)


def test_body_of_undeclared_length_is_bounded() -> None:
    async def run() -> list[int]:
        async with client(BodyLimit(echo, refuse)) as http:
            return [(await http.post("/ask", content=dripping(size))).status_code for size in (MAX_BODY, 2 * MAX_BODY)]

    assert asyncio.run(run()) == [200, 413]


def test_slow_body_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(5)

    async def run() -> int:
        async with client(BodyLimit(echo, refuse)) as http:
            return (await http.post("/ask", content=never())).status_code

    monkeypatch.setattr(limits, "BODY_SECONDS", 0.05)
    assert asyncio.run(run()) == 408


def test_rate_is_kept_for_each_client_and_only_for_questions() -> None:
    app = RateLimit(echo, "2/minute", refuse)

    async def run() -> tuple[list[int], int, int, httpx2.Response]:
        async with client(app) as one, client(app, "192.0.2.2") as other:
            asked = [(await one.post("/ask")).status_code for _ in range(3)]
            return (
                asked,
                (await other.post("/ask")).status_code,
                (await one.get("/healthz")).status_code,
                await one.get("/ask/turn"),
            )

    asked, other, health, again = asyncio.run(run())
    assert asked == [200, 200, 429]
    assert (other, health, again.status_code) == (200, 200, 429)
    assert 1 <= int(again.headers["Retry-After"]) <= 60


def test_an_ipv6_site_is_one_client() -> None:
    app = RateLimit(echo, "1/minute", refuse)

    async def run() -> list[int]:
        addresses = ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")
        return [(await client(app, address).post("/ask")).status_code for address in addresses]

    assert asyncio.run(run()) == [200, 429, 200]


def test_queue_refuses_at_once_and_counts_what_is_inside() -> None:
    depths: list[int] = []

    async def run() -> tuple[list[int], str]:
        let = asyncio.Event()

        async def waiting(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["path"] == "/ask":
                await let.wait()
            await echo(scope, receive, send)

        async with client(Queue(waiting, 2, refuse, depths.append)) as http:
            held = [asyncio.create_task(http.post("/ask")) for _ in range(2)]
            await asyncio.sleep(0.05)
            refused = await http.post("/ask")
            health = await http.get("/healthz")
            let.set()
            statuses = [(await task).status_code for task in held]
            return [refused.status_code, health.status_code, *statuses], refused.headers["Retry-After"]

    assert asyncio.run(run()) == ([503, 200, 200, 200], "1")
    assert depths == [1, 2, 1, 0]


@pytest.mark.parametrize(
    "path", ["/", "/ask", "/ask/turn", "/ask.md", "/guide/a", "/guide/a/excerpt", "/coverage", "/documents/a/text"]
)
def test_pages_are_bounded_as_answers_are(path: str) -> None:
    assert asks({"type": "http", "path": path})


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_body_that_no_route_reads_is_bounded_too(method: str) -> None:
    async def run() -> list[int]:
        async with client(BodyLimit(echo, refuse)) as http:
            sizes = (0, MAX_BODY, MAX_BODY + 1)
            return [(await http.request(method, "/ask", content=b"x" * size)).status_code for size in sizes]

    assert asyncio.run(run()) == [200, 200, 413]


def test_a_place_in_the_queue_is_given_back_before_a_slow_reader_reads() -> None:
    """The first response is held up in `send`, as by a client that does not read; the second is answered all the same."""

    async def run() -> list[Message]:
        never, sent = asyncio.Event(), list[Message]()
        queue = Queue(PlainTextResponse("ok"), 1, refuse, lambda depth: None)
        scope = {"type": "http", "method": "GET", "path": "/coverage", "headers": []}

        async def receive() -> Message:
            return {"type": "http.request"}

        async def hold(message: Message) -> None:
            await never.wait()

        async def keep(message: Message) -> None:
            sent.append(message)

        held = asyncio.create_task(queue(scope, receive, hold))
        await asyncio.sleep(0.01)
        await queue(scope, receive, keep)
        held.cancel()
        return sent

    assert asyncio.run(run())[0]["status"] == 200


def test_what_takes_too_long_is_given_up_and_keeps_its_place() -> None:
    async def run() -> list[int]:
        let = asyncio.Event()

        async def slow(scope: Scope, receive: Receive, send: Send) -> None:
            await let.wait()
            await echo(scope, receive, send)

        app = Deadline(Queue(slow, 1, refuse, lambda depth: None), 0.05, refuse)
        async with client(app) as http:
            first, second = (await http.get("/guide/a"), await http.get("/guide/a"))
            let.set()
            await asyncio.sleep(0.01)
            third = await http.get("/guide/a")
        assert first.headers["Retry-After"] == "5" and second.headers["Retry-After"] == "1"
        return [first.status_code, second.status_code, third.status_code]

    assert asyncio.run(run()) == [503, 503, 200]


def test_a_failure_in_time_is_the_callers() -> None:
    async def fails(scope: Scope, receive: Receive, send: Send) -> None:
        raise ZeroDivisionError

    async def run() -> None:
        async with client(Deadline(fails, 1, refuse)) as http:
            await http.get("/guide/a")

    with pytest.raises(ZeroDivisionError):
        asyncio.run(run())
