"""The guides for programs: a list of them, and the text that citations' offsets count in."""

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response
from pydantic import BaseModel

from web.problems import Problem, described
from web.service import Shared

router = APIRouter()


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


@router.get("/documents", responses=described(_503="The index is not loaded"))
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
            source_url=document.source_url,
        )
        for document in index.documents.values()
    ]


@router.get(
    "/documents/{document_id}/text",
    response_class=PlainTextResponse,
    responses=described(_404="There is no such guide", _503="The index is not loaded"),
)
def document_text(document_id: str, service: Shared) -> Response:
    """The canonical text of a guide: citations' offsets count its Unicode code points."""
    document = service.pipeline().index.documents.get(document_id)
    if document is None:
        raise Problem(404, "There is no such guide. GET /documents lists them.")
    return PlainTextResponse(document.text, headers={"ETag": f'"{document.sha256}"', "Content-Language": document.language})
