"""Evidence to chances: how likely each passage answers a question, each of its units is the answer, and the question is answered
at all. The numbers are fitted with the scorer (`rag/models/scorer/`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from rag.answers.evidence import Evidence
from rag.datatypes import Floats, Outline, Passage
from rag.models.scorer import Asked, Candidate, Integers, Scorer
from rag.questions.question import Question
from rag.retrieval.search import Found
from rag.retrieval.store import Store
from rag.timing import stage

# Passages that the scorer reads. Of guides kept apart search has .989 of the evidence among them (n = 3,269), and .996 among the
# first 12, of which the one ranked first is right for as many (.80).
READ = 8
MOST_QUOTED = 3  # passages in one answer

CAREER = 2.0  # lead, in logits, of a passage about the career that is meant
_WIDEST = 5.0  # lead of the winner from which it makes no difference


@dataclass(frozen=True, slots=True)
class Chances:
    """What is known of some evidence under a question. `order` ranks what was read, the likeliest first; `quoted` are those that
    together are likely enough to hold the answer. `passages` (read,) is how likely each passage answers, `units` how much each
    unit of a passage weighs in its answer; `answerable` is how likely the question is answered, `answered` whether that is
    enough, and `unsure` whether it is too much to deny an answer."""

    order: tuple[int, ...] = ()
    passages: Floats = field(default_factory=lambda: np.zeros(0, dtype=np.float32))
    units: tuple[Floats, ...] = ()
    answerable: float = 0.0
    answered: bool = False
    quoted: tuple[int, ...] = ()
    unsure: bool = False


class Weigher:
    """Weighs evidence by a scorer and the numbers fitted to it; `store` has the token states of passages,
    `outlines` the careers of documents."""

    def __init__(self, scorer: Scorer, store: Store, outlines: Mapping[str, Outline]) -> None:
        self._scorer, self._store, self.fit = scorer, store, scorer.fit
        self._own = {id: next(iter(outline.careers), None) for id, outline in outlines.items()}

    def weigh(self, question: Question, found: Found, evidence: Sequence[Evidence]) -> Chances:
        """The chances of the first `READ` pieces of evidence under a question, as search found them."""
        if not evidence:
            return Chances()
        read = evidence[:READ]
        with stage("weigh"):
            asked = Asked(question.text, question.earlier, found.encoding.tokens, found.encoding.ids, found.own)
            scored = self._scorer.score(asked, [self.candidate(one) for one in read])
        signals = np.array([[one.passage, *_signals(each)] for one, each in zip(scored, read, strict=True)])
        meant = np.array([self._is_meant(question, one.passage) for one in read])
        ranks = signals @ np.array(self.fit.rank) + CAREER * meant
        order = np.argsort(-ranks, kind="stable")
        alike = order[meant[order] >= meant[order[0]]]  # beside what is said of the career that is meant, nothing of another
        features = confidence_features(signals, order, self.fit.rank, asked)
        answerable = float(_sigmoid(features @ np.array(self.fit.confidence) + self.fit.bias))
        return Chances(
            order=tuple(order.tolist()),
            passages=_sigmoid(signals[:, 0]),
            units=tuple(unit_weights(one.units, self.fit.gamma) for one in scored),
            answerable=answerable,
            answered=answerable >= self.fit.threshold,
            quoted=tuple(alike[: fewest(ranks[alike], self.fit.passages)].tolist()),
            unsure=answerable >= self.fit.unsure,
        )

    def _is_meant(self, question: Question, passage: Passage) -> bool:
        """Whether a passage is about a career that a question is about; where it is about none, about its guide's own."""
        if question.careers:
            return passage.career in question.careers
        return passage.career == self._own.get(passage.document_id)

    def candidate(self, one: Evidence) -> Candidate:
        passage, tokens = one.passage, self._store.tokens_of(one.hit.row)
        spans = tuple((unit.start - passage.start, unit.end - passage.start) for unit in passage.units)
        text = one.group.document.text[passage.start : passage.end]
        return Candidate(passage.path, text, spans, tokens.states, tokens.starts, _signals(one))


def confidence_features(signals: Floats, order: Integers, rank: Sequence[float], asked: Asked) -> Floats:
    """What tells an answer from a near miss (12,): of candidates' logits and signals (n, 5), ranked by `order` under the weights
    `rank`, those of the winner, how far it leads, and the best of all; and how the question is asked."""
    logits, dense, sentence = signals[:, 0], signals[:, 2], signals[:, 3]
    ranked, winner = signals[order] @ np.array(rank), int(order[0])
    return np.array(
        [
            logits[winner],
            logits.max(),
            min(ranked[0] - ranked[1], _WIDEST) if len(ranked) > 1 else _WIDEST,
            np.logaddexp.reduce(np.append(logits, 0.0)),  # of all candidates against none of them
            *signals[winner, 1:],
            dense.max(),
            sentence.max(),
            float(bool(asked.earlier)),
            min(len(asked.text.split()) / 10, 2.0),
        ]
    )


def fewest(ranks: Floats, share: float) -> int:
    """How many of some passages, by logits (n,) from the largest, hold the answer with a probability of `share`, given that one
    of them does: one at least, and at most `MOST_QUOTED`."""
    chances = np.exp(ranks - ranks[0])
    enough = np.flatnonzero(np.cumsum(chances) >= share * chances.sum())
    return 1 + min(int(enough[0]), MOST_QUOTED - 1)


def unit_weights(logits: Floats, gamma: float) -> Floats:
    """How much each unit weighs in a passage's answer, (units,), adding up to 1; `gamma` says how sharply they are told apart."""
    weights = _sigmoid(logits) ** gamma
    return np.asarray(weights / weights.sum(), dtype=np.float32)


def _signals(one: Evidence) -> tuple[float, float, float, float]:
    return one.hit.lexical, one.hit.dense, one.hit.sentence, one.hit.late


def _sigmoid(logits: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30.0, 30.0))), dtype=np.float64)
