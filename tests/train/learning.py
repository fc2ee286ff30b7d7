"""Cases to a network, and a network to the scores of cases."""

import math
import random
import time
from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from rag.datatypes import Floats
from rag.models.scorer import Integers, Scored, laid_out
from tests.train.cases import Case, units_of
from tests.train.network import Network
from tests.train.topics import habits

QUESTIONS, CANDIDATES = 8, 8  # of a step
_AT_ONCE = 16  # pairs that are read together, of like length
_RATE, _DECAY, _WARM = 1e-3, 0.05, 60
_EITHER, _UNITS = 0.5, 0.7  # weights of the losses beside that of ranking

PADDING = -1  # the kind of what is no token, and a place that is none
Rows = TypeVar("Rows", Floats, Integers)
Weights = Mapping[str, Tensor]
Pairs = Sequence[tuple[Case, int]]  # a case and the position of one of its candidates


def train(cases: Sequence[Case], idf: np.ndarray, seconds: float, seed: int, start: Weights | None = None) -> Network:
    """A network fitted to cases for so many seconds, from the weights of another if there is one: AdamW, warm-up, then a cosine
    down to nothing.

    The loss of a question is the softmax over its candidates and a null, half a binary cross-entropy of each candidate, and for
    those that answer the same two over their units. The null stands at what its topic alone would say (`topics`)."""
    torch.manual_seed(seed)
    chance = random.Random(seed)
    network = Network(cases[0].asked.states.shape[1])
    if start:
        network.load_state_dict(start)
    network.train(bool(seconds))
    if not seconds:
        return network
    optimiser = torch.optim.AdamW(network.parameters(), lr=_RATE, weight_decay=_DECAY, betas=(0.9, 0.98))
    begin, step = time.monotonic(), 0
    nulls = habits(cases)
    queue: list[int] = []
    while (done := (time.monotonic() - begin) / seconds) < 1:
        for group in optimiser.param_groups:
            group["lr"] = _RATE * min(1, (step + 1) / _WARM) * (0.5 * (1 + math.cos(math.pi * done)) + 0.01)
        if len(queue) < QUESTIONS:
            queue = chance.sample(range(len(cases)), len(cases))
        taken = [queue.pop() for _ in range(QUESTIONS)]
        loss = _loss(network, [cases[at] for at in taken], nulls[taken], idf, chance)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        step += 1
    network.eval()
    return network


def averaged(weights: Sequence[Weights]) -> Weights | None:
    """The mean of the weights of networks of one origin, which answers strangers better than each of them (Wortsman and others
    2022, "Model soups"); None of none."""
    return {name: torch.stack([each[name] for each in weights]).mean(0) for name in weights[0]} if weights else None


def scores(network: Network, case: Case, idf: np.ndarray, most: int) -> list[Scored]:
    """The scores of a case's first candidates."""
    with torch.no_grad():
        passages, units = _run(network, [(case, at) for at in range(min(most, len(case.candidates)))], idf)
    return [Scored(float(logit), its.numpy()) for logit, its in zip(passages, units, strict=True)]


def _loss(network: Network, cases: Sequence[Case], nulls: Floats, idf: np.ndarray, chance: random.Random) -> Tensor:
    """The mean loss of some questions, whose pairs are read together, in bfloat16: that takes half the time."""
    chosen = [_chosen(case, chance) for case in cases]
    with torch.autocast("cpu", torch.bfloat16):
        passages, units = _run(network, [(case, at) for case, its in zip(cases, chosen, strict=True) for at in its], idf)
    losses, first = [], 0
    for case, its, null in zip(cases, chosen, torch.from_numpy(nulls), strict=True):
        own = slice(first, first + len(its))
        losses.append(_loss_of(case, its, null, passages[own].float(), [one.float() for one in units[own]]))
        first = own.stop
    return torch.stack(losses).mean()


