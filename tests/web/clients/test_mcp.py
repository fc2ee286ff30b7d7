"""MCP clients ask a real server over HTTP and over standard input and output, under the limits of every other caller."""

import asyncio
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import jsonschema
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent, TextResourceContents

from rag.settings import Settings
from web.middleware.keys import make_key
from web.middleware.limits import MAX_BODY
from web.page.wording import say

ROOT = Path(__file__).parent.parent.parent.parent
SCHEMA = json.loads((ROOT / "web" / "ask_response.schema.json").read_text(encoding="utf-8"))
DOCS = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8").partition("## MCP")[2].partition("\n## ")[0]
PROGRAM = [sys.executable, "-m", "rag"]  # what `verbatim` stands for
HOAE, LEAD = "Head of Analytics Engineering", "Lead Data Science Engineer"
QUESTION = f"What does a {HOAE} do?"
SECONDS = 120  # a process that was just started loads the index before it answers
LIST_TOOLS = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
PLAIN = {"Accept": "application/json"}
Given = TypeVar("Given")

pytestmark = pytest.mark.model


def examples(kind: str) -> list[str]:
    """The examples of the docs' section that are written in a language."""
    return re.findall(rf"```{kind}\n(.*?)```", DOCS, re.DOTALL)


INSTALL, SERVE = (block.strip() for block in examples("sh"))
LOCAL, REMOTE = (json.loads(block)["mcpServers"]["verbatim"] for block in examples("json"))


@contextmanager
def serving(index: Path, **settings: object) -> Iterator[str]:
    """The address of a server in a process of its own, as the docs start it, on a free port."""
    switch, program, *arguments = shlex.split(SERVE)
    assert program == ".venv/bin/verbatim"
    name, value = switch.split("=")
    given = {name: value, "VERBATIM_INDEX": index, "VERBATIM_PORT": 0}
    given |= {f"VERBATIM_{setting.upper()}": value for setting, value in settings.items()}
    environment = {**os.environ, **{name: str(value) for name, value in given.items()}}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([*PROGRAM, *arguments], cwd=ROOT, env=environment, text=True, **pipes)  # type: ignore[call-overload]
    with process.stdout as said:
        try:
            yield said.readline().split()[3]
        finally:
            process.terminate()
            process.wait(60)


@dataclass(frozen=True)
class Face:
    """A way to reach Verbatim: in the protocol's present form, or in that with a handshake ("legacy")."""

    server: StdioServerParameters | str
    mode: str

    def talk(self, to: Callable[[Client], Awaitable[Given]]) -> Given:
        async def whole() -> Given:
            async with Client(self.server, mode=self.mode) as client:
                return await to(client)

        return asyncio.run(whole())

    def call(self, tool: str, **arguments: object) -> CallToolResult:
        return self.talk(lambda client: client.call_tool(tool, arguments))

    def answer(self, tool: str, **arguments: object) -> tuple[dict[str, Any], str]:
        """What a tool gives as structure, which the schema of /ask holds for, and as text."""
        result = self.call(tool, **arguments)
        assert not result.is_error
        jsonschema.validate(result.structured_content, SCHEMA, format_checker=jsonschema.FormatChecker())
        return result.structured_content, text_of(result)


def text_of(result: CallToolResult) -> str:
    (only,) = result.content
    assert isinstance(only, TextContent)
    return only.text


@pytest.fixture(scope="module")
def question_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("questions")


@pytest.fixture(scope="module")
def address(settings: Settings, question_log: Path) -> Iterator[str]:
    with serving(settings.index, question_log=question_log) as address:
        yield address


@pytest.fixture(scope="module")
def stdio(settings: Settings) -> StdioServerParameters:
    """The server that the docs have a client start."""
    program = {"/path/to/verbatim/.venv/bin/verbatim": PROGRAM}[LOCAL["command"]]
    paths = {"/path/to/verbatim/index": str(settings.index)}
    arguments = [*program[1:], *(paths.get(argument, argument) for argument in LOCAL["args"])]
    assert "mcp" in arguments and str(settings.index) in arguments
    return StdioServerParameters(command=program[0], args=arguments, env=dict(os.environ), cwd=ROOT)


