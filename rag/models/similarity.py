"""What scores passages where no scorer was fitted to an encoder: the signals of search, and the cosines of tokens for units."""

from collections.abc import Sequence

import numpy as np

from rag.datatypes import Floats
from rag.models.scorer import Asked, Candidate, Fit, Scored

# Where the scorer's own training begins. Similarity can't tell a near miss: of the answerable and the unanswerable questions of
# two sets of guides it orders .60 of the pairs (AUROC, n = 400), the fitted scorer .8 and more (`python -m tests.train`).
_WEIGHTS, _BIAS = np.array([1.0, 3.0, 4.0, 6.0], dtype=np.float32), -7.0
_UNIT, _HEADED, _UNIT_BIAS = 6.0, 4.0, -5.0
FIT = Fit("similarity", (1.0, 0.0, 0.0, 0.0, 0.0), (0.0, 1.0, *(0.0,) * 10), 0.0, 0.5, 1.0, 0.8)


class SimilarityScorer:
    """Implements `Scorer` for any encoder."""

    fit = FIT

    def score(self, asked: Asked, candidates: Sequence[Candidate]) -> list[Scored]:
        """Candidates to their scores, in their order."""
        return [
            Scored(float(np.array(one.signals) @ _WEIGHTS + _BIAS), _units(asked.states[asked.own], one)) for one in candidates
        ]


def _units(states: Floats, candidate: Candidate) -> Floats:
    """Each unit's logit, (units,): the mean best cosine of the question's tokens with its own, alone and with the path's."""
    cosines = states @ candidate.states.T
    path = cosines[:, candidate.starts < 0].max(axis=1, initial=0.0)
    found = []
    for start, end in candidate.units:
        own = cosines[:, (candidate.starts >= start) & (candidate.starts < end)].max(axis=1, initial=0.0)
        found.append(_UNIT * own.mean() + _HEADED * np.maximum(own, path).mean() + _UNIT_BIAS)
    return np.array(found, dtype=np.float32)
