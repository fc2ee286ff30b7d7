"""Names of places and times, told by what was learned of their token states."""

from pathlib import Path

import numpy as np
import pytest

from rag.models.encoder import OnnxEncoder
from rag.models.scorer import scorer_folder
from rag.pipeline import Pipeline
from rag.questions.entities import KINDS, EntityFit


@pytest.fixture(scope="module")
def fit(pipeline: Pipeline) -> EntityFit:
    fit = EntityFit.beside(scorer_folder(pipeline.index.model_sha256))
    assert fit and fit.weights.shape[0] == len(KINDS)
    return fit


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("How much does a baker earn in Montenegro?", {"Montenegro": "place"}),
        ("baker wage bratislava", {"bratislava": "place"}),
        ("and in south africa", {"south africa": "place"}),
        ("what did nurses get in 2019, and what in 2024?", {"2019": "time", "2024": "time"}),
        ("What does an actuary in Malmö make in 2031?", {"Malmö": "place", "2031": "time"}),
        ("what does she do for us all day", {}),
        ("Is a head of polishing ever home before 7, after 250 lenses?", {}),
        ("", {}),
    ],
)
def test_places_and_years_are_told_that_nobody_listed(
    fit: EntityFit, encoder: OnnxEncoder, text: str, names: dict[str, str]
) -> None:
    [encoding] = encoder.encode([text])
    found = fit.entities(text, encoding.tokens, encoding.spans[:, 0].astype(np.int64))
    assert {one.text: one.kind for one in found} == names
    assert all(text[one.start : one.end] == one.text for one in found)


def test_words_of_one_kind_are_one_name_until_another_clause_begins() -> None:
    fit = EntityFit(np.array([[0, 0], [9, 0], [0, 9]], dtype=np.float32), np.zeros(3, dtype=np.float32), 0.5)
    text = "Upper Austria, Vienna by 2030"
    starts = np.array([0, 6, 13, 15, 22, 25])
    states = np.array([[1, 0], [1, 0], [0, 0], [1, 0], [0, 0], [0, 1]], dtype=np.float32)
    assert [(one.kind, one.text) for one in fit.entities(text, states, starts)] == [
        ("place", "Upper Austria"),
        ("place", "Vienna"),
        ("time", "2030"),
    ]


def test_a_fit_is_read_as_it_was_written(tmp_path: Path) -> None:
    fit = EntityFit(np.eye(3, dtype=np.float32), np.zeros(3, dtype=np.float32), 0.8)
    assert fit.write(tmp_path / "new").name == "entities.npz"
    read = EntityFit.beside(tmp_path / "new")
    assert read and np.array_equal(read.weights, fit.weights) and read.threshold == pytest.approx(0.8)
    assert EntityFit.beside(tmp_path) is None and EntityFit.beside(None) is None