@pytest.fixture(scope="module", params=["http", "http with a handshake", "stdio"])
def face(request: pytest.FixtureRequest, address: str, stdio: StdioServerParameters) -> Face:
    way, _, shaken = request.param.partition(" ")
    return Face(f"{address}/mcp" if way == "http" else stdio, "legacy" if shaken else "auto")


def test_the_tools_the_guides_and_who_answers_are_told(face: Face) -> None:
    async def told(client: Client) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == {"ask_career_guides", "list_careers", "compare_careers"}
        assert set(tools["ask_career_guides"].input_schema["properties"]) == {"question", "history", "documents"}
        given = tools["ask_career_guides"].output_schema
        assert given and given["properties"] == SCHEMA["properties"] and given["required"] == SCHEMA["required"]
        assert all(tool.description and tool.annotations and tool.annotations.read_only_hint for tool in tools.values())
        (guide,) = (await client.list_resources()).resources
        assert (guide.uri, guide.title) == ("guide:///lead-data-science-engineer", LEAD)
        assert client.server_info and client.server_info.name == "verbatim" and "text[start:end]" in (client.instructions or "")

    face.talk(told)


def test_an_answer_is_quotes_and_each_citation_cuts_its_guide(face: Face) -> None:
    async def asked(client: Client) -> None:
        result = await client.call_tool("ask_career_guides", {"question": QUESTION})
        answer = result.structured_content
        jsonschema.validate(answer, SCHEMA, format_checker=jsonschema.FormatChecker())
        assert answer["status"] == "answered" and answer["citations"]
        for citation in answer["citations"]:
            (guide,) = (await client.read_resource(f"guide:///{citation['document_id']}")).contents
            assert isinstance(guide, TextResourceContents)
            assert guide.text[citation["start"] : citation["end"]] == citation["quote"]
            assert f"{citation['quote']} [{citation['id']}]" in text_of(result)
            assert f"characters {citation['start']}-{citation['end']} of {guide.uri}" in text_of(result)

    face.talk(asked)


def test_a_follow_up_is_of_the_career_talked_of(face: Face) -> None:
    answer, _ = face.answer("ask_career_guides", question="What are its key responsibilities?", history=[{"question": QUESTION}])
    assert answer["status"] == "answered" and answer["question"] == "What are its key responsibilities?"
    assert HOAE in answer["citations"][0]["section_path"]


def test_what_no_guide_answers_is_said_with_what_came_near(face: Face) -> None:
    answer, text = face.answer("ask_career_guides", question="What does a zookeeper feed the penguins?")
    assert (answer["status"], answer["answer"], answer["citations"]) == ("not_found", None, [])
    assert answer["message"] in text and "[1]" not in text
    assert all(near["quote"] in text.partition("but not an answer:")[2] for near in answer["nearest"])


def test_two_careers_are_set_side_by_side(face: Face) -> None:
    answer, text = face.answer("compare_careers", a=HOAE.lower(), b=LEAD, topic="key responsibilities")
    assert [column["title"] for column in answer["comparison"]["columns"]] == [HOAE, LEAD]
    (row,) = answer["comparison"]["rows"]
    quotes = {citation["id"]: citation["quote"] for citation in answer["citations"]}
    said = [quotes[cell["citation_id"]] if cell else say("turn", "not_said") for cell in row["cells"]]
    assert [f"{career} ({row['aspect']}): {one}" in text for career, one in zip((HOAE, LEAD), said, strict=True)] == [True, True]


def test_without_a_topic_all_that_is_said_of_two_careers_is_compared(address: str) -> None:
    whole, _ = Face(f"{address}/mcp", "auto").answer("compare_careers", a=HOAE, b="Knowledge Engineer")
    assert [column["title"] for column in whole["comparison"]["columns"]] == [HOAE, "Knowledge Engineer"]
    assert any(cell for row in whole["comparison"]["rows"] for cell in row["cells"])


