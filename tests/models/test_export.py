from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from rag.datatypes import Encoder, Encoding
from rag.errors import EncoderError
from rag.models.encoder import OnnxEncoder
from rag.models.export import MIN_COSINE, MIN_COSINE_INT8, SentenceTransformerEncoder, export_model, prove
from rag.models.exports import Parity
from rag.models.sources import find_model

pytestmark = pytest.mark.model

TEXTS = ["What is the salary?", "A Head of Analytics Engineering leads a team.", "data " * 300, "?"]


@pytest.fixture(scope="module")
def reference() -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder(find_model("").folder, threads=2)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Parity]:
    folder = tmp_path_factory.mktemp("encoder")
    return folder, export_model(find_model("").folder, folder, TEXTS, threads=2)


@pytest.fixture(scope="module")
def single(made: tuple[Path, Parity]) -> OnnxEncoder:
    return OnnxEncoder(made[0], 2)


@pytest.fixture(scope="module")
def eight_bits(made: tuple[Path, Parity]) -> OnnxEncoder:
    return OnnxEncoder(made[0], 2, "int8")


def test_an_export_says_how_near_it_is_to_its_model(made: tuple[Path, Parity]) -> None:
    parity = made[1]
    assert parity.texts == len(TEXTS)
    assert MIN_COSINE <= parity.min_cosine <= 1.00001
    assert MIN_COSINE_INT8 < parity.min_cosine_int8 < 0.99999


def test_token_states_are_the_same_too(reference: SentenceTransformerEncoder, single: OnnxEncoder) -> None:
    for expected, found in zip(reference.encode(TEXTS), single.encode(TEXTS), strict=True):
        assert found.spans.tolist() == expected.spans.tolist()
        assert ((found.tokens * expected.tokens).sum(axis=1) >= MIN_COSINE).all()


class Straying:
    """An encoder that was exported wrongly: each embedding is turned a little."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    @property
    def dimension(self) -> int:
        return self._encoder.dimension

    def encode(self, texts: Sequence[str]) -> list[Encoding]:
        turned = []
        for encoding in self._encoder.encode(texts):
            embedding = encoding.embedding + np.float32(0.001)
            embedding /= np.linalg.norm(embedding)
            turned.append(Encoding(embedding, encoding.tokens, encoding.ids, encoding.spans))
        return turned


def test_a_graph_that_strays_is_refused(
    reference: SentenceTransformerEncoder, single: OnnxEncoder, eight_bits: OnnxEncoder
) -> None:
    with pytest.raises(EncoderError, match=r"exported encoder strays from Sentence Transformers: min cosine 0\.999"):
        prove(reference, Straying(single), eight_bits, TEXTS)


def test_eight_bits_do_not_depend_on_the_batch(eight_bits: OnnxEncoder) -> None:
    alone = [eight_bits.encode([text])[0].embedding for text in TEXTS]
    for together, expected in zip(eight_bits.encode(TEXTS), alone, strict=True):
        assert float(together.embedding @ expected) > 0.999999


def test_a_folder_that_holds_no_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(EncoderError, match=r"Cannot load the model in .*VERBATIM_MODEL"):
        SentenceTransformerEncoder(tmp_path, threads=1)
