from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from rag.datatypes import Encoding
from rag.errors import EncoderError
from rag.index.builds import current_folder
from rag.index.manifest import read_manifest
from rag.models.encoder import ENCODER_FILES, OnnxEncoder, model_folder
from rag.models.export import MIN_COSINE, MIN_COSINE_INT8, ProvenEncoder, SentenceTransformerEncoder, export_model
from rag.settings import Settings

pytestmark = pytest.mark.model

TEXTS = ["What is the salary?", "A Head of Analytics Engineering leads a team.", "data " * 300, "?"]


@pytest.fixture(scope="module")
def proven(tmp_path_factory: pytest.TempPathFactory) -> ProvenEncoder:
    return export_model(model_folder(""), tmp_path_factory.mktemp("encoder"), threads=2)


def test_the_index_was_built_by_a_proven_encoder(settings: Settings) -> None:
    manifest = read_manifest(current_folder(settings.index))
    assert manifest.parity is not None
    assert manifest.parity.texts == manifest.passages + manifest.units
    assert MIN_COSINE <= manifest.parity.min_cosine <= 1.00001
    assert set(ENCODER_FILES) <= set(manifest.files)


def test_the_first_texts_are_compared_and_the_rest_is_left_to_the_graph(proven: ProvenEncoder) -> None:
    proven.encode(TEXTS)
    assert proven.texts == len(TEXTS)
    assert proven.min_cosine >= MIN_COSINE
    assert proven.encode([]) == []


def test_no_more_texts_are_compared_than_asked_for(proven: ProvenEncoder) -> None:
    two = ProvenEncoder(proven._reference, proven._exported, proven._quantised, enough=2)
    encodings = [*two.encode(TEXTS[:1]), *two.encode(TEXTS[1:])]
    assert two.texts == 2
    for found, expected in zip(encodings, proven._exported.encode(TEXTS), strict=True):
        assert float(found.embedding @ expected.embedding) >= MIN_COSINE


def test_token_states_are_the_same_too(proven: ProvenEncoder) -> None:
    reference, exported = proven._reference.encode(TEXTS), proven._exported.encode(TEXTS)
    for expected, found in zip(reference, exported, strict=True):
        assert found.spans.tolist() == expected.spans.tolist()
        assert ((found.tokens * expected.tokens).sum(axis=1) >= MIN_COSINE).all()


class Straying(OnnxEncoder):
    """A graph that was exported wrongly: each embedding is turned a little."""

    def encode(self, texts: Sequence[str]) -> list[Encoding]:
        turned = []
        for encoding in super().encode(texts):
            embedding = encoding.embedding + np.float32(0.001)
            embedding /= np.linalg.norm(embedding)
            turned.append(Encoding(embedding, encoding.tokens, encoding.ids, encoding.spans))
        return turned


def test_a_graph_that_strays_is_refused(proven: ProvenEncoder, settings: Settings) -> None:
    straying = ProvenEncoder(proven._reference, Straying(current_folder(settings.index)), proven._quantised)
    with pytest.raises(EncoderError, match=r"exported encoder strays from Sentence Transformers: min cosine 0\.999"):
        straying.encode(TEXTS)


def test_eight_bits_are_near_enough_and_do_not_depend_on_the_batch(proven: ProvenEncoder) -> None:
    proven.encode(TEXTS)
    assert MIN_COSINE_INT8 < proven.min_cosine_int8 < 0.99999
    alone = [proven._quantised.encode([text])[0].embedding for text in TEXTS]
    for together, expected in zip(proven._quantised.encode(TEXTS), alone, strict=True):
        assert float(together.embedding @ expected) > 0.999999


def test_a_folder_that_holds_no_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(EncoderError, match=r"Cannot load the model in .*VERBATIM_MODEL"):
        SentenceTransformerEncoder(tmp_path, threads=1)
