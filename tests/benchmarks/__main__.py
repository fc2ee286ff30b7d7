"""`make bench`: what a build, an answer and a load cost, beside a naive server in the same run. One table, or JSON."""

import argparse
import json
import statistics
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rag.index import builds
from rag.index.manifest import encoder_folder, read_manifest
from rag.models.encoder import OnnxEncoder
from rag.settings import read_settings
from tests.benchmarks.comparison import CLIENTS, Bounds, Comparison, build_naive, compare, cores
from tests.benchmarks.corpus import Material, make_corpus, squad_corpus
from tests.benchmarks.faces import face_line
from tests.benchmarks.making import Built, build
from tests.benchmarks.raw import RawRates, raw_lines, raw_rates
from tests.benchmarks.shared import lines as shared_lines
from tests.benchmarks.soak import soak, soak_line
from tests.benchmarks.stores import measure

# How many passages a guide makes is not known before a build; this is what it comes to.
_PASSAGES_A_GUIDE = 17
_HEAD = "server               questions clients   req/s   p50 ms   p95 ms   p99 ms  answers errors"


def main() -> None:
    """Run the benchmark that the flags ask for."""
    flags = _flags()
    bounds = Bounds(flags.seconds, flags.cold_starts, flags.workers)
    with tempfile.TemporaryDirectory(prefix="verbatim-bench-") as name:
        folder = Path(name)
        material = _material(flags, folder / "corpus")
        _tell(f"Building {len(list(material.folder.iterdir()))} guides")
        made = build(material.folder, folder / "index")
        _tell("The bare encoders on the same texts")
        raw = raw_rates(builds.current_folder(folder / "index"))
        passages = build_naive(folder / "index", folder / "naive")
        forward = _forward_pass(builds.current_folder(folder / "index"), material.questions[:200])
        compared = compare(folder / "index", folder / "naive", material.questions, bounds, _tell)
        current = builds.current_folder(folder / "index")
        _tell(f"Mixed addresses for {flags.soak:g} minutes")
        soaked = soak(folder / "index", current, material.questions, 60 * flags.soak) if flags.soak else None
        _tell(f"Searches of {', '.join(f'{size:,}' for size in flags.sizes)} synthetic passages")
        searches = [asdict(search) for search in measure(tuple(flags.sizes))]
    shared = []
    for size in flags.shared:
        _tell(f"A folder and a database of {size:,} synthetic passages")
        shared += shared_lines(size)
    result = {
        "cores": cores(),
        "corpus": flags.squad.name if flags.squad else "synthetic",
        "passages": passages,
        "build": _build(made),
        "raw": asdict(raw),
        "forward_pass_ms": forward,
        **_servers(compared),
        "stages_ms": compared.stages,
        "faces_ms": compared.faces,
        "searches": searches,
        "soak": soak_line(soaked) if soaked else "",
        "shared": shared,
    }
    print(json.dumps(result, indent=1) if flags.json else "\n".join(_table(result)))
    if flags.out:
        flags.out.write_text(json.dumps(result, indent=1))


def _flags() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--squad", type=Path, help="a file in SQuAD's format to take paragraphs and questions from")
    parser.add_argument("--passages", type=int, default=1216, help="passages of the synthetic corpus, about")
    parser.add_argument("--questions", type=int, default=6000, help="distinct questions at most")
    parser.add_argument("--seconds", type=float, default=5, help="seconds of each load at most")
    parser.add_argument("--workers", type=int, default=2, help="serving processes at most")
    parser.add_argument("--cold-starts", type=int, default=3, help="starts of each server")
    parser.add_argument(
        "--sizes", type=int, nargs="*", default=[1_000, 10_000, 100_000, 1_000_000], help="synthetic passages to search"
    )
    parser.add_argument(
        "--shared",
        type=int,
        nargs="*",
        default=[10_000, 100_000, 1_000_000],
        help="synthetic passages in a folder and a database",
    )
    parser.add_argument("--soak", type=float, default=10, help="minutes of mixed addresses at 8 clients; 0 is none")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--out", type=Path, help="write JSON to this file as well")
    return parser.parse_args()


