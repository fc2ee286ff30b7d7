"""Cases to a network, and a network to the scores of cases."""

import math
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from rag.datatypes import Floats
from rag.models.scorer import MOST_TOKENS, Integers, Scored, laid_out
from tests.train.cases import Case
from tests.train.losses import from_judged, from_teacher
from tests.train.network import Network
from tests.train.topics import habits

CANDIDATES = 8  # of a question, in a step
AT_ONCE = 16  # pairs or texts that are read together, of like length
_NEAR = 12  # candidates of each case that a teacher gives scores, beside those that answer
_DECAY, _WARM = 0.05, 60
_TAUGHT = 0.6  # of the loss, where there is a teacher

PADDING = -1  # the kind of what is no token, and a place that is none
Rows = TypeVar("Rows", Floats, Integers)
Weights = Mapping[str, Tensor]
Pairs = Sequence[tuple[Case, int]]  # a case and the position of one of its candidates
Lay = Callable[[Pairs], tuple[Tensor, ...]]  # pairs as a network takes them
Lesson = Mapping[int, Scored]  # what a teacher gave some candidates of a case, by their positions; nothing if it knew no better
Read = Callable[[Pairs], Tensor]  # what is done with the pairs of a step before they are laid out, and what it costs


@dataclass(frozen=True, slots=True)
class Course:
    """How a network is fitted: for how long, how fast at most, so many questions a step, on which device; and how many of them
    about one guide come after each other."""

    seconds: float
    rate: float
    questions: int = 8
    device: str = "cpu"
    seed: int = 1
    together: int = 1


def train(
    cases: Sequence[Case], idf: np.ndarray, course: Course, start: Weights | None = None, lessons: Sequence[Lesson] = ()
) -> Network:
    """A network fitted to cases and, if there are any, to a teacher's lessons of them, from the weights of another if there is
    one."""
    torch.manual_seed(course.seed)
    network = Network(cases[0].asked.states.shape[1])
    if start:
        network.begin(start)
    if course.seconds:
        fit(network, partial(tensors, idf=idf), cases, course, lessons)
    network.cpu().eval()
    return network


def fit(
    network: nn.Module,
    lay: Lay,
    cases: Sequence[Case],
    course: Course,
    lessons: Sequence[Lesson] = (),
    read: Read = lambda _: torch.zeros(()),
) -> None:
    """Fit a network to cases: AdamW, warm-up, then a cosine down to nothing. A round has each question in one of its voices.

    The loss of a question is the softmax over its candidates and a null, half a binary cross-entropy of each candidate, and for
    those that answer the same two over their units. The null stands at what its topic alone would say (`topics`). Where there are
    lessons, most of it is how far the network's chances are from the teacher's (Hinton and others 2015, "Distilling the Knowledge
    in a Neural Network")."""
    chance = random.Random(course.seed)
    network.to(course.device).train()
    learned = [weights for weights in network.parameters() if weights.requires_grad]
    optimiser = torch.optim.AdamW(learned, lr=course.rate, weight_decay=_DECAY, betas=(0.9, 0.98))
    nulls = habits(cases)
    queue: list[int] = []
    begin, step = time.monotonic(), 0
    while (done := (time.monotonic() - begin) / course.seconds) < 1:
        for group in optimiser.param_groups:
            group["lr"] = course.rate * min(1, (step + 1) / _WARM) * (0.5 * (1 + math.cos(math.pi * done)) + 0.01)
        if len(queue) < course.questions:
            queue = _round(cases, course.together, chance)
        taken = [queue.pop() for _ in range(min(course.questions, len(queue)))]
        taught = [lessons[at] for at in taken] if lessons else []
        loss = _loss(network, lay, read, [cases[at] for at in taken], nulls[taken], taught, chance, course.device)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(learned, 1.0)
        optimiser.step()
        step += 1
    network.eval()


def averaged(weights: Sequence[Weights]) -> Weights | None:
    """The mean of the weights of networks of one origin, which answers strangers better than each of them (Wortsman and others
    2022, "Model soups"); None of none."""
    return {name: torch.stack([each[name] for each in weights]).mean(0) for name in weights[0]} if weights else None


def scores(network: Network, case: Case, idf: np.ndarray, most: int) -> list[Scored]:
    """The scores of a case's first candidates."""
    return given(network, partial(tensors, idf=idf), case, range(min(most, len(case.candidates))))


def lesson_of(network: nn.Module, lay: Lay, case: Case, device: str = "cpu") -> Lesson:
    """What a network that knows better gives the nearest candidates of a case and those that answer."""
    which = sorted({*range(min(_NEAR, len(case.candidates))), *(at for at, units in enumerate(case.answers) if units)})
    return dict(zip(which, given(network, lay, case, which, device), strict=True))


def given(network: nn.Module, lay: Lay, case: Case, which: Sequence[int], device: str = "cpu") -> list[Scored]:
    """The scores that a network gives some candidates of a case."""
    with torch.no_grad():
        passages, units = _run(network, lay, [(case, at) for at in which], device)
    return [Scored(float(logit), its.float().cpu().numpy()) for logit, its in zip(passages, units, strict=True)]


