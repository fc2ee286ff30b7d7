"""How often the questions on a topic were written to have no answer: a habit of who wrote them, kept out of what is learned.

In the sets, three of four questions about a pension have no answer, and every second one about pay. A network that learns this
refuses "what is the salary" whatever the guide says. So while it is fitted, the null of a question begins with the log-odds that
its topic alone would give, and the network learns what the passages say beside that (a product of experts: Clark, Yatskar and
Zettlemoyer 2019, "Don't Take the Easy Way Out").
"""

from collections.abc import Sequence

import numpy as np
from sklearn.cluster import KMeans

from rag.datatypes import Floats
from tests.train.cases import Case

TOPICS = 32
_USUAL = 20  # questions with the usual share of answers that every topic is given beside its own


def habits(cases: Sequence[Case], topics: int = TOPICS) -> Floats:
    """The log-odds (cases,) that a question of each case's topic has no answer, less those of all questions; 0 for questions that
    are about no guide: that these have no answer is no habit, but what is to be learned."""
    about = np.array([bool(case.guide) for case in cases])
    found = np.zeros(len(cases), dtype=np.float32)
    found[about] = _habits([case for case in cases if case.guide], topics)
    return found


def _habits(cases: Sequence[Case], topics: int) -> Floats:
    answerable = np.array([case.answerable for case in cases])
    found = KMeans(min(topics, len(cases)), n_init=2, max_iter=60, random_state=0).fit(_meanings(cases)).labels_
    usual = answerable.mean()
    shares = np.array([_share(answerable[found == topic], usual) for topic in range(max(found) + 1)])
    return np.asarray((_odds(1 - shares) - _odds(1 - usual))[found], dtype=np.float32)


def _meanings(cases: Sequence[Case]) -> Floats:
    """The mean token state of each question (cases, d), less that of all questions about its guide: what these are about is no
    topic. Each of unit length."""
    means = np.array(
        [(case.asked.states[case.asked.own] if case.asked.own.any() else case.asked.states).mean(0) for case in cases]
    )
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    guides = np.array([case.guide for case in cases])
    for guide in set(guides):
        means[guides == guide] -= means[guides == guide].mean(0)
    return np.asarray(means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-6), dtype=np.float32)


def _share(answerable: np.ndarray, usual: float) -> float:
    return float((answerable.sum() + _USUAL * usual) / (len(answerable) + _USUAL))


def _odds(share: np.ndarray) -> np.ndarray:
    return np.asarray(np.log(share / (1 - share)))
