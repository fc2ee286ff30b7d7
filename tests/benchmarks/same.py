"""Whether a database answers as a folder does: `python -m tests.benchmarks.same c d` puts all judged questions of sets to both.

Each file of judged questions about a set's guides is asked of one index of them, as a folder and as it is published to a
PostgreSQL of this machine. Without sets, those of every set and of the guides beside them.
"""

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rag.errors import QuestionError
from rag.evaluation.judgements import Judged, read_judged
from rag.evaluation.trials import CORPUS
from rag.index.builds import current_folder
from rag.index.library import library_of
from rag.loading import build, load
from rag.pipeline import Pipeline
from rag.reply import Answer
from rag.settings import Settings, read_settings
from tests.postgres import Cluster, empty_database
from tests.train.sets import LEARNED, OWN, REPORTED, SETS, files_of


def differing(settings: Settings, judged: Sequence[Judged], database: str) -> list[str]:
    """The questions whose answers are not the same, ids and scores included, from a folder and from a database."""
    shared = settings.model_copy(update={"store": database})
    library_of(shared).take(current_folder(settings.index))
    here, there = load(settings), load(shared)
    found = []
    for one in judged:
        answers = [_answer(pipeline, one) for pipeline in (here, there)]
        if answers[0] != answers[1]:
            found.append(one.question)
    return found


def _answer(pipeline: Pipeline, asked: Judged) -> Answer | str:
    """The answer to a question, less its times, or why it is refused: one of them is empty."""
    try:
        return replace(pipeline.ask(asked.question, asked.history), timings_ms={})
    except QuestionError as refused:
        return str(refused)


def _judged(name: str) -> list[Judged]:
    if name in REPORTED:  # asked, and never looked into
        folder, file = SETS / name / "questions.jsonl", SETS / f"{name}.jsonl"
        return list(read_judged(folder if folder.is_file() else file))
    return [one for file in files_of(name) for one in read_judged(file)]


def main(names: Sequence[str]) -> int:
    """Print how many answers differ for each set; 1 if one does."""
    total = 0
    with tempfile.TemporaryDirectory(prefix="verbatim-same-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the database's server runs as another user where this is root
        cluster = Cluster(folder / "server").create()
        try:
            for of in names or (*LEARNED, *REPORTED):
                corpus = OWN.get(of, SETS / of / CORPUS) if of != "spoken_seed" else OWN["seed"]
                settings = read_settings(corpus=corpus, index=folder / of)
                build(settings)
                judged = _judged(of)
                for database in empty_database(cluster):
                    found = differing(settings, judged, database)
                print(f"{of}: {len(found)} of {len(judged)} answers differ {found[:3] if of not in REPORTED else ''}", flush=True)
                total += len(found)
        finally:
            cluster.stop("immediate")
    return int(total > 0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
