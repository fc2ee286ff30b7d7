"""OpenAI's own client gets the answers of /ask over a real connection, their citations as links that open the marked quote."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import httpx2
import openai
import pytest
from lxml import html
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from rag.settings import Settings, read_settings
from tests.benchmarks.servers import running, verbatim
from tests.browser.conftest import serving
from tests.scenes import Scenes, scenes
from web.addresses import MAX_TURNS
from web.clients.openai import MAX_BODY
from web.middleware.keys import hash_key
from web.schemas import AskResponse

QUESTION = "What does a Head of Analytics Engineering do?"
FOLLOW_UP = "What are the key responsibilities?"
SHOWN = [question for question in Scenes().scenes if question not in ("slow", "fail")]
# As Open WebUI begins what it asks for a title, for tags, and for what may be asked next.
TASKS = [
    "### Task:\nGenerate a concise title for the chat history.\n### Chat History:\n",
    "### Task:\nGenerate 1-3 broad tags categorizing the main themes of the chat history.\n### Chat History:\n",
    "### Task:\nSuggest 3-5 relevant follow-up questions that the user might ask next.\n### Chat History:\n",
]


def client_of(address: str, key: str = "none") -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{address}/v1", api_key=key, max_retries=0)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over the answers written by hand."""
    with serving(scenes(), read_settings(index=tmp_path_factory.mktemp("index"))) as address:
        yield address


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[openai.OpenAI]:
    with client_of(address) as client:
        yield client


def asked(client: openai.OpenAI, *said: str, **more: Any) -> ChatCompletion:
    """The completion of a conversation in which user and assistant take turns."""
    return cast(ChatCompletion, client.chat.completions.create(model="verbatim", messages=messages(*said), **more))


def streamed(client: openai.OpenAI, *said: str, **more: Any) -> list[ChatCompletionChunk]:
    return list(client.chat.completions.create(model="verbatim", messages=messages(*said), stream=True, **more))


def messages(*said: str) -> Any:
    return [{"role": ("user", "assistant")[at % 2], "content": text} for at, text in enumerate(said)]


def text_of(completion: ChatCompletion) -> str:
    (choice,) = completion.choices
    assert choice.finish_reason == "stop" and choice.message.role == "assistant"
    return choice.message.content or ""


def cited(completion: ChatCompletion) -> list[Any]:
    return [annotation.url_citation for annotation in completion.choices[0].message.annotations or []]


def whole(answered: ChatCompletion | ChatCompletionChunk) -> dict[str, Any]:
    """The whole response of /ask that comes with a completion."""
    return cast(dict[str, Any], (answered.model_extra or {})["ask_response"])


def sections(completion: ChatCompletion) -> list[str]:
    """The headings that its citations stand under."""
    return [citation["section_path"][-1] for citation in whole(completion)["citations"]]


def test_the_guides_are_the_one_model(client: openai.OpenAI) -> None:
    (model,) = client.models.list().data
    assert (model.id, model.object, model.owned_by) == ("verbatim", "model", "Verbatim")
    assert model.created == 1768464000  # when the index was built


def test_an_answer_is_that_of_ask_with_its_citations_as_links(client: openai.OpenAI, address: str) -> None:
    completion = asked(client, QUESTION)
    response = whole(completion)
    assert AskResponse.model_validate_json(httpx2.post(f"{address}/ask", json={"question": QUESTION}).text).citations == [
        *AskResponse.model_validate(response).citations
    ]
    text = text_of(completion)
    assert re.sub(r" \[\d\]\([^)]*\)", "", text) == response["answer"]["text"]
    assert f"within an organization. [1]({address}{response['citations'][0]['url']})\n\n" in text
    place = "Head of Analytics Engineering · Lead Data Science Engineer"
    assert cited(completion)[1].title == f"{place}: This role requires a unique blend of technical knowledge,…"


