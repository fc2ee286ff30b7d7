"""Evidence to chances, worked out by hand from the logits of a scorer."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from rag.answers.chances import MOST_QUOTED, READ, Chances, Weigher, fewest
from rag.answers.evidence import Evidence, Groups
from rag.datatypes import Hit
from rag.index.index import Index
from rag.models.scorer import Asked, Candidate, Fit, Scored
from rag.questions.question import Question
from rag.retrieval.search import Retriever
from tests.handmade import index_of
from tests.hashing import HashingEncoder

HOURS = "# Baker\n\n## Hours\n\nBakers start at three. They end at noon.\n"
ASKED = Question("when?", "when do they start", ("What is a Baker?",))
Weigh = Callable[..., Chances]
LOGIT_ONLY = (1.0, *(0.0,) * 11)  # the winner's logit, and nothing else of what the confidence is made of


class Logits:
    """Implements `Scorer`: each candidate's logit is the next of those given; its units' are 0 and 2. Keeps what it was given."""

    def __init__(
        self, *logits: float, confidence: tuple[float, ...] = LOGIT_ONLY, bias: float = 0.0, lexical: float = 0.0
    ) -> None:
        self.fit = Fit("by hand", (1.0, lexical, 0.0, 0.0, 0.0), confidence, bias, 0.6, 2.0, 0.8)
        self.logits = logits
        self.read: list[Candidate] = []
        self.asked: list[Asked] = []

    def score(self, asked: Asked, candidates: Sequence[Candidate]) -> list[Scored]:
        self.read = list(candidates)
        self.asked.append(asked)
        units = np.array([0.0, 2.0], dtype=np.float32)
        return [Scored(logit, units) for logit, _ in zip(self.logits, candidates, strict=False)]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return index_of(tmp_path_factory.mktemp("index"), {"guide.md": HOURS})


@pytest.fixture
def weigh(index: Index) -> Weigh:
    """Weighs a passage as often as it is given a lexical signal, by a scorer."""

    def weighed(scorer: Logits, *lexical: float) -> Chances:
        group = Groups(index).of(index.passages[0])
        found = Retriever(index.store, HashingEncoder()).find(ASKED.text, ASKED.earlier)
        hits = [Hit(group.passages[0], 0, 1.0, each, 0.1 * at, 0.2, 0.3) for at, each in enumerate(lexical)]
        return Weigher(scorer, index.store, index.outlines).weigh(ASKED, found, [Evidence(hit, group) for hit in hits])

    return weighed


def sigmoid(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


def test_passages_are_ranked_by_their_logits_and_equal_ones_keep_their_order(weigh: Weigh) -> None:
    chances = weigh(Logits(0.0, 2.0, -1.0, 2.0), 0, 0, 0, 0)
    assert chances.order == (1, 3, 0, 2)
    assert chances.passages.tolist() == pytest.approx([sigmoid(logit) for logit in (0.0, 2.0, -1.0, 2.0)])


def test_the_signals_of_search_are_weighed_with_the_logit(weigh: Weigh) -> None:
    assert weigh(Logits(1.0, 0.5, lexical=2.0), 0.0, 0.3).order == (1, 0)
    assert weigh(Logits(1.0, 0.5, lexical=1.0), 0.0, 0.3).order == (0, 1)


@pytest.mark.parametrize(("logit", "answered"), [(0.4, False), (0.41, True)])
def test_what_reaches_the_threshold_is_answered(weigh: Weigh, logit: float, answered: bool) -> None:
    chances = weigh(Logits(-3.0, logit), 0, 0)
    assert chances.answerable == pytest.approx(sigmoid(logit)) and sigmoid(0.4) < 0.6 < sigmoid(0.41)
    assert chances.answered == answered


def test_a_units_weight_is_its_share_sharpened(weigh: Weigh) -> None:
    [units] = weigh(Logits(0.0), 0).units
    first, second = 0.5**2, sigmoid(2.0) ** 2
    assert units.tolist() == pytest.approx([first / (first + second), second / (first + second)])


def test_the_confidence_is_made_of_the_winner_and_of_how_it_stands_out(weigh: Weigh) -> None:
    logits, lexical = (1.0, 3.0), (0.5, 0.25)
    by_hand = [
        3.0,  # the winner's logit
        3.0,  # the most
        2.0,  # the winner's lead
        math.log(math.exp(1.0) + math.exp(3.0) + 1.0),
        0.25,  # the winner's four signals
        0.1,
        0.2,
        0.3,
        0.1,  # the most of two of them
        0.2,
        1.0,  # there are earlier questions
        0.4,  # four words of ten
    ]
    for at, value in enumerate(by_hand):
        weights = tuple(float(place == at) for place in range(len(by_hand)))
        scorer = Logits(*logits, confidence=weights, bias=-0.5)
        assert weigh(scorer, *lexical).answerable == pytest.approx(sigmoid(value - 0.5)), at


def test_a_lone_passage_leads_by_the_most_there_is(weigh: Weigh) -> None:
    lead = (0.0, 0.0, 1.0, *(0.0,) * 9)
    alone = weigh(Logits(0.0, confidence=lead), 0).answerable
    far = weigh(Logits(9.0, 0.0, confidence=lead), 0, 0).answerable
    assert alone == far == pytest.approx(sigmoid(5.0))


def test_only_the_first_are_read_and_as_the_scorer_wants_them(weigh: Weigh) -> None:
    scorer = Logits(*range(READ + 3))
    chances = weigh(scorer, *[0.0] * (READ + 3))
    assert len(scorer.read) == len(chances.order) == len(chances.units) == READ
    [asked] = scorer.asked
    assert (asked.text, asked.earlier) == ("when do they start", ("What is a Baker?",))
    assert len(asked.ids) == len(asked.states) == 8 and asked.own.tolist() == [False] * 4 + [True] * 4
    read = scorer.read[0]
    assert (read.path, read.text) == (("Baker", "Hours"), "Bakers start at three. They end at noon.")
    assert (read.starts < 0).sum() == 2 and read.starts[2:].tolist() == [0, 7, 13, 16, 23, 28, 32, 35]
    assert len(read.states) == len(read.starts) and read.signals == (0.0, 0.0, 0.2, 0.3)
    assert [read.text[start:end] for start, end in read.units] == ["Bakers start at three.", "They end at noon."]


def test_without_evidence_nothing_is_answered(weigh: Weigh) -> None:
    chances = weigh(Logits())
    assert (chances.order, chances.units, chances.answered) == ((), (), False)


@pytest.mark.parametrize(("chance", "unsure", "answered"), [(0.19, False, False), (0.21, True, False), (0.61, True, True)])
def test_an_answer_is_given_or_denied_only_where_it_is_likely_enough(
    weigh: Weigh, chance: float, unsure: bool, answered: bool
) -> None:
    chances = weigh(Logits(float(np.log(chance / (1 - chance)))), 0)
    assert chances.answerable == pytest.approx(chance)
    assert (chances.unsure, chances.answered) == (unsure, answered)


@pytest.mark.parametrize(("share", "count"), [(0.0, 1), (0.6, 1), (0.7, 2), (0.95, 3), (1.0, 3)])
def test_as_few_passages_are_quoted_as_hold_the_answer_likely_enough(share: float, count: int) -> None:
    ranks = np.log(np.array([0.65, 0.25, 0.06, 0.03, 0.01]))
    assert fewest(ranks, share) == count <= MOST_QUOTED


def test_one_passage_alone_is_quoted_whatever_the_share() -> None:
    assert fewest(np.array([-7.0]), 1.0) == 1


def test_what_is_quoted_holds_the_answer_likely_enough(weigh: Weigh) -> None:
    scorer = Logits(0.0, 2.0, 1.9, -3.0)
    scorer.fit = replace(scorer.fit, passages=0.8)
    assert weigh(scorer, 0, 0, 0, 0).quoted == (1, 2)
    scorer.fit = replace(scorer.fit, passages=0.4)
    assert weigh(scorer, 0, 0, 0, 0).quoted == (1,)
