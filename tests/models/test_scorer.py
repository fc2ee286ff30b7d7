"""How the scorer lays out what it reads, seen as such and through a graph made here, whose logits are sums of its inputs."""

from pathlib import Path

import msgspec
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from rag.errors import EncoderError
from rag.models import scorer
from rag.models.scorer import (
    EARLIER,
    FIT,
    FOLDER,
    HEADING,
    IDF,
    MOST_TOKENS,
    QUESTION,
    TEXT,
    WEIGHTS,
    Asked,
    Candidate,
    Fit,
    OnnxScorer,
    Scored,
    laid_out,
    scorer_folder,
)

MADE = Fit("made", (1.0, 0.0, 0.0, 0.0, 0.0), (1.0, *(0.0,) * 11), -0.5, 0.4, 1.0, 0.8, encoder="f" * 64)
DIMENSION = 2
RARITY = np.array([1.0, 2.0, 4.0, 8.0], dtype=np.float32)  # by token, the last for all that are no token of the vocabulary
# The inputs of a scorer: type, shape, and the axes over which a graph made here adds it up for a passage.
INPUTS = {
    "states": (TensorProto.FLOAT, ["n", "t", DIMENSION], [1, 2]),
    "kinds": (TensorProto.INT64, ["n", "t"], [1]),
    "idf": (TensorProto.FLOAT, ["n", "t"], [1]),
    "signals": (TensorProto.FLOAT, ["n", 4], [1]),
    "spans": (TensorProto.INT64, ["n", "u", 2], [1, 2]),
}


def make(folder: Path, summed: str) -> Path:
    """A scorer whose passages' logits are the sums of one of its inputs, and whose units' are the sums of their bounds."""
    folder.mkdir(parents=True)
    (folder / FIT).write_bytes(msgspec.json.encode(MADE))
    np.save(folder / IDF, RARITY)
    inputs = [helper.make_tensor_value_info(name, kind, shape) for name, (kind, shape, _) in INPUTS.items()]
    outputs = [
        helper.make_tensor_value_info("passage", TensorProto.FLOAT, ["n"]),
        helper.make_tensor_value_info("units", TensorProto.FLOAT, ["n", "u"]),
    ]
    axes = INPUTS[summed][2]
    nodes = [
        helper.make_node("Cast", [summed], ["chosen"], to=TensorProto.FLOAT),
        helper.make_node("ReduceSum", ["chosen", "axes"], ["passage"], keepdims=0),
        helper.make_node("Cast", ["spans"], ["bounds"], to=TensorProto.FLOAT),
        helper.make_node("ReduceSum", ["bounds", "last"], ["units"], keepdims=0),
    ]
    constants = [
        helper.make_tensor("axes", TensorProto.INT64, [len(axes)], axes),
        helper.make_tensor("last", TensorProto.INT64, [1], [2]),
    ]
    graph = helper.make_graph(nodes, "scorer", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, folder / WEIGHTS)
    return folder


@pytest.fixture(scope="module")
def scorers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, OnnxScorer]:
    base = tmp_path_factory.mktemp("scorers")
    return {summed: OnnxScorer(make(base / summed, summed)) for summed in INPUTS}


def asked(own: int = 2, earlier: int = 0) -> Asked:
    """A question of so many tokens after so many of earlier ones: each state is 1, -0.5, and its id is its place."""
    count = earlier + own
    states = np.tile(np.array([1.0, -0.5], dtype=np.float32), (count, 1))
    return Asked("?", (), states, np.arange(count, dtype=np.int32), np.arange(count) >= earlier)


def candidate(path: int, *units: tuple[int, int], tokens: int = 6) -> Candidate:
    """A passage of words of one letter, so that token k begins at 2k, under a path of so many tokens; each state is 0.25, 0."""
    starts = np.array([-1] * path + [2 * at for at in range(tokens)], dtype=np.int64)
    states = np.tile(np.array([0.25, 0.0], dtype=np.float32), (path + tokens, 1))
    return Candidate(("Path",), "x " * tokens, units, states, starts, (0.1, 0.2, 0.3, 0.4))


def score(of: OnnxScorer, question: Asked, *candidates: Candidate) -> list[Scored]:
    return of.score(question, candidates)


def test_a_passage_is_read_after_its_question_and_its_path_and_each_token_is_of_a_kind() -> None:
    states, kinds, _ = laid_out(asked(own=2, earlier=3), candidate(2, (0, 4), tokens=3))
    assert kinds.tolist() == [EARLIER] * 3 + [QUESTION] * 2 + [HEADING] * 2 + [TEXT] * 3
    assert states[:, 0].tolist() == [1.0] * 5 + [0.25] * 5


