"""What is tuned of an encoder is what its scorer's network reads, and what a file of it adds to the model's own weights."""

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch.nn.functional import normalize
from transformers import MPNetModel

from rag.datatypes import Floats
from rag.models import tuning
from rag.models.scorer import FOLDER, OnnxScorer
from rag.models.scorer import IDF as IDF_FILE
from tests.train import network
from tests.train.__main__ import kept_to
from tests.train.learning import Course, _round, scores
from tests.train.network import Network, shipped_weights
from tests.train.teacher import SMALL
from tests.train.test_teacher import case
from tests.train.tuning import LAYERS, Tuned, tuned, write

IDF = np.ones(100, dtype=np.float32)
CONFIG = SMALL.__class__(**{**SMALL.to_dict(), "num_hidden_layers": LAYERS})


def both() -> Tuned:
    torch.manual_seed(0)
    made = Tuned(MPNetModel(CONFIG, add_pooling_layer=False), Network(CONFIG.hidden_size))
    made.eval()
    return made


def learned(made: Tuned) -> None:
    """Change what a tuned encoder says."""
    for name, its in made.reader.named_parameters():
        if name.endswith("up"):
            torch.nn.init.normal_(its, std=0.1)


def test_a_question_and_a_passage_are_encoded_apart() -> None:
    made, pairs = both(), [(case([10, 11, 12], [False, True, True]), 0), (case([10], [True]), 0)]
    learned(made)
    with torch.no_grad():
        made.read(pairs)
        states, *_ = made.laid(pairs, IDF)
        alone = made.reader(torch.tensor([[0, 20, 21, 22, 23, 24, 2]])).last_hidden_state[0, 1:-1]
    assert torch.allclose(states[0, 3:8], normalize(alone, dim=-1), atol=2e-2)  # what is kept is kept in bfloat16
    assert torch.allclose(states[1, 1:6], normalize(alone, dim=-1), atol=2e-2)


def test_what_an_embedding_strays_from_is_what_it_was_at_first() -> None:
    made, pairs = both(), [(case([10, 11, 12], [False, True, True]), 0)]
    with torch.no_grad():
        at_first = made.read(pairs)
        learned(made)
        later = made.read(pairs)
    assert at_first.item() == pytest.approx(0, abs=1e-3) and later.item() > 0.05


def test_what_was_learned_before_is_where_it_goes_on() -> None:
    made = both()
    learned(made)
    onward = Tuned(MPNetModel(CONFIG, add_pooling_layer=False), Network(CONFIG.hidden_size), made.changes())
    assert all(np.array_equal(one, onward.changes()[name]) for name, one in made.changes().items())


def test_what_was_learned_is_added_to_the_weights_of_the_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = both()
    plain = {
        name.replace(".linear.", "."): its for name, its in made.reader.state_dict().items() if not name.endswith(("up", "down"))
    }
    save_file({name: its.contiguous() for name, its in plain.items()}, tmp_path / "model.safetensors")
    learned(made)
    write(made, tmp_path)
    monkeypatch.setattr(tuning, "TUNING", tmp_path / tuning.TUNING.name)
    tuning.tune(tmp_path / "model.safetensors")
    merged = MPNetModel(CONFIG, add_pooling_layer=False).eval()
    merged.load_state_dict(load_file(tmp_path / "model.safetensors"))
    ids = torch.tensor([[0, 20, 21, 22, 2]])
    with torch.no_grad():
        one, other = merged(ids).last_hidden_state, made.reader(ids).last_hidden_state
        merged.load_state_dict(plain)
        before = merged(ids).last_hidden_state
    assert torch.allclose(one, other, atol=5e-3) and not torch.allclose(one, before, atol=5e-2)


def test_the_encoder_learns_with_its_network_and_keeps_what_it_knew() -> None:
    cases = [replace(case([*range(10, 10 + count)], [True] * count), guide="one") for count in (1, 2, 3, 4)]
    cases = [*cases[:2], *(replace(one, answerable=False, answers=((),)) for one in cases[2:])]
    fitted = tuned(cases, IDF, Course(1.0, 1e-2, questions=2), None, (), small=True)
    changes = fitted.changes()
    assert any(change.any() for name, change in changes.items() if name.endswith(tuning.UP))
    assert all(not its.requires_grad for its in fitted._before.parameters())


def test_a_layer_that_an_earlier_network_had_not_adds_nothing_at_first(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [(case([10, 11, 12], [False, True, True]), 0), (case([10], [True]), 0)]
    made = both()
    monkeypatch.setattr(network, "LAYERS", network.LAYERS - 1)
    earlier = Network(CONFIG.hidden_size).eval()
    made.read(pairs)
    grown, inputs = made.network, made.laid(pairs, IDF)
    grown.begin(earlier.state_dict())
    with torch.no_grad():
        made.network = earlier
        expected = made(*inputs)
        made.network = grown
        found = made(*inputs)
    assert len(grown.layers) == len(earlier.layers) + 1
    assert all(torch.equal(one, other) for one, other in zip(found, expected, strict=True))


def test_a_round_has_each_question_in_one_of_its_voices_and_those_about_a_guide_together() -> None:
    cases = [
        replace(case([10], [True]), guide=guide, question=question)
        for guide in ("one", "two", "three")
        for question in map(str, range(6))
        for _ in range(2)
    ]
    found = [cases[at] for at in _round(cases, 3, random.Random(1))]
    assert len({(one.guide, one.question) for one in found}) == len(found) == 18
    assert all(len({one.guide for one in found[first : first + 3]}) == 1 for first in range(0, 18, 3))


def test_what_was_learned_is_kept_to_where_it_was_learned() -> None:
    cases = [replace(case([10, 11], [True, True]), set=name) for name in ("old", "new")]
    weights = Network(cases[0].asked.states.shape[1]).state_dict()
    old, new = kept_to(weights, cases, IDF, ["old"])
    assert not new and list(old) == [0] and old[0].units.shape == (2,)


def test_the_weights_that_ship_are_read_again() -> None:
    shipped = OnnxScorer(FOLDER / "mpnet")
    network = Network(768).eval()
    network.load_state_dict(shipped_weights())
    plain = case([10, 11, 12], [False, True, True])
    wide = replace(
        plain, asked=replace(plain.asked, states=_wide(3)), candidates=(replace(plain.candidates[0], states=_wide(5)),)
    )
    [expected] = shipped.score(wide.asked, wide.candidates)
    [found] = scores(network, wide, np.load(FOLDER / "mpnet" / IDF_FILE), 1)
    assert found.passage == pytest.approx(expected.passage, abs=1e-3)
    assert found.units.tolist() == pytest.approx(expected.units.tolist(), abs=1e-3)


def _wide(tokens: int) -> Floats:
    """Unit states of tokens, as wide as those of the encoder that ships."""
    states = np.random.default_rng(tokens).standard_normal((tokens, 768)).astype(np.float32)
    return np.asarray(states / np.linalg.norm(states, axis=1, keepdims=True), dtype=np.float32)
