"""The pages of a guide: the whole of it with its cited runs marked, and what stands around one of them."""

import re
from collections.abc import Sequence
from threading import Lock
from typing import Annotated

from cachetools import LRUCache, cached
from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup

from rag.datatypes import Document, Outline
from rag.index.index import Index
from web.addresses import Mark, Thread, guide_address, start_address, turn_address, web_address
from web.middleware.limits import given_up
from web.page.assets import render
from web.page.conversation import Conversation, Guides, Questions
from web.page.source import Heading, excerpt, whole
from web.page.templating import page
from web.problems import Problem, no_guide
from web.service import Service, Shared, too_late

_DRAWN_CHARACTERS = 16_000_000
MAX_MARKS = 99  # in an address; no answer cites more
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
At = Annotated[list[str], Query()]
N = Annotated[list[int], Query()]


@router.get("/guide/{document_id}")
async def guide(
    request: Request,
    service: Shared,
    document_id: str,
    guides: Guides,
    at: At = [],  # noqa: B006
    n: N = [],  # noqa: B006
    typed: Questions = [],  # noqa: B006
) -> Response:
    """A guide with its cited runs marked. Few are drawn at once, so that large ones leave threads to answers."""
    async with service.drawing:
        if given_up():
            raise too_late()
        thread = Conversation.of(typed, guides).thread
        return await run_in_threadpool(_guide_page, request, service, document_id, at, n, thread)


def _guide_page(
    request: Request, service: Service, document_id: str, at: Sequence[str], n: Sequence[int], thread: Thread
) -> Response:
    index = service.pipeline().index
    document, outline = guide_of(index, document_id)
    marks = _marks(document, at, n)
    text, contents = _drawn(index.info.id, document, outline, marks)
    return page(
        request,
        "guide.html",
        document=document,
        source=web_address(document.source_url),
        text=text,
        contents=contents,
        marks=marks,
        question=thread.questions[-1] if thread.questions else "",
        back=turn_address(thread) if thread.questions else "",
        only=start_address([document.id]) if len(index.documents) > 1 else "",
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
    document, outline = guide_of(service.pipeline().index, document_id)
    (mark,) = _marks(document, at[:1], n[:1])
    return page(request, "excerpt.html", document=document, excerpt=excerpt(document, outline, mark))


def guide_of(index: Index, document_id: str) -> tuple[Document, Outline]:
    """A guide of an index. Raises Problem 404 where it is not there."""
    if document_id not in index.documents:
        raise no_guide()
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
