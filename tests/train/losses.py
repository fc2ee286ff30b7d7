"""The losses of a question: by what is judged of its candidates, and by what a teacher gave them."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from rag.models.scorer import Scored
from tests.train.cases import Case, units_of

_EITHER, _UNITS = 0.5, 0.7  # weights of the losses beside that of ranking


def from_judged(case: Case, chosen: Sequence[int], null: Tensor, passages: Tensor, units: Sequence[Tensor]) -> Tensor:
    """The loss of a question, by the logits of none of its candidates, of those chosen (n,) and of their units."""
    right = torch.tensor([bool(case.answers[at]) for at in chosen])
    judged = torch.tensor([bool(case.answers[at]) or not case.related[at] for at in chosen])
    either = torch.logsumexp(torch.cat([passages[judged], null[None]]), 0)
    rank = either - (torch.logsumexp(passages[right], 0) if right.any() else null)
    each = binary_cross_entropy_with_logits(passages[judged], right[judged].float(), weight=1.0 + right[judged].float())
    marked = [_unit_loss(its, units_of(case, at)) for its, at in zip(units, chosen, strict=True) if case.answers[at]]
    within = torch.stack(marked).mean() if marked else rank * 0
    return rank + _EITHER * (each if judged.any() else 0) + _UNITS * within


def from_teacher(
    case: Case, chosen: Sequence[int], null: Tensor, passages: Tensor, units: Sequence[Tensor], lesson: Sequence[Scored]
) -> Tensor:
    """How far the logits of a question's candidates and of the units of those that answer are from its teacher's."""
    taught = torch.tensor([one.passage for one in lesson])
    each = binary_cross_entropy_with_logits(passages, taught.sigmoid())
    rank = _divergence(torch.cat([taught, null[None]]), torch.cat([passages, null[None]]))
    pairs = [(its, torch.from_numpy(one.units)) for at, its, one in zip(chosen, units, lesson, strict=True) if case.answers[at]]
    within = [0.5 * (binary_cross_entropy_with_logits(its, of.sigmoid()) + _divergence(of, its)) for its, of in pairs]
    return rank + _EITHER * each + _UNITS * (torch.stack(within).mean() if within else rank * 0)


def _divergence(taught: Tensor, found: Tensor) -> Tensor:
    """That of Kullback and Leibler, of the chances that logits stand for."""
    return (taught.softmax(0) * (taught.log_softmax(0) - found.log_softmax(0))).sum()


def _unit_loss(logits: Tensor, marks: np.ndarray) -> Tensor:
    right = torch.from_numpy(marks)
    ranked = torch.logsumexp(logits, 0) - torch.logsumexp(logits[right > 0], 0)
    return 0.5 * (binary_cross_entropy_with_logits(logits, right) + ranked)
