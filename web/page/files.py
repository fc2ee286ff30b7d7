"""What a page loads that holds no guide's words: the icons, the manifest, scripts and styles."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from web.page.assets import assets, icon
from web.page.wording import say
from web.problems import Problem
from web.service import Shared

router = APIRouter(include_in_schema=False)


@router.get("/favicon.ico")
def favicon() -> Response:
    """The icon, for what asks for it by its old name."""
    return Response(icon("favicon.ico"), media_type="image/x-icon", headers={"Cache-Control": "public, max-age=86400"})


@router.get("/icon.svg")
def icon_svg() -> Response:
    """The icon at any size."""
    return Response(icon("icon.svg"), media_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})


@router.get("/manifest.webmanifest")
def manifest(service: Shared) -> Response:
    """What makes the page installable."""
    product = service.settings.product
    icons = [{"src": "/icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any maskable"}]
    told = {"name": product, "short_name": product, "lang": say("page", "lang"), "start_url": "/", "display": "minimal-ui"}
    body = {
        **told,
        "description": say("page", "description"),
        "background_color": "#FCFBF8",
        "theme_color": "#FCFBF8",
        "icons": icons,
    }
    return JSONResponse(body, media_type="application/manifest+json", headers={"Cache-Control": "public, max-age=86400"})


@router.get("/static/{name}")
def static_file(name: str) -> Response:
    """A static file; its name changes with its content, so it never has to be asked for again."""
    asset = next((asset for asset in assets().values() if asset.name == name), None)
    if asset is None:
        raise Problem(404, "There is no such file.")
    return Response(asset.content, media_type=asset.media_type, headers={"Cache-Control": "public, max-age=31536000, immutable"})
