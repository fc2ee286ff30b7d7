"""Judged questions put to a pipeline: the current index, or an index of each file's own guide alone."""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rag.errors import JudgementError
from rag.evaluation import Row, evaluate
from rag.judgements import Judged, read_judged
from rag.pipeline import Pipeline, build, load
from rag.settings import read_settings


def trial(pipeline: Pipeline, judged: Sequence[Judged]) -> list[Row]:
    """Ask a pipeline every judged question and grade the answers."""
    return evaluate(judged, pipeline.ask, pipeline.index.documents, pipeline.index.passages)


def trials(files: Iterable[Path], folders: Sequence[Path], work: Path) -> Iterator[tuple[Path, list[Row]]]:
    """Each file of judged questions with its rows, asked of an index of the guides it names and no others.

    The guides are looked up in `folders`; corpora and indexes are made in `work`, and used again if they are there.
    """
    for file in files:
        judged = read_judged(file)
        yield file, trial(alone(judged, folders, work / file.stem, work / "index"), judged)


def alone(judged: Sequence[Judged], folders: Sequence[Path], corpus: Path, index: Path) -> Pipeline:
    """A pipeline over the guides that judged questions name, copied from `folders` to `corpus` and built in `index`."""
    names = {question.document for question in judged} - {""}
    guides = [_guide(name, folders) for name in sorted(names)] or _only(folders)
    shutil.rmtree(corpus, ignore_errors=True)
    corpus.mkdir(parents=True)
    for guide in guides:
        shutil.copy(guide, corpus / guide.name)
    settings = read_settings(corpus=corpus, index=index)
    build(settings)
    return load(settings)


def _guide(name: str, folders: Sequence[Path]) -> Path:
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    raise JudgementError(f"No guide {name} in {', '.join(map(str, folders))}; add its folder.")


def _only(folders: Sequence[Path]) -> list[Path]:
    """The guide of the last folder, for a file that names none: it must hold just one."""
    guides = sorted(path for path in folders[-1].iterdir() if path.is_file() and not path.name.lower().startswith("readme"))
    if len(guides) != 1:
        raise JudgementError(f"{folders[-1]} holds {len(guides)} guides and the questions name none; add `document` to each.")
    return guides
