"""A Sentence Transformers model to the graphs that a build and a server run, proven to say the same. Imports torch."""

import io
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer
from transformers.utils import logging as transformers_logging

from rag.datatypes import Encoder, Encoding, Floats
from rag.errors import EncoderError
from rag.models import MAX_TOKENS
from rag.models.encoder import GRAPHS, TOKENIZER, WEIGHTS, BatchEncoder, OnnxEncoder
from rag.models.parity import Parity
from rag.models.quantising import quantise

MIN_COSINE = 0.9999
# Of eight bits. On the texts of 7 sets of guides the median is .996 and 19 of 20 reach .993, but a few odd ones stray further
# ("Page last edited 6 January 2025, 22:14.*": .960). A bound of .985 on the furthest refused to build for 4 of these sets.
USUAL_COSINE_INT8, MIN_COSINE_INT8 = 0.985, 0.9
_FEW = 0.05
_OPSET = 17
_SAMPLE = 16


class _TwoOutputs(torch.nn.Module):  # type: ignore[misc]  # torch is not followed: its types take minutes to check
    """The model's own modules (transformer, pooling, normalisation) with unit token states beside the unit embedding."""

    def __init__(self, model: SentenceTransformer) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        output = self.model({"input_ids": input_ids, "attention_mask": attention_mask})
        states, embedding = output["token_embeddings"], output["sentence_embedding"]
        return torch.nn.functional.normalize(states, dim=-1), torch.nn.functional.normalize(embedding, dim=-1)


class SentenceTransformerEncoder(BatchEncoder):
    """A Sentence Transformers model on `threads` cores: what an export is held to."""

    def __init__(self, folder: Path, threads: int) -> None:
        torch.set_num_threads(threads)
        transformers_logging.disable_progress_bar()
        try:
            self._model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
            # Passages are cut so that this many fit; the library reads as many of longer texts as we do.
            self._model.max_seq_length = min(MAX_TOKENS, int(self._model.max_seq_length or MAX_TOKENS))
            tokenizer = _tokenizer(self._model)
        except (OSError, ValueError, KeyError, RuntimeError, AttributeError) as error:
            reason = " ".join(str(error).split())[:200]
            raise EncoderError(f"Cannot load the model in {folder}: {reason}. Name another in VERBATIM_MODEL.") from error
        # The wrapper too: exporting puts every part back into the mode that the whole was in, dropout and all.
        self._outputs = _TwoOutputs(self._model).eval()
        super().__init__(tokenizer, self._forward, int(self._model.get_embedding_dimension() or 0))

    def _forward(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> tuple[Floats, Floats]:
        with torch.inference_mode():
            states, embeddings = self._outputs(torch.from_numpy(ids), torch.from_numpy(mask))
        return states.numpy(), embeddings.numpy()

    def embed(self, texts: Sequence[str]) -> Floats:
        """Texts to unit embeddings (n, d) by the library's own `encode`: what the exported graph is held against."""
        return np.asarray(
            self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True),
            dtype=np.float32,
        )

    def export(self, folder: Path) -> None:
        """Write the graph, its weights and the tokenizer that `OnnxEncoder` reads into `folder`."""
        self._tokenizer.save(str(folder / TOKENIZER))
        ids, mask = torch.tensor([[101, 7592, 2088, 102]] * 2), torch.ones((2, 4), dtype=torch.int64)
        axes = {0: "texts", 1: "tokens"}
        traced = io.BytesIO()
        with warnings.catch_warnings(), torch.inference_mode():
            # The exporter that replaces this one needs onnxscript; tracing warns about shapes that the parity check covers.
            warnings.simplefilter("ignore")
            torch.onnx.export(
                self._outputs,
                (ids, mask),
                traced,
                input_names=["input_ids", "attention_mask"],
                output_names=["tokens", "embedding"],
                dynamic_axes={"input_ids": axes, "attention_mask": axes, "tokens": axes, "embedding": {0: "texts"}},
                opset_version=_OPSET,
                dynamo=False,
            )
        # Weights in a file of their own are memory-mapped: the session loads in half the time, and processes share the pages.
        graph = onnx.load_model_from_string(traced.getvalue())
        weights = folder / WEIGHTS["single"]
        weights.unlink(missing_ok=True)
        onnx.save_model(graph, str(folder / GRAPHS["single"]), save_as_external_data=True, location=weights.name)
        weights.chmod(0o644)


def export_model(model: Path, folder: Path, texts: Sequence[str], threads: int) -> Parity:
    """Export the model in a folder to another folder, in single precision and in eight bits, and hold both to the model.

    Raises EncoderError where either strays from it on some of the texts."""
    reference = SentenceTransformerEncoder(model, threads)
    reference.export(folder)
    quantise(folder)
    return prove(reference, OnnxEncoder(folder, threads), OnnxEncoder(folder, threads, "int8"), texts)


def prove(reference: SentenceTransformerEncoder, single: Encoder, eight_bits: Encoder, texts: Sequence[str]) -> Parity:
    """How near two exported encoders are to Sentence Transformers, on texts. Raises EncoderError where one is not near enough."""
    expected = _embeddings(reference.encode(texts))
    # Our batches go through the library's modules; its own way of encoding must say the same.
    own = _cosines(expected[:_SAMPLE], reference.embed(texts[:_SAMPLE])).min()
    rounded = _cosines(_embeddings(eight_bits.encode(texts)), expected)
    parity = Parity(
        len(texts),
        float(min(own, _cosines(_embeddings(single.encode(texts)), expected).min())),
        float(rounded.min()),
        float(np.quantile(rounded, _FEW, method="lower")),
    )
    _demand("exported encoder", "min cosine", parity.min_cosine, MIN_COSINE)
    _demand("encoder in eight bits", "min cosine", parity.min_cosine_int8, MIN_COSINE_INT8)
    _demand("encoder in eight bits", "usual cosine", parity.usual_cosine_int8, USUAL_COSINE_INT8)
    return parity


def _embeddings(encodings: Sequence[Encoding]) -> Floats:
    return np.stack([encoding.embedding for encoding in encodings])


def _cosines(found: Floats, expected: Floats) -> Floats:
    return np.asarray((found * expected).sum(axis=1), dtype=np.float32)


def _demand(name: str, measure: str, cosine: float, least: float) -> None:
    if not cosine >= least:  # a NaN must not pass
        raise EncoderError(
            f"The {name} strays from Sentence Transformers: {measure} {cosine:.6f} < {least}. "
            "Another version of torch or of the model may export; the index was not changed."
        )


def _tokenizer(model: SentenceTransformer) -> Tokenizer:
    tokenizer = Tokenizer.from_str(model.tokenizer.backend_tokenizer.to_str())
    tokenizer.enable_truncation(model.max_seq_length)
    tokenizer.no_padding()
    return tokenizer
