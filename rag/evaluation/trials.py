"""Questions with known answers put to a pipeline: judged ones about guides, and those of SQuAD about its paragraphs."""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rag.errors import JudgementError
from rag.evaluation.judgements import Judged, read_judged
from rag.evaluation.metrics import Row, by, evaluate, table, totals, worst
from rag.evaluation.squad import Abstention, Retrieval, abstention, answerable, halves, read_squad, retrieval, write_corpus
from rag.pipeline import Pipeline, build, load
from rag.settings import Settings, read_settings


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured: `numbers` for a program, `text` for a reader, and the `rows` the worst are listed from."""

    numbers: dict[str, Any]
    text: str
    rows: tuple[Row, ...] = ()

    def lines(self, show: int = 0) -> list[str]:
        """The text, with up to `show` of the worst answers after it."""
        return [self.text, *worst(self.rows, show)]


def judged_report(files: Sequence[Path], folders: Sequence[Path], settings: Settings) -> Report:
    """Files of judged questions, asked of the current index or, with `folders`, each of an index of its own guide."""
    if folders:
        found = dict(trials(files, folders, settings.index / "alone"))
    else:
        pipeline = load(settings)
        found = {file: trial(pipeline, read_judged(file)) for file in files}
    rows = [row for its in found.values() for row in its]
    files_ = {file.stem: totals(its) for file, its in found.items()}
    types = by(rows, "type") | {"ALL": totals(rows)}
    text = (table(files_, "file") + "\n\n" if len(files_) > 1 else "") + table(types)
    numbers = {
        "files": {name: asdict(one) for name, one in files_.items()},
        "types": {name: asdict(one) for name, one in types.items()},
    }
    return Report(numbers, text, tuple(rows))


def squad_report(file: Path, work: Path, pool: Sequence[Path] = (), outside: Sequence[Path] = (), halve: bool = False) -> Report:
    """What `squad` measures, as a report."""
    found, refused = squad(file, work, pool, outside, halve)
    numbers = {"retrieval": asdict(found)} | ({"abstention": asdict(refused)} if refused else {})
    lines = [
        f"{part}.{name} {value if isinstance(value, int) else round(value, 4)}"
        for part, its in numbers.items()
        for name, value in its.items()
    ]
    return Report(numbers, "\n".join(lines))


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
    write_corpus(held + more, work / "corpus")
    settings = read_settings(corpus=work / "corpus", index=work / "index")
    build(settings)
    pipeline = load(settings)
    assistant, asked, far = pipeline.assistant, answerable(held), answerable(others)
    found = retrieval(asked, lambda question: _documents(pipeline, question), assistant.sentences)
    if not far:
        return found, None
    return found, abstention(asked, far, lambda question: pipeline.ask(question).status == "answered")


def _documents(pipeline: Pipeline, question: str) -> list[str]:
    # A paragraph may make several passages, so ten paragraphs take more hits than ten.
    return [hit.passage.document_id for hit in pipeline.assistant.search(question, 30)]
