"""What went wrong, told to a program as RFC 9457 problem+json: one clear sentence, what to do next, and no trace."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.types import ASGIApp, Scope

from rag.errors import QuestionError, StoreError, VerbatimError
from rag.questions.checking import too_long

RETRY_SECONDS = 1  # after which what was busy, or out of reach, may be asked again
MEDIA_TYPE = "application/problem+json"
NO_KEY = "The settings ask for an API key and none was sent"

# Scope, status, detail and headers to the response that says so, as problem+json or as a page.
Refuse = Callable[[Scope, int, str, Mapping[str, str]], ASGIApp]


class Problem(Exception):  # noqa: N818  (RFC 9457 calls it so)
    """A request that cannot be served, with its status code and the sentence that says why. A page shows `heading` over it
    and offers `way_on`, an address and its words; `param` is the member of a body that is at fault, where a client is told."""

    def __init__(
        self,
        status: int,
        detail: str,
        headers: dict[str, str] | None = None,
        heading: str = "",
        way_on: tuple[str, str] = ("/", "Ask a question"),
        param: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers or {}
        self.heading = heading or HTTPStatus(status).phrase
        self.way_on = way_on
        self.param = param

    def response(self) -> JSONResponse:
        """The problem as a response."""
        body = {"type": "about:blank", "title": HTTPStatus(self.status).phrase, "status": self.status, "detail": self.detail}
        return JSONResponse(body, self.status, self.headers, MEDIA_TYPE)


class ProblemModel(BaseModel):
    """RFC 9457 problem details."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


def described(**details: str) -> dict[int | str, dict[str, Any]]:
    """OpenAPI entries for problem responses: "_404='There is no guide'"."""
    return {
        int(code[1:]): {
            "description": detail,
            "model": ProblemModel,
            "content": {
                MEDIA_TYPE: {"example": {"type": "about:blank", "title": detail, "status": int(code[1:]), "detail": detail}}
            },
        }
        for code, detail in details.items()
    }


def no_guide() -> Problem:
    """The problem of an address that names a guide which is not in the index."""
    return Problem(
        404, "The address names a guide that is not here.", heading="No such guide", way_on=("/coverage", "See the guides")
    )


def of_error(error: VerbatimError) -> Problem:
    """The problem for an error of `rag`: the one place where errors meet status codes."""
    status = {QuestionError: 422, StoreError: 503}.get(type(error), 500)
    return Problem(status, str(error), {"Retry-After": str(RETRY_SECONDS)} if status == 503 else None)


def of_validation(error: RequestValidationError, content_type: str) -> Problem:
    """The problem for a body or a parameter that does not fit: its first fault, named."""
    first: dict[str, Any] = dict(error.errors()[0])
    place = [str(step) for step in first["loc"] if step != "body"]
    name = ".".join(place)
    if first["loc"][0] == "body" and not is_json(content_type):
        return Problem(415, "Send the question as JSON, with the header Content-Type: application/json.")
    match first["type"]:
        case "json_invalid":
            return Problem(400, f'The body is not JSON: {first["ctx"]["error"]}. Send {{"question": "..."}}.')
        case "missing":
            return Problem(422, f'{name or "The body"} is missing. Send {{"question": "..."}}.')
        case "extra_forbidden":
            return Problem(422, f"{name} is not a known field. Known are question, history and documents.")
        case "string_too_short":
            return Problem(422, f"{name} is empty. Enter a question.")
        case "string_too_long":
            return Problem(422, too_long(first["input"], name))
    return Problem(422, f"{name or 'The body'}: {first['msg'].removeprefix('Value error, ')}.")


def is_json(content_type: str) -> bool:
    """Whether a `Content-Type` says that the body is JSON."""
    media = content_type.split(";")[0].strip().lower()
    return media == "application/json" or (media.startswith("application/") and media.endswith("+json"))
