"""The command line: what each command prints, and one line for whatever the user can mend."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx2
import jsonschema
import pytest

from rag import cli
from rag.index import builds
from rag.settings import Settings
from web.middleware.keys import holds

ROOT = Path(__file__).parent.parent
QUESTION = "what does a Head of Analytics Engineering do"

pytestmark = pytest.mark.model
Output = pytest.CaptureFixture[str]


def run(*arguments: object) -> int:
    """Run a command in this process; its exit code."""
    try:
        cli.main([str(argument) for argument in arguments])
    except SystemExit as exit_:
        if isinstance(exit_.code, str):
            print(exit_.code, file=sys.stderr)
            return 1
        return exit_.code or 0
    return 0


def fails(output: Output, *arguments: object) -> str:
    """Run a command that fails with exit code 1; the one line it says on standard error."""
    assert run(*arguments) == 1
    said = output.readouterr().err.strip().splitlines()
    lines = [line for line in said if line not in ("Reading the guides", "Loading the model", "Embedding")]
    assert len(lines) == 1 and lines[0].startswith("verbatim: "), said
    return lines[0]


@pytest.fixture
def place(settings: Settings, tmp_path: Path) -> Sequence[object]:
    """The flags of a corpus with one guide and no index."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "keeper.md").write_text("# Lamp Keeper\n\nA Lamp Keeper keeps lamps.\n\n## Duties\n\n- Trims wicks.\n")
    return ["--corpus", tmp_path / "corpus", "--index", tmp_path / "index"]


