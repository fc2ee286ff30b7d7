"""The routes by which a server is watched: it is up, it is ready, its counters."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from rag.errors import StoreError
from web.problems import NO_KEY, described
from web.schemas import IndexModel
from web.service import Shared

router = APIRouter()


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process is up."""
    return {"status": "ok"}


@router.get("/metrics", response_class=PlainTextResponse, responses=described(_401=NO_KEY))
async def metrics(service: Shared) -> Response:
    """Counters for Prometheus."""
    return Response(service.metrics.render(), media_type=service.metrics.content_type)


@router.get("/readyz", responses=described(_503="No index is loaded, or it does not answer"))
async def readyz(service: Shared) -> Response:
    """The index is loaded and answers a question taken from itself."""
    pipeline = service.pipeline()
    suggestions = pipeline.suggestions(1)
    if suggestions and (await service.ask(suggestions[0].question)).status != "answered":
        raise StoreError("The index does not answer its own question. Run `verbatim build`.")
    index = IndexModel.of(pipeline.index.info)
    return JSONResponse({"status": "ready", "index": index.model_dump(mode="json")})
