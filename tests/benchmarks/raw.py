"""The bare encoders on the texts of an index, beside the way a build feeds one: `python -m tests.benchmarks.raw BUILD`."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from rag.datatypes import Floats
from rag.index.contents import Source, texts_of
from rag.index.index import load_index
from rag.index.manifest import read_manifest
from rag.index.reuse import Embedder, OwnWork
from rag.models.encoder import OnnxEncoder, Precision, guide_encoders
from rag.models.exports import exported
from rag.models.sources import find_model, unpacked
from rag.settings import read_settings

_CHUNK = 1024  # texts each encoder takes in its turn, so that a busy neighbour slows all alike


@dataclass(frozen=True, slots=True)
class RawRates:
    """Texts a second of each encoder over the same `texts` texts, and how far from Sentence Transformers it is at the furthest
    (cosine); the rate at which a build feeds its encoder, and that as a share of the fastest that holds parity."""

    texts: int
    per_second: dict[str, float]
    min_cosine: dict[str, float]
    build_per_second: float
    build_share: float


def raw_rates(folder: Path, most: int = 6 * _CHUNK) -> RawRates:
    """What `measure` finds, in a process of its own: torch is not to count as memory of whoever asks."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.raw", str(folder), str(most)]
    return RawRates(**json.loads(subprocess.run(command, check=True, capture_output=True).stdout))


def raw_lines(raw: RawRates) -> list[str]:
    """The rates for a reader."""
    each = (f"{name} {rate:.0f} (min cosine {raw.min_cosine[name]:.4f})" for name, rate in raw.per_second.items())
    return [
        f"bare encoders on {raw.texts:,} of these texts, texts/s: {', '.join(each)}",
        f"a build feeds its encoder {raw.build_per_second:.0f} texts/s, {raw.build_share:.2f} of the fastest that holds parity",
    ]


def measure(folder: Path, most: int) -> RawRates:
    """The rates over the texts of an index, at most `most` of them."""
    from rag.models.export import MIN_COSINE  # with torch, which whoever only starts this has no use for

    passages, units = _texts(folder, most)
    model = find_model(read_settings().model)
    export = exported(read_settings().model_cache, model, [*passages, *units], os.cpu_count() or 1).folder
    with unpacked(model, export) as folder:
        encoders = _encoders(folder, export)
    seconds, feeding = dict.fromkeys(encoders, 0.0), 0.0
    cosines = dict.fromkeys(encoders, 1.0)
    embedder = Embedder(OwnWork(*guide_encoders(export, os.cpu_count() or 1)))
    chunks = [texts[at : at + _CHUNK] for texts in (passages, units) for at in range(0, len(texts), _CHUNK)]
    for turn, texts in enumerate(chunks):
        embeddings = {}
        for name, encode in encoders.items():
            began = time.perf_counter()
            embeddings[name] = encode(texts)
            seconds[name] += time.perf_counter() - began
        began = time.perf_counter()
        keys = [b"%d %d" % (turn, at) for at in range(len(texts))]
        fed = embedder.passages(texts, [0] * len(texts), keys) if turn * _CHUNK < len(passages) else embedder.units(texts, keys)
        sum(1 for _ in fed)
        feeding += time.perf_counter() - began
        for name, found in embeddings.items():
            cosines[name] = min(cosines[name], float((found * next(iter(embeddings.values()))).sum(axis=1).min()))
    count = len(passages) + len(units)
    rates = {name: count / taken for name, taken in seconds.items()}
    best = max(rates[name] for name, cosine in cosines.items() if cosine >= MIN_COSINE)
    return RawRates(count, rates, cosines, count / feeding, count / feeding / best)


def _encoders(model: Path, export: Path) -> dict[str, Callable[[Sequence[str]], Floats]]:
    """Texts to unit embeddings by each encoder on all cores; the first is the one that the others are held to."""
    from rag.models.export import SentenceTransformerEncoder

    cores = os.cpu_count() or 1
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    encoders: dict[str, Callable[[Sequence[str]], Floats]] = {
        "sentence-transformers": SentenceTransformerEncoder(model, cores).embed
    }
    precisions: dict[str, Precision] = {"onnxruntime": "single", "onnxruntime, int8": "int8"}
    for name, precision in precisions.items():
        encoder = OnnxEncoder(export, cores, precision)
        encoders[name] = lambda texts, encoder=encoder: np.stack([one.embedding for one in encoder.encode(texts)])  # type: ignore[misc]
    return encoders


def _texts(folder: Path, most: int) -> tuple[list[str], list[str]]:
    """Passages and units of an index as they are embedded, both thinned alike where they are more than `most`."""
    index, manifest = load_index(folder, verify=False), read_manifest(folder)
    documents, outlines = [*index.documents.values()], [*index.outlines.values()]
    source = Source(documents, outlines, index.passages, manifest.model, manifest.model_sha256)
    texts, random_ = texts_of(source), random.Random(3)
    share = min(1.0, most / (len(texts.passages) + len(texts.units)))
    passages, units = (random_.sample(some, max(1, int(share * len(some)))) for some in (texts.passages, texts.units))
    return passages, units


if __name__ == "__main__":
    print(json.dumps(asdict(measure(Path(sys.argv[1]), int(sys.argv[2])))))
