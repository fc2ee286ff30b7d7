"""The life of an index of many guides: built, served, a guide removed, rebuilt, taken over. `python -m tests.benchmarks.life`.

Fails where an answer cites a guide that was removed.
"""

import argparse
import http.client
import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rag.index import builds
from tests.benchmarks.making import Built, build
from tests.benchmarks.profession import Profession, write_professions
from tests.benchmarks.raw import raw_lines, raw_rates
from tests.benchmarks.servers import Running, running, verbatim

_TAKEN_OVER_SECONDS = 120
_RAW_TEXTS = 2048


@dataclass(slots=True)
class Asked:
    """Answers and their times in milliseconds, in the order of the questions."""

    bodies: list[dict[str, Any]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)


def main() -> None:
    """Run the benchmark that the flags ask for."""
    flags = _flags()
    with _place(flags.folder) as folder:
        result = life(folder, flags.guides, flags.removed, flags.questions)
        _tell("The bare encoders on some of the same texts")
        raw = raw_rates(builds.current_folder(folder / "index"), _RAW_TEXTS)
        result["raw"] = asdict(raw)
    print(json.dumps(result, indent=1) if flags.json else "\n".join([*lines(result), *raw_lines(raw)]))
    if result["removed"]["still_cited"]:
        sys.exit("An answer cites a guide that was removed.")


def _flags() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guides", type=int, default=1000, help="guides of about 30 passages (1,536 at most)")
    parser.add_argument("--removed", type=int, default=3, help="guides to remove")
    parser.add_argument("--questions", type=int, default=300, help="questions about the guides that stay")
    parser.add_argument("--folder", type=Path, help="keep guides and index here; a second run begins with what the first built")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser.parse_args()


@contextmanager
def _place(folder: Path | None) -> Iterator[Path]:
    if folder:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="verbatim-life-") as name:
        yield Path(name)


def life(folder: Path, guides: int, removed: int, questions: int) -> dict[str, Any]:
    """Build, serve, remove, rebuild and take over in `folder`; what was measured."""
    corpus, index = folder / "corpus", folder / "index"
    professions = write_professions(corpus, guides)
    gone, kept = professions[:removed], professions[removed:]
    about_gone = [question for one in gone for question in one.questions]
    others = [question for at in range(len(kept[0].questions)) for question in (one.questions[at] for one in kept)][:questions]
    _tell(f"Building {guides:,} guides")
    first = build(corpus, index)
    _tell("Serving")
    with running(verbatim(index), others[0]) as server:
        result = {
            "guides": guides,
            "guides_removed": removed,
            "build": vars_of(first),
            "sizes": sizes(builds.current_folder(index)),
            "cold_start_s": server.cold_seconds,
            "before": told(before := ask(server.port, [*about_gone, *others]), gone),
            "memory_mb": server.memory(),
        }
        _tell(f"Removing {removed} guides")
        second, reload_seconds, during = replaced(server, corpus, index, gone, others)
        after = ask(server.port, [*about_gone, *others])
        result |= {
            "rebuild": vars_of(second),
            "reload_s": reload_seconds,
            "during": {"questions": len(during.times), "slowest_ms": max(during.times, default=0.0)},
            "after": told(after, gone),
            "memory_after_mb": server.memory(),
            "removed": removal(before, after, gone, len(about_gone)),
        }
    return result


def vars_of(built: Built) -> dict[str, Any]:
    """The numbers of a build."""
    names = ("passages", "units", "reused", "stages")
    return {name: built.report[name] for name in names} | {"seconds": built.seconds, "peak_memory_mb": built.peak_memory}


def sizes(folder: Path) -> dict[str, float]:
    """The files of a build folder, the largest first, in MB."""
    files = sorted((path for path in folder.rglob("*") if path.is_file()), key=lambda path: -path.stat().st_size)
    return {path.relative_to(folder).as_posix(): path.stat().st_size / 1e6 for path in files}


def ask(port: int, questions: Sequence[str]) -> Asked:
    """Ask questions one after the other, over one connection."""
    asked = Asked()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for question in questions:
        began = time.perf_counter()
        connection.request("POST", "/ask", json.dumps({"question": question}), {"Content-Type": "application/json"})
        response = connection.getresponse()
        body = json.loads(response.read())
        if response.status != 200:
            raise RuntimeError(f"{question!r} got {response.status}: {body}")
        asked.times.append((time.perf_counter() - began) * 1000)
        asked.bodies.append(body)
    connection.close()
    return asked


