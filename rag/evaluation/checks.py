"""What `verbatim check` does: examine an index, its corpus, and a file of questions it should answer."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.errors import CorpusError, QuestionError
from rag.evaluation.findings import REBUILD, Finding, Severity, cut_passages, empty_sections, repeated, uncovered, wrong_offsets
from rag.evaluation.judgements import read_questions
from rag.guides.coverage import FileCoverage
from rag.index.building import read_contents
from rag.index.builds import Part
from rag.index.index import Index
from rag.index.library import library_of
from rag.index.manifest import Manifest
from rag.index.reuse import Keys
from rag.loading import load
from rag.reply import Answer, Turn
from rag.settings import Settings

Asked = tuple[str, tuple[Turn, ...]]


@dataclass(frozen=True, slots=True)
class Check:
    """One check: how many things it examined (None where it could not be made) and what it found."""

    name: str
    examined: int | None
    findings: tuple[Finding, ...] = ()

    def count(self, severity: Severity) -> int:
        """How many findings are of a severity."""
        return sum(finding.severity == severity for finding in self.findings)


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What was checked of the build `id`, and the coverage of its guides. `good` is that no finding is an error."""

    id: str
    good: bool
    checks: tuple[Check, ...]
    guides: tuple[FileCoverage, ...]


def check(settings: Settings, questions: Path | None = None) -> CheckReport:
    """Examine the current index, its corpus and, with a file of questions, whether it answers each.

    Of a build with a damaged file nothing is read: only the corpus is examined further. Raises StoreError where there is no
    index, JudgementError where the questions cannot be read.
    """
    asked = read_questions(questions) if questions else []
    library = library_of(settings)
    manifest, parts = library.manifest(), list(library.parts())
    checks = [Check("files", sum(not part.stray for part in parts), tuple(_faulty(parts)))]
    checks.append(Check("corpus", len(manifest.corpus), tuple(corpus_changes(settings, manifest))))
    if checks[0].count("error"):
        names = ["offsets", "coverage", "duplicates", "sections", "limit", *(["questions"] if questions else [])]
        checks += [Check(name, None) for name in names]
    else:
        checks += _contents(library.load(verify=False), library.keys(), manifest)
        if questions:
            ask = load(settings).ask
            checks.append(Check("questions", len(asked), tuple(unanswered(asked, ask))))
    good = not any(check.count("error") for check in checks)
    return CheckReport(manifest.id, good, tuple(checks), manifest.corpus)


def left_out(settings: Settings) -> dict[str, tuple[str, ...]]:
    """What of each guide's file the current index leaves out as no content, such as menus and struck words, by the guide's path.

    Raises StoreError where there is no index."""
    documents = library_of(settings).load(verify=False).documents.values()
    return {document.path: document.left_out for document in documents if document.left_out}


def _contents(index: Index, keys: tuple[Keys, Keys], manifest: Manifest) -> Iterator[Check]:
    passages, sections = len(index.passages), sum(len(outline.sections) for outline in index.outlines.values())
    yield Check("offsets", passages + len(index.store.unit_passage), tuple(wrong_offsets(index, keys, manifest)))
    yield Check("coverage", len(index.documents), tuple(uncovered(index)))
    yield Check("duplicates", passages, tuple(repeated(index)))
    yield Check("sections", sections, tuple(empty_sections(index)))
    yield Check("limit", passages, tuple(cut_passages(index)))


def _faulty(parts: Iterable[Part]) -> Iterator[Finding]:
    """What is wrong with the parts of a build and of its encoder."""
    for part in parts:
        if part.stray:
            yield Finding("warning", part.name, part.fault)
        elif part.fault:
            yield Finding("error", part.name, f"{part.fault}; {REBUILD}")


def corpus_changes(settings: Settings, manifest: Manifest) -> Iterator[Finding]:
    """Guides that are not as they were indexed, those that cannot be read, and an index made by other code or settings."""
    try:
        contents, bad = read_contents(settings, skip_bad=True)
        built = {file.path: file.sha256 for file in manifest.corpus}
        now = {file.path: file.sha256 for file in contents.corpus}
        reasons = {file.path: file.reason for file in bad}
        differing = sorted(path for path in built.keys() | now.keys() if built.get(path) != now.get(path))
        for path in differing:
            what = "changed" if path in built and path in now else "added" if path in now else "removed"
            why = f"cannot be read any more: {reasons[path]}" if path in reasons else f"{what} since the build; {REBUILD}"
            yield Finding("error", path, why)
        for path in sorted(reasons.keys() - built.keys()):
            yield Finding("warning", path, f"not in the index: {reasons[path]}")
        if not differing and contents.id != manifest.id:
            yield Finding("error", "", f"the index was made from the same texts by another version or setting; {REBUILD}")
    except CorpusError as error:
        yield Finding("error", str(settings.corpus), str(error))


def unanswered(asked: Sequence[Asked], ask: Callable[[str, Sequence[Turn]], Answer]) -> Iterator[Finding]:
    """Questions that get no answer of the guides."""
    for question, history in asked:
        try:
            answer = ask(question, history)
        except QuestionError as error:
            yield Finding("error", question[:80], str(error))
            continue
        if answer.status != "answered":
            yield Finding("error", question, f"{answer.status} ({answer.cause}): {answer.message}")
