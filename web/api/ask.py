"""The routes for programs: ask, the guides' texts, the health checks and the counters."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from pydantic import BaseModel

from rag.errors import StoreError
from web.api.keys import holds
from web.problems import MEDIA_TYPE, Problem
from web.schemas import AskRequest, AskResponse, IndexModel
from web.service import Shared

router = APIRouter()


async def keyed(service: Shared, authorization: Annotated[str | None, Header(include_in_schema=False)] = None) -> None:
    """Lets a caller through who sends a key, where the settings ask for one. Raises Problem 401."""
    hashes = [key.strip() for key in service.settings.api_keys.split(",") if key.strip()]
    if hashes and not holds(authorization, hashes):
        raise Problem(401, "Send an API key: Authorization: Bearer KEY.", {"WWW-Authenticate": "Bearer"})


class ProblemModel(BaseModel):
    """RFC 9457 problem details."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


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


def _problems(**details: str) -> dict[int | str, dict[str, Any]]:
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


@router.post(
    "/ask",
    response_model=AskResponse,
    dependencies=[Depends(keyed)],
    responses=_problems(
        _400="The body is not JSON",
        _401="The settings ask for an API key and none was sent",
        _413="The body is over 16 kB",
        _415="The body is not declared as JSON",
        _422="The question is empty, too long or beside unknown fields",
        _429="Too many questions from one client",
        _503="The index is not loaded, too many questions came at once, or the answer took too long",
    ),
)
async def ask(body: AskRequest, service: Shared) -> Response:
    """Answer a question in the guides' words, or say that they don't."""
    known = service.pipeline().index.documents
    for document_id in body.documents or ():
        if document_id not in known:
            raise Problem(422, f"documents: there is no guide {document_id[:80]!r}. GET /documents lists them.")
    earlier = [turn.question for turn in body.history]
    response = AskResponse.of(await service.ask(body.question, earlier, body.documents), earlier)
    return Response(response.model_dump_json(), media_type="application/json")


@router.get("/documents", responses=_problems(_503="The index is not loaded"))
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
    responses=_problems(_404="There is no such guide", _503="The index is not loaded"),
)
def document_text(document_id: str, service: Shared) -> Response:
    """The canonical text of a guide: citations' offsets count its Unicode code points."""
    document = service.pipeline().index.documents.get(document_id)
    if document is None:
        raise Problem(404, "There is no such guide. GET /documents lists them.")
    return PlainTextResponse(document.text, headers={"ETag": f'"{document.sha256}"', "Content-Language": document.language})


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process is up."""
    return {"status": "ok"}


@router.get("/metrics", response_class=PlainTextResponse)
def metrics(service: Shared) -> Response:
    """Counters for Prometheus."""
    return Response(service.metrics.render(), media_type=service.metrics.content_type)


@router.get("/readyz", responses=_problems(_503="No index is loaded, or it does not answer"))
async def readyz(service: Shared) -> Response:
    """The index is loaded and answers a question taken from itself."""
    pipeline = service.pipeline()
    suggestions = pipeline.suggestions(1)
    if suggestions and (await service.ask(suggestions[0].question)).status != "answered":
        raise StoreError("The index does not answer its own question. Run `verbatim build`.")
    index = IndexModel.of(pipeline.index.info)
    return JSONResponse({"status": "ready", "index": index.model_dump(mode="json")})