@pytest.mark.parametrize("question", SHOWN)
def test_each_offset_cuts_its_marker_out_and_each_address_marks_the_quote(client: openai.OpenAI, question: str) -> None:
    completion = asked(client, question)
    text, quotes = text_of(completion), {one["id"]: one["quote"] for one in whole(completion)["citations"]}
    found = [re.fullmatch(r"\[(\d+)\]\((.+)\)", text[one.start_index : one.end_index]) for one in cited(completion)]
    assert [match[2] for match in found if match] == [one.url for one in cited(completion)]
    assert sorted(int(match[1]) for match in found if match) == sorted(quotes)
    assert all(one.end_index <= after.start_index for one, after in pairwise(cited(completion)))
    for one in cited(completion):
        number = int(one.url.rpartition("#q")[2])
        assert marked(one.url, number) == re.findall(r"\w+", quotes[number])


def marked(url: str, number: int) -> list[str]:
    """The words that a guide's page marks as a citation, after a look that its address leads to them."""
    page = html.fromstring(httpx2.get(url).text)
    assert page.xpath("//mark[@id=$id]", id=url.rpartition("#")[2])
    marks = page.xpath("//mark[contains(concat(' ', @class, ' '), $mark)]", mark=f" m{number} ")
    return re.findall(r"\w+", " ".join(text for mark in marks for text in mark.xpath(".//text()[not(ancestor::sup)]")))


@pytest.mark.parametrize("question", SHOWN)
def test_a_stream_equals_the_plain_answer(client: openai.OpenAI, question: str) -> None:
    plain = asked(client, question)
    *chunks, last, usage = streamed(client, question, stream_options={"include_usage": True})
    deltas = [chunk.choices[0].delta for chunk in chunks]
    assert deltas[0].role == "assistant" and all(chunk.choices[0].finish_reason is None for chunk in chunks)
    assert "".join(delta.content or "" for delta in deltas) == text_of(plain)
    annotations = [one for delta in deltas for one in (delta.model_extra or {}).get("annotations", [])]
    assert annotations == [one.model_dump() for one in plain.choices[0].message.annotations or []]
    assert last.choices[0].finish_reason == "stop" and usage.choices == [] and usage.usage == plain.usage
    varying = {"id", "created_at", "timings_ms"}
    assert {key: whole(last)[key] for key in whole(last).keys() - varying} == {
        key: whole(plain)[key] for key in whole(plain).keys() - varying
    }
    assert len({chunk.id for chunk in (*chunks, last, usage)}) == 1


def test_usage_counts_words_and_a_stream_tells_it_where_it_is_wanted(client: openai.OpenAI) -> None:
    usage = asked(client, QUESTION).usage
    assert usage and (usage.prompt_tokens, usage.total_tokens - usage.completion_tokens) == (8, 8)
    assert usage.completion_tokens == len(text_of(asked(client, QUESTION)).split())
    assert all(chunk.usage is None for chunk in streamed(client, QUESTION))


def test_a_text_may_come_in_parts_beside_instructions(client: openai.OpenAI) -> None:
    parts = [{"type": "text", "text": "What are the"}, {"type": "text", "text": "best practices?"}]
    said: Any = [
        {"role": "system", "content": "You are a pirate."},
        {"role": "developer", "content": [{"type": "text", "text": "Answer in French."}]},
        {"role": "user", "content": parts},
    ]
    completion = client.chat.completions.create(
        model="verbatim",
        messages=said,
        temperature=2,
        max_tokens=1,
        n=1,
        tools=[{"type": "function", "function": {"name": "sing"}}],
        tool_choice="auto",
        response_format={"type": "text"},
    )
    assert text_of(completion) == text_of(asked(client, "What are the best practices?"))
    assert completion.choices[0].message.tool_calls is None


