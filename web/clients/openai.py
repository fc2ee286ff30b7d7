"""GET /v1/models and POST /v1/chat/completions: the answers of /ask in the form that OpenAI's clients speak."""

import json
from datetime import datetime
from time import time
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from web.page.conversation import Conversation
from web.page.linked import Linked, linked
from web.problems import Problem, is_json
from web.service import Shared

PREFIX, CHAT, MODEL = "/v1/", "/v1/chat/completions", "verbatim"
MAX_BODY = 128 * 1024  # a client sends its conversation whole, our answers with their links among it
_TASK = "### Task:"  # so begin the prompts by which Open WebUI asks for titles, tags and what to ask next
_CODES = {(401, None): "invalid_api_key", (404, "model"): "model_not_found", (429, None): "rate_limit_exceeded"}
router = APIRouter(include_in_schema=False)


def _text(content: object) -> object:
    """The text of a message that comes in parts. Raises ValueError for what is no text."""
    parts = content if isinstance(content, list) else []
    if any(not isinstance(part, dict) or not isinstance(part.get("text"), str) or part.get("type") != "text" for part in parts):
        raise ValueError("Only text can be asked; leave out pictures, sound and files")
    return "\n".join(part["text"] for part in parts) if isinstance(content, list) else content or ""


class _Message(BaseModel):
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Annotated[str, BeforeValidator(_text)] = ""


class _ChatRequest(BaseModel):
    """What is read of a request, and what it may not ask for: there is one answer, in text, and no tool is ever called. All else
    (temperature, max_tokens, tools and so on) would change nothing and is passed over."""

    model: str
    messages: list[_Message] = Field(min_length=1)
    stream: bool | None = False
    stream_options: dict[str, Any] | None = None
    n: Literal[1] | None = 1
    tool_choice: Literal["none", "auto"] | None = None
    response_format: dict[Literal["type"], Literal["text"]] | None = None
    modalities: list[Literal["text"]] | None = None
    audio: None = None
    logprobs: Literal[False] | None = None


@router.get("/v1/models")
async def models(service: Shared) -> Response:
    """The one model that there is: the guides."""
    built = int(datetime.fromisoformat(service.pipeline().index.info.built_at).timestamp())
    model = {"id": MODEL, "object": "model", "created": built, "owned_by": service.settings.product}
    return JSONResponse({"object": "list", "data": [model]})


@router.post(CHAT)
async def complete(request: Request, service: Shared) -> Response:
    """Answer the last message of a conversation, which follows the user's messages before it."""
    asked = _read(await request.body(), request.headers.get("content-type", ""))
    if asked.messages[-1].content.lstrip().startswith(_TASK):
        return _sent(asked, Linked(""))
    conversation = Conversation.of([message.content for message in asked.messages if message.role == "user"])
    if conversation.problem:
        raise Problem(422, conversation.problem, param="messages")
    *earlier, question = conversation.thread.questions
    return _sent(asked, linked(await service.ask(question, earlier), earlier, str(request.base_url).rstrip("/")))


def explained(problem: Problem) -> Response:
    """A problem in the shape of OpenAI's errors."""
    kind = "requests" if problem.status == 429 else "server_error" if problem.status >= 500 else "invalid_request_error"
    told = {"type": kind, "param": problem.param, "code": _CODES.get((problem.status, problem.param))}
    return JSONResponse({"error": {"message": problem.detail, **told}}, problem.status, problem.headers)


def _read(body: bytes, content_type: str) -> _ChatRequest:
    """A request's body as far as it is read. Raises Problem for what is malformed or cannot be had."""
    if not is_json(content_type):
        raise Problem(415, "Send the conversation as JSON, with the header Content-Type: application/json.")
    try:
        asked = _ChatRequest.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        param = ".".join(map(str, first["loc"])) or None
        detail = f"{param or 'The body'}: {first['msg'].removeprefix('Value error, ')}."
        raise Problem(400, detail, param=param) from error
    if asked.model != MODEL:
        raise Problem(404, f"There is no model {asked.model[:80]!r}. The model is {MODEL!r}.", param="model")
    if asked.messages[-1].role != "user":
        raise Problem(400, "The last message has to be the user's question.", param="messages")
    return asked


def _sent(asked: _ChatRequest, told: Linked) -> Response:
    """A text as a completion, or as the chunks of one, with the whole response of /ask where there is one. Usage counts words."""
    read, wrote = sum(len(message.content.split()) for message in asked.messages), len(told.text.split())
    usage = {"prompt_tokens": read, "completion_tokens": wrote, "total_tokens": read + wrote}
    places = [{"start_index": link.start, "end_index": link.end, "title": link.title, "url": link.url} for link in told.links]
    noted: dict[str, Any] = {"annotations": [{"type": "url_citation", "url_citation": place} for place in places]}
    head = {"id": f"chatcmpl-{uuid4().hex}", "object": "chat.completion", "created": int(time()), "model": MODEL}
    end = {"ask_response": told.response.model_dump(mode="json") if told.response else None}
    choice = {"index": 0, "logprobs": None, "finish_reason": "stop"}
    if not asked.stream:
        message = {"role": "assistant", "content": told.text, "refusal": None, **noted}
        return JSONResponse({**head, "choices": [{**choice, "message": message}], "usage": usage, **end})
    deltas = [{"role": "assistant", "content": ""}, *({"content": line} for line in told.text.splitlines(keepends=True)), noted]
    chunks: list[dict[str, Any]] = [{"choices": [{**choice, "delta": one, "finish_reason": None}]} for one in deltas]
    chunks.append({"choices": [{**choice, "delta": {}}], **end})
    if (asked.stream_options or {}).get("include_usage"):
        chunks.append({"choices": [], "usage": usage})
    # An answer is quoted at once, so its chunks go out together. ASCII: some clients break lines at U+2028 too.
    events = [*(json.dumps({**head, "object": "chat.completion.chunk", **chunk}) for chunk in chunks), "[DONE]"]
    return Response("".join(f"data: {event}\n\n" for event in events), media_type="text/event-stream")
