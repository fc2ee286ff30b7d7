"""Answers, builds and how far a build is, for a terminal."""

from collections.abc import Iterable, Iterator, Sequence
from textwrap import shorten
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from rag.answers.partly import partly
from rag.guides.coverage import FileCoverage
from rag.index.builds import Build
from rag.index.report import BuildReport
from rag.reply import Answer, Citation

if TYPE_CHECKING:
    from rag.evaluation.checks import CheckReport  # with the parsers, which `verbatim ask` does without

_INDENT = "  "
_STAGES = {"read": "Reading the guides", "load model": "Loading the model", "embed": "Embedding", "write": "Writing the index"}
_GUIDES = 30  # guides of a table
_CAREERS = 60  # characters of the careers of a guide there
_SHOWN = 10  # findings of a check; JSON holds all


class BuildProgress:
    """Shows how far a build is on standard error: bars on a terminal, a line a stage elsewhere, nothing if `quiet`."""

    def __init__(self, quiet: bool = False) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._console = Console(stderr=True, quiet=quiet)
        self._bars = Progress(*columns, console=self._console, transient=True)
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> "BuildProgress":
        if self._console.is_terminal:
            self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._console.is_terminal:
            self._bars.stop()

    def tell(self, stage: str, done: int, total: int) -> None:
        """Show that `done` of `total` are done in a stage."""
        if stage not in self._tasks:
            name = _STAGES.get(stage, stage)
            self._tasks[stage] = self._bars.add_task(name, total=total)
            if not self._console.is_terminal:
                self._console.print(name)
        self._bars.update(self._tasks[stage], completed=done, total=total)


def report_lines(report: BuildReport) -> Iterator[str]:
    """A build report as a table of the guides, then what was done."""
    yield from _guides(report.files)
    for bad in report.skipped:
        yield f"Left out {bad.path}: {bad.reason}"
    what = f"{report.passages:,} passages, {report.units:,} quotable units"
    if not report.changed:
        yield f"Nothing has changed: the index of {what} is up to date ({report.id[:19]})"
        return
    reused = f", {report.reused:,} embeddings reused" if report.reused else ""
    yield f"Built {what}{reused} in {report.seconds:.1f} s ({report.id[:19]})"


def build_lines(builds: Iterable[Build]) -> Iterator[str]:
    """The builds of an index, a line each; the current one is marked."""
    for build in builds:
        mark, size = "*" if build.current else " ", f"{build.bytes / 1e6:.0f} MB"
        counts = f"{build.documents} guides, {build.passages} passages"
        yield f"{mark} {build.name[:12]}  {build.built_at[:19]}  {counts}, {size}"


def check_lines(report: "CheckReport") -> Iterator[str]:
    """What was checked as tables of the guides and of the checks, then what was found."""
    yield from _guides(report.guides)
    yield from ("", f"{'check':10}  examined  errors  warnings")
    for check in report.checks:
        examined = "-" if check.examined is None else f"{check.examined:,}"
        yield f"{check.name:10}  {examined:>8}  {check.count('error'):6,}  {check.count('warning'):8,}"
    for check in report.checks:
        for finding in check.findings[:_SHOWN]:
            yield f"{finding.severity} ({check.name}) {finding.where}: {finding.message}"
        if len(check.findings) > _SHOWN:
            yield f"... and {len(check.findings) - _SHOWN:,} more ({check.name}); --json lists them all"
    errors = sum(check.count("error") for check in report.checks)
    yield f"Checked {report.id[:19]}: " + (f"{errors:,} error{'s' * (errors > 1)}" if errors else "no error")


def answer_lines(answer: Answer) -> Iterator[str]:
    """An answer as lines: the quotes as they are laid out, our remarks, then the sources by number and what to ask next."""
    if answer.standalone != answer.question:
        yield from (f"Read as: {answer.standalone}", "")
    if answer.message:
        yield answer.message
    if answer.partial and answer.text:
        yield from (partly(answer.partial, answer.text), "")
    if answer.comparison:
        yield from _comparison(answer)
    else:
        for citation in answer.citations:
            yield from _quote(citation, f" [{citation.number}]")
            yield ""
    if answer.nearest:
        yield from _nearest(answer.nearest)
    for remark in answer.remarks:
        yield from (remark, "")
    for citation in answer.citations:
        yield f"[{citation.number}] {_place(citation)}"
    if answer.related and not answer.nearest:
        heading = "Careers:" if any(related.label for related in answer.related) else "Ask next:"
        yield from ("", heading, *(f"{_INDENT}{related.label or related.question}" for related in answer.related))


def _nearest(citations: Sequence[Citation]) -> Iterator[str]:
    yield from ("", "Nearest in the guides, but not an answer:")
    for citation in citations:
        yield from ("", *_quote(citation))
        yield f"{_INDENT}{_place(citation)}" + (f", near for “{citation.why}”" if citation.why else "")


def _place(citation: Citation) -> str:
    page = citation.document.page(citation.start)
    where = f"page {page}" if page else f"characters {citation.start}-{citation.end}"
    return f"{' › '.join(citation.passage.path)} ({citation.document.path}, {where})"


def _guides(files: Sequence[FileCoverage]) -> Iterator[str]:
    """A row a guide; of many, those of which the index holds least."""
    shown = files if len(files) <= _GUIDES else sorted(files, key=lambda file: file.share)[:_GUIDES]
    width = max(len(file.path) for file in shown)
    yield f"{'guide':{width}}  characters  covered  passages  left out  careers"
    for file in shown:
        counts = f"{file.characters:10,}  {file.share:7.2%}  {file.passages:8,}  {file.left_out:8,}"
        yield f"{file.path:{width}}  {counts}  {shorten(', '.join(file.careers), _CAREERS, placeholder=' …')}"
    if len(files) > len(shown):
        yield f"... and {len(files) - len(shown):,} more, of which as much or more is covered; --json lists them all"


def _quote(citation: Citation, number: str = "") -> Iterator[str]:
    """A citation as lines, its number at the end of the first: list items under each other, everything else run on."""
    text = citation.document.text
    lines: list[str] = []
    previous = ""
    for part in citation.parts:
        words = " ".join(text[part.start : part.end].split())
        if part.kind == previous == "sentence":
            lines[-1] += " " + words
        else:
            lines.append(_INDENT * (part.level + 1) + "• " + words if part.kind == "item" else words)
        previous = part.kind
    first, *rest = lines or [" ".join(citation.quote.split())]
    yield first + number
    yield from rest


def _comparison(answer: Answer) -> Iterator[str]:
    comparison = answer.comparison
    if comparison is None:
        return
    by_number = {citation.number: citation for citation in answer.citations}
    for aspect, numbers in comparison.rows:
        yield aspect
        for (_, title), number in zip(comparison.columns, numbers, strict=True):
            said = "not said" if number is None else " ".join(by_number[number].quote.split()) + f" [{number}]"
            yield f"{_INDENT}{title}: {said}"
        yield ""
