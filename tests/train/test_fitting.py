"""What is kept of an earlier network's numbers, and what is not."""

from dataclasses import replace

import numpy as np
import pytest

from rag.models.scorer import Fit, Scored
from tests.train.fitting import Scores, scaled
from tests.train.test_teacher import case

KEPT = Fit("before", (1.0, 0.0, 0.0, 0.0, 0.0), (1.0, *(0.0,) * 11), 0.0, 0.5, 1.0, 0.8)
UNITS = np.array([-1.0, 2.0], dtype=np.float32)


def scores(*logits: float, answerable: bool) -> list[Scores]:
    one = replace(case([10], [True]), answerable=answerable, answers=((1,) if answerable else (),))
    return [Scores(one, (Scored(logit, UNITS),)) for logit in logits]


FOUND = [*scores(3.0, 2.0, 1.0, -0.5, 0.2, answerable=True), *scores(-3.0, -2.0, -1.0, 0.5, -0.2, answerable=False)]


def test_how_sure_a_network_is_does_not_depend_on_how_sure_it_was() -> None:
    once, thrice = (scaled(FOUND, replace(KEPT, confidence=(by, *(0.0,) * 11)), "now", "sha") for by in (1.0, 3.0))
    assert thrice.confidence == pytest.approx(once.confidence, abs=1e-3) and thrice.bias == pytest.approx(once.bias, abs=1e-3)
    assert thrice.rates == once.rates and (once.id, once.encoder, once.rank) == ("now", "sha", KEPT.rank)


def test_a_fifth_of_what_is_answerable_is_left_blank_and_none_denied_that_mostly_has_an_answer() -> None:
    fit = scaled(FOUND, KEPT, "now", "sha")
    (rate,) = (one for one in fit.rates if one.threshold == fit.threshold)
    assert rate.false_abstain == 0.2 and 0 < fit.unsure <= fit.threshold
    assert (fit.questions, fit.about) == (10, "1 guides that the network had not seen")
