"""How much of a passage to quote: the smallest run of its units that holds the answer with a set probability."""

from collections.abc import Sequence

import numpy as np

from rag.answers.evidence import Evidence, Group
from rag.datatypes import Floats
from rag.guides.passages import is_label


def extent(evidence: Evidence, chances: Floats, share: float) -> tuple[int, ...]:
    """The positions, in the group, of the units to quote, in reading order. `chances` (units of the passage,) are how likely each
    unit is part of the answer, given that the passage answers; the run is the shortest that holds `share` of their sum, and of
    those as short the likeliest. What stands right above it as its head is quoted with it, and what stands under a lead-in or an
    item that has nothing of its own to say."""
    first, last = shortest_run(np.maximum(chances, 0.0), share)
    chosen = set(evidence.positions[first : last + 1])
    return tuple(sorted(_completed(evidence.group, chosen)))


def shortest_run(weights: Floats, share: float) -> tuple[int, int]:
    """The first and the last index of the shortest run of `weights` (n,) that holds `share` of their sum; of equals the heaviest,
    then the first. With nothing to weigh it is all of them."""
    total = float(weights.sum())
    if total <= 0.0:
        return 0, len(weights) - 1
    sums = np.concatenate([[0.0], np.cumsum(weights)])
    for length in range(1, len(weights) + 1):
        held = sums[length:] - sums[:-length]
        best = int(held.argmax())
        if held[best] >= share * total - 1e-6:
            return best, best + length - 1
    return 0, len(weights) - 1


def _completed(group: Group, chosen: set[int]) -> set[int]:
    """Chosen units with the heads right above them, and the list below a unit that ends in a colon, only leads in, or is an item
    that says nothing by itself, such as the term of a definition."""
    found = set(chosen)
    first = min(chosen)
    for head in reversed(group.above(first)):
        if head != first - 1:  # what stands farther off is told in a remark, so that the quote is one run
            break
        first = head
        found.add(head)
    for at in chosen:
        unit, said = group.units[at], group.text(at).rstrip("*_ ")
        if unit.kind == "lead" or said.endswith(":") or (unit.kind == "item" and said and is_label(said)):
            found.update(_list_of(group, at, chosen))
    return found


def _list_of(group: Group, at: int, chosen: Sequence[int] | set[int]) -> list[int]:
    """What stands under a unit, unless some of it was chosen already: then that is what is wanted of it."""
    under = group.under(at)
    return [] if set(under) & set(chosen) else under