def test_careers_are_listed_with_their_guides(face: Face) -> None:
    result = face.call("list_careers")
    careers = {one["career"]: one["guides"] for one in result.structured_content["careers"]}
    assert {HOAE, LEAD} <= set(careers)
    assert careers[HOAE] == [{"id": "lead-data-science-engineer", "title": LEAD, "uri": "guide:///lead-data-science-engineer"}]
    assert f"{HOAE}: guide:///lead-data-science-engineer" in text_of(result).splitlines()


FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("ask_career_guides", {"question": " "}, "question: "),
    ("ask_career_guides", {"question": "x" * 401}, "400"),
    ("ask_career_guides", {"question": QUESTION, "documents": ["none"]}, "there is no guide 'none'"),
    ("compare_careers", {"a": "Astronaut", "b": LEAD}, "list_careers"),
    ("compare_careers", {"a": LEAD, "b": LEAD.upper()}, "Both are"),
    ("compare_careers", {"a": HOAE, "b": LEAD, "topic": "x" * 400}, "400"),
]


def test_what_a_model_can_mend_is_a_result_and_the_rest_an_error(face: Face) -> None:
    async def wrong(client: Client) -> None:
        for tool, arguments, said in FAULTS:
            result = await client.call_tool(tool, arguments)
            assert result.is_error and said in text_of(result), text_of(result)
        with pytest.raises(MCPError, match="There is no tool"):
            await client.call_tool("answer_everything", {})
        for uri in ("guide:///none", "lead-data-science-engineer", "file:///etc/passwd"):
            with pytest.raises(MCPError, match="no such guide"):
                await client.read_resource(uri)

    face.talk(wrong)


def test_a_resource_is_the_text_that_offsets_count_in(address: str) -> None:
    (guide,) = (
        Face(f"{address}/mcp", "auto").talk(lambda client: client.read_resource("guide:///lead-data-science-engineer")).contents
    )
    assert isinstance(guide, TextResourceContents)
    assert guide.text == httpx2.get(f"{address}/documents/lead-data-science-engineer/text").text


def test_questions_are_counted_and_kept_as_those_of_ask_are(address: str, question_log: Path) -> None:
    question = f"How much does a {HOAE} earn?"
    before = asks(address)
    Face(f"{address}/mcp", "auto").answer("ask_career_guides", question=question)
    assert asks(address) == before + 1
    (kept,) = question_log.glob("questions-*.jsonl")
    assert question in [json.loads(line)["question"] for line in kept.read_text(encoding="utf-8").splitlines()]


def asks(address: str) -> float:
    """How many questions the server's counters have seen."""
    counted = re.findall(r'^verbatim_asks_total\{status="\w+"\} (\S+)$', httpx2.get(f"{address}/metrics").text, re.MULTILINE)
    return sum(map(float, counted))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Content-Type": "text/plain"}, 400),
    ],
)
def test_what_another_sites_page_sends_is_refused(address: str, headers: dict[str, str], status: int) -> None:
    assert httpx2.post(f"{address}/mcp", json=LIST_TOOLS, headers={**PLAIN, **headers}, timeout=SECONDS).status_code == status
    assert httpx2.post(f"{address}/mcp", json=LIST_TOOLS, headers={**PLAIN, "Origin": address}).status_code == 200


def test_no_stream_is_opened_and_no_large_body_is_taken(address: str) -> None:
    opened = httpx2.get(f"{address}/mcp", headers={"Accept": "text/event-stream"})
    assert (opened.status_code, opened.headers["Allow"]) == (405, "POST")
    assert httpx2.post(f"{address}/mcp", content=b" " * (MAX_BODY + 1), headers=PLAIN).status_code == 413
    many = [{**LIST_TOOLS, "id": id} for id in range(9)]  # one request may not ask many questions
    assert httpx2.post(f"{address}/mcp", json=many, headers=PLAIN).status_code == 400