@pytest.mark.parametrize(
    ("unit", "tokens"),
    [
        ((0, 4), (0, 2)),  # "x x" are tokens 0 and 1
        ((4, 5), (2, 3)),
        ((6, 12), (3, 6)),
        ((10, 40), (5, 6)),  # more than there is
        ((3, 4), (2, 3)),  # none begins within: the one after
        ((50, 60), (5, 6)),  # beyond all: the last
    ],
)
def test_a_unit_is_the_tokens_that_begin_in_it(unit: tuple[int, int], tokens: tuple[int, int]) -> None:
    _, _, [span] = laid_out(asked(own=2), candidate(3, unit))
    assert tuple(span.tolist()) == (2 + 3 + tokens[0], 2 + 3 + tokens[1])


def test_what_is_long_is_cut_and_a_unit_that_was_cut_off_has_the_last_token() -> None:
    long = candidate(4, (0, 2), (2 * MOST_TOKENS, 2 * MOST_TOKENS + 2), tokens=MOST_TOKENS + 20)
    states, kinds, spans = laid_out(asked(own=3), long)
    assert len(states) == len(kinds) == 3 + MOST_TOKENS
    assert spans.tolist() == [[3 + 4, 3 + 5], [3 + MOST_TOKENS - 1, 3 + MOST_TOKENS]]


def test_a_passage_without_units_has_no_spans() -> None:
    assert laid_out(asked(), candidate(1))[2].shape == (0, 2)


def test_the_network_is_given_all_it_reads(scorers: dict[str, OnnxScorer]) -> None:
    question, read = asked(own=2, earlier=1), candidate(2, (0, 4), (4, 6), tokens=3)
    sums = {name: score(of, question, read)[0].passage for name, of in scorers.items()}
    assert sums["states"] == pytest.approx(3 * 0.5 + 5 * 0.25)
    assert sums["kinds"] == QUESTION * 2 + EARLIER + HEADING * 2 + TEXT * 3
    assert sums["idf"] == 1 + 2 + 4  # of the question's tokens alone
    assert sums["signals"] == pytest.approx(1.0)
    assert sums["spans"] == (5 + 7) + (7 + 8)


def test_a_token_beyond_the_vocabulary_is_as_rare_as_the_last(scorers: dict[str, OnnxScorer]) -> None:
    assert score(scorers["idf"], asked(own=6), candidate(1, (0, 2)))[0].passage == 1 + 2 + 4 + 8 + 8 + 8


def test_each_unit_has_its_logit_whatever_is_read_beside_it(scorers: dict[str, OnnxScorer]) -> None:
    several = [candidate(2, (0, 2)), candidate(1, (0, 2), (2, 4), (4, 6), tokens=9), candidate(3, tokens=2)]
    together = score(scorers["states"], asked(), *several)
    assert [one.units.tolist() for one in together] == [[4 + 5], [3 + 4, 4 + 5, 5 + 6], []]
    alone = [score(scorers["states"], asked(), one)[0] for one in several]
    assert [one.passage for one in together] == pytest.approx([one.passage for one in alone])


def test_a_passage_is_read_without_padding_beside_a_longer_one(scorers: dict[str, OnnxScorer]) -> None:
    short, long = score(scorers["kinds"], asked(), candidate(1, (0, 2), tokens=2), candidate(1, (0, 2), tokens=5))
    assert long.passage - short.passage == 3 * TEXT


def test_without_candidates_nothing_is_scored(scorers: dict[str, OnnxScorer]) -> None:
    assert score(scorers["idf"], asked()) == []


def test_the_numbers_fitted_come_with_the_weights(scorers: dict[str, OnnxScorer]) -> None:
    assert scorers["idf"].fit == MADE


@pytest.mark.parametrize("name", [WEIGHTS, IDF, FIT])
@pytest.mark.parametrize("content", [None, b"damaged"])
def test_a_file_that_is_missing_or_damaged_is_said(tmp_path: Path, name: str, content: bytes | None) -> None:
    folder = make(tmp_path / "scorer", "idf")
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content)
    with pytest.raises(EncoderError, match=r"^The scorer in .* cannot be read \((.|\n)*\)\. Reinstall verbatim\.$"):
        OnnxScorer(folder)


def test_a_scorer_is_that_of_its_encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scorer, "FOLDER", tmp_path)
    assert scorer_folder(MADE.encoder) is None
    made = make(tmp_path / "made", "idf")
    assert scorer_folder(MADE.encoder) == made and scorer_folder("0" * 64) is None


@pytest.mark.model
@pytest.mark.parametrize("file", sorted(FOLDER.glob(f"*/{FIT}")), ids=lambda file: file.parent.name)
def test_the_committed_numbers_are_as_many_as_there_are_signals(file: Path) -> None:
    fit = OnnxScorer(file.parent).fit
    assert (len(fit.rank), len(fit.confidence), len(fit.encoder)) == (5, 12, 64)
    assert 0 < fit.threshold < 1 and 0 < fit.share <= 1 and fit.gamma > 0 and fit.id
    assert fit.rates and fit.questions > 0
    for column in zip(*((rate.threshold, -rate.false_answer, rate.false_abstain) for rate in fit.rates), strict=True):
        assert list(column) == sorted(column)
