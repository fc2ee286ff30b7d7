"""Texts to embeddings and token states with the exported graph: all that serving needs, and nothing of torch."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding as Tokenized
from tokenizers import Tokenizer

from rag.datatypes import Encoding, Floats
from rag.errors import EncoderError

# The same graph in single precision, by which passages are embedded, and in eight bits, by which the units of a large model are,
# and questions unless the settings say otherwise: on the judged questions the answers are as good. From passages in eight bits
# they are worse.
Precision = Literal["single", "int8"]
GRAPHS: dict[Precision, str] = {"single": "encoder.onnx", "int8": "encoder8.onnx"}
WEIGHTS: dict[Precision, str] = {"single": "encoder.bin", "int8": "encoder8.bin"}
TOKENIZER = "tokenizer.json"
ENCODER_FILES = (*GRAPHS.values(), *WEIGHTS.values(), TOKENIZER)
# Bytes of weights in single precision, from which eight bits are quicker for many texts at once too (MPNet in half of the time).
LARGE = 200_000_000
# Found by trial on the guide's texts (38 tokens on average, two cores): with 4,096 tokens a batch it takes half as long again.
_BATCH_TOKENS = 1024

# Token ids and attention mask, both (n, t), to unit token states (n, t, d) and unit embeddings (n, d).
Run = Callable[[NDArray[np.int64], NDArray[np.int64]], tuple[Floats, Floats]]


class BatchEncoder:
    """A tokenizer and a model run over batches of texts of like length."""

    def __init__(self, tokenizer: Tokenizer, run: Run, dimension: int) -> None:
        self._tokenizer, self._run, self._dimension = tokenizer, run, dimension

    @property
    def dimension(self) -> int:
        return self._dimension

    @property
    def vocabulary(self) -> dict[str, int]:
        """Word pieces to their ids."""
        return dict(self._tokenizer.get_vocab())

    def encode(self, texts: Sequence[str]) -> list[Encoding]:
        """Texts, each read up to its limit, to encodings in the same order; special tokens are left out of the states."""
        tokenized = self._tokenizer.encode_batch(list(texts))
        encodings: list[Encoding | None] = [None] * len(tokenized)
        for rows in _batches([len(one.ids) for one in tokenized]):
            states, embeddings = self._run(*_padded([tokenized[row] for row in rows]))
            for row, state, embedding in zip(rows, states, embeddings, strict=True):
                encodings[row] = _encoding(tokenized[row], state, embedding)
        return [encoding for encoding in encodings if encoding is not None]


class OnnxEncoder(BatchEncoder):
    """An exported graph, run by onnxruntime on `threads` threads."""

    def __init__(self, folder: Path, threads: int = 1, precision: Precision = "single") -> None:
        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        # A spinning thread takes a core from its neighbour: p95 rises tenfold on a busy machine.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # Otherwise the memory of the largest batch is kept for good (56 MB after four texts of 256 tokens); speed is the same.
        options.enable_cpu_mem_arena = options.enable_mem_pattern = False
        try:
            session = onnxruntime.InferenceSession(str(folder / GRAPHS[precision]), options, providers=["CPUExecutionProvider"])
            tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        except Exception as error:  # onnxruntime and tokenizers raise types of their own, some of them bare Exception
            raise EncoderError(f"Cannot load the encoder in {folder}: {_one_line(error)}; run `verbatim build`.") from error

        def run(ids: NDArray[np.int64], mask: NDArray[np.int64]) -> tuple[Floats, Floats]:
            states, embeddings = session.run(["tokens", "embedding"], {"input_ids": ids, "attention_mask": mask})
            return states, embeddings

        super().__init__(tokenizer, run, int(session.get_outputs()[1].shape[1]))
        self._file = _identity(folder / WEIGHTS[precision])

    def made_from(self, folder: Path, precision: Precision) -> bool:
        """Whether the encoder of a folder is this one: the same bytes on disk, in the same precision."""
        return self._file == _identity(folder / WEIGHTS[precision])


def guide_encoders(folder: Path, threads: int) -> tuple[OnnxEncoder, OnnxEncoder]:
    """What the passages of guides are embedded by, and what their units, by an exported model's folder."""
    passages = OnnxEncoder(folder, threads)
    large = (folder / WEIGHTS["single"]).stat().st_size >= LARGE
    return passages, OnnxEncoder(folder, threads, "int8") if large else passages


def served_files(precision: Precision) -> tuple[str, ...]:
    """The files that an encoder of some precision is loaded from."""
    return GRAPHS[precision], WEIGHTS[precision], TOKENIZER


def token_counter(tokenizer_file: bytes) -> Callable[[str], int]:
    """What counts the tokens of a text, its marks left out, by the bytes of a tokenizer's file. Raises EncoderError where they
    are none."""
    try:
        tokenizer = Tokenizer.from_buffer(tokenizer_file)
    except Exception as error:  # tokenizers raises bare Exception
        raise EncoderError(f"Cannot read the model's tokenizer: {_one_line(error)}. Name another in VERBATIM_MODEL.") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


def sha256_of(path: Path) -> str:
    """The sha256 (hex) of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _batches(lengths: list[int]) -> Iterator[list[int]]:
    """Rows in batches of like length, longest first, so little is spent on padding and memory peaks at once."""
    order = sorted(range(len(lengths)), key=lambda row: -lengths[row])
    start = 0
    while start < len(order):
        size = max(1, _BATCH_TOKENS // max(1, lengths[order[start]]))
        yield order[start : start + size]
        start += size


def _padded(tokenized: list[Tokenized]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    width = max(len(one.ids) for one in tokenized)
    ids = np.zeros((len(tokenized), width), dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, one in enumerate(tokenized):
        ids[row, : len(one.ids)] = one.ids
        mask[row, : len(one.ids)] = 1
    return ids, mask


def _encoding(tokenized: Tokenized, states: Floats, embedding: Floats) -> Encoding:
    kept = np.flatnonzero(np.asarray(tokenized.special_tokens_mask) == 0)
    return Encoding(
        embedding=np.array(embedding, dtype=np.float32),
        tokens=np.asarray(states[kept], dtype=np.float32),
        ids=np.asarray(tokenized.ids, dtype=np.int32)[kept],
        spans=np.asarray(tokenized.offsets, dtype=np.int32).reshape(-1, 2)[kept],
    )


def _identity(weights: Path) -> tuple[int, int] | None:
    """The weights' place on disk; None where there are none. While a session has them mapped, no other file can get it."""
    try:
        status = weights.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
