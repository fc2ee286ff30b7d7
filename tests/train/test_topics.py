"""A topic of which most questions were left without an answer does not count against the next one."""

import random
from dataclasses import replace

import numpy as np

from rag.models.scorer import Asked
from tests.train.cases import Case
from tests.train.topics import habits

PAY, DUTIES = np.eye(8, dtype=np.float32)[:2]


def case(topic: np.ndarray, answerable: bool, chance: random.Random) -> Case:
    """A question of three tokens whose states lie about a topic's."""
    states = (topic + 0.05 * np.array([[chance.gauss(0, 1) for _ in range(8)] for _ in range(3)])).astype(np.float32)
    asked = Asked("", (), states, np.zeros(3, dtype=np.int32), np.array([False, True, True]))
    return Case("", f"{chance.randrange(2)}.md", "", answerable, False, asked, (), (), (), ())


def test_a_topic_that_is_seldom_answered_has_the_higher_null() -> None:
    chance = random.Random(3)
    cases = [case(PAY, at % 4 == 0, chance) for at in range(80)] + [case(DUTIES, at % 4 != 0, chance) for at in range(80)]
    nulls = habits(cases, topics=2)
    assert nulls.shape == (160,) and nulls[:80].min() > 0.3 > -0.3 > nulls[80:].max()


def test_of_topics_that_are_answered_alike_none_has_a_habit() -> None:
    chance = random.Random(4)
    cases = [case(topic, at % 2 == 0, chance) for topic in (PAY, DUTIES) for at in range(80)]
    assert np.abs(habits(cases, topics=2)).max() < 0.7


def test_what_is_about_no_guide_has_no_habit() -> None:
    chance = random.Random(5)
    odd = [replace(case(PAY, False, chance), guide="") for _ in range(20)]
    cases = [case(DUTIES, at % 2 == 0, chance) for at in range(20)]
    assert habits([*odd, *cases], topics=1).tolist()[:20] == [0.0] * 20
