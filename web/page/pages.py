"""The pages: start, conversation, guide, coverage, and the fragments that script puts into them."""

import re
from collections.abc import Sequence
from threading import Lock
from typing import Annotated, Any

from cachetools import LRUCache, cached
from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from markupsafe import Markup

from rag.datatypes import Document, Outline
from rag.index.index import Index
from web.addresses import Mark, ask_address, guide_address, turn_address, web_address
from web.middleware.hosts import is_local
from web.middleware.limits import given_up
from web.page.assets import assets, icon, render
from web.page.conversation import Conversation, answered, answered_turn
from web.page.coverage import build_of, careers_of, coverage, published_rates, questions_of
from web.page.source import Heading, excerpt, whole
from web.page.turns import Next
from web.page.wording import say
from web.problems import Problem
from web.schemas import MAX_TURNS
from web.service import Service, Shared, service_of, too_late
from web.votes import REASONS

MOST_OFFERS = 5000  # to complete a question from
LISTED_CAREERS = 60  # on the start page; where there are more, the rest are on the page of what the guides cover
_DRAWN_CHARACTERS = 16_000_000
MAX_MARKS = 99  # in an address; no answer cites more
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
Questions = Annotated[list[str], Query(alias="q")]
At = Annotated[list[str], Query()]
N = Annotated[list[int], Query()]


