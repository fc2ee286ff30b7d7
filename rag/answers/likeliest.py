"""An answer in the guides' words: the likeliest parts of the few passages that are likely to hold it."""

from collections.abc import Sequence

from rag.answers.chances import Chances
from rag.answers.citation import Quote, holding, quotes, remarks
from rag.answers.draft import Draft
from rag.answers.evidence import Evidence
from rag.answers.spans import extent


def likeliest(evidence: Sequence[Evidence], chances: Chances, share: float) -> Draft:
    """Of each of the passages to be quoted, the likeliest first, the units that hold `share` of its weight. Passages of one group
    are quoted together, where the likelier stands."""
    places: dict[int, list[int]] = {}  # passages by their group
    for at in chances.quoted:
        places.setdefault(evidence[at].passage.group, []).append(at)
    found: list[Quote] = []
    said: list[str] = []
    for its in places.values():
        first = evidence[its[0]]
        units = sorted({unit for at in its for unit in extent(evidence[at], chances.units[at], share)})
        best = first.positions[int(chances.units[its[0]].argmax())]
        found += quotes(first.group, units, float(chances.passages[its[0]]), best)
        said += remarks(first.group, units)
    one = evidence[chances.order[0]]
    main = holding(found, one.passage.units[int(chances.units[chances.order[0]].argmax())])
    return Draft("answered", "score", chances.answerable, tuple(found), main, tuple(dict.fromkeys(said)))
