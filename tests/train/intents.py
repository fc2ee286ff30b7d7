"""Fits what tells a question to the service from one to the guides: `python -m tests.train.intents --out FOLDER`, some minutes.

A softmax regression on the embeddings of `tests/judgements/intents/learned.jsonl`, the examples in `rag/questions/intents.toml`,
and as "none" the judged questions of every set that may be learned from and the odd ones. The threshold is the lowest at which
of the questions of a set, by a fit without that set, no more than one in a thousand is taken.
"""

import argparse
import random
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import numpy as np
from sklearn.linear_model import LogisticRegression

from rag.datatypes import Encoder, Floats
from rag.evaluation.judgements import read_judged
from rag.evaluation.trials import indexed
from rag.questions.intents import EXAMPLES, NAMES, IntentFit
from tests.train.sets import JUDGED, LEARNED, ODD, OWN, files_of

INTENTS = JUDGED / "intents"
_LOOSE = 30.0  # inverse of the ridge penalty
_TAKEN = 0.001
_THRESHOLDS = np.arange(0.5, 0.96, 0.05)

Asked = tuple[str, int, str]  # a text, its class, and the set it is of ("" for what is in every fit)


class _Example(msgspec.Struct):
    text: str
    intent: str


def examples(name: str) -> list[_Example]:
    """The judged intents of a file, "learned" or "kept"."""
    lines = (INTENTS / f"{name}.jsonl").read_bytes().splitlines()
    return [msgspec.json.decode(line, type=_Example) for line in lines]


def asked(sets: Sequence[str], most: int | None = None) -> list[Asked]:
    """All that is learned from, each text once; of a set's questions at most so many."""
    found = [(one.text, NAMES.index(one.intent), "") for one in examples("learned")]
    found += [(text, NAMES.index(intent), "") for intent, its in EXAMPLES.items() for text in its]
    found += [(one.question, 0, "odd") for one in read_judged(ODD)]
    for name in sets:
        texts = [one.question for file in files_of(name) for one in read_judged(file)]
        found += [(text, 0, name) for text in random.Random(1).sample(texts, min(len(texts), most or len(texts)))]
    return list({text.lower(): (text, kind, source) for text, kind, source in found}.values())


def embedded(texts: Sequence[str], encoder: Encoder) -> Floats:
    """The embeddings of texts, (n, d)."""
    return np.stack([one.embedding for one in encoder.encode(texts)])


def fit(embeddings: Floats, kinds: np.ndarray) -> LogisticRegression:
    """The regression on some texts."""
    return LogisticRegression(C=_LOOSE, max_iter=3000).fit(embeddings, kinds)


def threshold(embeddings: Floats, kinds: np.ndarray, sources: np.ndarray) -> float:
    """The lowest that takes few enough of each set's questions by a fit on the others."""
    likeliest = [
        fit(embeddings[sources != name], kinds[sources != name]).predict_proba(embeddings[sources == name])[:, 1:].max(axis=1)
        for name in sorted(set(sources) - {""})
    ]
    chances = np.concatenate(likeliest)
    few = [one for one in _THRESHOLDS if (chances >= one).mean() <= _TAKEN]
    return round(float(few[0] if few else _THRESHOLDS[-1]), 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder to write the fit into")
    parser.add_argument("--sets", nargs="+", default=list(LEARNED), help="names of folders in tests/judgements/sets")
    parser.add_argument("--most", type=int, help="questions of a set at most")
    given = parser.parse_args()
    found = asked(given.sets, given.most)
    with TemporaryDirectory() as work:
        encoder = indexed(OWN["seed"], Path(work)).networks.encoder
        embeddings = embedded([text for text, _, _ in found], encoder)
        kept = examples("kept")
        of_kept = embedded([one.text for one in kept], encoder)
    kinds, sources = np.array([kind for _, kind, _ in found]), np.array([source for _, _, source in found])
    limit, model = threshold(embeddings, kinds, sources), fit(embeddings, kinds)
    chances = model.predict_proba(of_kept)
    told = np.where(chances[:, 1:].max(axis=1) >= limit, chances[:, 1:].argmax(axis=1) + 1, 0)
    for kind, name in enumerate(NAMES):
        own = np.array([one.intent == name for one in kept])
        print(f"{name:10} {(told[own] == kind).sum():3} of {own.sum()} kept apart")
    written = IntentFit(model.coef_.astype(np.float32), model.intercept_.astype(np.float32), limit).write(given.out)
    print(f"Wrote {written}: {len(found)} texts, threshold {limit}")


if __name__ == "__main__":
    main()
