"""The pages: start, conversation, what is in the guides, how sure answers are, and the fragments that script puts into them."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from web.addresses import MAX_TURNS, Thread, ask_address, start_address, turn_address
from web.page.conversation import Conversation, Guides, Questions, answered, answered_turn
from web.page.coverage import careers_of, coverage, published_rates, questions_of
from web.page.templating import build_id, page
from web.page.turns import Next
from web.page.wording import say
from web.problems import Problem
from web.service import Service, Shared

MOST_OFFERS = 5000  # to complete a question from
LISTED_CAREERS = 60  # on the start page; where there are more, the rest are on the page of what the guides cover
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/")
def start(request: Request, service: Shared, guides: Guides) -> Response:
    """The start page, of all guides or for some of them."""
    return _start(request, service, guides)


@router.get("/ask")
def ask(
    request: Request,
    service: Shared,
    guides: Guides,
    typed: Questions = [],  # noqa: B006
    draft: str = "",
    fb: str = "",
    edit: int = 0,
) -> Response:
    """The conversation of an address; script adds later turns in place."""
    if not typed:
        return RedirectResponse(start_address(guides), 303)
    conversation = Conversation.of(typed, guides)
    if not conversation.thread.questions:
        return _start(request, service, guides, 422, conversation.value, conversation.problem)
    about = _about(service, conversation.thread)
    turns, fault = answered(service, conversation.thread)
    thread = Thread.of([turn.response.question for turn in turns], guides)
    return page(
        request,
        "ask.html",
        422 if conversation.problem else fault.status if fault else 200,
        title=fault.question if fault else thread.questions[-1],
        turns=turns,
        fault=fault,
        thread=thread,
        about=about,
        full=len(turns) >= MAX_TURNS,
        most=MAX_TURNS,
        dropped=conversation.dropped,
        editing=edit,
        draft=conversation.value or (fault.question if fault else draft),
        problem=conversation.problem,
        voted=service.feedback.voted(fb),
        back=ask_address(thread),
        export=False,
    )


@router.get("/ask/turn")
def turn(request: Request, service: Shared, typed: Questions, guides: Guides) -> Response:
    """The last turn of a conversation alone."""
    conversation = Conversation.of(typed, guides)
    if conversation.problem:
        raise Problem(422, conversation.problem)
    *_, question = conversation.thread.questions
    made = answered_turn(service, question, conversation.thread.until(-1))
    return page(request, "_turn.html", turn=made, last=True, voted=None, back=made.address, export=False, editing=0)


@router.get("/coverage")
def covered(request: Request, service: Shared) -> Response:
    """What is in the guides, what can be asked of them, what is kept about the reader."""
    return page(request, "coverage.html", coverage=coverage(service.pipeline().index))


@router.get("/sure")
def sure(request: Request, service: Shared) -> Response:
    """How often answers are wrong or missing, for operators."""
    return page(request, "sure.html", rates=published_rates(service.pipeline().weigher.fit))


@router.get("/offers/{build}.json")
def offers(service: Shared, build: str, guides: Guides) -> Response:
    """The questions that have an answer, for the box to complete; its address changes with the index, so it may be kept."""
    table = [held for held in service.pipeline().index.sections if not guides or held.document_id in guides]
    asked = dict.fromkeys(question for held in table for question in questions_of(held))
    kept = {"Cache-Control": "private, max-age=86400"} if build == build_id(service) else {}
    return JSONResponse(list(asked)[:MOST_OFFERS], headers=kept)


def _start(
    request: Request, service: Service, guides: Sequence[str], status: int = 200, value: str = "", problem: str = ""
) -> Response:
    pipeline, thread = service.pipeline(), Thread.of((), guides)
    offered = [_offer(thread, one.question) for one in pipeline.suggestions(4, guides or None)]
    names = careers_of(pipeline.index, guides)
    return page(
        request,
        "start.html",
        status,
        thread=thread,
        about=_about(service, thread),
        suggestions=offered,
        listed=[_offer(thread, name, name) for name in names[:LISTED_CAREERS]],
        more=len(names) if len(names) > LISTED_CAREERS else 0,
        value=value,
        problem=problem,
    )


def _offer(thread: Thread, question: str, label: str = "") -> Next:
    return Next(question, "", turn_address(thread.then(question)), label)


def _about(service: Service, thread: Thread) -> tuple[str, str]:
    """What a conversation keeps to, in words, and its address where it keeps to nothing; two empty strings where it does not."""
    if not thread.guides:
        return "", ""
    titles = [service.pipeline().index.documents[id].title for id in thread.guides]
    return titles[0] if len(titles) == 1 else say("box", "guides", n=len(titles)), ask_address(thread.of_all)
