"""A template as a response, with what every page shows."""

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from web.addresses import Thread
from web.middleware.hosts import is_local
from web.page.assets import render
from web.page.coverage import build_of
from web.page.wording import say
from web.service import Service, service_of
from web.votes import REASONS


def page(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A template as a response, with what every page shows."""
    service, local = service_of(request), is_local(request.scope)
    settings = service.settings
    shared = {
        "product": settings.product,
        # One that is read elsewhere must not claim to run on the reader's computer.
        "privacy": settings.privacy or say("page", "local" if local else "elsewhere"),
        "local": local,
        "thanks": say("acts", "thanks_local" if local else "thanks"),
        "reasons": {reason: say("reasons", reason) for reason in REASONS},
        "offers": f"/offers/{build_id(service)}.json",
        "about": ("", ""),
        "thread": Thread(),
        "step": (settings.next_step, settings.next_step_link),
    }
    return HTMLResponse(render(template, {**shared, **context}), status)


def build_id(service: Service) -> str:
    """What names the served index in an address, so that what depends on it may be kept."""
    return build_of(service.pipeline().index.info) if service.loaded else "none"
