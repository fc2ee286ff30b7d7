"""Small guides made by hand, and indexes of them over the hashing encoder."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from rag.datatypes import Document, Passage
from rag.formats.parsing import parse
from rag.guides.outline import outline
from rag.guides.passages import make_passages
from rag.index.contents import Contents, Source, contents_of
from rag.index.index import Index, load_index, write_manifest, write_stores
from rag.index.manifest import StoredEncoder
from rag.index.reuse import Embedder
from tests.hashing import HashingEncoder

BAKER = "# Baker\n\nA Baker bakes bread.\n\n## Duties\n\n- Knead the dough before dawn\n- Heat the oven\n"
PILOT = "# Pilot\n\nA Pilot flies planes.\n\n## Pay\n\nA Pilot earns $90,000 a year. Captains earn more.\n"
GUIDES = {"baker.md": BAKER, "pilot.md": PILOT}


def plan(guides: Mapping[str, str] = GUIDES, model_sha256: str = "0" * 64) -> Contents:
    """What a build of Markdown guides, by path, would hold."""
    documents = [document(path, text) for path, text in sorted(guides.items())]
    outlines = [outline(one) for one in documents]
    passages: list[Passage] = []
    for one, its_outline in zip(documents, outlines, strict=True):
        first = passages[-1].group + 1 if passages else 0
        passages += make_passages(one, its_outline, HashingEncoder().count_tokens, first)
    return contents_of(Source(documents, outlines, passages, "hashing", model_sha256))


def index_of(folder: Path, guides: Mapping[str, str] = GUIDES) -> Index:
    """The index of Markdown guides, by path, written into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    made = plan(guides)
    write_stores(folder, made, Embedder(HashingEncoder()))
    write_manifest(folder, made, StoredEncoder())
    return load_index(folder)


def document(path: str, text: str) -> Document:
    """A Markdown guide as the corpus would hold it."""
    parsed = parse(text.encode(), ".md")
    sha256 = hashlib.sha256(parsed.text.encode()).hexdigest()
    return Document(
        path.removesuffix(".md"), path, parsed.title or "", parsed.text, sha256, parsed.blocks, skipped=parsed.skipped
    )
