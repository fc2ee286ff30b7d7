import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rag.errors import EncoderError
from rag.index.builds import current_folder
from rag.index.index import load_index
from rag.models import TEXT_TOKENS
from rag.models.encoder import TOKENIZER, OnnxEncoder, Precision, guide_encoders, token_counter
from rag.models.exports import exported
from rag.models.sources import find_model
from rag.settings import Settings

pytestmark = pytest.mark.model

QUESTION = "What does a Head of Analytics Engineering do?"

# What a server does: load the index and encode a question. It must not know of torch, nor of what only building needs.
SERVING = """
import sys
from pathlib import Path
from rag.loading import load
from rag.settings import read_settings

pipeline = load(read_settings(index=Path(sys.argv[1])))
encoder = pipeline.networks.encoder
assert len(encoder.encode(["What is the salary?"])[0].embedding) == encoder.dimension
print(*sorted(sys.modules))
"""


def test_serving_imports_no_torch(settings: Settings) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SERVING, str(settings.index)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent.parent.parent,
    )
    modules = set(done.stdout.split())
    assert {"onnxruntime", "faiss", "rag.loading"} <= modules
    assert not modules & {"torch", "transformers", "sentence_transformers", "onnx", "pypdf", "htmldate", "docx", "sklearn"}


def test_tokens_have_their_place_in_the_text(encoder: OnnxEncoder) -> None:
    encoding = encoder.encode([QUESTION])[0]
    assert [QUESTION[start:end] for start, end in encoding.spans][:4] == ["What", "does", "a", "Head"]
    assert encoding.tokens.shape == (len(encoding.ids), encoder.dimension) == (9, encoder.dimension)
    assert np.linalg.norm(encoding.tokens, axis=1) == pytest.approx(1, abs=1e-5)
    assert np.linalg.norm(encoding.embedding) == pytest.approx(1, abs=1e-5)


def test_encodings_come_in_the_order_of_the_texts_and_do_not_depend_on_their_batch(encoder: OnnxEncoder) -> None:
    texts = ["salary", QUESTION, "word " * 300, "", "a longer text about what engineers do all day"] * 20
    together = encoder.encode(texts)
    alone = [encoder.encode([text])[0] for text in texts[:5]]
    for found, expected in zip(together[-5:], alone, strict=True):
        assert float(found.embedding @ expected.embedding) > 0.99999
        assert found.ids.tolist() == expected.ids.tolist()


def test_units_are_embedded_in_eight_bits_where_the_model_is_large(settings: Settings, tiny_settings: Settings) -> None:
    expected: list[tuple[Settings, Precision]] = [(settings, "int8"), (tiny_settings, "single")]
    for its, precision in expected:
        folder = exported(its.model_cache, find_model(its.model), [], 1).folder
        passages, units = guide_encoders(folder, 1)
        assert passages.made_from(folder, "single") and units.made_from(folder, precision)
        assert (units is passages) == (precision == "single")


def test_a_long_text_is_cut_but_counted_whole(encoder: OnnxEncoder, settings: Settings) -> None:
    count = token_counter((load_index(current_folder(settings.index)).encoder / TOKENIZER).read_bytes())
    assert len(encoder.encode(["word " * 400])[0].ids) == TEXT_TOKENS
    for text, tokens in (("word " * 400, 400), ("", 0), (QUESTION, 9)):
        assert count(text) == tokens


def test_characters_beyond_ascii_count_as_one(encoder: OnnxEncoder) -> None:
    text = "naïve 🙂 résumé 数据"
    spans = encoder.encode([text])[0].spans
    assert spans.max() <= len(text)
    assert "résumé" in {text[start:end] for start, end in spans}


def test_a_folder_without_an_encoder_is_named(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"Cannot load the encoder in .*; run `verbatim build`"):
        OnnxEncoder(tmp_path)


def test_what_is_no_tokenizer_is_said() -> None:
    with pytest.raises(EncoderError, match="Cannot read the model's tokenizer"):
        token_counter(b"{")
