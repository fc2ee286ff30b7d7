"""Exports show what guides and questions say, and nothing in them becomes markup or an address."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from markdown_it import MarkdownIt
from starlette.testclient import TestClient

from rag.reply import Answer, Citation, Part
from rag.settings import read_settings
from tests.scenes import HERE, SEED, Scenes
from web.app import create_app
from web.page.export import escaped

HOSTILE = [
    "<script>alert(1)</script>",
    "[a](javascript:alert(1)) ![b](https://c.example/d.png)",
    "<https://e.example> **bold** __bold__ `code` ~~gone~~ $x$",
    "# no heading",
    "> no quote",
    "- no item",
    "+ no item",
    "12. no item",
    "3) no item",
    "=== ---",
    "| a | b |",
    "[1]: javascript:alert(1)",
    "&lt;b&gt; \\<b> \\",
    "```",
    "a\n\n# b\r\n    code",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_escaped_text_shows_as_it_is(text: str) -> None:
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(escaped(text))
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    inline = tokens[1].children or []
    assert {token.type for token in inline} <= {"text", "text_special"}
    assert "".join(token.content for token in inline) == " ".join(text.split())


class Hostile(Scenes):
    """Answers with a guide that is all marks."""

    def ask(self, question: str, *more: Any, **named: Any) -> Answer:
        text = "\n\n".join(HOSTILE)
        cited = self.cite(1, SEED, "The Head of Analytics", "within an organization.")
        document = replace(cited.document, text=text, source_url="javascript:alert(1)")
        parts = tuple(Part("sentence", text.index(said), text.index(said) + len(said)) for said in HOSTILE)
        citation = Citation(1, document, replace(cited.passage, path=("<b>T", "[x](y)")), 0, len(text), 0.9, parts)
        return self.answered(question, citation)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(create_app(cast(Any, Hostile()), read_settings(index=tmp_path)), base_url=HERE) as client:
        yield client


def test_a_hostile_guide_marks_nothing_up_in_an_export(client: TestClient) -> None:
    question = {"q": "<img src=x onerror=alert(1)> [a](javascript:1)"}
    exported = client.get("/ask.md", params=question).text
    html = MarkdownIt("commonmark").enable("table").render(exported)
    assert re.findall(r"<(?!/?(?:p|h2)>)[^>]*>", html) == []
    for path in ("/ask.html", "/ask", "/ask/turn"):
        page = client.get(path, params=question).text
        assert "<script>alert" not in page and "<img src=x" not in page and 'href="javascript' not in page


def test_only_addresses_of_the_web_are_given_as_sources(client: TestClient) -> None:
    body = client.post("/ask", json={"question": "Hello"}).json()
    assert [citation["source_url"] for citation in body["citations"]] == [None]


def test_every_kind_of_answer_is_exported(tmp_path: Path) -> None:
    shown = Scenes()
    asked = [question for question, scene in shown.scenes.items() if scene.__name__ not in ("slow", "fail")]
    statuses = set()
    with TestClient(create_app(cast(Any, shown), read_settings(index=tmp_path)), base_url=HERE) as client:
        for question in asked:
            responses = [client.get(f"/ask{form}", params={"q": question}) for form in (".html", ".md", ".json")]
            assert [response.status_code for response in responses] == [200] * 3, question
            statuses.add(responses[2].json()["turns"][0]["status"])
    assert statuses == {"answered", "not_found", "clarify", "routed"}
