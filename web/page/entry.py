"""The page that takes a key where the settings ask for one; the browser then sends it along, out of reach of scripts."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from web.api.feedback import form
from web.middleware.keys import COOKIE, ENTRY, as_cookie, hashes_of, holds
from web.page.templating import page
from web.page.wording import say
from web.problems import Problem
from web.service import Service, Shared

router = APIRouter(include_in_schema=False)


async def guarded(service: Shared) -> Service:
    """The service, where it asks for keys. Raises Problem 404 where it does not."""
    if not service.settings.api_keys:
        raise Problem(404, "No key is needed here.")
    return service


Guarded = Annotated[Service, Depends(guarded)]


@router.get(ENTRY)
def entry(request: Request, service: Guarded) -> Response:
    """The page that asks for a key."""
    return page(request, "key.html", problem="")


@router.post(ENTRY)
def enter(request: Request, service: Guarded, fields: Annotated[dict[str, str], Depends(form)]) -> Response:
    """Have the browser keep a key until it is closed; a wrong one is asked for again."""
    key = fields.get("key", "").strip()
    if not holds(f"Bearer {key}", hashes_of(service.settings.api_keys)):
        return page(request, "key.html", 401, problem=say("key", "unknown"))
    response = RedirectResponse("/", 303)
    response.set_cookie(COOKIE, as_cookie(key), httponly=True, samesite="lax", secure=request.url.scheme == "https")
    return response
