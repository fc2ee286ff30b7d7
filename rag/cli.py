"""The command line. What a command needs is imported inside it, so that `--help` is quick and serving stays light.

Exit codes: 0 done (also where nothing had to be done), 1 an error that is told in one line, 2 a command written wrongly,
3 another process is changing the index.
"""

import json as jsonlib
import pkgutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from rag.errors import BusyError, CorpusError, VerbatimError
from rag.settings import Settings, read_settings
from rag.text.cleaning import printable

app = typer.Typer(
    name="verbatim",
    help="Career questions, answered in the guides' own words. Every setting is also VERBATIM_<NAME> in the environment.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
builds_app = typer.Typer(help="See the builds of an index, roll back, clean up.", no_args_is_help=True)
imports_app = typer.Typer(help="Make guides of other people's data.", no_args_is_help=True)
app.add_typer(builds_app, name="index")
app.add_typer(imports_app, name="import")

Corpus = Annotated[Path | None, typer.Option(help="Folder of guides.")]
IndexFolder = Annotated[Path | None, typer.Option("--index", help="Folder of built indexes.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; what the user can mend is one line on standard error and exit code 1, or 3 where it is to wait."""
    try:
        app(args=None if arguments is None else list(arguments), prog_name="verbatim")
    except VerbatimError as error:
        print(f"verbatim: {printable(str(error))}", file=sys.stderr)
        sys.exit(3 if isinstance(error, BusyError) else 1)


@app.command()
def build(
    corpus: Corpus = None,
    index: IndexFolder = None,
    force: Annotated[bool, typer.Option("--force", help="Take nothing over from earlier builds.")] = False,
    skip_bad: Annotated[bool, typer.Option("--skip-bad/--strict", help="Leave out files that cannot be read.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Build again whenever the guides change.")] = False,
    json: Json = False,
) -> None:
    """Bring the index up to date with the guides. Nothing is done where it is; an error leaves the old index as it was."""
    settings = read_settings(corpus=corpus, index=index)
    if watch:
        _watch(settings, force, skip_bad, json)
    else:
        _build(settings, force, skip_bad, json)


def _build(settings: Settings, force: bool, skip_bad: bool, json: bool) -> None:
    from rag import loading
    from rag.terminal import BuildProgress, report_lines

    with BuildProgress(quiet=json) as progress:
        report = loading.build(settings, progress.tell, force, skip_bad)
    print(jsonlib.dumps(asdict(report), default=str) if json else _lines(report_lines(report)), flush=True)


def _watch(settings: Settings, force: bool, skip_bad: bool, json: bool) -> None:
    from rag.index.watching import rebuild_on_change

    def tell(line: str) -> None:
        print(f"verbatim: {printable(line)}", file=sys.stderr, flush=True)

    if not settings.corpus.is_dir():
        raise CorpusError(f"Corpus folder {settings.corpus} does not exist; make it, so that it can be watched.")
    forced = iter([force])  # the first time only
    tell(f"watching {settings.corpus} (Ctrl-C stops it)")
    rebuild_on_change(settings, lambda: _build(settings, next(forced, False), skip_bad, json), tell)


@app.command()
def embed(
    workers: Annotated[int, typer.Option(min=1, help="Processes that embed.")] = 1,
    once: Annotated[bool, typer.Option("--once", help="Stop when nothing waits.")] = False,
) -> None:
    """Help the builds of a shared database (VERBATIM_STORE) to embed, from this machine, until interrupted."""
    from rag.index.workers import embed

    embed(read_settings(), workers, once)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to serve on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to serve on; 0 takes a free one.")] = None,
    workers: Annotated[int | None, typer.Option(help="Serving processes.")] = None,
    index: IndexFolder = None,
) -> None:
    """Serve the page and the API from an index that was built."""
    from rag.index.library import library_of

    settings = read_settings(host=host, port=port, workers=workers, index=index)
    library_of(settings).manifest()
    _web("server:serve")(settings, lambda where: print(f"Verbatim answers on {where} (Ctrl-C stops it)", flush=True))


@app.command()
def mcp(index: IndexFolder = None) -> None:
    """Answer an MCP client on standard input and output, from an index that was built; needs the extra `mcp`."""
    settings = read_settings(index=index)
    _web("clients.extras:need")("mcp")
    _web("clients.mcp:serve_stdio")(settings)


@app.command()
def ask(question: str, index: IndexFolder = None, json: Json = False) -> None:
    """Answer one question; `--json` prints what POST /ask returns."""
    from rag.loading import load
    from rag.terminal import answer_lines

    answer = load(read_settings(index=index)).ask(question)
    print(_web("schemas:AskResponse").of(answer).model_dump_json(indent=2) if json else _lines(answer_lines(answer)))


@app.command()
def evaluate(
    sets: Annotated[
        list[Path] | None, typer.Argument(help="Judged questions (.jsonl), or a folder of questions.jsonl and its corpus/.")
    ] = None,
    guides: Annotated[
        list[Path] | None, typer.Option(help="Ask each question of a file of its own guide alone, found in this folder.")
    ] = None,
    squad: Annotated[Path | None, typer.Option(help="Measure retrieval on a SQuAD file instead.")] = None,
    pool: Annotated[list[Path] | None, typer.Option(help="SQuAD file whose paragraphs are searched as well.")] = None,
    out_of_corpus: Annotated[list[Path] | None, typer.Option(help="SQuAD file with questions that must not be answered.")] = None,
    halves: Annotated[
        bool, typer.Option("--halves", help="Index every other article of --squad, the rest must not be answered.")
    ] = False,
    show: Annotated[int, typer.Option(min=0, help="List so many of the worst answers.")] = 0,
    index: IndexFolder = None,
    json: Json = False,
) -> None:
    """Ask questions with known answers and print how good the answers are, by set and by type, with 95 % intervals."""
    from rag.evaluation import reports, trials

    settings = read_settings(index=index)
    if squad:
        measured = trials.squad(squad, settings.index / "squad", pool or [], out_of_corpus or [], halves)
        numbers, lines = reports.squad_numbers(*measured), reports.squad_lines(*measured)
    elif sets:
        graded = trials.trials(sets, guides or [], settings)
        numbers, lines = reports.report_numbers(graded), reports.report_lines(graded, show)
    else:
        raise typer.BadParameter("Give judged questions, or --squad FILE.")
    print(jsonlib.dumps(numbers) if json else _lines(lines))


@app.command()
def check(
    questions: Annotated[Path | None, typer.Option(help="Questions to answer: one a line, or judged ones (.jsonl).")] = None,
    corpus: Corpus = None,
    index: IndexFolder = None,
    left_out: Annotated[bool, typer.Option("--left-out", help="Only list the texts that were left out as no content.")] = False,
    json: Json = False,
) -> None:
    """Examine the index and the guides; exit code 1 if something is wrong. Warnings alone do not fail."""
    from rag.evaluation import checks
    from rag.terminal import check_lines

    if left_out:
        found = checks.left_out(read_settings(corpus=corpus, index=index))
        listed = (f"{path}: {text}" for path, texts in found.items() for text in texts)
        print(jsonlib.dumps(found) if json else "\n".join(listed) or "Nothing was left out.")
        return
    report = checks.check(read_settings(corpus=corpus, index=index), questions)
    print(jsonlib.dumps(asdict(report)) if json else _lines(check_lines(report)))
    if not report.good:
        raise typer.Exit(1)


@app.command()
def key() -> None:
    """Make a key for a caller, or a token for /admin, and the hash of it that goes into the settings."""
    made, known = _web("middleware.keys:make_key")()
    print(f"key   {made}\nhash  {known}  (for VERBATIM_API_KEYS or VERBATIM_ADMIN_TOKEN; only the hash is kept)")


@builds_app.command("list")
def list_builds(index: IndexFolder = None, json: Json = False) -> None:
    """The builds, newest first; the current one is marked."""
    from rag.index.library import library_of
    from rag.terminal import build_lines

    found = library_of(read_settings(index=index)).builds()
    for line in [jsonlib.dumps([asdict(build) for build in found])] if json else build_lines(found):
        print(line)


@builds_app.command("use")
def use_build(id: Annotated[str, typer.Argument(help="First letters of the build's id.")], index: IndexFolder = None) -> None:
    """Make another build the current one, such as the one before a bad change."""
    from rag.index.library import library_of

    print(f"The current index is now {library_of(read_settings(index=index)).use(id).id}")


@builds_app.command("prune")
def prune_builds(
    index: IndexFolder = None,
    spare: Annotated[int | None, typer.Option(min=0, help="Builds to keep beside the current one.")] = None,
) -> None:
    """Delete all builds but the current one and the newest others."""
    from rag.index.library import library_of

    settings = read_settings(index=index, spare_builds=spare)
    deleted = library_of(settings).prune(settings.spare_builds)
    print(f"Deleted {len(deleted)} builds" + "".join(f"\n  {id.removeprefix('sha256:')[:12]}" for id in deleted))


@imports_app.command("onet")
def onet(
    folder: Annotated[Path, typer.Argument(help="The O*NET text database, unpacked.")],
    into: Annotated[Path, typer.Option(help="Folder to write the guides into.")],
) -> None:
    """Write a guide for each occupation of the O*NET database (CC BY 4.0; each guide says so)."""
    from rag.guides.onet import import_onet

    report = import_onet(folder, into)
    without = "".join(f"\n  without {printable(name)}" for name in report.missing)
    print(f"Wrote {len(report.guides):,} guides into {into}{without}")
    print("".join(f"  left out {printable(name)}\n" for name in report.unread), end="")
    if report.unknown:
        print(f"  passed over {report.unknown:,} rows of occupations that it does not name")


def _lines(lines: Iterable[str]) -> str:
    """Lines for a terminal: guides and the names of files are foreign text."""
    return "\n".join(map(printable, lines))


def _web(name: str) -> Any:
    """Something of `web/` by name, as uvicorn takes an application: `rag/` itself never imports `web/`."""
    return pkgutil.resolve_name(f"web.{name}")