def page(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A template as a response, with what every page shows."""
    service, local = service_of(request), is_local(request.scope)
    settings = service.settings
    shared = {
        "product": settings.product,
        # One that is read elsewhere must not claim to run on the reader's computer.
        "privacy": settings.privacy or say("page", "local" if local else "elsewhere"),
        "local": local,
        "thanks": say("acts", "thanks_local" if local else "thanks"),
        "reasons": {reason: say("reasons", reason) for reason in REASONS},
        "offers": f"/offers/{_build(service)}.json",
        "step": (settings.next_step, settings.next_step_link),
    }
    return HTMLResponse(render(template, {**shared, **context}), status)


def _build(service: Service) -> str:
    """What names the served index in an address, so that what depends on it may be kept."""
    return build_of(service.pipeline().index.info) if service.loaded else "none"


@router.get("/")
def start(request: Request, service: Shared) -> Response:
    """The start page."""
    return _start(request, service)


@router.get("/ask")
def ask(request: Request, service: Shared, typed: Questions = [], draft: str = "", fb: str = "", edit: int = 0) -> Response:  # noqa: B006
    """The conversation of an address; script adds later turns in place."""
    if not typed:
        return RedirectResponse("/", 303)
    conversation = Conversation.of(typed)
    if not conversation.questions:
        return _start(request, service, 422, conversation.value, conversation.problem)
    turns, fault = answered(service, conversation.questions)
    asked = [turn.response.question for turn in turns]
    return page(
        request,
        "ask.html",
        422 if conversation.problem else fault.status if fault else 200,
        title=fault.question if fault else asked[-1],
        turns=turns,
        fault=fault,
        asked=asked,
        full=len(turns) >= MAX_TURNS,
        most=MAX_TURNS,
        dropped=conversation.dropped,
        editing=edit,
        draft=conversation.value or (fault.question if fault else draft),
        problem=conversation.problem,
        voted=service.feedback.voted(fb),
        back=ask_address(asked),
        export=False,
    )


@router.get("/ask/turn")
def turn(request: Request, service: Shared, typed: Questions) -> Response:
    """The last turn of a conversation alone."""
    conversation = Conversation.of(typed)
    if conversation.problem:
        raise Problem(422, conversation.problem)
    *earlier, question = conversation.questions
    made = answered_turn(service, question, earlier)
    return page(request, "_turn.html", turn=made, last=True, voted=None, back=made.address, export=False, editing=0)


@router.get("/guide/{document_id}")
async def guide(request: Request, service: Shared, document_id: str, at: At = [], n: N = [], typed: Questions = []) -> Response:  # noqa: B006
    """A guide with its cited runs marked. Few are drawn at once, so that large ones leave threads to answers."""
    async with service.drawing:
        if given_up():
            raise too_late()
        return await run_in_threadpool(_guide_page, request, service, document_id, at, n, typed)


def _guide_page(
    request: Request, service: Service, document_id: str, at: Sequence[str], n: Sequence[int], typed: Sequence[str]
) -> Response:
    index = service.pipeline().index
    document, outline = _guide(index, document_id)
    marks = _marks(document, at, n)
    text, contents = _drawn(index.info.id, document, outline, marks)
    questions = Conversation.of(typed).questions
    return page(
        request,
        "guide.html",
        document=document,
        source=web_address(document.source_url),
        text=text,
        contents=contents,
        marks=marks,
        question=questions[-1] if questions else "",
        back=turn_address(questions) if questions else "",
    )


@cached(
    LRUCache(_DRAWN_CHARACTERS, getsizeof=lambda drawn: len(drawn[0])),
    lambda index_id, document, outline, marks: (index_id, document.id, *marks),
    Lock(),
)
def _drawn(index_id: str, document: Document, outline: Outline, marks: Sequence[Mark]) -> tuple[Markup, list[Heading]]:
    """A guide's text with its marks as HTML, and its table of contents. A large guide takes seconds to draw, so the last ones
    are kept."""
    elements, contents = whole(document, outline, marks)
    return Markup(render("_text.html", {"elements": elements})), contents


@router.get("/guide/{document_id}/excerpt")
def guide_excerpt(request: Request, service: Shared, document_id: str, at: At, n: N = []) -> Response:  # noqa: B006
    """What stands around one citation, for the panel."""
    document, outline = _guide(service.pipeline().index, document_id)
    (mark,) = _marks(document, at[:1], n[:1])
    return page(request, "excerpt.html", document=document, excerpt=excerpt(document, outline, mark))


@router.get("/coverage")
def covered(request: Request, service: Shared) -> Response:
    """What is in the guides, what can be asked of them, what is kept about the reader."""
    return page(request, "coverage.html", coverage=coverage(service.pipeline().index))


@router.get("/sure")
def sure(request: Request, service: Shared) -> Response:
    """How often answers are wrong or missing, for operators."""
    return page(request, "sure.html", rates=published_rates(service.pipeline().weigher.fit))


@router.get("/offers/{build}.json")
def offers(service: Shared, build: str) -> Response:
    """The questions that have an answer, for the box to complete; its address changes with the index, so it may be kept."""
    asked = dict.fromkeys(question for held in service.pipeline().index.sections for question in questions_of(held))
    kept = {"Cache-Control": "private, max-age=86400"} if build == _build(service) else {}
    return JSONResponse(list(asked)[:MOST_OFFERS], headers=kept)


@router.get("/favicon.ico")
def favicon() -> Response:
    """The icon, for what asks for it by its old name."""
    return Response(icon("favicon.ico"), media_type="image/x-icon", headers={"Cache-Control": "public, max-age=86400"})


@router.get("/icon.svg")
def icon_svg() -> Response:
    """The icon at any size."""
    return Response(icon("icon.svg"), media_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})


@router.get("/manifest.webmanifest")
def manifest(service: Shared) -> Response:
    """What makes the page installable."""
    product = service.settings.product
    icons = [{"src": "/icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any maskable"}]
    told = {"name": product, "short_name": product, "lang": say("page", "lang"), "start_url": "/", "display": "minimal-ui"}
    body = {
        **told,
        "description": say("page", "description"),
        "background_color": "#FCFBF8",
        "theme_color": "#FCFBF8",
        "icons": icons,
    }
    return JSONResponse(body, media_type="application/manifest+json", headers={"Cache-Control": "public, max-age=86400"})


@router.get("/static/{name}")
def static_file(name: str) -> Response:
    """A static file; its name changes with its content, so it never has to be asked for again."""
    asset = next((asset for asset in assets().values() if asset.name == name), None)
    if asset is None:
        raise Problem(404, "There is no such file.")
    return Response(asset.content, media_type=asset.media_type, headers={"Cache-Control": "public, max-age=31536000, immutable"})


def _start(request: Request, service: Service, status: int = 200, value: str = "", problem: str = "") -> Response:
    pipeline = service.pipeline()
    offered = [Next(r.question, "", turn_address([r.question])) for r in pipeline.suggestions(4)]
    names = careers_of(pipeline.index)
    listed = [Next(name, "", turn_address([name]), name) for name in names[:LISTED_CAREERS]]
    more = len(names) if len(names) > LISTED_CAREERS else 0
    return page(request, "start.html", status, suggestions=offered, listed=listed, more=more, value=value, problem=problem)


def _guide(index: Index, document_id: str) -> tuple[Document, Outline]:
    if document_id not in index.documents:
        raise Problem(
            404, "The address names a guide that is not here.", heading="No such guide", way_on=("/coverage", "See the guides")
        )
    return index.documents[document_id], index.outlines[document_id]


def _marks(document: Document, at: Sequence[str], numbers: Sequence[int]) -> list[Mark]:
    """The runs an address marks. Raises Problem 404 if one is not a run of this guide: a wrong mark is worse than none."""
    if len(at) > MAX_MARKS:
        raise Problem(422, f"An address marks at most {MAX_MARKS} passages.")
    marks = []
    for position, span in enumerate(at):
        match = re.fullmatch(r"(\d{1,9})-(\d{1,9})", span)
        start, end = (int(match[1]), int(match[2])) if match else (0, 0)
        number = numbers[position] if position < len(numbers) else position + 1
        if not start < end <= len(document.text) or not document.text[start:end].strip() or not 0 <= number <= MAX_MARKS:
            raise Problem(
                404,
                "The guide has changed since the address was made, so nothing is marked.",
                heading="That passage isn’t in this guide any more",
                way_on=(guide_address(document.id), "Open the whole guide"),
            )
        marks.append(Mark(number, start, end))
    return marks
