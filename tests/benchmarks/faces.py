"""What a face for other programs costs over /ask: the same questions asked of each, one client, answers remembered."""

from collections.abc import Sequence
from statistics import median

from tests.benchmarks.load import asked, drive, requests

ASK = "/ask"
_ROUNDS = 8


def conversation(question: str) -> dict[str, object]:
    """A question as OpenAI's clients send it."""
    return {"model": "verbatim", "messages": [{"role": "user", "content": question}]}


BODIES = {ASK: asked, "/v1/chat/completions": conversation}  # each face's path, and how it takes a question


def face_times(port: int, questions: Sequence[str], seconds: float) -> dict[str, float]:
    """The median milliseconds of an answer by each face, in turns, so that what else the machine does falls on all of them."""
    payloads = {path: requests(questions, path, body) for path, body in BODIES.items()}
    drive(port, payloads[ASK], 1, seconds)  # from here on all is remembered
    times: dict[str, list[float]] = {path: [] for path in payloads}
    for _ in range(_ROUNDS):
        for path, each in payloads.items():
            load = drive(port, each, 1, seconds)
            if load.errors:
                raise RuntimeError(f"{path} failed {load.errors} times")
            times[path] += load.times
    return {path: median(each) for path, each in times.items()}


def face_line(times: dict[str, float]) -> str:
    """What each face takes more than /ask."""
    more = ", ".join(f"{path} {ms - times[ASK]:+.2f}" for path, ms in times.items() if path != ASK)
    return f"faces over {ASK} ({times[ASK]:.2f} ms, remembered answers, p50 ms): {more}"
