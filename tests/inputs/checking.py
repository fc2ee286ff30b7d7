"""What each case of `cases.jsonl` wants of a guide's text, and of the quotes that can be taken from it.

The keys mean what they do in the end-to-end checker that the cases came with. There a file is built and its question asked; here
it is parsed, outlined and cut into passages, and what one group holds stands for the answer: each string of `answer_has` must be
in a unit (with what it stands under) that holds none of `answer_lacks`, and all of them in one group. `text` is a file's content
where the case has no file of its own.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.datatypes import Document, Outline, Passage, Unit
from rag.errors import CorpusError
from rag.guides.corpus import read_corpus
from rag.guides.coverage import coverage
from rag.guides.onet import import_onet
from rag.guides.outline import outline
from rag.guides.passages import make_passages

FOLDER = Path(__file__).parent
Case = dict[str, Any]


def cases() -> list[Case]:
    """The cases of this folder, those given to us first."""
    return [
        json.loads(line) for name in ("cases.jsonl", "more.jsonl") for line in (FOLDER / name).read_text("utf-8").splitlines()
    ]


def flat(text: str) -> str:
    """A text in one line."""
    return " ".join(text.split())


@dataclass(frozen=True)
class Read:
    """A case's guides: their texts, outlines, and the units of each group with what they stand under."""

    documents: list[Document]
    outlines: list[Outline]
    groups: list[list[str]]


def read(case: Case, folder: Path) -> Read:
    """A case's guides, from its file, folder, text or O*NET tables."""
    source = FOLDER / case["file"]
    corpus = source
    if case.get("import") == "onet":
        corpus = folder / "corpus"
        import_onet(source, corpus)
    elif "text" in case or not source.is_dir():
        corpus = folder / "corpus"
        corpus.mkdir()
        (corpus / Path(case["file"]).name).write_bytes(case["text"].encode() if "text" in case else source.read_bytes())
    documents = read_corpus(corpus)
    outlines = [outline(document) for document in documents]
    passages = [make_passages(*pair, lambda text: len(text.split())) for pair in zip(documents, outlines, strict=True)]
    coverage(documents, [passage for made in passages for passage in made])
    groups = [group for document, made in zip(documents, passages, strict=True) for group in _groups(document, made)]
    return Read(documents, outlines, groups)


def _groups(document: Document, passages: list[Passage]) -> Iterator[list[str]]:
    held: dict[int, list[Unit]] = {}
    for passage in passages:
        held.setdefault(passage.group, []).extend(passage.units)
    for units in held.values():
        yield [flat(" ".join(_above(document, units, unit))).casefold() for unit in units]


def _above(document: Document, units: list[Unit], unit: Unit) -> list[str]:
    above = _above(document, units, units[unit.parent]) if unit.parent is not None else []
    return [*above, document.text[unit.start : unit.end]]


def wrong(case: Case, folder: Path) -> list[str]:
    """What is not as a case wants it, in words."""
    build = case.get("build", "ok")
    try:
        guides = read(case, folder)
    except CorpusError as error:
        told = any(part in str(error) for part in case.get("message_has", [""]))
        return [] if build != "ok" and told and case["file"].rstrip("/") in str(error) else [f"refused: {error}"]
    return ["read, not refused"] if build == "refused" else list(differences(guides, case))


def differences(guides: Read, want: Case) -> Iterator[str]:
    """What is not as wanted in guides that were read."""
    raw = "\n\n".join(document.text for document in sorted(guides.documents, key=lambda document: document.path))
    text, at = flat(raw), 0
    for part in map(flat, want.get("text_has", [])):
        found = text.find(part, at)
        at = max(at, found + len(part))
        if found < 0:
            yield f"text lacks {part!r}" + " at its place" * (part in text)
    yield from (f"text has {part!r}" for part in want.get("text_lacks", []) if flat(part) in text)
    for first, second in want.get("parted", []):
        if re.search(re.escape(first) + r"[^\S\n]*" + re.escape(second), raw):
            yield f"run together: {first!r} {second!r}"
        elif not re.search(re.escape(first) + ".*" + re.escape(second), text):
            yield f"text lacks {first!r} before {second!r}"
    headings = {flat(name) for outline in guides.outlines for section in outline.sections for name in section.path}
    careers = {flat(name) for outline in guides.outlines for name in outline.careers}
    for kind, names in (("heading", headings), ("career", careers)):
        yield from (f"no {kind} {name!r}" for name in want.get(f"{kind}s", []) if name not in names)
        yield from (f"{kind} {name!r}" for name in want.get(f"{kind}s_lack", []) if name in names)
    dates = {document.collected for document in guides.documents}
    yield from (f"date {date}" for date in dates if date != want.get("collected", date))
    yield from _unquotable(guides.groups, want)
    if "told" in want:
        said = " ".join(words for document in guides.documents for words in document.left_out).casefold()
        yield from ["no loss told"] * all(part.casefold() not in said for part in want["told"])
    ways = [list(differences(guides, each)) for each in want.get("either", [])]
    if ways and all(ways):
        yield " or ".join(", ".join(way) for way in ways)


def _unquotable(groups: list[list[str]], want: Case) -> Iterator[str]:
    lacks = [flat(part).casefold() for part in want.get("answer_lacks", [])]
    wanted = [flat(part).casefold() for part in want.get("answer_has", [])]
    clean = [[unit for unit in units if not any(part in unit for part in lacks)] for units in groups]
    if wanted and not any(all(any(part in unit for unit in units) for part in wanted) for units in clean):
        yield f"no group holds {want['answer_has']} alone"
    if not wanted:
        yield from (f"a quote has {part!r}" for part in lacks if any(part in unit for units in groups for unit in units))
