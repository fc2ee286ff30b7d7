"""The exported graph with its weights in eight bits: it encodes a question in about half the time."""

import logging
from pathlib import Path

import onnx

from rag.models.encoder import GRAPHS, WEIGHTS

# The library sets up logging for the whole process as it is imported, at level INFO, unless somebody did so before.
_before = logging.NullHandler()
logging.getLogger().addHandler(_before)
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer  # noqa: E402

logging.getLogger().removeHandler(_before)

# Scales are per 32 weights, and each token's numbers are rounded on their own: an encoding does not depend on what else is in
# its batch, as it does (by .03) where activations are rounded together ("dynamic quantisation"), which would also be less
# true: min cosine .985 against .9992 over the judged questions, in 2.0 ms against 2.7 (5.0 in single precision).
_BITS, _BLOCK = 8, 32
_INTEGER_PRODUCTS = 4  # onnxruntime's name for it is an accuracy level


def quantise(folder: Path) -> None:
    """Write the eight-bit graph and its weights beside those in single precision."""
    graph = onnx.load(str(folder / GRAPHS["single"]))
    quantiser = MatMulNBitsQuantizer(graph, bits=_BITS, block_size=_BLOCK, is_symmetric=True, accuracy_level=_INTEGER_PRODUCTS)
    quantiser.process()
    (folder / WEIGHTS["int8"]).unlink(missing_ok=True)
    onnx.save_model(quantiser.model.model, str(folder / GRAPHS["int8"]), save_as_external_data=True, location=WEIGHTS["int8"])
    (folder / WEIGHTS["int8"]).chmod(0o644)