def _material(flags: argparse.Namespace, folder: Path) -> Material:
    if flags.squad:
        return squad_corpus(folder, flags.squad, flags.questions)
    return make_corpus(folder, max(1, round(flags.passages / _PASSAGES_A_GUIDE)), flags.questions)


def _forward_pass(build_folder: Path, questions: tuple[str, ...]) -> float:
    """The median time to encode one question on one thread: what no answer can be quicker than. Milliseconds."""
    encoder = OnnxEncoder(encoder_folder(build_folder, read_manifest(build_folder)), 1, read_settings().precision)
    times = []
    for question in questions:
        began = time.perf_counter()
        encoder.encode([question])
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000


def _build(made: Built) -> dict[str, float]:
    return {
        "seconds": made.seconds,
        "texts": made.texts,
        "peak_memory": made.peak_memory,
        "texts_per_second": made.texts / made.seconds,
    }


def _servers(compared: Comparison) -> dict[str, Any]:
    loads = [
        {
            "server": measured.server,
            "questions": measured.questions,
            "clients": measured.load.clients,
            "per_second": measured.load.rate,
            "p50_ms": measured.load.percentile(50),
            "p95_ms": measured.load.percentile(95),
            "p99_ms": measured.load.percentile(99),
            "answers": len(measured.load.times),
            "errors": measured.load.errors,
        }
        for measured in compared.loads
    ]
    return {
        "cold_start_s": compared.cold_starts,
        "memory_mb": compared.memory,
        "shared_memory_mb": compared.shared_memory,
        "loads": loads,
    }


def _table(result: dict[str, Any]) -> list[str]:
    made, memory, shared = result["build"], result["memory_mb"], result["shared_memory_mb"]
    lines = [
        f"{result['passages']} passages ({result['corpus']}), {result['cores']} cores",
        f"build: {made['texts']} texts in {made['seconds']:.1f} s ({made['texts_per_second']:.0f}/s)"
        f", peak {made['peak_memory']:.0f} MB",
        *raw_lines(RawRates(**result["raw"])),
        "cold start to first answer: " + ", ".join(f"{name} {seconds:.2f} s" for name, seconds in result["cold_start_s"].items()),
        "memory (resident / shared pages divided): "
        + ", ".join(f"{name} {memory[name]:.0f} / {shared[name]:.0f} MB" for name in memory),
        f"forward pass of the encoder, one thread: {result['forward_pass_ms']:.2f} ms",
        "stages of an answer (p50 ms): " + ", ".join(f"{stage} {ms:.2f}" for stage, ms in result["stages_ms"].items()),
        face_line(result["faces_ms"]),
        "",
        _HEAD,
    ]
    for clients in CLIENTS:
        for load in (load for load in result["loads"] if load["clients"] == clients):
            times = " ".join(f"{load[name]:8.1f}" for name in ("p50_ms", "p95_ms", "p99_ms"))
            counts = f"{load['answers']:8} {load['errors']:6}"
            lines.append(f"{load['server']:20} {load['questions']:9} {clients:7} {load['per_second']:7.0f} {times} {counts}")
    names = (("FAISS ms", 9), ("build s", 8), ("cells ms", 9), ("build s", 8), ("recall@10", 9), ("BM25 ms", 9), ("build s", 8))
    lines += ["", " ".join([f"{'synthetic passages':>18}", *(f"{name:>{width}}" for name, width in names)])]
    for search in result["searches"]:
        dense = f"{search['dense_ms']:9.2f} {search['dense_build_seconds']:8.2f}"
        in_cells = [search[name] for name in ("cells_ms", "cells_build_seconds", "cells_recall")]
        dense += " " + " ".join(
            f"{'-' if value is None else f'{value:.3f}':>{width}}" for value, width in zip(in_cells, (9, 8, 9), strict=True)
        )
        lines.append(f"{search['passages']:18,} {dense} {search['lexical_ms']:9.2f} {search['lexical_build_seconds']:8.2f}")
    for part in ([result["soak"]], result["shared"]):
        if any(part):
            lines += ["", *part]
    return lines


def _tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
