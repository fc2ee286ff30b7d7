from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from rag.datatypes import Encoder, Encoding
from rag.errors import EncoderError
from rag.models.encoder import OnnxEncoder, served_files
from rag.models.export import MIN_COSINE, USUAL_COSINE_INT8, SentenceTransformerEncoder, export_model, prove
from rag.models.exports import exported
from rag.models.parity import Parity
from rag.models.sources import BEST, FAST, find_model, unpacked
from rag.pipeline import Pipeline
from rag.settings import Settings

pytestmark = pytest.mark.model

TEXTS = ["What is the salary?", "A Head of Analytics Engineering leads a team.", "data " * 300, "?"]


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SentenceTransformerEncoder]:
    with unpacked(find_model(FAST), tmp_path_factory.mktemp("model")) as folder:
        yield SentenceTransformerEncoder(folder, threads=2)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Parity]:
    folder = tmp_path_factory.mktemp("encoder")
    with unpacked(find_model(FAST), folder) as source:
        return folder, export_model(source, folder, TEXTS, threads=2)


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
    assert USUAL_COSINE_INT8 < parity.usual_cosine_int8 < 0.99999


def test_token_states_are_the_same_too(reference: SentenceTransformerEncoder, single: OnnxEncoder) -> None:
    for expected, found in zip(reference.encode(TEXTS), single.encode(TEXTS), strict=True):
        assert found.spans.tolist() == expected.spans.tolist()
        assert ((found.tokens * expected.tokens).sum(axis=1) >= MIN_COSINE).all()


class Straying:
    """An encoder that was exported wrongly: each embedding is turned by so much, or that of one text only."""

    def __init__(self, encoder: Encoder, by: float = 0.001, only: str = "") -> None:
        self._encoder, self._by, self._only = encoder, by, only

    @property
    def dimension(self) -> int:
        return self._encoder.dimension

    def encode(self, texts: Sequence[str]) -> list[Encoding]:
        turned = []
        for text, encoding in zip(texts, self._encoder.encode(texts), strict=True):
            embedding = encoding.embedding + np.float32(self._by if self._only in ("", text) else 0)
            embedding /= np.linalg.norm(embedding)
            turned.append(Encoding(embedding, encoding.tokens, encoding.ids, encoding.spans))
        return turned


def test_a_graph_that_strays_is_refused(
    reference: SentenceTransformerEncoder, single: OnnxEncoder, eight_bits: OnnxEncoder
) -> None:
    with pytest.raises(EncoderError, match=r"exported encoder strays from Sentence Transformers: min cosine 0\.999"):
        prove(reference, Straying(single), eight_bits, TEXTS)


def test_eight_bits_may_stray_on_an_odd_text_but_not_on_many_and_not_far(
    reference: SentenceTransformerEncoder, single: OnnxEncoder, eight_bits: OnnxEncoder
) -> None:
    texts = [f"A baker of {place} earns $40,{hundred}00 a year." for place in ("Leeds", "York", "Hull") for hundred in range(8)]
    parity = prove(reference, single, Straying(eight_bits, 0.012, texts[5]), texts)
    assert parity.min_cosine_int8 < USUAL_COSINE_INT8 <= parity.usual_cosine_int8
    with pytest.raises(EncoderError, match="encoder in eight bits strays from Sentence Transformers: usual cosine"):
        prove(reference, single, Straying(eight_bits, 0.012), texts)
    with pytest.raises(EncoderError, match="encoder in eight bits strays from Sentence Transformers: min cosine"):
        prove(reference, single, Straying(eight_bits, 0.1, texts[5]), texts)


def test_eight_bits_do_not_depend_on_the_batch(eight_bits: OnnxEncoder) -> None:
    alone = [eight_bits.encode([text])[0].embedding for text in TEXTS]
    for together, expected in zip(eight_bits.encode(TEXTS), alone, strict=True):
        assert float(together.embedding @ expected) > 0.999999


def test_a_folder_that_holds_no_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(EncoderError, match=r"Cannot load the model in .*VERBATIM_MODEL"):
        SentenceTransformerEncoder(tmp_path, threads=1)


def test_the_best_model_is_near_enough_in_eight_bits(settings: Settings, pipeline: Pipeline) -> None:
    text = next(iter(pipeline.index.documents.values())).text
    guide = [text[passage.start : passage.end] for passage in pipeline.index.passages[::4]]
    export = exported(settings.model_cache, find_model(BEST), [*TEXTS[:2], *guide], 2)
    assert export.parity.min_cosine >= MIN_COSINE
    assert export.parity.usual_cosine_int8 >= USUAL_COSINE_INT8
    encoder = OnnxEncoder(export.folder, precision="int8")
    question, other = encoder.encode(["What is the salary?", "How much does it pay?"])
    assert encoder.dimension == 768 and float(question.embedding @ other.embedding) > 0.5
    assert [TEXTS[0][start:end] for start, end in question.spans] == ["What", "is", "the", "salary", "?"]
    assert sum((export.folder / name).stat().st_size for name in served_files("int8")) < 130_000_000
