"""The web application: `create_app` puts the routes, the middleware and the error mapping together."""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext
from typing import Any

from anyio import to_thread
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Scope

from rag.errors import VerbatimError
from rag.pipeline import Pipeline
from rag.settings import Settings, read_settings
from web.api import admin, ask, documents, feedback, health
from web.clients import openai, widget
from web.clients.extras import need
from web.middleware.headers import HeadAsGet, LastResort, SecurityHeaders
from web.middleware.hosts import Hosts
from web.middleware.keys import ENTRY, KeyGuard, hashes_of
from web.middleware.limits import BodyLimit, Deadline, Queue, RateLimit
from web.middleware.logs import AccessLog
from web.page import entry, export, files, guide, pages
from web.page.templating import page
from web.problems import Problem, of_error, of_validation
from web.reloading import Reloader, following
from web.service import AT_ONCE, Service
from web.supervised import end_with_supervisor

DEFAULT_RATE = "120/minute"
log = logging.getLogger("verbatim.web")
_WORDS = {
    400: 'The body is not JSON. Send {"question": "..."}.',
    404: "Nothing is kept at this address. Ask a question, or see what the guides cover.",
    405: "This address does not take that method.",
}


def create_app(pipeline: Pipeline | None = None, settings: Settings | None = None) -> FastAPI:
    """The application over a pipeline; without one, start-up loads it. An index that cannot be loaded is said by every page
    and by /readyz, and the process stays up."""
    settings = settings or read_settings()
    service = Service(settings, pipeline)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        # A pipeline that was handed over is served as it is; one that was loaded follows the index folder.
        end_with_supervisor()
        # Pages are drawn in threads of which forty would share one interpreter, and answers would wait for them all.
        to_thread.current_default_thread_limiter().total_tokens = AT_ONCE
        async with following(app.state.reloader) if pipeline is None else nullcontext():
            yield
        service.close()

    # FastAPI's own documentation pages load scripts from elsewhere, which the page's promise and policy rule out.
    app = FastAPI(title=settings.product, version="1", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.service, app.state.reloader = service, Reloader(service)
    for part in (ask, documents, health, pages, guide, files, feedback, export, entry, admin, openai, widget):
        app.include_router(part.router)
    if settings.mcp:
        need("mcp")
        from web.clients import mcp

        app.include_router(mcp.router(service))
    for kind in (Problem, VerbatimError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, explain)
    _wrap(app, service)
    return app


def _wrap(app: FastAPI, service: Service) -> None:
    """Put the middleware around the routes, the innermost first."""
    settings = service.settings

    def refuse(scope: Scope, status: int, detail: str, headers: Mapping[str, str]) -> ASGIApp:
        way_on = (ENTRY, "Enter your key") if status == 401 else ("/", "Ask a question")
        return explain(Request(scope), Problem(status, detail, dict(headers), way_on=way_on))

    # Bodies are read before a place in the queue is taken: slow clients cannot fill it.
    app.add_middleware(Queue, size=settings.queue, refuse=refuse, depth=service.metrics.depth)
    # An answer is given up by the service, with words of its own; the deadline is for all the rest, a page of answers among it.
    app.add_middleware(Deadline, seconds=settings.timeout + 1, refuse=refuse)
    app.add_middleware(BodyLimit, refuse=refuse, larger={openai.CHAT: openai.MAX_BODY})
    app.add_middleware(RateLimit, rate=settings.rate or DEFAULT_RATE, spare_local=not settings.rate, refuse=refuse)
    app.add_middleware(KeyGuard, hashes=hashes_of(settings.api_keys), refuse=refuse)
    names, proxied = settings.hosts.split(","), bool(settings.trusted_proxies)
    app.add_middleware(Hosts, names=names, loopback=service.loopback, proxied=proxied, refuse=refuse)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=4)
    app.add_middleware(HeadAsGet)
    app.add_middleware(LastResort, refuse=refuse)
    if settings.origins:  # around all that refuses, or a page of another site could not read why
        shared: dict[str, Any] = {
            "allow_methods": ["GET", "POST"],
            "allow_headers": ["Content-Type"],
            "expose_headers": ["Retry-After"],
        }
        app.add_middleware(CORSMiddleware, allow_origins=settings.origins.split(","), **shared)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(AccessLog)


def explain(request: Request, error: Exception) -> Response:
    """The response for an error: what OpenAI's clients read on their paths, a page where a browser asked, else a problem."""
    problem = _problem(request, error)
    path = request.url.path
    if path.startswith(openai.PREFIX):
        return openai.explained(problem)
    if request.method != "GET" or "text/html" not in request.headers.get("accept", "") or path.endswith(("/turn", "/excerpt")):
        return problem.response()
    context: dict[str, Any] = {"heading": problem.heading, "sentence": problem.detail, "soft": problem.status < 500}
    href, link = problem.way_on
    response = page(request, "error.html", problem.status, **context, href=href, link=link)
    response.headers.update(problem.headers)
    return response


def _problem(request: Request, error: Exception) -> Problem:
    match error:
        case Problem():
            return error
        case VerbatimError():
            return of_error(error)
        case RequestValidationError():
            return of_validation(error, request.headers.get("content-type", ""))
        case HTTPException():
            return Problem(error.status_code, _WORDS.get(error.status_code, str(error.detail)), dict(error.headers or {}))
    raise error