def _loss_of(case: Case, chosen: Sequence[int], null: Tensor, passages: Tensor, units: Sequence[Tensor]) -> Tensor:
    """The loss of a question, by the logits of none of its candidates, of those chosen (n,) and of their units."""
    right = torch.tensor([bool(case.answers[at]) for at in chosen])
    judged = torch.tensor([bool(case.answers[at]) or not case.related[at] for at in chosen])
    either = torch.logsumexp(torch.cat([passages[judged], null[None]]), 0)
    rank = either - (torch.logsumexp(passages[right], 0) if right.any() else null)
    each = binary_cross_entropy_with_logits(passages[judged], right[judged].float(), weight=1.0 + right[judged].float())
    marked = [_unit_loss(its, units_of(case, at)) for its, at in zip(units, chosen, strict=True) if case.answers[at]]
    within = torch.stack(marked).mean() if marked else rank * 0
    return rank + _EITHER * each + _UNITS * within


def _unit_loss(logits: Tensor, marks: np.ndarray) -> Tensor:
    right = torch.from_numpy(marks)
    ranked = torch.logsumexp(logits, 0) - torch.logsumexp(logits[right > 0], 0)
    return 0.5 * (binary_cross_entropy_with_logits(logits, right) + ranked)


def _chosen(case: Case, chance: random.Random) -> list[int]:
    """Candidates to learn from: up to three that answer, most of the nearest that don't, and some farther ones."""
    right = [at for at, units in enumerate(case.answers) if units]
    wrong = [at for at, units in enumerate(case.answers) if not units]
    chosen = chance.sample(right, min(3, len(right)))
    near, far = wrong[:7], wrong[7:25]
    chosen += chance.sample(near, min(len(near), max(3, CANDIDATES - len(chosen) - 2)))
    return chosen + chance.sample(far, min(len(far), max(0, CANDIDATES - len(chosen))))


def _run(network: Network, pairs: Pairs, idf: np.ndarray) -> tuple[Tensor, list[Tensor]]:
    """Passage logits (pairs,) and each pair's unit logits, in their order; those of like length are read together."""
    order = sorted(range(len(pairs)), key=lambda at: len(pairs[at][0].candidates[pairs[at][1]].starts))
    passages: dict[int, Tensor] = {}
    units: dict[int, Tensor] = {}
    for first in range(0, len(order), _AT_ONCE):
        rows = order[first : first + _AT_ONCE]
        logits, its = network(*_tensors([pairs[row] for row in rows], idf))
        for at, row in enumerate(rows):
            passages[row] = logits[at]
            case, candidate = pairs[row]
            units[row] = its[at, : len(case.candidates[candidate].units)]
    return torch.stack([passages[at] for at in range(len(pairs))]), [units[at] for at in range(len(pairs))]


def _tensors(pairs: Pairs, idf: np.ndarray) -> tuple[Tensor, ...]:
    laid = [laid_out(case.asked, case.candidates[at]) for case, at in pairs]
    rarity = []
    for (case, _), (states, _, _) in zip(pairs, laid, strict=True):
        rarity.append(np.zeros(len(states), dtype=np.float32))
        rarity[-1][: len(case.asked.ids)] = idf[np.minimum(case.asked.ids, len(idf) - 1)]
    return (
        torch.from_numpy(_padded([states for states, _, _ in laid], 0.0)),
        torch.from_numpy(_padded([kinds for _, kinds, _ in laid], PADDING)),
        torch.from_numpy(_padded(rarity, 0.0)),
        torch.tensor([case.candidates[at].signals for case, at in pairs], dtype=torch.float32),
        torch.from_numpy(_padded([spans for _, _, spans in laid], PADDING)),
    )


def _padded(rows: Sequence[Rows], filling: float) -> Rows:
    """Rows of any length (n, ...) as one array (rows, longest, ...)."""
    longest = max(map(len, rows))
    found = np.full((len(rows), longest, *rows[0].shape[1:]), filling, dtype=rows[0].dtype)
    for at, row in enumerate(rows):
        found[at, : len(row)] = row
    return found
