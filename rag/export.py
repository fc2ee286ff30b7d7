"""The Sentence Transformers half of the encoder: embed a corpus, and export the graph that serving runs. Imports torch."""

import os
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer
from transformers.utils import logging as transformers_logging

from rag.datatypes import Floats
from rag.encoder import GRAPH, MAX_TOKENS, TOKENIZER, BatchEncoder, OnnxEncoder
from rag.errors import EncoderError

MIN_COSINE = 0.9999
_OPSET = 17


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
    """A Sentence Transformers model on all cores, for building."""

    def __init__(self, folder: Path, threads: int | None = None) -> None:
        torch.set_num_threads(threads or os.cpu_count() or 1)
        transformers_logging.disable_progress_bar()
        try:
            self._model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
            self._model.eval()
            tokenizer = _tokenizer(self._model)
        except (OSError, ValueError, KeyError, RuntimeError, AttributeError) as error:
            reason = " ".join(str(error).split())[:200]
            raise EncoderError(f"Cannot load the model in {folder}: {reason}. Name another in VERBATIM_MODEL.") from error
        self._outputs = _TwoOutputs(self._model)
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
        """Write the graph and the tokenizer that `OnnxEncoder` reads into `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        self._tokenizer.save(str(folder / TOKENIZER))
        ids, mask = torch.tensor([[101, 7592, 2088, 102]] * 2), torch.ones((2, 4), dtype=torch.int64)
        axes = {0: "texts", 1: "tokens"}
        with warnings.catch_warnings(), torch.inference_mode():
            # The exporter that replaces this one needs onnxscript; tracing warns about shapes that our parity check covers.
            warnings.simplefilter("ignore")
            torch.onnx.export(
                self._outputs,
                (ids, mask),
                str(folder / GRAPH),
                input_names=["input_ids", "attention_mask"],
                output_names=["tokens", "embedding"],
                dynamic_axes={"input_ids": axes, "attention_mask": axes, "tokens": axes, "embedding": {0: "texts"}},
                opset_version=_OPSET,
                dynamo=False,
            )


def check_parity(reference: SentenceTransformerEncoder, exported: OnnxEncoder, texts: Sequence[str]) -> float:
    """The smallest cosine between the two encoders' embeddings of `texts`. Raises EncoderError below `MIN_COSINE`."""
    if not texts:
        return 1.0
    ours = np.stack([encoding.embedding for encoding in exported.encode(texts)])
    smallest = float((ours * reference.embed(texts)).sum(axis=1).min())
    if smallest < MIN_COSINE:
        raise EncoderError(
            f"The exported encoder strays from Sentence Transformers: min cosine {smallest:.6f} < {MIN_COSINE} "
            f"over {len(texts)} texts; delete index/encoders and run `verbatim build`."
        )
    return smallest


def _tokenizer(model: SentenceTransformer) -> Tokenizer:
    tokenizer = Tokenizer.from_str(model.tokenizer.backend_tokenizer.to_str())
    tokenizer.enable_truncation(min(MAX_TOKENS, int(model.max_seq_length or MAX_TOKENS)))
    tokenizer.no_padding()
    return tokenizer
