"""The guides for programs: a list of them, and the text that citations' offsets count in."""

import re

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response
from pydantic import BaseModel

from web.addresses import web_address
from web.problems import NO_KEY, Problem, described
from web.service import Shared

router = APIRouter()
_LANGUAGE = re.compile("[a-z]{2,8}")


class GuideModel(BaseModel):
    """A guide of the index. `collected` is the date its file gives."""

    id: str
    title: str
    careers: list[str]
    characters: int
    sha256: str
    language: str
    collected: str | None
    source_url: str | None


@router.get("/documents", responses=described(_401=NO_KEY, _503="The index is not loaded"))
def documents(service: Shared) -> list[GuideModel]:
    """The guides of the index."""
    index = service.pipeline().index
    return [
        GuideModel(
            id=document.id,
            title=index.outlines[document.id].title,
            careers=list(index.outlines[document.id].careers),
            characters=len(document.text),
            sha256=document.sha256,
            language=document.language,
            collected=document.collected,
            source_url=web_address(document.source_url),
        )
        for document in index.documents.values()
    ]


@router.get(
    "/documents/{document_id}/text",
    response_class=PlainTextResponse,
    responses=described(_401=NO_KEY, _404="There is no such guide", _503="The index is not loaded"),
)
def document_text(document_id: str, service: Shared) -> Response:
    """The canonical text of a guide: citations' offsets count its Unicode code points."""
    document = service.pipeline().index.documents.get(document_id)
    if document is None:
        raise Problem(404, "There is no such guide. GET /documents lists them.")
    headers = {"ETag": f'"{document.sha256}"'}
    if _LANGUAGE.fullmatch(document.language):
        headers["Content-Language"] = document.language
    return PlainTextResponse(document.text, headers=headers)
