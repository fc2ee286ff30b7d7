"""A small network over the token states of a question and a passage: how well the passage answers, and which of its units do.

It reads what the encoder stored of every passage, so a question costs it little: three layers of attention over both at once,
with the cosines of their tokens and the signals of search beside them (after MORES, Gao and others 2020, "Modularized
Transfomer-based Ranking Framework"). Its weights, the numbers fitted to them and a card that says what they were fitted on lie in
`scorer/`, one folder an encoder; `python -m tests.train` makes them again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from rag.datatypes import Floats
from rag.errors import EncoderError

FOLDER = Path(__file__).parent / "scorer"
WEIGHTS, IDF, FIT = "scorer.onnx", "idf.npy", "scorer.json"
QUESTION, EARLIER, HEADING, TEXT = range(4)  # kinds of tokens, as the network knows them
MOST_TOKENS = 200  # of a passage; what is longer is cut at its end

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the scorer reads it: its text and the questions before it, the unit states (n, d) and ids (n,) of the tokens
    of all of them, and which of these are the question's own (n,)."""

    text: str
    earlier: tuple[str, ...]
    states: Floats
    ids: NDArray[np.int32]
    own: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage as the scorer reads it: its heading path and text, where each of its units lies in the text, the unit states
    (m, d) of its tokens and where each begins in the text (m,), below 0 for the path's; and the `signals` of search (4,):
    lexical, dense, sentence, late."""

    path: tuple[str, ...]
    text: str
    units: tuple[tuple[int, int], ...]
    states: Floats
    starts: Integers
    signals: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Scored:
    """The logit of a passage, and of each of its units if the passage answers (units,)."""

    passage: float
    units: Floats


@dataclass(frozen=True, slots=True)
class Rate:
    """At a threshold, the share of the unanswerable questions that are answered, and of the answerable ones left blank."""

    threshold: float
    false_answer: float
    false_abstain: float


@dataclass(frozen=True, slots=True)
class Fit:
    """The numbers fitted to a scorer on judged questions. `rank` weighs the logit and the signals of search to order passages;
    `confidence` and `bias` are a logistic regression to the probability that a question is answered; `threshold` is what it has
    to reach, and `unsure` what is too much to deny an answer: of what is left blank above it, most has one. `passages` is the
    probability with which what is quoted holds the answer, `gamma` and `share` say how much of each passage that is; `id` names
    the fit, `encoder` the sha256 of the model whose states were read. `rates` were measured on so many `questions`, each set of
    guides judged by a fit on the others; `about` says on which."""

    id: str
    rank: tuple[float, ...]
    confidence: tuple[float, ...]
    bias: float
    threshold: float
    gamma: float
    share: float
    passages: float = 0.0
    unsure: float = 0.2
    encoder: str = ""
    date: str = ""
    questions: int = 0
    about: str = ""
    rates: tuple[Rate, ...] = ()


class Scorer(Protocol):
    """Scores candidates under a question in its conversation. Implemented by the network and by a stand-in for tests."""

    @property
    def fit(self) -> Fit: ...

    def score(self, asked: Asked, candidates: Sequence[Candidate]) -> list[Scored]: ...


def scorer_folder(model_sha256: str) -> Path | None:
    """The folder of the scorer that was fitted to an encoder, by its model's sha256, or None where there is none."""
    fits = ((file.parent, msgspec.json.decode(file.read_bytes(), type=Fit)) for file in sorted(FOLDER.glob(f"*/{FIT}")))
    return next((folder for folder, fit in fits if fit.encoder == model_sha256), None)


class OnnxScorer:
    """A committed network, run by ONNX Runtime. Raises EncoderError where its files are missing or unreadable."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        try:
            self.fit = msgspec.json.decode((folder / FIT).read_bytes(), type=Fit)
            self._idf: Floats = np.load(folder / IDF)
            self._session = onnxruntime.InferenceSession(folder / WEIGHTS, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # each library has errors of its own
            raise EncoderError(f"The scorer in {folder} cannot be read ({error}). Reinstall verbatim.") from error

    def score(self, asked: Asked, candidates: Sequence[Candidate]) -> list[Scored]:
        """Candidates to their scores, in their order. They are read one by one: all at once, padded to the longest, they took 2.7
        times as long, since attention grows with the square of the length."""
        return [self._score(asked, candidate) for candidate in candidates]

    def _score(self, asked: Asked, candidate: Candidate) -> Scored:
        states, kinds, spans = laid_out(asked, candidate)
        signals = np.array([candidate.signals], dtype=np.float32)
        idf = self._rarity(asked, len(states))
        given = {"states": states[None], "kinds": kinds[None], "idf": idf[None], "signals": signals, "spans": spans[None]}
        passages, units = self._session.run(["passage", "units"], given)
        return Scored(float(passages[0]), units[0])

    def _rarity(self, asked: Asked, length: int) -> Floats:
        """How rare each token of a question is in the guides that were learned from, (length,); 0 for those of the passage."""
        rarity = np.zeros(length, dtype=np.float32)
        rarity[: len(asked.ids)] = self._idf[np.minimum(asked.ids, len(self._idf) - 1)]
        return rarity


def laid_out(asked: Asked, candidate: Candidate) -> tuple[Floats, Integers, Integers]:
    """A question and then a passage: the states of their tokens (n, d), their kinds (n,), and each unit's (units, 2)."""
    starts, before = candidate.starts[:MOST_TOKENS], len(asked.ids)
    states = np.concatenate([asked.states, candidate.states[:MOST_TOKENS]])
    kinds = np.concatenate([np.where(asked.own, QUESTION, EARLIER), np.where(starts < 0, HEADING, TEXT)])
    bounds = np.searchsorted(starts, np.array(candidate.units, dtype=np.int64).reshape(-1, 2))
    first = np.minimum(bounds[:, 0], len(starts) - 1)
    last = np.clip(bounds[:, 1], first + 1, len(starts))
    return states, kinds.astype(np.int64), np.stack([first, last], axis=1).astype(np.int64) + before
