"""A server under mixed addresses for minutes: every kind of page and answer, feedback among them, and its memory over time.

`python -m tests.benchmarks.soak [MINUTES]` does this alone, to the index of the settings with the questions of `career_dev`."""

import http.client
import random
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from rag.evaluation.judgements import read_questions
from rag.index import builds
from rag.index.index import load_index
from rag.settings import read_settings
from tests.benchmarks.servers import Running, running, verbatim

CLIENTS = 8
_LOOK_SECONDS = 2.0
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# Conversations, and passages of each guide, that are asked for again and again: what is remembered is full long before the half.
_CONVERSATIONS, _PASSAGES = 300, 20

# Method, address, body and headers.
Request = tuple[str, str, bytes | None, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Soak:
    """How many responses had each status, how many requests got none, the paths of server errors, and the resident memory over
    time in MB."""

    seconds: float
    statuses: dict[int, int]
    failures: int
    failed: dict[str, int]
    memory: tuple[float, ...]

    @property
    def server_errors(self) -> int:
        """Responses of 500 and above."""
        return sum(count for status, count in self.statuses.items() if status >= 500)

    @property
    def growth(self) -> float:
        """By how much of itself the memory grew in the last half: medians of its two quarters, so that one look counts little."""
        half = self.memory[len(self.memory) // 2 :]
        if len(half) < 4:
            return 0.0
        middle = len(half) // 2
        return statistics.median(half[middle:]) / statistics.median(half[:middle]) - 1


def soak(index: Path, build: Path, questions: Sequence[str], seconds: float) -> Soak:
    """Serve an index, whose current build is `build`, under `CLIENTS` clients for so long."""
    loaded = load_index(build)
    guides = [(document.id, len(document.text)) for document in loaded.documents.values()]
    chosen = random.Random(0)
    conversations = [chosen.choices(questions, k=chosen.randint(1, 3)) for _ in range(_CONVERSATIONS)]
    statuses: Counter[int] = Counter()
    failures, failed = [0], Counter[str]()
    with running(verbatim(index), questions[0]) as server:
        until = time.monotonic() + seconds
        threads = [
            threading.Thread(
                target=_drive,
                args=(server, _requests(random.Random(seed), conversations, guides), until, statuses, failures, failed),
            )
            for seed in range(CLIENTS)
        ]
        for thread in threads:
            thread.start()
        memory = []
        while time.monotonic() < until:
            memory.append(server.memory())
            time.sleep(_LOOK_SECONDS)
        for thread in threads:
            thread.join()
    return Soak(seconds, dict(statuses), failures[0], dict(failed), tuple(memory))


def soak_line(made: Soak) -> str:
    """What a soak saw, in one line."""
    counted = ", ".join(f"{count:,} x {status}" for status, count in sorted(made.statuses.items()))
    grown = f"{made.memory[-1]:.0f} MB at its end, {made.growth:+.1%} in the last half" if made.memory else "memory not seen"
    counted += f" (server errors: {made.failed})" if made.failed else ""
    return f"soak, {CLIENTS} clients for {made.seconds / 60:.1f} min: {counted}; {made.failures} without an answer; {grown}"


def _drive(
    server: Running, requests: Iterator[Request], until: float, statuses: Counter[int], failures: list[int], failed: Counter[str]
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    while time.monotonic() < until:
        try:
            request = next(requests)
            connection.request(*request)
            response = connection.getresponse()
            response.read()
            statuses[response.status] += 1
            if response.status >= 500:
                failed[request[1].partition("?")[0]] += 1
        except (OSError, http.client.HTTPException):
            failures[0] += 1
            connection.close()
    connection.close()


def _requests(
    chance: random.Random, conversations: Sequence[Sequence[str]], guides: Sequence[tuple[str, int]]
) -> Iterator[Request]:
    while True:
        asked = urlencode([("q", question) for question in chance.choice(conversations)])
        id, length = chance.choice(guides)
        start = chance.randrange(_PASSAGES) * max(0, length - 100) // _PASSAGES
        marks = f"at={start}-{start + 80}&n=1"
        answers = [f"/ask{form}?{asked}" for form in ("", "/turn", ".md", ".json", ".html")]
        pages = [f"/guide/{quote(id)}{rest}" for rest in ("", f"?{marks}", f"/excerpt?{marks}")]
        others = ["/", "/coverage", "/documents", "/metrics", "/readyz", f"/documents/{quote(id)}/text", "/feedback"]
        path = chance.choice([*answers, *pages, *others])
        if path == "/feedback":
            body = urlencode(
                {"answer": f"ans_{chance.getrandbits(64):032x}", "vote": chance.choice(("yes", "no")), "status": "answered"}
            )
            yield "POST", path, body.encode(), _FORM
        else:
            yield "GET", path, None, {"Accept": "text/html"}


def main() -> None:
    """Soak the index of the settings for as many minutes as are named, else for ten."""
    index, minutes = read_settings().index, float(sys.argv[1]) if len(sys.argv) > 1 else 10
    questions = [question for question, _ in read_questions(Path("tests/judgements/career_dev.jsonl"))]
    print(soak_line(soak(index, builds.current_folder(index), questions, 60 * minutes)))


if __name__ == "__main__":
    main()
