"""A large exported graph in eight bits: a quarter as large, and a question is encoded in a third of the time."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from tokenizers import Tokenizer

from rag.datatypes import Floats
from rag.models.encoder import GRAPHS, TOKENIZER

# Each row of numbers, a token's, is rounded on its own: an encoding does not depend on what else is in its batch, as it does (by
# .03) where all rows are rounded together ("dynamic quantisation"). Before that, columns that reach far are made smaller and
# their weights larger ("SmoothQuant"). Of 250 questions and passages the least true is at a cosine of .992 (MPNet) from single
# precision, where dynamic quantisation has .88, at 13 against 9 ms a question; with weights in blocks of 32 it takes 23.
_ROW_STEPS = 127
# Seven bits: processors without VNNI add two products of eight bits by eight in sixteen, which is too few.
_COLUMN_STEPS = 63
_SMOOTHING = 0.5
_TABLE_ROWS = 4096  # from so many rows a table is one of words, of which a text looks up few
_TINY = 1e-12

# What the graph reads so that it is seen how far its columns reach: questions and sentences of no guide.
_SAMPLES = (
    "What does a tram driver earn in the first year?",
    "how long is the training and do i need maths",
    "Which exams come before the apprenticeship, and who pays for them?",
    "is it mostly outdoors or at a desk",
    "Who do you report to?",
    "no but what about part time",
    "A gardener plans beds, plants trees and shrubs, and keeps lawns, paths and tools in order through all seasons of the year.",
    "Interpreters work freelance: most earn between 240 and 410 a day, less tax, and pay for their own travel and insurance.",
    "Sailor: Entry requirements\nA certificate of basic safety training, a medical examination and six months at sea.",
    "- Check the boiler's pressure every hour\n- Write down what was repaired, by whom, and when it will be looked at again",
    "Over 3,000 people retrained as welders in 2023; two in three had a job within ninety days.",
    "Watchmaker: Where you would work\nIn a small workshop, under a lamp, with a loupe, tweezers and a steady hand.",
    "If you like figures, patience and quiet mornings, this may be for you; if you don't, think again.",
    "Tools: Python, SQL, spreadsheets, a telephone and, above all, the trust of colleagues who own the data.",
    "Nobody is promoted before the second year. Afterwards it depends on results, on vacancies and on luck.",
    "(see also: Cook, Waiter, Head of Kitchen)",
)


def round_rows(folder: Path) -> onnx.ModelProto:
    """The graph in single precision of a folder, in eight bits."""
    model = onnx.load(str(folder / GRAPHS["single"]))
    _Quantiser(model.graph, _reach(folder)).rewrite()
    return model


def _products(graph: onnx.GraphProto) -> list[onnx.NodeProto]:
    """The products of a text's numbers with a matrix of weights."""
    matrices = {weights.name for weights in graph.initializer if len(weights.dims) == 2}
    return [node for node in graph.node if node.op_type == "MatMul" and node.input[1] in matrices]


def _reach(folder: Path) -> dict[str, Floats]:
    """The largest number that stands in each column of what is multiplied with weights, over the samples."""
    model = onnx.load(str(folder / GRAPHS["single"]), load_external_data=False)
    names = sorted({node.input[0] for node in _products(model.graph)})
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
    watched = folder / "watched.onnx"
    watched.write_bytes(model.SerializeToString())
    try:
        options = onnxruntime.SessionOptions()
        options.enable_cpu_mem_arena = False
        session = onnxruntime.InferenceSession(str(watched), options, providers=["CPUExecutionProvider"])
    finally:
        watched.unlink()
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    reach: dict[str, Floats] = {}
    for sample in _SAMPLES:
        ids = np.array([tokenizer.encode(sample).ids], dtype=np.int64)
        for name, rows in zip(names, session.run(names, {"input_ids": ids, "attention_mask": np.ones_like(ids)}), strict=True):
            largest = np.abs(rows.reshape(-1, rows.shape[-1])).max(axis=0)
            reach[name] = np.maximum(reach.get(name, largest), largest)
    return reach


