"""Fits what tells the names of places and times: `python -m tests.train.entities --out FOLDER`, two minutes.

A softmax regression on the states of the words of judged questions, some of them with a place or a year put in (the names and the
manners of asking in `entities.toml`). A name that stands in a question already is one there too; every other word is none. It is
fitted twice: on every other name and every other question, to be counted on the rest, and then on all.
"""

import argparse
import random
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from sklearn.linear_model import LogisticRegression

from rag.datatypes import Encoder, Floats
from rag.evaluation.judgements import read_judged
from rag.evaluation.trials import indexed
from rag.questions.entities import KINDS, EntityFit
from rag.text.words import WORD
from tests.train.sets import LEARNED, OWN, files_of

SOURCE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
PLACE, TIME = KINDS.index("place"), KINDS.index("time")
YEARS = tuple(map(str, range(1985, 2036)))
THRESHOLD = 0.8
_LOOSE = 30.0  # inverse of the ridge penalty
_MADE = 0.9  # questions with a name put in, of as many as there are
_TURNS = 0.1  # share of those that go on from another
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")

Marked = tuple[str, list[tuple[int, int, int]]]  # a text, and the kind of each name in it with its offsets


class Maker:
    """Makes texts to be learned from of questions and names."""

    def __init__(self, names: Sequence[str], years: Sequence[str], random_: random.Random) -> None:
        self._names, self._years, self._random = names, years, random_
        known = "|".join(map(re.escape, sorted(SOURCE["places"], key=len, reverse=True)))
        self._as_written, self._in_any_case = re.compile(rf"\b(?:{known})\b"), re.compile(rf"\b(?:{known})\b", re.IGNORECASE)

    def texts(self, questions: Sequence[str]) -> list[Marked]:
        """The questions as they are, then as many with a place put in, and a third as many with a year."""
        made = round(_MADE * len(questions))
        named = [self._put(self._random.choice(questions), PLACE) for _ in range(made)]
        dated = [self._put(self._random.choice(questions), TIME) for _ in range(made // 3)]
        return [*map(self.marked, questions), *named, *dated]

    def marked(self, text: str) -> Marked:
        """A text with the names that stand in it."""
        places = self._in_any_case if text.islower() else self._as_written
        found = [(PLACE, *match.span()) for match in places.finditer(text)]
        return text, [*found, *((TIME, *match.span()) for match in _YEAR.finditer(text))]

    def _put(self, question: str, kind: int) -> Marked:
        name = self._random.choice(self._names if kind == PLACE else self._years)
        name = name if self._random.random() < 0.5 else name.lower()
        manners = SOURCE["when"] if kind == TIME else SOURCE["turns" if self._random.random() < _TURNS else "asked"]
        before, after = self._random.choice(manners).replace("Q", question.rstrip("?.! ")).split("{}", 1)
        start = len(before) + (len("the ") if name.lower().startswith("the ") else 0)
        text = before + name + after
        return text, [*self.marked(text)[1], (kind, start, len(before) + len(name))]


def questions(sets: Sequence[str], most: int | None) -> list[str]:
    """The judged questions of sets, each once, in any order; of a set at most so many."""
    found: set[str] = set()
    for name in sets:
        texts = sorted({one.question for file in files_of(name) for one in read_judged(file)} - {""})
        found.update(random.Random(1).sample(texts, min(len(texts), most or len(texts))))
    return random.Random(1).sample(sorted(found), len(found))


def words(texts: Sequence[Marked], encoder: Encoder) -> tuple[Floats, np.ndarray]:
    """The mean token state of each word (n, d), and its kind (n,)."""
    states, kinds = [], []
    for (text, names), encoding in zip(texts, encoder.encode([text for text, _ in texts]), strict=True):
        for word in WORD.finditer(text):
            its = encoding.tokens[(encoding.spans[:, 0] >= word.start()) & (encoding.spans[:, 0] < word.end())]
            if len(its):
                states.append(its.mean(axis=0))
                kinds.append(max((kind for kind, start, end in names if start <= word.start() and word.end() <= end), default=0))
    return np.stack(states), np.array(kinds)


def fit(states: Floats, kinds: np.ndarray) -> EntityFit:
    """The regression on some words."""
    model = LogisticRegression(C=_LOOSE, max_iter=3000).fit(states, kinds)
    return EntityFit(model.coef_.astype(np.float32), model.intercept_.astype(np.float32), THRESHOLD)


def counts(fitted: EntityFit, states: Floats, kinds: np.ndarray) -> list[str]:
    """How many of each kind a fit finds, and how many of those it finds are of the kind."""
    likeliest = [fitted.likeliest(state) for state in states]
    told = np.array([kind if chance >= fitted.threshold else 0 for kind, chance in likeliest])
    lines = []
    for kind in (PLACE, TIME):
        right = int(((told == kind) & (kinds == kind)).sum())
        lines.append(f"{KINDS[kind]:6} kept apart: {right} of {(kinds == kind).sum()} found, {(told == kind).sum()} told")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder to write the fit into")
    parser.add_argument("--sets", nargs="+", default=list(LEARNED), help="names of folders in tests/judgements/sets")
    parser.add_argument("--most", type=int, default=400, help="questions of a set at most")
    given = parser.parse_args()
    asked, places = questions(given.sets, given.most), SOURCE["places"]
    learned = Maker(places[::2], YEARS[::2], random.Random(1)).texts(asked[::2])
    kept = Maker(places[1::2], YEARS[1::2], random.Random(2)).texts(asked[1::2])
    with TemporaryDirectory() as work:
        encoder = indexed(OWN["seed"], Path(work)).networks.encoder
        (states, kinds), (other_states, other_kinds) = words(learned, encoder), words(kept, encoder)
    print("\n".join(counts(fit(states, kinds), other_states, other_kinds)))
    shipped = fit(np.concatenate([states, other_states]), np.concatenate([kinds, other_kinds]))
    print(f"Wrote {shipped.write(given.out)}: {len(states) + len(other_states)} words of {len(learned) + len(kept)} texts")


if __name__ == "__main__":
    main()
