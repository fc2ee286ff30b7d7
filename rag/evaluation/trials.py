"""Questions with known answers put to pipelines: judged ones about guides, and those of SQuAD about its paragraphs."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rag.errors import JudgementError
from rag.evaluation.grading import Grade, evaluate
from rag.evaluation.judgements import Judged, read_judged
from rag.evaluation.squad import Abstention, Retrieval, abstention, answerable, halves, read_squad, retrieval, write_corpus
from rag.loading import build, load
from rag.pipeline import Pipeline
from rag.settings import Settings, read_settings

QUESTIONS, CORPUS = "questions.jsonl", "corpus"  # of a set that is a folder


def trials(sets: Sequence[Path], folders: Sequence[Path], settings: Settings) -> dict[str, list[Grade]]:
    """Each set of judged questions, by its name, with the graded answers to them.

    A set that is a folder is asked of an index of all guides in its `corpus`; a file, of the current index or, with `folders` in
    which the guides lie, each question of an index of the guides it names. Those indexes are made beside the current one."""
    current = None
    found: dict[str, list[Grade]] = {}
    for path in sets:
        judged = read_judged(path / QUESTIONS if path.is_dir() else path)
        if path.is_dir():
            grades = trial(indexed(path / CORPUS, settings.index / "sets"), judged)
        elif folders:
            grades = each_alone(judged, folders, settings.index / "alone")
        else:
            current = current or load(settings)
            grades = trial(current, judged)
        found[str(path) if path.stem in found else path.stem] = grades
    return found


def trial(pipeline: Pipeline, judged: Sequence[Judged]) -> list[Grade]:
    """Ask a pipeline every judged question and grade the answers."""
    return evaluate(judged, pipeline.ask, pipeline.index.documents, pipeline.index.passages)


def indexed(corpus: Path, index: Path) -> Pipeline:
    """A pipeline over the guides of a folder, with its index built in `index`, or used again if it is there."""
    settings = read_settings(corpus=corpus, index=index)
    build(settings)
    return load(settings)


def each_alone(judged: Sequence[Judged], folders: Sequence[Path], work: Path) -> list[Grade]:
    """Ask each question of an index of the guides it is about and no others, made in `work`; those about none, of all guides that
    the questions name. The grades are in the order of the guides."""
    by_guides: dict[frozenset[str], list[Judged]] = {}
    for question in judged:
        by_guides.setdefault(question.guides, []).append(_without_others(question))
    grades = []
    for names, its in by_guides.items():
        grades += trial(alone(its if names else judged, folders, work / CORPUS, work / "index"), its)
    return grades


def _without_others(question: Judged) -> Judged:
    """A question without what is related in guides that it is not about."""
    own = question.guides
    return replace(question, related=tuple(piece for piece in question.related if not piece.guide or piece.guide in own))


def alone(judged: Sequence[Judged], folders: Sequence[Path], corpus: Path, index: Path) -> Pipeline:
    """A pipeline over the guides that judged questions name, copied from `folders` to `corpus` and built in `index`; where they
    name none, over the only guide of the last folder."""
    names = {name for question in judged for name in question.guides}
    guides = [_guide(name, folders) for name in sorted(names)] or _only(folders)
    shutil.rmtree(corpus, ignore_errors=True)
    corpus.mkdir(parents=True)
    for guide in guides:
        shutil.copy(guide, corpus / guide.name)
    return indexed(corpus, index)


def _guide(name: str, folders: Sequence[Path]) -> Path:
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    raise JudgementError(f"No guide {name} in {', '.join(map(str, folders))}; add its folder.")


def _only(folders: Sequence[Path]) -> list[Path]:
    """The guide of the last folder, for questions that name none: it must hold just one."""
    guides = sorted(path for path in folders[-1].iterdir() if path.is_file() and not path.name.lower().startswith("readme"))
    if len(guides) != 1:
        raise JudgementError(f"{folders[-1]} holds {len(guides)} guides and the questions name none; add `document` to each.")
    return guides


def squad(
    file: Path, work: Path, pool: Sequence[Path] = (), outside: Sequence[Path] = (), halve: bool = False
) -> tuple[Retrieval, Abstention | None]:
    """Put the questions of a SQuAD file to an index of its paragraphs and those of the `pool`, made in `work`.

    The questions of `outside` that are about articles not in the index measure abstention. With `halve` the index holds
    every other article of the file, and the rest are outside.
    """
    paragraphs = read_squad(file)
    held, rest = halves(paragraphs) if halve else (paragraphs, [])
    titles = {paragraph.title for paragraph in held}
    more = [paragraph for paragraph in read_squad(*pool) if paragraph.title not in titles]
    titles |= {paragraph.title for paragraph in more}
    others = [paragraph for paragraph in rest + read_squad(*outside) if paragraph.title not in titles]
    write_corpus(held + more, work / CORPUS)
    pipeline = indexed(work / CORPUS, work / "index")
    asked, far = answerable(held), answerable(others)
    found = retrieval(asked, lambda question: _ranked(pipeline, question))
    if not far:
        return found, None
    return found, abstention(asked, far, lambda question: pipeline.ask(question).status == "answered")


def _ranked(pipeline: Pipeline, question: str) -> list[str]:
    """Ids of the documents found for a question, best first."""
    # A paragraph may make several passages, so ten paragraphs take more hits than ten.
    return [hit.passage.document_id for hit in pipeline.rank(question, 30)]
