"""Fits the scorer: `python -m tests.train --out FOLDER` takes an hour and a half on two cores, with `--smoke` a few minutes.

Judged questions of `tests/judgements/sets` are put to an index of their set; a network is fitted to all sets but two, which the
numbers that go with it (ranking, confidence, extent) are fitted to; then the network that ships, to all. What is written: the
network (ONNX), its numbers, and the rarity of tokens. Sets that are only reported on are refused.
"""

import argparse
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np
import torch

from rag.errors import JudgementError
from rag.evaluation.judgements import read_judged
from rag.evaluation.trials import CORPUS, QUESTIONS, indexed
from rag.models.scorer import FIT, IDF, WEIGHTS
from rag.pipeline import Pipeline
from tests.train.cases import Case, Cases
from tests.train.fitting import Scores, fitted
from tests.train.learning import scores, train
from tests.train.network import Network

SETS = Path(__file__).parent.parent / "judgements" / "sets"
LEARNED = ("a", "c", "d", "e", "f", "g")
HELD_OUT = ("a", "f")  # of these, for the numbers
REPORTED = ("b", "spoken_seed")
_READ = 12  # candidates whose scores the numbers are fitted to


def cases_of(name: str, work: Path, chance: random.Random, most: int) -> tuple[list[Case], Pipeline]:
    """The cases of a set, with those of its spoken and voiced files, and the index they were put to."""
    if name in REPORTED:
        raise JudgementError(f"Set {name} is reported on, and never learned from; leave it out.")
    pipeline = indexed(SETS / name / CORPUS, work / name)
    maker = Cases(name, pipeline, chance)
    held = {document.path.rsplit("/", 1)[-1] for document in pipeline.index.documents.values()}
    found = list(maker.of(read_judged(SETS / name / QUESTIONS)[:most], alone=name == "g", voices=True))
    for file in sorted([*SETS.glob(f"voices_{name}.jsonl"), SETS / "spoken_guides.jsonl"]):
        own = [judged for judged in read_judged(file) if judged.guides and judged.guides <= held]
        found += maker.of(own[:most], alone=True, voices=True)
    return found, pipeline


def rarity_of(pipelines: Sequence[Pipeline]) -> np.ndarray:
    """How rare each token id is among the passages of some indexes: log((passages + 1) / (passages that hold it + 0.5))."""
    counts = np.zeros(max(pipelines[0].networks.encoder.vocabulary.values()) + 1)
    total = 0
    for pipeline in pipelines:
        for row in range(len(pipeline.index.passages)):
            counts[np.unique(pipeline.index.store.tokens.quantized(row)[1])] += 1
            total += 1
    return np.log((total + 1) / (counts + 0.5)).astype(np.float32)


def export(network: Network, case: Case, folder: Path) -> None:
    """Write a network as ONNX; any numbers of candidates, tokens and units may be read."""
    from tests.train.learning import _tensors

    names = ["states", "kinds", "idf", "signals", "spans"]
    axes = {name: {0: "candidates", 1: "tokens"} for name in ("states", "kinds", "idf")}
    axes |= {"signals": {0: "candidates"}, "spans": {0: "candidates", 1: "units"}}
    axes |= {"passage": {0: "candidates"}, "units": {0: "candidates", 1: "units"}}
    example = _tensors([(case, 0), (case, len(case.candidates) - 1)], np.ones(1, dtype=np.float32))
    torch.onnx.export(
        network, example, folder / WEIGHTS, input_names=names, output_names=["passage", "units"], dynamic_axes=axes, dynamo=False
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder to write the scorer into")
    parser.add_argument("--sets", nargs="+", default=list(LEARNED), help="names of folders in tests/judgements/sets")
    parser.add_argument("--minutes", type=float, default=25, help="of fitting each of the two networks")
    parser.add_argument("--smoke", action="store_true", help="a few questions and seconds, to see that it runs")
    given = parser.parse_args()
    chance, work = random.Random(1), given.out / "work"
    sets, seconds, most = (("f", "g"), 5.0, 12) if given.smoke else (given.sets, given.minutes * 60, 100_000)
    held = {sets[0]} if given.smoke else set(HELD_OUT)
    found = {name: cases_of(name, work, chance, most) for name in sets}
    cases = [case for its, _ in found.values() for case in its]
    rarity = rarity_of([pipeline for _, pipeline in found.values()])
    print(f"{len(cases)} cases of {len(found)} sets")
    apart = train([case for case in cases if case.set not in held], rarity, seconds, 1)
    others = [case for case in cases if case.set in held]
    scored = [Scores(case, tuple(scores(apart, case, rarity, _READ))) for case in others]
    today = datetime.now(UTC).date().isoformat()
    fit = fitted(scored, f"careers-{today}", found[sets[0]][1].index.model_sha256, today)
    network = train(cases, rarity, seconds, 2)
    given.out.mkdir(parents=True, exist_ok=True)
    export(network, cases[0], given.out)
    np.save(given.out / IDF, rarity)
    (given.out / FIT).write_bytes(msgspec.json.format(msgspec.json.encode(fit)))
    print(f"Wrote {given.out}: threshold {fit.threshold}, gamma {fit.gamma}, share {fit.share}")


if __name__ == "__main__":
    main()
