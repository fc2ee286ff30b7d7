"""The operator's routes, behind a token."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse

from web.middleware.keys import holds
from web.problems import Problem
from web.reloading import Reloader
from web.schemas import IndexModel
from web.service import Shared

router = APIRouter(prefix="/admin", include_in_schema=False)


async def allowed(service: Shared, authorization: Annotated[str | None, Header()] = None) -> None:
    """Lets the operator through. Raises Problem 404 where the settings name no token, 401 where another was sent."""
    if not service.settings.admin_token:
        raise Problem(404, "There is no /admin without VERBATIM_ADMIN_TOKEN.")
    if not holds(authorization, [service.settings.admin_token]):
        raise Problem(401, "Send the admin token: Authorization: Bearer TOKEN.", {"WWW-Authenticate": "Bearer"})


@router.post("/reload", dependencies=[Depends(allowed)])
async def reload(request: Request, service: Shared) -> JSONResponse:
    """Take the current build over now; other worker processes follow within a second."""
    reloader: Reloader = request.app.state.reloader
    changed = await reloader.reload()
    index = IndexModel.of(service.pipeline().index.info).model_dump(mode="json")
    return JSONResponse({"changed": changed, "index": index})
