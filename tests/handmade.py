"""Small guides made by hand: their groups, indexes of them, and pipelines over them without a network."""

import hashlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from rag.answers.evidence import Group
from rag.datatypes import Document, Passage
from rag.formats.parsing import parse
from rag.guides.outline import outline
from rag.guides.passages import make_passages
from rag.index.contents import Contents, Source, contents_of
from rag.index.index import Index, load_index, write_manifest, write_stores
from rag.index.manifest import StoredEncoder
from rag.index.reuse import Embedder, OwnWork
from rag.loading import assemble
from rag.models.networks import Networks
from rag.pipeline import Pipeline
from rag.settings import read_settings
from tests.hashing import HashingEncoder, SharedWords

BAKER = "# Baker\n\nA Baker bakes bread.\n\n## Duties\n\n- Knead the dough before dawn\n- Heat the oven\n"
PILOT = "# Pilot\n\nA Pilot flies planes.\n\n## Pay\n\nA Pilot earns $90,000 a year. Captains earn more.\n"
SAILOR = (
    "# Sailor\n\nA Sailor sails ships.\n\n## Pay\n\n| Grade | Wage |\n|---|---|\n| Mate | $30,000 |\n| Master | $70,000 |\n\n"
    "## Skills\n\nSailors need:\n\n- knots\n- charts\n- patience\n"
)
GUIDES = {"baker.md": BAKER, "pilot.md": PILOT}
THREE = {**GUIDES, "sailor.md": SAILOR}


def write_guides(corpus: Path, guides: Mapping[str, str] = GUIDES) -> None:
    """Write guides, by path, into a corpus folder."""
    corpus.mkdir(exist_ok=True)
    for path, text in guides.items():
        (corpus / path).write_text(text)


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
    write_stores(folder, made, Embedder(OwnWork(HashingEncoder())))
    write_manifest(folder, made, StoredEncoder())
    return load_index(folder)


def pipeline_of(folder: Path, guides: Mapping[str, str] = GUIDES) -> Pipeline:
    """Markdown guides, by path, as something that can be asked: real stores, and words in the place of networks."""
    return assemble(index_of(folder, guides), Networks(HashingEncoder(), SharedWords()), read_settings())


def group_of(text: str) -> Group:
    """The first group of a Markdown guide."""
    source = plan({"guide.md": text}).source
    passages = tuple(passage for passage in source.passages if passage.group == 0)
    return Group(source.documents[0], passages, tuple(unit for passage in passages for unit in passage.units))


def link_index(index: Path, into: Path) -> None:
    """Make an index folder of another's files, without its lock and what readers said; replace a file to change it."""
    ignored = shutil.ignore_patterns(".lock", "*.sqlite3*")
    shutil.copytree(index, into, copy_function=os.link, ignore=ignored)


def document(path: str, text: str) -> Document:
    """A Markdown guide as the corpus would hold it."""
    parsed = parse(text.encode(), ".md")
    sha256 = hashlib.sha256(parsed.text.encode()).hexdigest()
    return Document(
        id=path.removesuffix(".md"),
        path=path,
        title=parsed.title or "",
        text=parsed.text,
        sha256=sha256,
        blocks=parsed.blocks,
        collected=parsed.meta.get("date"),
        skipped=parsed.skipped,
    )