def test_what_is_left_blank_says_so_with_the_nearest_passages_as_links(client: openai.OpenAI, address: str) -> None:
    completion = asked(client, "Can I work from home on Fridays?")
    text, response = text_of(completion), whole(completion)
    assert text.startswith("No answer found.\n\n") and response["status"] == "not_found" and cited(completion) == []
    links = re.findall(r"\n\[(.+)\]\((.+)\)", text)
    assert [url for _, url in links] == [f"{address}{near['url']}" for near in response["nearest"]]
    assert links[1][0] == "Pay · Wind Turbine Technician"
    assert marked(links[1][1], 0) == re.findall(r"\w+", response["nearest"][1]["quote"])


def test_a_choice_is_listed(client: openai.OpenAI) -> None:
    text = text_of(asked(client, "What skills are needed?"))
    said, choices = text.split("\n\n**Which do you mean?**\n\n")
    assert said == "This could mean more than one thing. Pick one."
    assert choices == "- What skills does a Full Stack AI Developer need?\n- What skills does a Knowledge Engineer need?"


@pytest.mark.parametrize("task", TASKS)
def test_a_front_ends_own_prompt_gets_an_empty_text(client: openai.OpenAI, task: str) -> None:
    prompt = f"{task}<chat_history>\nUSER: {QUESTION}\nASSISTANT: {'word ' * 500}\n</chat_history>"
    completion = asked(client, prompt)
    assert (text_of(completion), cited(completion)) == ("", []) and not whole(completion)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in streamed(client, prompt)) == ""


REFUSED = [
    ({"n": 2}, "n"),
    ({"tool_choice": "required"}, "tool_choice"),
    ({"tool_choice": {"type": "function", "function": {"name": "sing"}}}, "tool_choice"),
    ({"response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": {}}}}, "response_format"),
    ({"response_format": {"type": "json_object"}}, "response_format"),
    ({"modalities": ["text", "audio"]}, "modalities"),
    ({"audio": {"voice": "alloy", "format": "mp3"}}, "audio"),
    ({"logprobs": True}, "logprobs"),
    ({"messages": []}, "messages"),
    ({"messages": [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": "Aye."}]}, "messages"),
    ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:,"}}]}]}, "messages"),
    ({"messages": [{"role": "pirate", "content": QUESTION}]}, "messages"),
    ({"messages": [{"role": "user", "content": 7}]}, "messages"),
]


@pytest.mark.parametrize(("more", "param"), REFUSED)
def test_what_cannot_be_had_is_refused(client: openai.OpenAI, more: dict[str, Any], param: str) -> None:
    said = {"model": "verbatim", "messages": messages(QUESTION), **more}
    with pytest.raises(openai.BadRequestError) as refused:
        client.post("/chat/completions", body=said, cast_to=object)
    assert refused.value.type == "invalid_request_error" and (refused.value.param or "").split(".")[0] == param
    assert param in error_of(refused.value.response, 400)["message"] or "question" in str(refused.value)


def error_of(response: Any, status: int) -> dict[str, Any]:
    """The error in a response, after checking that it is one in OpenAI's shape."""
    assert response.status_code == status and response.headers["content-type"] == "application/json"
    body = response.json()
    assert set(body) == {"error"} and set(body["error"]) == {"message", "type", "param", "code"}
    assert body["error"]["message"].endswith(".") and "\n" not in body["error"]["message"]
    return cast(dict[str, Any], body["error"])


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        (b"{", 400, "The body: Invalid JSON"),
        (b"\xff\xfe", 400, "The body: Invalid JSON"),
        (b"[" * 10_000, 400, "The body: Invalid JSON"),
        (b"[]", 400, "The body: Input should be an object."),
        (b"{}", 400, "model: Field required."),
        (b'{"model": "verbatim", "messages": [{"role": "user", "content": "\\ud800"}]}', 400, "The body: Invalid JSON"),
        (b'{"model": "verbatim", "messages": [{"role": "user", "content": " "}]}', 422, "Enter a question."),
        (
            b'{"model": "verbatim", "messages": [{"role": "user", "content": "' + b"x" * 436 + b'"}]}',
            422,
            "Shorten your question",
        ),
        (b" " * (MAX_BODY + 1), 413, f"The body is over {MAX_BODY} bytes"),
    ],
)
def test_bad_bodies_get_one_clear_sentence(address: str, content: bytes, status: int, said: str) -> None:
    headers = {"Content-Type": "application/json"}
    response = httpx2.post(f"{address}/v1/chat/completions", content=content, headers=headers)
    assert error_of(response, status)["message"].startswith(said)


