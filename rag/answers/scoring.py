"""Supports to scores: how likely each unit of a group is the answer to a question."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from rag.answers.support import Support
from rag.datatypes import Floats
from rag.questions.question import Reading

# What makes a unit the answer: conditional logistic regression, one choice a question (python -m tests.weigh fits them and prints
# what they are worth on questions they were not fitted on). A cosine, coverage or cue each, so the weights are in one unit.
WEIGHTS = {
    "full": 3.6,
    "before": 2.8,
    "dense": 4.7,
    "passage": 5.8,
    "late": 5.4,
    "late_own": 4.5,
    "figure": 1.0,
    "date": 1.6,
    "above": 1.6,
    "lead": -2.2,
    "opens": 0.4,
}
_DEFINING = 8.0  # times that an opening counts where the question is what a thing is; by hand, for such questions are few
MAIN = 1.0  # added for the career that a guide is of, where the question neither names one nor asks which; by hand (fitted: .2)
CUT = 3.0  # taken off half a sentence; by hand, for there are few
FIGURE = re.compile(
    r"\b(?:how (?:much|many|long|often|old|big|tall|far|large|high)|percent\w*|salary|salaries|pay|pays|paid|earn\w*|wages?"
    r"|costs?|number|rate|years)\b",
    re.IGNORECASE,
)
_DATE = re.compile(r"\b(?:when|(?:what|which) (?:years?|date|century|decade|day|month))\b", re.IGNORECASE)
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|hundred|thousand|million|dozen|half|quarter|third)\b",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"\b(?:1\d|20)\d\d\b|\b\d+(?:st|nd|rd|th)\b|centur|decade"
    r"|\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
)
_DEFINES = re.compile(
    r"^\W*(?:what|who)(?:\s+(?:is|are|was|were)|['’]s)\b|\b(?:define|meaning of|what\s+(?:does|do)\b.*\bmean)\b", re.IGNORECASE
)
_WHICH = re.compile(
    r"\b(?:which|what|any|these|one)\b(?:\W+\w+){0,2}?\W+(?:job|role|career|position|profession|occupation)s?\b", re.IGNORECASE
)
_MARKS, _ARTICLE = re.compile(r"\W*"), re.compile(r"^(?:the |an? )")


@dataclass(frozen=True, slots=True)
class _Looks:
    """What a unit's words show whatever is asked: `rest` is what follows marks at its beginning, `bare` an article too."""

    number: bool
    dated: bool
    lead: bool
    cut: bool
    rest: str
    bare: str


def unit_scores(reading: Reading, *supports: Support) -> Floats:
    """A score a unit of some groups, laid end to end (units,); the higher, the likelier it is the answer."""
    cut = [
        unit.kind == "sentence" and _looks_of(support.text(at)).cut
        for support in supports
        for at, unit in enumerate(support.units)
    ]
    open_ = not reading.careers and not _WHICH.search(reading.text)
    main = [open_ and support.main for support in supports for _ in support.units]
    return (unit_features(reading, *supports) @ _VECTOR - CUT * np.array(cut) + MAIN * np.array(main)).astype(np.float32)


def unit_features(reading: Reading, *supports: Support) -> Floats:
    """What `WEIGHTS` weigh of each unit of some groups, laid end to end (units, weights), in their order."""
    counts = [len(support.units) for support in supports]
    looks = [_looks_of(support.text(at)) for support, count in zip(supports, counts, strict=True) for at in range(count)]
    openings = tuple(term.text.lower() for term in reading.terms)
    figure, date = bool(FIGURE.search(reading.text)), bool(_DATE.search(reading.text))
    defining = _DEFINING if _DEFINES.search(reading.text) and len(reading.terms) < 3 else 1.0
    full = np.concatenate([support.full for support in supports], axis=1)
    coverage = supports[0].coverage  # all groups are weighed by the same terms
    covered = coverage(full)
    columns = {
        "full": covered,
        "before": coverage(np.maximum(full, full[:, _before(supports)])) - covered,
        "dense": np.concatenate([support.dense for support in supports]),
        "passage": np.repeat([support.hit.score for support in supports], counts),
        "late": np.concatenate([support.late for support in supports]),
        "late_own": np.concatenate([support.late_own for support in supports]),
        "figure": np.array([figure and look.number for look in looks]),
        "date": np.array([date and look.dated for look in looks]),
        "above": coverage(np.concatenate([support.above for support in supports], axis=1)),
        "lead": np.array([look.lead for look in looks]),
        "opens": defining * np.array([look.rest.startswith(openings) or look.bare.startswith(openings) for look in looks]),
    }
    return np.stack([columns[name] for name in WEIGHTS], axis=1).astype(np.float32)


_VECTOR = np.array(list(WEIGHTS.values()), dtype=np.float32)


def _before(supports: Sequence[Support]) -> list[int]:
    """For each unit the sentence it goes on from, which often names what it only refers to; itself where there is none."""
    found: list[int] = []
    for support in supports:
        first, units = len(found), support.units
        for at, unit in enumerate(units):
            goes_on = at and unit.kind == units[at - 1].kind == "sentence" and unit.parent == units[at - 1].parent
            found.append(first + at - bool(goes_on))
    return found


@lru_cache(maxsize=65536)
def _looks_of(text: str) -> _Looks:
    low = text.lower()
    rest = low[_MARKS.match(low).end() :]  # type: ignore[union-attr]  # it matches nothing as well
    number, dated = bool(_NUMBER.search(text)), bool(_DATED.search(text))
    return _Looks(number, dated, text.endswith(":"), _is_cut(text), rest, _ARTICLE.sub("", rest))


def _is_cut(text: str) -> bool:
    """Whether a sentence lacks its beginning or its end, as where a page break stands in it."""
    return text[0].islower() or text[-1].isalnum() or text[-1] == ","