class _Quantiser:
    """Puts products of whole numbers in the place of a graph's products, and tables of whole numbers in that of its tables."""

    def __init__(self, graph: onnx.GraphProto, reach: dict[str, Floats]) -> None:
        self._graph, self._reach = graph, reach
        self._weights = {one.name: one for one in graph.initializer}
        self._products = {id(node): node for node in _products(graph)}
        self._added: list[onnx.TensorProto] = []
        self._replaced: set[str] = set()
        self._rounded: dict[str, tuple[str, str]] = {}

    def rewrite(self) -> None:
        """Change the graph."""
        self._add("rows.step", np.float32(1 / _ROW_STEPS))
        self._add("rows.tiny", np.float32(_TINY))
        self._add("rows.one", np.float32(1))
        self._add("rows.zero", np.uint8(128))
        smoothing = self._smoothing()
        nodes = [new for node in self._graph.node for new in self._instead(node, smoothing)]
        kept = [one for one in self._graph.initializer if one.name not in self._replaced]
        del self._graph.node[:], self._graph.initializer[:]
        self._graph.node.extend(nodes)
        self._graph.initializer.extend([*kept, *self._added])

    def _instead(self, node: onnx.NodeProto, smoothing: dict[str, Floats]) -> Iterator[onnx.NodeProto]:
        if id(node) in self._products:
            if node.input[0] not in self._rounded:
                yield from self._round(node.input[0], smoothing[node.input[0]])
            yield from self._multiply(node, smoothing[node.input[0]])
        elif node.op_type == "Gather" and node.input[0] in self._weights and self._weights[node.input[0]].dims[0] >= _TABLE_ROWS:
            yield from self._look_up(node)
        else:
            yield node

    def _smoothing(self) -> dict[str, Floats]:
        """What each column of a product's rows is divided by, and its weights multiplied: where the rows reach as far as the
        weights, neither has the larger error."""
        weights: dict[str, Floats] = {}
        for node in self._products.values():
            largest = np.abs(numpy_helper.to_array(self._weights[node.input[1]])).max(axis=1)
            weights[node.input[0]] = np.maximum(weights.get(node.input[0], largest), largest)
        return {
            name: (np.maximum(self._reach[name], 1e-5) ** _SMOOTHING / np.maximum(its, 1e-5) ** (1 - _SMOOTHING)).astype(
                np.float32
            )
            for name, its in weights.items()
        }

    def _round(self, rows: str, smoothing: Floats) -> Iterator[onnx.NodeProto]:
        """Rows to whole numbers from 1 to 255 around 128, and each row's step."""
        smooth, step = f"{rows}.smooth", f"{rows}.step"
        yield _node("Mul", [rows, self._add(f"{rows}.divisor", 1 / smoothing)], smooth)
        yield _node("Abs", [smooth], f"{rows}.size")
        yield helper.make_node("ReduceMax", [f"{rows}.size"], [f"{rows}.largest"], axes=[-1], keepdims=1)
        yield _node("Mul", [f"{rows}.largest", "rows.step"], f"{rows}.any_step")
        yield _node("Max", [f"{rows}.any_step", "rows.tiny"], step)
        yield _node("Div", [smooth, step], f"{rows}.steps")
        yield _node("QuantizeLinear", [f"{rows}.steps", "rows.one", "rows.zero"], f"{rows}.whole")
        self._rounded[rows] = (f"{rows}.whole", step)

    def _multiply(self, node: onnx.NodeProto, smoothing: Floats) -> Iterator[onnx.NodeProto]:
        weights = numpy_helper.to_array(self._weights[node.input[1]]) * smoothing[:, None]
        whole, steps = _rounded(weights, axis=0, limit=_COLUMN_STEPS)
        rows, row_step = self._rounded[node.input[0]]
        out = node.output[0]
        yield _node("MatMulInteger", [rows, self._replace(node.input[1], whole), "rows.zero"], f"{out}.whole")
        yield helper.make_node("Cast", [f"{out}.whole"], [f"{out}.real"], to=onnx.TensorProto.FLOAT)
        yield _node("Mul", [f"{out}.real", row_step], f"{out}.by_row")
        yield _node("Mul", [f"{out}.by_row", self._add(f"{node.input[1]}.step", steps[0])], out)

    def _look_up(self, node: onnx.NodeProto) -> Iterator[onnx.NodeProto]:
        whole, steps = _rounded(numpy_helper.to_array(self._weights[node.input[0]]), axis=1, limit=_ROW_STEPS)
        out, table = node.output[0], self._replace(node.input[0], whole)
        yield _node("Gather", [table, node.input[1]], f"{out}.whole")
        yield helper.make_node("Cast", [f"{out}.whole"], [f"{out}.real"], to=onnx.TensorProto.FLOAT)
        yield _node("Gather", [self._add(f"{node.input[0]}.step", steps), node.input[1]], f"{out}.step")
        yield _node("Mul", [f"{out}.real", f"{out}.step"], out)

    def _add(self, name: str, values: np.generic | NDArray[np.generic]) -> str:
        if not any(one.name == name for one in self._added):
            self._added.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def _replace(self, name: str, values: NDArray[np.int8]) -> str:
        self._replaced.add(name)
        return self._add(f"{name}.whole", values)


def _node(kind: str, inputs: Sequence[str], output: str) -> onnx.NodeProto:
    return helper.make_node(kind, inputs, [output])


def _rounded(weights: Floats, axis: int, limit: int) -> tuple[NDArray[np.int8], Floats]:
    """Weights in whole numbers up to `limit`, with the step of each column (axis 0) or row (axis 1)."""
    steps = np.maximum(np.abs(weights).max(axis=axis, keepdims=True) / limit, _TINY).astype(np.float32)
    return np.rint(weights / steps).astype(np.int8), steps
