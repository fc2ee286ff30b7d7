"""What is tuned of an encoder is what its scorer's network reads, and what a file of it adds to the model's own weights."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch.nn.functional import normalize
from transformers import MPNetModel

from rag.models import tuning
from tests.train import network
from tests.train.learning import Course
from tests.train.network import Network
from tests.train.teacher import SMALL
from tests.train.test_teacher import case
from tests.train.tuning import LAYERS, Tuned, _tensors, tuned, write

IDF = np.ones(100, dtype=np.float32)
CONFIG = SMALL.__class__(**{**SMALL.to_dict(), "num_hidden_layers": LAYERS})


def both() -> Tuned:
    torch.manual_seed(0)
    made = Tuned(MPNetModel(CONFIG, add_pooling_layer=False), Network(CONFIG.hidden_size))
    made.eval()
    return made


def test_a_question_and_a_passage_are_encoded_apart() -> None:
    made, pairs = both(), [(case([10, 11, 12], [False, True, True]), 0), (case([10], [True]), 0)]
    ids, kinds, *_ = _tensors(pairs, IDF)
    with torch.no_grad():
        passage = made._states(ids, kinds >= 2)
        alone = made.reader(torch.tensor([[0, 20, 21, 22, 23, 24, 2]])).last_hidden_state[0, 1:-1]
    assert torch.allclose(passage[0, 3:8], normalize(alone, dim=-1), atol=1e-5)
    assert torch.allclose(passage[1, 1:6], normalize(alone, dim=-1), atol=1e-5)


def test_what_was_learned_is_added_to_the_weights_of_the_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = both()
    plain = {
        name.replace(".linear.", "."): its for name, its in made.reader.state_dict().items() if not name.endswith(("up", "down"))
    }
    save_file({name: its.contiguous() for name, its in plain.items()}, tmp_path / "model.safetensors")
    for name, its in made.reader.named_parameters():
        if name.endswith("up"):
            torch.nn.init.normal_(its, std=0.1)
    write(made, tmp_path)
    monkeypatch.setattr(tuning, "TUNING", tmp_path / tuning.TUNING.name)
    tuning.tune(tmp_path / "model.safetensors")
    merged = MPNetModel(CONFIG, add_pooling_layer=False).eval()
    merged.load_state_dict(load_file(tmp_path / "model.safetensors"))
    ids = torch.tensor([[0, 20, 21, 22, 2]])
    with torch.no_grad():
        one, other = merged(ids).last_hidden_state, made.reader(ids).last_hidden_state
        before = made._before(ids).last_hidden_state
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
    grown, inputs = made.network, _tensors(pairs, IDF)
    grown.begin(earlier.state_dict())
    with torch.no_grad():
        made.network = earlier
        expected = made(*inputs)
        made.network = grown
        found = made(*inputs)
    assert len(grown.layers) == len(earlier.layers) + 1
    assert all(torch.equal(one, other) for one, other in zip(found, expected, strict=True))
