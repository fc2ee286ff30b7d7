"""POST /ask: the route that programs ask by."""

from fastapi import APIRouter
from fastapi.responses import Response

from web.addresses import Thread
from web.problems import NO_KEY, Problem, described
from web.schemas import AskRequest, AskResponse
from web.service import Service, Shared

router = APIRouter()


@router.post(
    "/ask",
    response_model=AskResponse,
    responses=described(
        _400="The body is not JSON",
        _401=NO_KEY,
        _413="The body is over 16 kB",
        _415="The body is not declared as JSON",
        _422="The question is empty, too long or beside unknown fields",
        _429="Too many questions from one client",
        _503="The index is not loaded, too many questions came at once, or the answer took too long",
    ),
)
async def ask(body: AskRequest, service: Shared) -> Response:
    """Answer a question in the guides' words, or say that they don't."""
    return Response((await respond(body, service)).model_dump_json(), media_type="application/json")


async def respond(body: AskRequest, service: Service) -> AskResponse:
    """What is answered to a request. Raises Problem 422 where it keeps to a guide that is not there."""
    known = service.pipeline().index.documents
    for document_id in body.documents or ():
        if document_id not in known:
            raise Problem(422, f"documents: there is no guide {document_id[:80]!r}. GET /documents lists them.")
    earlier = [turn.question for turn in body.history]
    answer = await service.ask(body.question, earlier, body.documents)
    return AskResponse.of(answer, Thread.of(earlier, body.documents))
