"""A model of the same make as the real ones, a thousandth as large: builds and servers take it as they take those.

A word piece has a vector of its own, and a text's embedding is their mean: texts that share words are near."""

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from rag.folders import partial
from rag.models.encoder import GRAPHS, TOKENIZER, WEIGHTS
from rag.models.exports import keep
from rag.models.parity import Parity
from rag.models.sources import FAST, find_model

DIMENSION = 32
_VOCABULARY = 30_522  # of the bundled model's tokenizer


def write_tiny_model(folder: Path, cache: Path) -> Path:
    """Write the model, with its export in `cache`; the folder to name in VERBATIM_MODEL."""
    folder.mkdir()
    vectors = np.random.default_rng(5).standard_normal((_VOCABULARY, DIMENSION)).astype(np.float32)
    (folder / TOKENIZER).write_bytes(find_model(FAST).tokenizer)
    (folder / "model.safetensors").write_bytes(vectors.tobytes()[:4096])  # never read: it is exported already
    with partial(cache) as export:
        (export / TOKENIZER).write_bytes(find_model(FAST).tokenizer)
        for precision in ("single", "int8"):
            onnx.save_model(_graph(vectors), export / GRAPHS[precision], save_as_external_data=True, location=WEIGHTS[precision])
        keep(cache, find_model(str(folder)), export, Parity(0, 1.0, 1.0, 1.0))
    return folder


def _graph(vectors: NDArray[np.float32]) -> onnx.ModelProto:
    whole, any_shape = [("input_ids", TensorProto.INT64), ("attention_mask", TensorProto.INT64)], ["texts", "tokens"]
    nodes = [
        helper.make_node("Gather", ["vectors", "input_ids"], ["states"]),
        helper.make_node("LpNormalization", ["states"], ["tokens"], axis=-1, p=2),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["column"]),
        helper.make_node("Mul", ["tokens", "column"], ["kept"]),
        helper.make_node("ReduceSum", ["kept", "middle"], ["sum"], keepdims=0),
        helper.make_node("LpNormalization", ["sum"], ["embedding"], axis=-1, p=2),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(name, kind, any_shape) for name, kind in whole],
        [
            helper.make_tensor_value_info("tokens", TensorProto.FLOAT, [*any_shape, DIMENSION]),
            helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["texts", DIMENSION]),
        ],
        [
            numpy_helper.from_array(vectors, "vectors"),
            numpy_helper.from_array(np.array([-1], dtype=np.int64), "last"),
            numpy_helper.from_array(np.array([1], dtype=np.int64), "middle"),
        ],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
