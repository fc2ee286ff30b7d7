"""An answer in the guides' words: the likeliest parts of the few passages that are likely to hold it."""

from collections.abc import Sequence

from rag.answers.chances import Chances
from rag.answers.citation import Quote, holding, quotes, remarks
from rag.answers.draft import Draft
from rag.answers.evidence import Evidence
from rag.answers.rows import under_heads
from rag.answers.spans import extent
from rag.questions.question import Question


def likeliest(question: Question, evidence: Sequence[Evidence], chances: Chances, share: float) -> Draft:
    """Of each of the passages to be quoted, the likeliest first, the units that hold `share` of its weight, and of rows those
    that the question names. Passages of one group are quoted together, where the likelier stands."""
    places: dict[int, list[int]] = {}  # passages by their group
    for at in chances.quoted:
        places.setdefault(evidence[at].passage.group, []).append(at)
    found: list[Quote] = []
    said: list[str] = []
    main: Quote | None = None
    for its in places.values():
        one = evidence[its[0]]
        chosen = {unit for at in its for unit in under_heads(one.group, extent(evidence[at], chances.units[at], share), question)}
        units = sorted(chosen)
        weights = dict(zip(one.positions, chances.units[its[0]].tolist(), strict=True))
        best = max(units, key=lambda at: (weights.get(at, 0.0), at))
        runs = quotes(one.group, units, float(chances.passages[its[0]]), best)
        main = main or holding(runs, one.group.units[best])
        found += runs
        said += remarks(one.group, units)
    return Draft("answered", "score", chances.answerable, tuple(found), main, tuple(dict.fromkeys(said)))