def test_other_errors_have_openais_shape_too(client: openai.OpenAI, address: str, tmp_path: Path) -> None:
    with pytest.raises(openai.NotFoundError) as unknown:
        client.chat.completions.create(model="gpt-9", messages=messages(QUESTION))
    assert (unknown.value.code, unknown.value.param) == ("model_not_found", "model") and "'verbatim'" in str(unknown.value)
    with pytest.raises(openai.InternalServerError) as failed:
        asked(client, "fail")
    assert failed.value.status_code == 500 and failed.value.type == "server_error"
    assert error_of(httpx2.get(f"{address}/v1/nothing", headers={"Accept": "text/html"}), 404)["code"] is None
    assert error_of(httpx2.get(f"{address}/v1/chat/completions"), 405)["type"] == "invalid_request_error"
    form = httpx2.post(f"{address}/v1/chat/completions", content=b"a=b", headers={"Content-Type": "text/plain"})
    assert "Content-Type: application/json" in error_of(form, 415)["message"]
    assert error_of(httpx2.get(f"{address}/v1/models", headers={"Host": "other.example"}), 421)["message"]
    slow = read_settings(index=tmp_path, timeout=1)
    with serving(scenes(), slow) as late, client_of(late) as waiting, pytest.raises(openai.InternalServerError) as given_up:
        asked(waiting, "slow")
    assert error_of(given_up.value.response, 503)["type"] == "server_error" and given_up.value.response.headers["retry-after"]


def test_keys_and_rates_hold_for_it(tmp_path: Path) -> None:
    settings = read_settings(index=tmp_path, api_keys=hash_key("sesame"), rate="3/hour")
    with serving(scenes(), settings) as address:
        with client_of(address, "barley") as stranger, pytest.raises(openai.AuthenticationError) as unknown:
            stranger.models.list()
        assert unknown.value.code == error_of(unknown.value.response, 401)["code"] == "invalid_api_key"
        with client_of(address, "sesame") as client:
            assert client.models.list().data and text_of(asked(client, QUESTION)) and streamed(client, QUESTION)
            with pytest.raises(openai.RateLimitError) as many:
                asked(client, QUESTION)
        assert error_of(many.value.response, 429)["code"] == "rate_limit_exceeded"
        assert int(many.value.response.headers["retry-after"]) >= 1


@pytest.mark.model
def test_a_conversation_over_a_real_index(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERBATIM_QUESTION_LOG", str(tmp_path))
    with running(verbatim(settings.index), QUESTION) as server, client_of(f"http://127.0.0.1:{server.port}") as client:
        first = asked(client, QUESTION)
        follow_up = asked(client, QUESTION, text_of(first), FOLLOW_UP)
        assert set(sections(follow_up)) == {"Head of Analytics Engineering"} and len(set(sections(asked(client, FOLLOW_UP)))) > 1
        addresses = [(one.url, int(one.url.rpartition("#q")[2])) for one in [*cited(first), *cited(follow_up)]]
        assert addresses and all(marked(*address) for address in addresses)
        many = [said for _ in range(3 * MAX_TURNS) for said in (QUESTION, text_of(first))]  # more than /ask reads, and 16 kB
        assert set(sections(asked(client, *many, FOLLOW_UP))) == set(sections(follow_up))
        asked(client, TASKS[0])
        counted = httpx2.get(f"http://127.0.0.1:{server.port}/metrics").text
    (log,) = tmp_path.glob("questions-*.jsonl")
    assert log.read_text().count(FOLLOW_UP) == 3 and "### Task" not in log.read_text()
    assert 'verbatim_asks_total{status="answered"} 5.0' in counted