def _loss(
    network: nn.Module,
    lay: Lay,
    read: Read,
    cases: Sequence[Case],
    nulls: Floats,
    lessons: Sequence[Lesson],
    chance: random.Random,
    device: str,
) -> Tensor:
    """The mean loss of some questions, whose pairs are read together."""
    chosen = [_chosen(case, chance) for case in cases]
    if lessons:
        chosen = [[at for at in its if not lesson or at in lesson] for its, lesson in zip(chosen, lessons, strict=True)]
    pairs = [(case, at) for case, its in zip(cases, chosen, strict=True) for at in its]
    with torch.autocast(device, torch.bfloat16, enabled=_halved(device)):
        strayed = read(pairs)
        passages, units = _run(network, lay, pairs, device)
    passages, units = passages.float().cpu(), [one.float().cpu() for one in units]
    losses, first = [], 0
    for number, (case, its, null) in enumerate(zip(cases, chosen, torch.from_numpy(nulls), strict=True)):
        own = slice(first, first + len(its))
        first = own.stop
        if its:
            loss = from_judged(case, its, null, passages[own], units[own])
            lesson = [lessons[number][at] for at in its] if lessons and lessons[number] else []
            taught = from_teacher(case, its, null, passages[own], units[own], lesson) if lesson else loss
            losses.append((1 - _TAUGHT) * loss + _TAUGHT * taught)
    return torch.stack(losses).mean() + strayed.float().cpu()


def _halved(device: str) -> bool:
    """Whether bfloat16 takes half the time, and not ten times as much as where a processor has to make do without."""
    return device != "cpu" or bool(torch.cpu._is_avx512_bf16_supported())


def _round(cases: Sequence[Case], together: int, chance: random.Random) -> list[int]:
    """The positions of all questions, each in one of its voices, so many about one guide after each other."""
    voices: dict[tuple[str, str, str], list[int]] = {}
    for at, case in enumerate(cases):
        voices.setdefault((case.set, case.guide, case.question), []).append(at)
    guides: dict[tuple[str, str], list[int]] = {}
    for (name, guide, _), its in voices.items():
        guides.setdefault((name, guide), []).append(chance.choice(its))
    for its in guides.values():
        chance.shuffle(its)
    bunches = [its[first : first + together] for its in guides.values() for first in range(0, len(its), together)]
    return [at for bunch in chance.sample(bunches, len(bunches)) for at in bunch]


def _chosen(case: Case, chance: random.Random) -> list[int]:
    """Candidates to learn from: up to three that answer, most of the nearest that don't, and some farther ones."""
    right = [at for at, units in enumerate(case.answers) if units]
    wrong = [at for at, units in enumerate(case.answers) if not units]
    chosen = chance.sample(right, min(3, len(right)))
    near, far = wrong[:7], wrong[7:25]
    chosen += chance.sample(near, min(len(near), max(3, CANDIDATES - len(chosen) - 2)))
    return chosen + chance.sample(far, min(len(far), max(0, CANDIDATES - len(chosen))))


def _run(network: nn.Module, lay: Lay, pairs: Pairs, device: str) -> tuple[Tensor, list[Tensor]]:
    """Passage logits (pairs,) and each pair's unit logits, in their order; those of like length are read together."""
    order = sorted(range(len(pairs)), key=lambda at: len(pairs[at][0].candidates[pairs[at][1]].starts))
    passages: dict[int, Tensor] = {}
    units: dict[int, Tensor] = {}
    at_once = AT_ONCE if device == "cpu" else len(order)
    for first in range(0, len(order), at_once):
        rows = order[first : first + at_once]
        logits, its = network(*(tensor.to(device) for tensor in lay([pairs[row] for row in rows])))
        for at, row in enumerate(rows):
            passages[row] = logits[at]
            case, candidate = pairs[row]
            units[row] = its[at, : len(case.candidates[candidate].units)]
    return torch.stack([passages[at] for at in range(len(pairs))]), [units[at] for at in range(len(pairs))]


def tensors(pairs: Pairs, idf: np.ndarray) -> tuple[Tensor, ...]:
    laid = [laid_out(case.asked, case.candidates[at]) for case, at in pairs]
    return (
        torch.from_numpy(padded([states for states, _, _ in laid], 0.0)),
        torch.from_numpy(padded([kinds for _, kinds, _ in laid], PADDING)),
        *beside_states(pairs, [spans for _, _, spans in laid], idf),
    )


def beside_states(pairs: Pairs, spans: Sequence[Integers], idf: np.ndarray) -> tuple[Tensor, Tensor, Tensor]:
    """What a network reads of pairs beside their tokens: how rare those of the question are, the signals of search, and where
    the units lie."""
    rarity = [idf[np.minimum(case.asked.ids, len(idf) - 1)].astype(np.float32) for case, _ in pairs]
    longest = max(len(case.asked.ids) + min(len(case.candidates[at].starts), MOST_TOKENS) for case, at in pairs)
    filled = [np.pad(its, (0, longest - len(its))) for its in rarity]
    signals = torch.tensor([case.candidates[at].signals for case, at in pairs], dtype=torch.float32)
    return torch.from_numpy(np.stack(filled)), signals, torch.from_numpy(padded(spans, PADDING))


def padded(rows: Sequence[Rows], filling: float) -> Rows:
    """Rows of any length (n, ...) as one array (rows, longest, ...)."""
    longest = max(map(len, rows))
    found = np.full((len(rows), longest, *rows[0].shape[1:]), filling, dtype=rows[0].dtype)
    for at, row in enumerate(rows):
        found[at, : len(row)] = row
    return found
