"""What a teacher reads, and how far from it a network is."""

import numpy as np
import pytest
import torch
from transformers import MPNetModel

from rag.datatypes import Floats
from rag.models.scorer import EARLIER, HEADING, QUESTION, TEXT, Asked, Candidate, Scored
from tests.train.cases import Case
from tests.train.learning import PADDING
from tests.train.losses import from_teacher
from tests.train.teacher import MARK, SMALL, Teacher, _tensors

PIECES = np.array([20, 21, 22, 23, 24], dtype=np.int32)


def states(count: int) -> Floats:
    return np.eye(8, dtype=np.float32)[:count]


def case(ids: list[int], own: list[bool]) -> Case:
    """A question to one passage: a heading of two tokens, then a unit of two and one of one."""
    asked = Asked("", (), states(len(ids)), np.array(ids, dtype=np.int32), np.array(own))
    starts = np.array([-1, -1, 0, 4, 8])
    candidate = Candidate(("Pay",), "good pay now", ((0, 8), (8, 12)), states(5), starts, (0.1, 0.2, 0.3, 0.4))
    return Case("", "", "", True, False, asked, (candidate,), (PIECES,), ((1,),), (False,))


def test_a_question_and_a_passage_are_read_at_once_each_token_as_its_kind() -> None:
    ids, kinds, signals, spans = _tensors([(case([10, 11, 12], [False, True, True]), 0), (case([10], [True]), 0)])
    assert ids[0].tolist() == [0, 10, 11, 12, 2, 2, 20, 21, 22, 23, 24, 2]
    assert kinds[0].tolist() == [MARK, EARLIER, *[QUESTION] * 2, MARK, MARK, *[HEADING] * 2, *[TEXT] * 3, MARK]
    assert [ids[0, first:last].tolist() for first, last in spans[0].tolist()] == [[22, 23], [24]]
    assert [ids[1, first:last].tolist() for first, last in spans[1].tolist()] == [[22, 23], [24]]
    assert kinds[1, -2:].tolist() == [PADDING] * 2 and signals.shape == (2, 4)


def test_what_fills_a_batch_changes_no_score() -> None:
    torch.manual_seed(0)
    teacher = Teacher(MPNetModel(SMALL)).eval()
    short, long = case([10], [True]), case([10, 11, 12], [False, True, True])
    with torch.no_grad():
        alone, together = teacher(*_tensors([(short, 0)])), teacher(*_tensors([(short, 0), (long, 0)]))
    assert together[0][0].item() == pytest.approx(alone[0][0].item(), abs=1e-4)
    assert together[1][0].tolist() == pytest.approx(alone[1][0].tolist(), abs=1e-4)


def test_a_network_that_says_what_its_teacher_says_is_nearest_to_it() -> None:
    lesson = [Scored(1.5, np.array([-1.0, 2.0], dtype=np.float32))]
    one, null = case([10], [True]), torch.tensor(0.3)

    def apart(passage: float, units: list[float]) -> float:
        return float(from_teacher(one, [0], null, torch.tensor([passage]), [torch.tensor(units)], lesson))

    same = apart(1.5, [-1.0, 2.0])
    assert same < min(apart(0.5, [-1.0, 2.0]), apart(2.5, [-1.0, 2.0]), apart(1.5, [2.0, -1.0]))
