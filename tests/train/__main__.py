"""Fits the scorer: `python -m tests.train --out FOLDER` takes an hour and a half on two cores, with `--smoke` two minutes.

Judged questions of `tests/judgements/sets` are put to an index of their set. A network is fitted to all of them but those about
every other guide of two sets, to which the numbers that go with it (ranking, confidence, extent) are fitted. What is written: the
network (ONNX), its numbers, and the rarity of tokens. Sets that are only reported on are refused.
"""

import argparse
import random
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import msgspec
import numpy as np
import torch

from rag.answers.chances import READ
from rag.evaluation.judgements import read_judged
from rag.evaluation.trials import CORPUS, QUESTIONS, indexed
from rag.models.scorer import FIT, FOLDER, IDF, WEIGHTS, Fit
from rag.models.tuning import TUNING
from rag.pipeline import Pipeline
from tests.train.cases import Case, Cases
from tests.train.fitting import Scores, fitted, scaled
from tests.train.learning import Course, Lesson, Weights, averaged, lesson_of, scores, tensors, train
from tests.train.network import Network, shipped_weights
from tests.train.sets import ALONE, JUDGED, KEPT, LEARNED, ODD, OWN, SETS, files_of, kept_apart
from tests.train.teacher import taught
from tests.train.tuning import shipped_changes, tuned, write

_AGAIN = 0.3  # of the cases of sets that were learned before


def cases_of(name: str, work: Path, chance: random.Random, every: int = 1) -> tuple[list[Case], Pipeline]:
    """The cases of a set, with those of its spoken, voiced, plain and short files and half of the odd questions, and the index
    that they were put to. Of so many guides and questions, `every` says, one is taken."""
    files = files_of(name)
    guides = sorted(path for path in OWN.get(name, SETS / name / CORPUS).iterdir() if path.stem != "README")[::every]
    corpus = work / name / CORPUS
    corpus.mkdir(parents=True, exist_ok=True)
    for guide in guides:
        shutil.copy(guide, corpus)
    pipeline = indexed(corpus, work / name)
    maker = Cases(name, pipeline, chance)
    held = {guide.name for guide in guides}
    found: list[Case] = []
    for file in files:
        whole = file.name == QUESTIONS or file.parent == JUDGED  # all of it is about this set
        own = [judged for judged in read_judged(file) if judged.guides <= held and (judged.guides or whole)]
        found += maker.of(own[::every], alone=name in ALONE or file.name != QUESTIONS, voices=True)
    odd = list(read_judged(ODD))
    found += maker.of(chance.sample(odd, len(odd) // 2)[::every], alone=False, voices=False)
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
    names = ["states", "kinds", "idf", "signals", "spans"]
    axes = {name: {0: "candidates", 1: "tokens"} for name in ("states", "kinds", "idf")}
    axes |= {"signals": {0: "candidates"}, "spans": {0: "candidates", 1: "units"}}
    axes |= {"passage": {0: "candidates"}, "units": {0: "candidates", 1: "units"}}
    example = tensors([(case, 0), (case, len(case.candidates) - 1)], np.ones(1, dtype=np.float32))
    plainly = {"do_constant_folding": False, "dynamo": False}  # so that weights keep their names, to be read again
    torch.onnx.export(
        network, example, folder / WEIGHTS, input_names=names, output_names=["passage", "units"], dynamic_axes=axes, **plainly
    )


def kept_to(weights: Weights, cases: Sequence[Case], rarity: np.ndarray, known: Sequence[str]) -> list[Lesson]:
    """What earlier weights give the cases of the sets that they have learned, so that these are not forgotten (Li and Hoiem 2016,
    "Learning without Forgetting"); of others nothing."""
    former = train(cases, rarity, Course(0, 0), weights)
    return [lesson_of(former, partial(tensors, idf=rarity), case) if case.set in known else {} for case in cases]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder to write the scorer into")
    parser.add_argument("--sets", nargs="+", default=list(LEARNED), help="names of folders in tests/judgements/sets")
    parser.add_argument("--minutes", type=float, default=60, help="of fitting the network")
    parser.add_argument("--rate", type=float, default=1e-3, help="of learning, at its height")
    parser.add_argument(
        "--teacher", type=float, default=0, help="minutes of fitting a teacher first: four on a GPU, days without"
    )
    parser.add_argument(
        "--tune", type=float, default=0, help="minutes of tuning the encoder with the network, which is all that is then made"
    )
    parser.add_argument(
        "--onward",
        nargs="+",
        default=[],
        help="sets that what ships has learned, to tune on from it and keep to it there",
    )
    parser.add_argument("--device", default="cpu", help="on which both are fitted, such as cuda")
    parser.add_argument(
        "--start", type=Path, nargs="+", default=[], help="weights that earlier runs left, to begin with their mean"
    )
    parser.add_argument(
        "--numbers", type=Path, help="a scorer.json whose ranking and probability are kept, the latter up to its scale"
    )
    parser.add_argument("--smoke", action="store_true", help="one set and few questions and seconds, to see that it runs")
    given = parser.parse_args()
    chance, work = random.Random(1), given.out / "work"
    sets, every = (KEPT[:1], 5) if given.smoke else (given.sets, 1)
    seconds, teacher, tune = (5.0, 1.0, 0.1) if given.smoke else (given.minutes * 60, given.teacher * 60, given.tune * 60)
    found = {name: cases_of(name, work, chance, every) for name in sets}
    rarity = rarity_of([pipeline for _, pipeline in found.values()])
    held = kept_apart()
    learned = [case for cases, _ in found.values() for case in cases if case.guide not in held]
    others = [case for cases, _ in found.values() for case in cases if case.guide in held]
    print(f"{len(learned)} cases to learn from, {len(others)} for the numbers, of {len(found)} sets")
    course = Course(seconds, given.rate, 8 if given.device == "cpu" else 48, given.device)
    lessons = taught(learned, replace(course, seconds=teacher, rate=4e-5), given.smoke) if teacher else ()
    start = averaged([torch.load(path) for path in given.start])
    changes = None
    if given.onward:
        start, changes, rarity = shipped_weights(), shipped_changes(), np.load(FOLDER / "mpnet" / IDF)
        learned = [case for case in learned if case.set not in given.onward or chance.random() < _AGAIN]
        lessons = kept_to(start, learned, rarity, given.onward)
    if tune:
        bunched = replace(course, seconds=tune, questions=64, together=16)
        write(tuned(learned, rarity, bunched, start, lessons, changes, given.smoke), given.out)
        print(
            f"Wrote {given.out / TUNING.name}, to be put beside the scorer, and the network over it, to --start the next run with"
        )
    if given.tune:
        return
    network = train(learned, rarity, course, start, lessons)
    torch.save(network.state_dict(), given.out / "network.pt")
    scored = [Scores(case, tuple(scores(network, case, rarity, READ))) for case in others]
    today = datetime.now(UTC).date().isoformat()
    kept = msgspec.json.decode(given.numbers.read_bytes(), type=Fit) if given.numbers else None
    about = (f"careers-{today}", found[sets[0]][1].index.model_sha256)
    fit = scaled(scored, kept, *about) if kept else fitted(scored, *about)
    fit = replace(fit, date=today)
    export(network, learned[0], given.out)
    np.save(given.out / IDF, rarity)
    (given.out / FIT).write_bytes(msgspec.json.format(msgspec.json.encode(fit)))
    print(f"Wrote {given.out}: threshold {fit.threshold}, passages {fit.passages}, gamma {fit.gamma}, share {fit.share}")


if __name__ == "__main__":
    main()
