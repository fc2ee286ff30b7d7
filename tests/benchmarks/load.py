"""A bounded HTTP load from one process: so many clients, so many requests, at most so many seconds."""

import asyncio
import json
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Load:
    """What one run of a load saw: times in milliseconds, one for each answered request, and the statuses."""

    clients: int
    seconds: float
    times: tuple[float, ...]
    statuses: dict[int, int]
    failures: int

    @property
    def rate(self) -> float:
        """Answers with status 200 a second."""
        return self.statuses.get(200, 0) / self.seconds

    @property
    def errors(self) -> int:
        """Requests that got no answer, or one that is not 200."""
        return self.failures + sum(self.statuses.values()) - self.statuses.get(200, 0)

    def percentile(self, percent: float) -> float:
        """The time within which `percent` of the answers came (nearest rank), in milliseconds; NaN for none."""
        ordered = sorted(self.times)
        return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)] if ordered else math.nan


def asked(question: str) -> dict[str, object]:
    """A question as /ask takes it."""
    return {"question": question}


def requests(questions: Sequence[str], path: str = "/ask", body: Callable[[str], dict[str, object]] = asked) -> list[bytes]:
    """Questions as whole HTTP/1.1 requests with keep-alive, each in a body of that form."""
    bodies = (json.dumps(body(question)).encode() for question in questions)
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
    return [head.encode() + str(len(body)).encode() + b"\r\n\r\n" + body for body in bodies]


async def read_response(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """The status and body of the next response, which must carry a Content-Length."""
    head = await reader.readuntil(b"\r\n\r\n")
    lower = head.lower()
    at = lower.index(b"content-length:") + len(b"content-length:")
    length = int(lower[at : lower.index(b"\r\n", at)])
    return int(head[9:12]), await reader.readexactly(length)


async def _drive(port: int, payloads: Sequence[bytes], clients: int, seconds: float) -> Load:
    queue = iter(payloads)
    times: list[float] = []
    statuses: Counter[int] = Counter()
    failures = 0
    began = perf_counter()

    async def client() -> None:
        nonlocal failures
        writer = None
        for payload in queue:
            if perf_counter() - began > seconds:
                return
            try:
                if writer is None:
                    reader, writer = await asyncio.open_connection("127.0.0.1", port)
                sent = perf_counter()
                writer.write(payload)
                status, _ = await read_response(reader)
                times.append((perf_counter() - sent) * 1000)
                statuses[status] += 1
            except (OSError, asyncio.IncompleteReadError, ValueError):
                failures += 1
                writer = None
        if writer is not None:
            writer.close()

    await asyncio.gather(*(client() for _ in range(clients)))
    return Load(clients, perf_counter() - began, tuple(times), dict(statuses), failures)


def drive(port: int, payloads: Sequence[bytes], clients: int, seconds: float) -> Load:
    """Send each payload once over `clients` connections to 127.0.0.1, stopping early after `seconds`."""
    return asyncio.run(_drive(port, payloads, clients, seconds))
