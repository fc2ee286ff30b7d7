"""Each file that was read wrongly once is asked its question, by the default networks: one index holds them all, and a question
is put to the guides of its own case."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.guides.onet import import_onet
from rag.loading import load
from rag.pipeline import Pipeline
from rag.reply import Answer
from tests.conftest import built
from tests.inputs.checking import FOLDER, Case, cases, flat

pytestmark = pytest.mark.model

# The scorer finds the passage, and is less sure of it than it has to be, or weighs one of its items too heavily.
UNSURE = {
    "barista-html": "pay in a sentence after another subject, under no heading of its own",
    "ops-html": "pay in an item of a job post that begins with something else",
}
ASKED = [case for case in cases() if "question" in case and case.get("build") != "refused"]


def parameters() -> Iterator[object]:
    for case in ASKED:
        reason = UNSURE.get(case["id"])
        yield pytest.param(case, id=case["id"], marks=[pytest.mark.xfail(reason=reason)] if reason else [])


@pytest.fixture(scope="module")
def asked(run_folder: Path, model_cache: Path) -> Pipeline:
    corpus = run_folder / "inputs"
    if not corpus.exists():
        corpus.mkdir()
        for case in ASKED:
            _put(case, corpus / case["id"])
    return load(built(run_folder / "inputs-index", corpus))


def _put(case: Case, into: Path) -> None:
    source = FOLDER / case["file"]
    if case.get("import") == "onet":
        import_onet(source, into)
    elif "text" not in case and source.is_dir():
        shutil.copytree(source, into)
    else:
        into.mkdir()
        (into / Path(case["file"]).name).write_bytes(case["text"].encode() if "text" in case else source.read_bytes())


@pytest.mark.parametrize("case", list(parameters()))
def test_a_file_answers_its_question(asked: Pipeline, case: Case) -> None:
    own = [id for id, document in asked.index.documents.items() if document.path.startswith(f"{case['id']}/")]
    assert own
    answer = asked.ask(case["question"], (), own)
    ways = case.get("either", [])
    assert list(_wrong(answer, case)) == []
    assert not ways or any("told" in way or list(_wrong(answer, way)) == [] for way in ways)


def _wrong(answer: Answer, want: Case) -> Iterator[str]:
    """What is not as wanted in an answer."""
    said = flat("\n".join([answer.text, *(citation.quote for citation in answer.citations)])).casefold()
    if answer.status != want.get("status", answer.status):
        yield f"{answer.status}, not {want['status']} ({answer.confidence})"
    yield from (f"lacks {part!r}" for part in want.get("answer_has", []) if flat(part).casefold() not in said)
    yield from (f"has {part!r}" for part in want.get("answer_lacks", []) if flat(part).casefold() in said)
    cited = {citation.document.id for citation in answer.citations}
    yield from (f"cites {id}" for id in cited if not id.endswith(tuple(want.get("cites_only", [""]))))
