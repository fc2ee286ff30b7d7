"""Whole answers to all judged questions, kept so that a change to the code can be held against them.

    python -m tests.answers record FILE      ask everything, and write what was answered
    python -m tests.answers compare FILE     ask everything again, and list what is answered otherwise, by kind

Each file of judged questions is asked of an index of its own guides and, as `all`, of one index of every guide. What changes from
run to run (ids, times) or follows from the index and not from the answer (its id) is left out.
"""

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from rag.errors import QuestionError
from rag.evaluation.judgements import Judged, read_judged
from rag.evaluation.trials import alone
from rag.loading import build, load
from rag.pipeline import Pipeline
from rag.reply import Answer, Citation
from rag.settings import read_settings

TESTS = Path(__file__).parent
FOLDERS = [TESTS / "judgements" / "guides", TESTS.parent / "corpus"]
FILES = sorted((TESTS / "judgements").glob("*.jsonl"))

Record = dict[str, Any]


def recorded(work: Path) -> Iterator[tuple[str, Record]]:
    """Every judged question's key and its answer as plain values; indexes are built in `work`."""
    whole = _of_all(work)
    for file in FILES:
        judged = read_judged(file)
        own = alone(judged, FOLDERS, work / file.stem, work / "index")
        for scope, pipeline in (("own", own), ("all", whole)):
            yield from ((f"{scope} {file.stem} {one.id}", _asked(pipeline, one)) for one in judged)


def _of_all(work: Path) -> Pipeline:
    corpus = work / "all"
    shutil.rmtree(corpus, ignore_errors=True)
    corpus.mkdir(parents=True)
    for guide in (guide for folder in FOLDERS for guide in folder.iterdir() if guide.stem != "README"):
        shutil.copy(guide, corpus / guide.name)
    settings = read_settings(corpus=corpus, index=work / "index-of-all")
    build(settings)
    return load(settings)


def _asked(pipeline: Pipeline, judged: Judged) -> Record:
    try:
        return plain(pipeline.ask(judged.question, judged.history))
    except QuestionError as error:
        return {"error": str(error)}


def plain(answer: Answer) -> Record:
    """An answer as JSON values: documents and passages by id, numbers to four places."""
    values: Record = msgspec.to_builtins(answer)
    del values["index"], values["timings_ms"]
    values["citations"] = [_citation(citation) for citation in answer.citations]
    values["nearest"] = [_citation(citation) for citation in answer.nearest]
    return values


def _citation(citation: Citation) -> Record:
    values: Record = msgspec.to_builtins(citation)
    return values | {
        "document": citation.document.id,
        "passage": [citation.passage.start, citation.passage.end],
        "score": round(citation.score, 4),
    }


def differences(before: Record, after: Record) -> list[str]:
    """The members in which two answers differ; what they are and what they rest on is named with both. A member that only one
    of the two has, as after a change of what answers hold, differs only where it says something."""
    if before.get("status") != after.get("status"):
        return [f"status: {before.get('status', 'error')} -> {after.get('status', 'error')}"]
    names = sorted(name for name in before.keys() | after.keys() if _said(before.get(name)) != _said(after.get(name)))
    return [f"basis: {before.get(name)} -> {after.get(name)}" if name == "basis" else name for name in names]


def _said(value: Any) -> Any:
    """A value without the members that are empty, at any depth."""
    if isinstance(value, list):
        return [_said(one) for one in value] or None
    if isinstance(value, dict):
        return {name: said for name, one in value.items() if (said := _said(one)) is not None} or None
    return None if value in ("", None) or value is False else value


def compare(before: dict[str, Record], after: dict[str, Record]) -> list[str]:
    """Lines that tell how many answers differ, in what, and which."""
    keys = sorted(before.keys() | after.keys())
    found = {key: differences(before.get(key, {}), after.get(key, {})) for key in keys}
    kinds = Counter(kind for its in found.values() for kind in its)
    lines = [f"{sum(not its for its in found.values())} of {len(keys)} answers are equal"]
    lines += [f"{count:5}  {kind}" for kind, count in kinds.most_common()]
    return lines + [f"       {key}: {', '.join(its)}" for key, its in found.items() if its]


def main(verb: str, file: Path) -> int:
    work = file.with_suffix(".work")
    found = dict(recorded(work))
    if verb == "record":
        file.write_bytes(msgspec.json.format(msgspec.json.encode(found)))
        print(f"Recorded {len(found)} answers in {file}")
        return 0
    lines = compare(msgspec.json.decode(file.read_bytes()), msgspec.json.decode(msgspec.json.encode(found)))
    print("\n".join(lines))
    return int(len(lines) > 1)
