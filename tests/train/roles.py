"""Fits what tells a kind of worker by its name: `python -m tests.train.roles --onet FOLDER --out FOLDER`, a minute.

A logistic regression on the `features` of noun phrases. Roles are the titles of occupations in O*NET's text files (given in a
folder) and the headings of judged guides that name a career; what is none are the tools and the words of tasks in O*NET, the
words of those guides, and all other headings. With `--kept` the headings of a set and a fifth of the words are left out first,
and what the fit says of them is printed.
"""

import argparse
import csv
import math
import random
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from rag.datatypes import Document
from rag.evaluation.judgements import read_judged
from rag.evaluation.trials import CORPUS
from rag.guides.corpus import read_corpus
from rag.guides.outline import outline
from rag.text.inflection import singularise
from rag.text.roles import FEATURES, FILE, features
from rag.text.words import FUNCTION_WORDS, WORD
from tests.train.sets import JUDGED, ODD, OWN, SETS

CAREERS = JUDGED / "careers" / "learned.jsonl"
TITLES = {"Alternate Titles": "Alternate Title", "Occupation Data": "Title", "Sample of Reported Titles": "Reported Job Title"}
THINGS = {"Tools Used": ("Example", "Commodity Title"), "Technology Skills": ("Commodity Title",)}
TASKS = {"Task Statements": "Task", "Occupation Data": "Description", "DWA Reference": "DWA Title"}
LEADING = ("head of", "vp of")  # today's titles, which O*NET has few of: "Sales Director" is also "Head of Sales"
_HEADING = 3.0  # weight of a heading beside a title of O*NET
_WORD = 3.0  # of a word by itself, beside the logarithm of how often it is one
_SOME = 3  # titles that a word has to end for a phrase that it ends to be no sure negative
_OFTENER = 50  # times that tasks may say a word for each title that it ends; "nurse" is at 1, "crew" at 30, "control" at 150
_KEPT_WORDS = 0.2

Example = tuple[str, bool, float]  # a phrase, whether it is a role, and what it weighs


class Careers(msgspec.Struct):
    """The careers of a judged guide: names it may be said to be about, the best first, and the headings that name one."""

    set: str
    guide: str
    about: list[str]
    headings: list[str]


def known_careers() -> dict[tuple[str, str], Careers]:
    """The careers of every judged guide that may be learned from, by set and file name."""
    lines = CAREERS.read_bytes().splitlines()
    return {(one.set, one.guide): one for one in (msgspec.json.decode(line, type=Careers) for line in lines)}


@cache
def guides() -> tuple[tuple[Careers, Document], ...]:
    """Those guides with their careers."""
    known = known_careers()
    documents = ((name, read_corpus(OWN.get(name, SETS / name / CORPUS))) for name in dict.fromkeys(set for set, _ in known))
    return tuple((known[name, one.path.rsplit("/", 1)[-1]], one) for name, its in documents for one in its)


def examples(onet: Path, chance: random.Random, left_out: str = "") -> list[Example]:
    """All that is learned from, less the headings of the guides of one set."""
    things = sorted({_bare(row) for name, columns in THINGS.items() for column in columns for row in _column(onet, name, column)})
    tasks = [_words(row) for name, column in TASKS.items() for row in _column(onet, name, column)]
    single = Counter(singularise(word) for task in tasks for word in task)
    titles = _telling(sorted({_bare(row) for name, column in TITLES.items() for row in _column(onet, name, column)}), single)
    heads = Counter(head_of(title) for title in titles)
    pieces = sorted({piece for task in tasks for piece in _pieces(task, chance)})
    led = [f"{lead} {title.removesuffix(' director')}" for title in titles if title.endswith(" director") for lead in LEADING]
    found: list[Example] = [(title, True, 1.0) for title in [*titles, *led]]
    found += [(head, True, _WORD * (1 + math.log(count))) for head, count in heads.items() if count > 1]
    found += [(thing, False, 1.0) for thing in things if thing not in set(titles)]
    found += [(piece, False, 1.0) for piece in pieces if heads[head_of(piece)] < _SOME]
    found += [(word, False, _WORD * (1 + math.log(count))) for word, count in single.items() if not heads[word]]
    found += [(word, False, 1.0) for word in sorted({singularise(word) for word in common_words()}) if not heads[word]]
    return found + [(heading, is_one, _HEADING) for name, heading, is_one in headings() if name != left_out]


def common_words() -> Iterator[str]:
    """The words of judged guides and of questions about something else, without those that end the name of a known career."""
    careers = known_careers().values()
    ending = {head_of(name.lower()) for one in careers for name in (*one.about, *one.headings)}
    texts = [document.text for _, document in guides()] + [one.question for one in read_judged(ODD)]
    yield from (word for text in texts for word in _words(text) if singularise(word) not in ending)


