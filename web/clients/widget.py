"""The widget: the script that other sites' pages load, the page for a frame, and a turn as a tree that needs no HTML parser."""

import hashlib
import json
import re
from functools import cache
from html.parser import HTMLParser
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import Field

from rag.questions.checking import MAX_CHARS
from web.addresses import MAX_TURNS, Thread, turn_address
from web.middleware.headers import HEADERS
from web.page.assets import joined, render
from web.page.conversation import answered_turn
from web.page.wording import worded
from web.schemas import AskedBefore, Model, Question
from web.service import Shared

router = APIRouter(include_in_schema=False)
_POLICY = "Content-Security-Policy"
_SPACED = re.compile(r"'[^'\n]*'| ?([=+{}();,:?<>&|]+) ?")  # a string, or a mark and the spaces around it, which mean nothing


class Asked(Model):
    """A question and, oldest first, those before it."""

    question: Question
    history: list[AskedBefore] = Field(default=[], max_length=MAX_TURNS - 1)


@cache
def script() -> bytes:
    """The widget's one file: its code, with the words and the style in it."""
    style = joined(["widget"], ".css").replace("\n", "")
    given = f"const STYLE={json.dumps(style)},MAX_CHARS={MAX_CHARS},MAX_TURNS={MAX_TURNS};"
    code = _SPACED.sub(lambda found: found[1] or found[0], joined(["widget"], ".js"))
    return f"(()=>{{'use strict';{given}\n{worded(code)}}})()".encode()


@cache
def _tag() -> str:
    return f'W/"{hashlib.sha256(script()).hexdigest()[:16]}"'


@router.get("/widget.js")
def widget(request: Request) -> Response:
    """The script, for pages of any site: whether they may ask is told when they do."""
    headers = {
        "Cache-Control": "public, max-age=3600, stale-while-revalidate=86400",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "ETag": _tag(),
    }
    if _tag() in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(script(), headers=headers, media_type="text/javascript; charset=utf-8")


@router.get("/embed")
def embed(service: Shared, career: Annotated[str, Query(max_length=MAX_CHARS)] = "") -> Response:
    """A page that holds the widget and nothing else, which our own pages and those of the origins that are set may frame."""
    ancestors = " ".join(["'self'", *filter(None, service.settings.origins.split(","))])
    policy = HEADERS[_POLICY].replace("frame-ancestors 'none'", f"frame-ancestors {ancestors}")
    body = render("embed.html", {"product": service.settings.product, "career": career})
    return HTMLResponse(body, headers={_POLICY: policy})


@router.post("/widget/turn")
def turn(service: Shared, asked: Asked) -> Response:
    """The turn of a question as a tree, and the address of its conversation in the full page."""
    earlier = Thread.of([before.question for before in asked.history])
    step = (service.settings.next_step, service.settings.next_step_link)
    made = answered_turn(service, asked.question, earlier)
    drawn = render("_widget.html", {"turn": made, "step": step, "export": True, "editing": 0})
    return JSONResponse({"turn": tree(drawn), "address": turn_address(earlier.then(asked.question))})


def tree(html: str) -> list[Any]:
    """HTML as nested lists, each a tag, its attributes and what is inside: a page that takes no HTML from strings can grow it."""
    grower = _Grower()
    grower.feed(html)
    grower.close()
    return grower.open[0]


class _Grower(HTMLParser):
    """Grows the tree of HTML in which every element is closed, as those of our templates are."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[list[Any]] = [["div", {}]]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "section" or given.get("role") == "region":  # the landmarks of another site's page are not ours to set
            tag, given["role"] = "div", "group"
        element: list[Any] = [tag, given]
        self.open[-1].append(element)
        self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() or "\n" not in data:  # lines of a template are no words
            self.open[-1].append(data)
