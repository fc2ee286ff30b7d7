"""MCP, the Model Context Protocol: the tools, and each guide as a resource, over HTTP or over standard input and output.

Each request stands by itself, without a session: every limit counts it as one to /ask, and any worker can answer it."""

import logging
import signal
from typing import Any
from urllib.parse import unquote

import anyio
import mcp_types as types
from fastapi import APIRouter
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from mcp.shared.exceptions import MCPError
from starlette.datastructures import Headers
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from rag.errors import StoreError, VerbatimError
from rag.index.index import Index
from rag.loading import load
from rag.settings import Settings
from web.clients.told import GUIDES, guide_uri
from web.clients.tools import TOOLS
from web.middleware.hosts import is_ours
from web.problems import Problem
from web.service import Service

_GUIDED = "Quote as it stands and keep the numbers: a citation's quote is text[start:end] of the resource of its guide."
# Hosts are checked by middleware and origins below, as the settings have them; the SDK would go by lists of its own.
_CHECKED = TransportSecuritySettings(enable_dns_rebinding_protection=False)
_READS = types.ToolAnnotations(read_only_hint=True, open_world_hint=False)
_LISTED = [
    types.Tool(name=name, description=one.purpose, input_schema=takes, output_schema=one.gives, annotations=_READS)
    for name, one, takes in ((name, one, one.takes.model_json_schema()) for name, one in TOOLS.items())
]


def server_of(service: Service) -> Server[Any]:
    """A service as an MCP server."""

    async def list_tools(_: object, params: object) -> types.ListToolsResult:
        return types.ListToolsResult(tools=_LISTED)

    async def call_tool(_: object, params: types.CallToolRequestParams) -> types.CallToolResult:
        if (tool := TOOLS.get(params.name)) is None:
            raise MCPError(types.INVALID_PARAMS, f"There is no tool {params.name[:80]!r}; tools/list gives them.")
        try:
            text, given = await tool.call(service, params.arguments or {})
        except (Problem, VerbatimError) as error:
            text, given = str(error), None
        except Exception:
            logging.getLogger("verbatim.web").exception("%s failed", params.name)
            text, given = "Something failed on the server; its log says what it was.", None
        # What went wrong is a result too: a model reads it there, and can mend its call.
        structure = given and given.model_dump(mode="json")
        return types.CallToolResult(content=[types.TextContent(text=text)], structured_content=structure, is_error=not given)

    async def list_resources(_: object, params: object) -> types.ListResourcesResult:
        titles = [(id, outline.title) for id, outline in _index(service).outlines.items()]
        guides = [types.Resource(uri=guide_uri(id), name=id, title=title, mime_type="text/plain") for id, title in titles]
        return types.ListResourcesResult(resources=guides)

    async def read_resource(_: object, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        document = _index(service).documents.get(unquote(params.uri.removeprefix(GUIDES)))
        if document is None or params.uri != guide_uri(document.id):
            raise MCPError(types.INVALID_PARAMS, "There is no such guide; resources/list gives them.", {"uri": params.uri})
        text = types.TextResourceContents(uri=params.uri, text=document.text, mime_type="text/plain")
        return types.ReadResourceResult(contents=[text])

    return Server(
        "verbatim",
        version="1",
        title=service.settings.product,
        instructions=_GUIDED,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_read_resource=read_resource,
    )


def router(service: Service) -> APIRouter:
    """The route of streamable HTTP. An answer is one JSON body: nothing is ever sent unasked, so no stream is opened."""
    manager = StreamableHTTPSessionManager(server_of(service), json_response=True, stateless=True, security_settings=_CHECKED)

    class Endpoint:
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            if not is_ours(Headers(scope=scope)):
                raise Problem(403, "This is for programs and this site's own pages; another site's page sent it.")
            await manager.handle_request(scope, receive, send)

    return APIRouter(routes=[Route("/mcp", Endpoint(), methods=["POST"])], lifespan=lambda _: manager.run())


def serve_stdio(settings: Settings) -> None:
    """Answer one client on standard input and output until it closes them. Raises StoreError where there is no index."""
    service = Service(settings, load(settings))

    async def serve() -> None:
        server = server_of(service)
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the thread that waits for the client's next line hears no cancellation
    anyio.run(serve)
    service.close()


def _index(service: Service) -> Index:
    try:
        return service.pipeline().index
    except StoreError as error:
        raise MCPError(types.INTERNAL_ERROR, str(error)) from error
