"""What a reader says about an answer: the form's route."""

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from rag.questions.checking import MAX_CHARS
from rag.text.cleaning import clean
from web.middleware.hosts import is_ours
from web.problems import Problem
from web.service import Shared
from web.votes import REASONS, VOTES, Feedback

router = APIRouter(include_in_schema=False)
_LIMITS = {"answer": 36, "status": 16, "sources": 2000, "back": 4000, "turn": 2}


async def form(request: Request) -> dict[str, str]:
    """The fields of a form. Raises Problem 403 if another site sent it and 415 or 422 if it is no form of ours."""
    if not is_ours(request.headers):
        raise Problem(403, "Feedback is taken from this site's own pages only.")
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/x-www-form-urlencoded":
        raise Problem(415, "Send feedback as a form (application/x-www-form-urlencoded).")
    fields = dict(parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True))
    for name, value in fields.items():
        if len(value) > _LIMITS.get(name, MAX_CHARS):
            raise Problem(422, f"{name} is too long.")
    return fields


@router.post("/feedback")
def feedback(request: Request, fields: Annotated[dict[str, str], Depends(form)], service: Shared) -> Response:
    """Keep or take back a vote; 204 for script, back to the answer without."""
    answer = fields.get("answer", "")
    if not answer.startswith("ans_") or not answer.isascii():
        raise Problem(422, "answer is missing. Send the id of the answer.")
    try:
        service.feedback.save(_changed(service.feedback.get(answer), answer, service.pipeline().index.info.id, fields))
    except OSError as error:
        raise Problem(503, "Feedback could not be saved on this computer.") from error
    back = fields.get("back", "")
    if "text/html" not in request.headers.get("accept", "") or not back.startswith("/ask?"):
        return Response(status_code=204)
    turn = fields.get("turn", "1")
    return RedirectResponse(f"{back}&fb={turn}.{answer}#turn-{turn}", 303)


def _changed(before: Feedback | None, answer: str, index_id: str, fields: dict[str, str]) -> Feedback:
    """What is kept of an answer once a form is added to it. Raises Problem 422 for a vote or a reason that is none of ours."""
    vote = fields.get("vote", before.vote if before else "")
    reason = fields.get("reason", before.reason if before else "")
    if vote not in VOTES or (reason and reason not in REASONS):
        raise Problem(422, f"vote is one of {', '.join(VOTES)}; reason is one of {', '.join(REASONS)}.")
    question = clean(fields.get("question", before.question if before else ""))
    status, sources = fields.get("status", ""), fields.get("sources", "")
    return Feedback(answer, vote, status, index_id, sources, reason if vote == "no" else "", question)
