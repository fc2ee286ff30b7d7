"""POST /ask: the route that programs ask by."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header
from fastapi.responses import Response

from web.api.keys import holds
from web.problems import Problem, described
from web.schemas import AskRequest, AskResponse
from web.service import Shared

router = APIRouter()


async def keyed(service: Shared, authorization: Annotated[str | None, Header(include_in_schema=False)] = None) -> None:
    """Lets a caller through who sends a key, where the settings ask for one. Raises Problem 401."""
    hashes = [key.strip() for key in service.settings.api_keys.split(",") if key.strip()]
    if hashes and not holds(authorization, hashes):
        raise Problem(401, "Send an API key: Authorization: Bearer KEY.", {"WWW-Authenticate": "Bearer"})


@router.post(
    "/ask",
    response_model=AskResponse,
    dependencies=[Depends(keyed)],
    responses=described(
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