@cache
def headings() -> list[tuple[str, str, bool]]:
    """The headings of judged guides: their set, what they say, and whether that names a career."""
    found = []
    for careers, document in guides():
        named = {heading.lower() for heading in careers.headings}
        spans = [section.heading for section in outline(document).sections if section.heading]
        said = dict.fromkeys(document.text[span.start : span.end].replace("**", "").strip().lower() for span in spans)
        found += [(careers.set, _bare(heading), heading in named) for heading in said if _bare(heading)]
    return found


def fit(learned: Sequence[Example]) -> LogisticRegression:
    """The regression on some examples."""
    phrases, kinds, weights = zip(*learned, strict=True)
    return LogisticRegression(max_iter=300).fit(matrix(phrases), np.array(kinds), sample_weight=np.array(weights))


def matrix(phrases: Sequence[str]) -> csr_matrix:
    """The features of phrases, (n, FEATURES)."""
    places = [features(phrase) for phrase in phrases]
    ends = np.cumsum([0, *map(len, places)])
    return csr_matrix(
        (np.ones(ends[-1], dtype=np.float32), np.concatenate(places).astype(np.int32), ends), (len(phrases), FEATURES)
    )


def head_of(phrase: str) -> str:
    """The word that a phrase is a kind of, in the singular."""
    found = _words(phrase.partition(" of ")[0])
    return singularise(found[-1]) if found else ""


def save(model: LogisticRegression, file: Path) -> None:
    """Write the weights in eight bits, which the answers to no question depend on."""
    scale = np.abs(model.coef_[0]).max() / 127
    weights = np.round(model.coef_[0] / scale).astype(np.int8)
    np.savez_compressed(file, weights=weights, scale=np.float32(scale), bias=np.float32(model.intercept_[0]))


def measure(onet: Path, kept: str) -> None:
    """Print what fits say of headings and words that they were not made on."""
    model = fit(examples(onet, random.Random(0), kept))
    own = [(heading, is_one) for name, heading, is_one in headings() if name == kept]
    said = model.decision_function(matrix([heading for heading, _ in own])) > 0
    right = np.array([is_one for _, is_one in own])
    print(
        f"headings of {kept}: {(said & right).sum()} of {right.sum()} careers, {(said & ~right).sum()} of {(~right).sum()} others"
    )
    learned = examples(onet, random.Random(0))
    words = sorted({phrase for phrase, _, weight in learned if weight > _HEADING and " " not in phrase})
    apart = set(random.Random(1).sample(words, round(_KEPT_WORDS * len(words))))
    model = fit([one for one in learned if head_of(one[0]) not in apart])
    kinds = {phrase: is_role for phrase, is_role, weight in learned if phrase in apart and weight > _HEADING}
    logits = model.decision_function(matrix(list(kinds)))
    print(f"{len(kinds)} words kept apart: AUROC {roc_auc_score(list(kinds.values()), logits):.3f}")


def _telling(titles: Sequence[str], single: Counter[str]) -> list[str]:
    """The titles that end in a kind of worker: not in a word that tasks say far oftener than titles do ("quality control")."""
    heads = Counter(head_of(title) for title in titles)
    return [
        title
        for title in titles
        if (head := head_of(title)) and single[head] <= _OFTENER * heads[head] and head not in FUNCTION_WORDS
    ]


def _bare(title: str) -> str:
    """A title without asides and what stands after a comma, in lower case."""
    return title.partition(" (")[0].partition(",")[0].strip().lower()


def _column(folder: Path, name: str, column: str) -> list[str]:
    with (folder / f"{name}.txt").open(encoding="utf-8", newline="") as file:
        return [row[column] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


def _words(text: str) -> list[str]:
    return [match.group().lower() for match in WORD.finditer(text)]


def _pieces(words: Sequence[str], chance: random.Random) -> Iterator[str]:
    """A few stretches of one to three words."""
    for size in (1, 2, 3):
        for _ in range(2 if len(words) >= size else 0):
            first = chance.randrange(len(words) - size + 1)
            yield " ".join(words[first : first + size])


def main(given: Collection[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--onet", type=Path, required=True, help="folder of O*NET's text files")
    parser.add_argument("--out", type=Path, required=True, help="folder to write the weights into")
    parser.add_argument("--kept", default="", help="a set of guides to measure on what is kept apart")
    flags = parser.parse_args(given if given is None else list(given))
    if flags.kept:
        measure(flags.onet, flags.kept)
    flags.out.mkdir(parents=True, exist_ok=True)
    save(fit(examples(flags.onet, random.Random(0))), flags.out / FILE.name)


if __name__ == "__main__":
    main()
