"""What a model may do with the guides: each tool takes a request and gives a text to read beside the same as structure.

Nothing here knows a protocol."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from web.api.ask import respond
from web.clients.told import guide_uri, told
from web.problems import Problem
from web.schemas import AskRequest, Model, Question
from web.service import Service

_SCHEMA = json.loads(files("web").joinpath("ask_response.schema.json").read_text(encoding="utf-8"))
_ANSWER = {name: value for name, value in _SCHEMA.items() if name not in ("$schema", "$id")}  # two tools give it: no id twice
Said = tuple[str, BaseModel]
Request = TypeVar("Request", bound=Model)


class ListRequest(Model):
    """Nothing has to be said."""


class CompareRequest(Model):
    """Two careers, and the topic to compare them by (all that the guides say when left out)."""

    a: Question
    b: Question
    topic: str = ""


class GuideLink(Model):
    id: str
    title: str
    uri: str


class Career(Model):
    career: str
    guides: list[GuideLink]


class Careers(Model):
    careers: list[Career]


async def ask_career_guides(service: Service, request: AskRequest) -> Said:
    """Answer a career question in the guides' own words, each quote with a numbered citation, or say that they don't.
    `history` holds the questions before it, `documents` ids of guides to keep to."""
    response = await respond(request, service)
    return told(response), response


async def list_careers(service: Service, request: ListRequest) -> Said:
    """The careers that the guides describe, each with its guides."""
    held: dict[str, list[GuideLink]] = {}
    for id, outline in service.pipeline().index.outlines.items():
        for career in outline.careers:
            held.setdefault(career, []).append(GuideLink(id=id, title=outline.title, uri=guide_uri(id)))
    listed = "\n".join(f"{career}: {', '.join(guide.uri for guide in guides)}" for career, guides in held.items())
    return listed, Careers(careers=[Career(career=career, guides=guides) for career, guides in held.items()])


async def compare_careers(service: Service, request: CompareRequest) -> Said:
    """Set two careers side by side in the guides' own words, by a topic such as salary, or by all that they say."""
    a, b = await asyncio.to_thread(lambda: [_named(service, name) for name in (request.a, request.b)])
    if a == b:
        raise Problem(422, f"Both are {a}. Name two of the careers that list_careers gives.")
    asked = f"Compare {a} and {b}" + (f": {request.topic}" if request.topic else "")
    return await ask_career_guides(service, _checked(AskRequest, {"question": asked}))


def _named(service: Service, name: str) -> str:
    """The one career that a name names. Raises Problem 422 where it names none or several."""
    careers = service.pipeline().reader.read(name).careers
    if len(careers) != 1:
        raise Problem(422, f"{name!r} names {len(careers) or 'none'} of the guides' careers. list_careers gives their names.")
    return careers[0]


def _checked(takes: type[Request], arguments: dict[str, Any]) -> Request:
    """The request that arguments make. Raises Problem 422 where they do not fit."""
    try:
        return takes.model_validate(arguments)
    except ValidationError as error:
        first = error.errors()[0]
        raise Problem(422, f"{'.'.join(map(str, first['loc']))}: {first['msg']}.") from error


@dataclass(frozen=True, slots=True)
class Tool:
    """A function with what it takes and the JSON Schema of what it gives; its docstring says to a model what it is for."""

    run: Callable[[Service, Any], Awaitable[Said]]
    takes: type[Model]
    gives: dict[str, Any]

    @property
    def purpose(self) -> str:
        return " ".join((self.run.__doc__ or "").split())

    async def call(self, service: Service, arguments: dict[str, Any]) -> Said:
        """What the function gives. Raises Problem or VerbatimError where it cannot, or where the arguments do not fit."""
        return await self.run(service, _checked(self.takes, arguments))


TOOLS = {
    "ask_career_guides": Tool(ask_career_guides, AskRequest, _ANSWER),
    "list_careers": Tool(list_careers, ListRequest, Careers.model_json_schema()),
    "compare_careers": Tool(compare_careers, CompareRequest, _ANSWER),
}