def test_a_key_is_needed_where_one_is_set_and_rate_and_time_are_bounded(tiny_settings: Settings) -> None:
    key, known = make_key()
    headers = {name: value.replace("KEY", key) for name, value in REMOTE["headers"].items()}
    with serving(tiny_settings.index, api_keys=known, rate="6/hour", timeout=0.0001) as address:
        url = REMOTE["url"].replace("http://127.0.0.1:8000", address)
        refused = httpx2.post(url, json=LIST_TOOLS, headers=PLAIN, timeout=SECONDS)
        assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")

        async def late() -> CallToolResult:
            async with (
                httpx2.AsyncClient(headers=headers) as http,
                Client(streamable_http_client(url, http_client=http)) as client,
            ):
                return await client.call_tool("ask_career_guides", {"question": QUESTION})

        result = asyncio.run(late())
        assert result.is_error and "took too long" in text_of(result)
        statuses = [
            httpx2.post(url, json=LIST_TOOLS, headers={**PLAIN, **headers}, timeout=SECONDS).status_code for _ in range(6)
        ]
    assert 200 in statuses and statuses[-1] == 429


def test_standard_output_holds_the_protocol_alone(stdio: StdioServerParameters) -> None:
    opening = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    sent = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": opening},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "list_careers", "arguments": {}}},
    ]
    with subprocess.Popen(
        [stdio.command, *stdio.args], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdin.write("".join(json.dumps(message) + "\n" for message in sent))
        process.stdin.flush()
        heard = [json.loads(process.stdout.readline()) for _ in range(2)]
        process.stdin.close()
        assert process.wait(30) == 0 and process.stdout.read() == "" and process.stderr.read() == ""
    assert [one["id"] for one in heard] == [1, 2] and heard[1]["result"]["structuredContent"]["careers"]


def test_a_missing_index_is_one_line(tmp_path: Path) -> None:
    said = subprocess.run([*PROGRAM, "mcp", "--index", str(tmp_path)], cwd=ROOT, capture_output=True, text=True)
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr == f"verbatim: No index in {tmp_path}; run `verbatim build`.\n"


@pytest.mark.parametrize("command", ["['mcp']", "['serve']"])
def test_a_missing_package_is_one_line_that_names_the_extra(tiny_settings: Settings, command: str) -> None:
    program = f"import sys; sys.modules['mcp'] = None; from rag.cli import main; main({command})"
    environment = {**os.environ, "VERBATIM_MCP": "1", "VERBATIM_INDEX": str(tiny_settings.index), "VERBATIM_PORT": "0"}
    said = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr == "verbatim: The package mcp is missing; install the extra: pip install '.[mcp]'\n"
    assert "'.[mcp]'" in INSTALL


def test_without_the_setting_nothing_of_it_is_imported_or_served() -> None:
    program = """
import sys
from starlette.testclient import TestClient
from tests.scenes import HERE, scenes
from web.app import create_app
print(TestClient(create_app(scenes()), base_url=HERE).post("/mcp", json={}).status_code)
print(sorted(name for name in sys.modules if name.startswith(("mcp", "web.clients.mcp"))))
"""
    environment = {name: value for name, value in os.environ.items() if name != "VERBATIM_MCP"}
    said = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert said.stdout.split("\n")[:2] == ["404", "[]"]


def test_the_program_of_the_docs_prints_the_quotes(address: str) -> None:
    (program,) = examples("python")
    assert "http://127.0.0.1:8000/mcp" in program
    whole = program.replace("http://127.0.0.1:8000", address)
    said = subprocess.run([sys.executable, "-c", whole], capture_output=True, text=True, check=True)
    asked = httpx2.post(f"{address}/ask", json={"question": QUESTION}).json()
    assert said.stdout == "".join(f"{citation['quote']}\n" for citation in asked["citations"]) != ""