def test_build_says_what_it_took_and_that_nothing_changed(place: Sequence[object], capsys: Output) -> None:
    assert run("build", *place) == 0
    first = capsys.readouterr().out.splitlines()
    assert first[0].split() == ["guide", "characters", "covered", "passages", "left", "out", "careers"]
    assert first[1].split()[:3] == ["keeper.md", "69", "100.00%"]
    assert first[2].startswith("Built ")
    assert run("build", *place, "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["changed"] is False and report["files"][0]["path"] == "keeper.md"
    assert run("build", *place) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("Nothing has changed")


def test_ask_prints_numbered_quotes_and_their_sections(settings: Settings, capsys: Output) -> None:
    assert run("ask", QUESTION, "--index", settings.index) == 0
    said = capsys.readouterr().out
    assert "The Head of Analytics Engineering is a senior leadership position" in said
    assert "[1]" in said and "› Head of Analytics Engineering (lead-data-science-engineer.txt, characters " in said


def test_ask_json_is_what_the_service_returns(settings: Settings, capsys: Output) -> None:
    assert run("ask", QUESTION, "--index", settings.index, "--json") == 0
    body = json.loads(capsys.readouterr().out)
    jsonschema.validate(body, json.loads((ROOT / "web" / "ask_response.schema.json").read_text()))
    assert body["status"] == "answered"


def test_builds_are_listed_rolled_back_and_pruned(place: Sequence[object], capsys: Output) -> None:
    index = ["--index", place[3]]
    run("build", *place)
    first = builds.current_id(Path(str(place[3]))) or ""
    (Path(str(place[1])) / "other.md").write_text("# Bell Ringer\n\nA Bell Ringer rings bells.\n")
    run("build", *place)
    capsys.readouterr()
    assert run("index", "list", *index) == 0
    assert [line[0] for line in capsys.readouterr().out.splitlines()] == ["*", " "]
    assert run("index", "use", first[7:15], *index) == 0
    assert builds.current_id(Path(str(place[3]))) == first
    assert run("index", "prune", "--spare", 0, *index) == 0
    assert run("index", "list", "--json", *index) == 0
    kept = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [build["id"] for build in kept] == [first]


def test_evaluate_prints_a_line_for_each_type(settings: Settings, tmp_path: Path, capsys: Output) -> None:
    judged = (ROOT / "tests" / "judgements" / "career_dev.jsonl").read_text().splitlines()
    one_of_each = {json.loads(line)["type"]: line for line in judged}
    (tmp_path / "judged.jsonl").write_text("\n".join(one_of_each.values()))
    assert run("evaluate", tmp_path / "judged.jsonl", "--index", settings.index) == 0
    said = capsys.readouterr().out
    assert "fact" in said and "hit1" in said and "definition" in said
    assert set(one_of_each) <= {line.split()[0] for line in said.splitlines() if line.strip()}


def test_onet_becomes_guides(tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "Occupation Data.txt").write_text("O*NET-SOC Code\tTitle\tDescription\n11-1\tLamp Keeper\tKeeps lamps.\n")
    assert run("import", "onet", tmp_path, "--into", tmp_path / "corpus") == 0
    assert capsys.readouterr().out.startswith("Wrote 1 guides into ")
    assert "Keeps lamps." in next((tmp_path / "corpus").iterdir()).read_text()


def test_bad_input_is_one_line_that_says_what_to_do(settings: Settings, tmp_path: Path, capsys: Output) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.safetensors").write_bytes(b"other weights")
    (tmp_path / "bad.jsonl").write_text("{")
    index = ["--index", tmp_path / "index"]
    assert "holds no guide" in fails(capsys, "build", "--corpus", empty, *index)
    assert "does not exist" in fails(capsys, "build", "--corpus", tmp_path / "nowhere", *index)
    assert "run `verbatim build`" in fails(capsys, "ask", QUESTION, *index)
    assert "run `verbatim build`" in fails(capsys, "serve", *index)
    assert "400 characters" in fails(capsys, "ask", "x" * 1_000_000, "--index", settings.index)
    assert "bad.jsonl" in fails(capsys, "evaluate", tmp_path / "bad.jsonl", "--index", settings.index)
    assert "verbatim index list" in fails(capsys, "index", "use", "ffff", "--index", settings.index)
    assert "Occupation Data.txt" in fails(capsys, "import", "onet", empty, "--into", empty)


def test_a_changed_model_is_refused(
    place: Sequence[object], tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.safetensors").write_bytes(b"other weights")
    monkeypatch.setattr("rag.models.sources.bundled.MODEL_DIR", tmp_path / "model")
    monkeypatch.setenv("VERBATIM_MODEL", "fast")
    assert "model.safetensors" in fails(capsys, "build", *place)


@pytest.mark.parametrize("arguments", [["ask"], ["serve", "--port", "x"], ["evaluate"], ["nothing"], ["index", "use"]])
def test_wrong_usage_is_exit_code_2(arguments: list[str], capsys: Output) -> None:
    assert run(*arguments) == 2


def test_a_key_is_made_with_its_hash(capsys: Output) -> None:
    assert run("key") == 0
    made, known = (line.split()[1] for line in capsys.readouterr().out.splitlines())
    assert holds(f"Bearer {made}", [known])


def test_a_bad_key_is_not_shown(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    monkeypatch.setenv("VERBATIM_API_KEYS", "my secret key")
    said = fails(capsys, "serve")
    assert "VERBATIM_API_KEYS" in said and "secret" not in said


def test_a_bad_setting_is_named(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    monkeypatch.setenv("VERBATIM_WORKERS", "many")
    assert "VERBATIM_WORKERS" in fails(capsys, "serve")


@dataclass(frozen=True)
class Serving:
    """`verbatim serve` in a process of its own, which lists its imports in `log`."""

    process: subprocess.Popen[str]
    address: str
    log: Path


@pytest.fixture
def serving(settings: Settings, tmp_path: Path) -> Iterator[Serving]:
    command = [sys.executable, "-X", "importtime", "-m", "rag", "serve", "--port", "0", "--index", str(settings.index)]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True)
    assert process.stdout is not None
    with process.stdout as said:
        yield Serving(process, said.readline().split()[3], tmp_path / "log")
        process.kill()
        process.wait(30)


def test_serving_never_imports_what_only_a_build_needs(serving: Serving) -> None:
    """Answers over HTTP in a process of its own, stops on SIGTERM, and its list of imports holds no torch."""
    body = httpx2.post(f"{serving.address}/ask", json={"question": QUESTION}, timeout=60).json()
    assert body["status"] == "answered"
    serving.process.send_signal(signal.SIGTERM)
    serving.process.wait(30)
    imported = {line.rsplit("|", 1)[1].strip() for line in serving.log.read_text().splitlines() if "|" in line}
    assert {"fastapi", "onnxruntime", "rag.loading"} <= imported
    heavy = {"torch", "transformers", "sentence_transformers", "htmldate", "pypdf", "docx", "onnx"}
    assert not heavy & {name.split(".")[0] for name in imported}


def test_a_taken_port_is_one_line(serving: Serving, settings: Settings, capsys: Output) -> None:
    port = serving.address.rsplit(":", 1)[1]
    assert "--port" in fails(capsys, "serve", "--port", port, "--index", settings.index)


def test_a_build_that_finds_another_one_says_so_and_exits_with_3(place: Sequence[object], capsys: Output) -> None:
    with builds.locked(Path(str(place[3]))):
        assert run("build", *place) == 3
    assert "Another process is changing the index" in capsys.readouterr().err


def test_what_would_move_the_cursor_is_printed_escaped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a\x1b]0;owned\x07\x1b[2J\u202egpj.txt").mkdir()
    (tmp_path / "b\nverbatim: all is well.pdf").write_bytes(b"no pdf")
    with pytest.raises(SystemExit):
        cli.main(["build", "--corpus", str(tmp_path), "--index", str(tmp_path / "index")])
    said = capsys.readouterr().err
    assert r"b\nverbatim: all is well.pdf" in said and not set("\x1b\x07\u202e") & set(said)
    assert [line for line in said.splitlines() if line.startswith("verbatim: all is well")] == []