def replaced(
    server: Running, corpus: Path, index: Path, gone: Sequence[Profession], questions: Sequence[str]
) -> tuple[Built, float, Asked]:
    """Remove guides, rebuild, and wait until the server has taken the index over: the build, the seconds from its end, and what
    was asked meanwhile."""
    for one in gone:
        one.file.unlink()
    stop, during = threading.Event(), Asked()

    def keep_asking() -> None:
        at = 0
        while not stop.is_set():
            at += 1
            once = ask(server.port, [f"{questions[at % len(questions)]} {at}"])
            during.times += once.times
            time.sleep(0.05)

    asking = threading.Thread(target=keep_asking)
    asking.start()
    try:
        built = build(corpus, index)
        began = time.perf_counter()
        while served(server.port) != built.report["id"]:
            if time.perf_counter() - began > _TAKEN_OVER_SECONDS:
                raise RuntimeError("The server did not take the index over.")
            time.sleep(0.02)
        return built, time.perf_counter() - began, during
    finally:
        stop.set()
        asking.join()


def served(port: int) -> str:
    """The id of the index that a server answers from."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/readyz")
    id: str = json.loads(connection.getresponse().read())["index"]["id"]
    connection.close()
    return id


def told(asked: Asked, gone: Sequence[Profession]) -> dict[str, Any]:
    """How quickly questions were answered, and how many answers cite or offer one of the guides to be removed."""
    answered = sum(body["status"] == "answered" for body in asked.bodies)
    names = {one.file.stem for one in gone}
    return {
        "questions": len(asked.times),
        "answered": answered,
        "p50_ms": statistics.median(asked.times),
        "p95_ms": statistics.quantiles(asked.times, n=20)[-1],
        "citing_removed": sum(bool(names & _named(body)) for body in asked.bodies),
    }


def removal(before: Asked, after: Asked, gone: Sequence[Profession], about_gone: int) -> dict[str, Any]:
    """Whether the removed guides are gone: answers that cited them before, and any that cite or quote them still."""
    names, words = {one.file.stem for one in gone}, tuple(one.word for one in gone)
    quoted = [json.dumps([body["answer"], body["citations"]]) for body in after.bodies]
    return {
        "questions": about_gone,
        "cited_before": sum(bool(names & _named(body)) for body in before.bodies[:about_gone]),
        "still_cited": sum(
            bool(names & _named(body)) or any(word in quote for word in words)
            for body, quote in zip(after.bodies, quoted, strict=True)
        ),
        "answered_from_others": sum(body["status"] == "answered" for body in after.bodies[:about_gone]),
    }


def _named(body: dict[str, Any]) -> set[str]:
    return {one["document_id"] for one in [*body["citations"], *body["related"]]}


def lines(result: dict[str, Any]) -> list[str]:
    """What was measured, for a reader."""
    made, again, gone = result["build"], result["rebuild"], result["removed"]
    texts = made["passages"] + made["units"]
    stages = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in made["stages"].items())
    largest = ", ".join(f"{name} {size:.1f}" for name, size in list(result["sizes"].items())[:8])
    asked = [f"{when}: {told_of(result[when])}" for when in ("before", "after")]
    return [
        f"{result['guides']:,} guides, {made['passages']:,} passages, {made['units']:,} units",
        f"build: {made['seconds']:.1f} s ({stages}), {texts / made['seconds']:.0f} texts/s, peak {made['peak_memory_mb']:.0f} MB",
        f"index: {sum(result['sizes'].values()):.0f} MB ({largest})",
        f"cold start to first answer: {result['cold_start_s']:.2f} s; memory {result['memory_mb']:.0f} MB",
        *asked,
        f"rebuild without {result['guides_removed']} guides: {again['seconds']:.1f} s, "
        f"{again['reused']:,} embeddings reused, peak {again['peak_memory_mb']:.0f} MB",
        f"taken over {result['reload_s']:.2f} s after the build; meanwhile {result['during']['questions']} questions, "
        f"the slowest in {result['during']['slowest_ms']:.0f} ms; memory then {result['memory_after_mb']:.0f} MB",
        f"of {gone['questions']} questions about the removed guides {gone['cited_before']} cited them before; "
        f"now {gone['still_cited']} of all answers do ({gone['answered_from_others']} are answered from other guides)",
    ]


def told_of(told_: dict[str, Any]) -> str:
    """A line about answers."""
    times = f"p50 {told_['p50_ms']:.1f} ms, p95 {told_['p95_ms']:.1f} ms"
    return f"{told_['questions']} questions, {told_['answered']} answered, {times}"


def _tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
