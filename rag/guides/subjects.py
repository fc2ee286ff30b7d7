"""Which career a guide is about where neither its title nor a heading says so: the role that it speaks of most as its own.

Each role that a guide mentions is weighed by where and how it does, with weights fitted to guides whose career is known
(`python -m tests.train.subjects`).
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path, PurePosixPath

import msgspec
import numpy as np

from rag.datatypes import Floats
from rag.text.inflection import singularise
from rag.text.roles import role_logit
from rag.text.words import FUNCTION_WORDS, WORD

FILE = Path(__file__).with_name("subjects.json")
FEATURES = ("role", "alone", "within", "file", "heading", "early", "introduced", "ends a title", "unsaid")
_READ = 100_000  # characters of a guide in which it says what it is about
_LONGEST = 4  # words of a career's name
_SURE = 8.0  # log-odds from which it makes no difference
_INTRODUCING = frozenset(["a", "an", "become", "becoming", "being"])


class Fit(msgspec.Struct, frozen=True):
    """A weight for each of `FEATURES`, and the probability that the likeliest role has to reach."""

    weights: tuple[float, ...]
    threshold: float


@dataclass(slots=True)
class Mentions:
    """How often a text names each role, in which words, how often as one that a reader may become, and where first, as a share
    of all mentions."""

    counts: Counter[str] = field(default_factory=Counter)
    introduced: Counter[str] = field(default_factory=Counter)
    first: dict[str, float] = field(default_factory=dict)
    spelt: dict[str, Counter[str]] = field(default_factory=dict)


def subject_of(text: str, title: str, path: str, headings: Sequence[str]) -> str | None:
    """The career that a guide is about, as the guide writes it, or None where no role is likely enough."""
    mentions = mentions_in(text[:_READ])
    names, features = candidates(mentions, title, path, headings)
    if not names:
        return None
    fit = _fit()
    logits = features @ np.array(fit.weights)
    chances = np.exp(logits - logits.max())
    best = int(chances.argmax())
    if chances[best] < fit.threshold * chances.sum():
        return None
    return _written(names[best], mentions)


def mentions_in(text: str) -> Mentions:
    """The roles that a text mentions."""
    found = Mentions()
    said = [each for run in _runs(text) for each in _roles(run)]
    for at, (name, written, before) in enumerate(said):
        found.counts[name] += 1
        found.introduced[name] += before in _INTRODUCING
        found.first.setdefault(name, at / len(said))
        found.spelt.setdefault(name, Counter())[written] += 1
    return found


def candidates(mentions: Mentions, title: str, path: str, headings: Sequence[str]) -> tuple[list[str], Floats]:
    """The roles that a guide may be about, and the `FEATURES` of each (n, features)."""
    in_title = set(mentions_in(title).counts)
    in_file = set(mentions_in(re.sub(r"[\W_]+", " ", PurePosixPath(path).stem)).counts)
    in_headings = {name for heading in headings for name in mentions_in(heading).counts}
    counts = mentions.counts
    names = sorted({*counts, *in_title, *in_file})
    longer: dict[str, int] = {}
    for name, count in counts.items():
        shorter = name.partition(" ")[2]
        longer[shorter] = max(longer.get(shorter, 0), count)
    ended = {" ".join(name.split()[at:]) for name in in_title | in_file for at in range(1, name.count(" ") + 1)}
    rows = []
    for name in names:
        count, shorter = counts[name], name.partition(" ")[2]
        rows.append(
            (
                min(role_logit(name.rsplit(" ", 1)[-1]), _SURE) / _SURE,
                count / max(1, counts[shorter]) if shorter else 0.0,
                longer.get(name, 0) / max(1, count),
                name in in_file,
                name in in_headings,
                1 - mentions.first.get(name, 1.0),
                np.log1p(mentions.introduced[name]),
                name in ended,
                not count,
            )
        )
    return names, np.array(rows, dtype=np.float32)


def _runs(text: str) -> Iterator[list[str]]:
    """A text's words in runs that only a space parts."""
    found = list(WORD.finditer(text))
    run = [match.group() for match in found[:1]]
    for last, match in pairwise(found):
        if match.start() - last.end() != 1 or text[last.end()] != " ":
            yield run
            run = []
        run.append(match.group())
    yield run


def _roles(run: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """The roles in a run of words, each by the last word and with those before it: in lower case and the singular, as they are
    written, and the word before."""
    low = [_unowned(word.lower()) for word in run]
    for at, word in enumerate(low):
        if len(word) < 3 or word in FUNCTION_WORDS or role_logit(singularise(word)) <= 0:
            continue
        for first in range(at, max(at - _LONGEST, -1), -1):
            if first < at and (low[first] in FUNCTION_WORDS or low[first] != run[first].lower() or low[first][0].isdigit()):
                break
            before = low[first - 1] if first else ""
            yield " ".join([*low[first:at], singularise(word)]), " ".join(run[first : at + 1]), before


def _unowned(word: str) -> str:
    """A word without the ending of one that owns something."""
    return word[:-2] if word.endswith(("'s", "’s")) else word


def _written(name: str, mentions: Mentions) -> str:
    """A role as the text writes it most often, if it can be not in capitals alone, in the singular and with a capital."""
    spelt = mentions.spelt.get(name, Counter([name]))
    written = max(spelt, key=lambda one: (not one.isupper(), spelt[one]))
    before, space, last = written.rpartition(" ")
    last = _unowned(last)
    whole = before + space + (last if last.lower() == name.rsplit(" ", 1)[-1] else singularise(last))
    return whole[:1].upper() + whole[1:]


@cache
def _fit() -> Fit:
    return msgspec.json.decode(FILE.read_bytes(), type=Fit)
