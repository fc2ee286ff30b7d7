"""API keys, kept as hashes, and the one rule of where they are needed: everywhere but at the addresses named here."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from urllib.parse import quote, unquote

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from web.problems import Refuse

ENTRY = "/key"  # the page that takes a key and has the browser keep it
COOKIE = "verbatim_key"
# A supervisor has no key, the page that takes one needs its style, /admin has a token of its own, and in another site's page
# the widget has to say itself that a key is needed.
_OPEN = ("/healthz", "/readyz", ENTRY, "/widget.js", "/embed")
_OPEN_BELOW = ("/static/", "/admin/")


class KeyGuard:
    """Lets through who sends a key, as a bearer or in the cookie of the page that takes one; anyone else gets 401.

    Without `hashes` everything is open."""

    def __init__(self, app: ASGIApp, hashes: Iterable[str], refuse: Refuse) -> None:
        self._app, self._hashes, self._refuse = app, tuple(hashes), refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._hashes or _open(scope["path"]) or self._held(HTTPConnection(scope)):
            return await self._app(scope, receive, send)
        detail = f"Send an API key: Authorization: Bearer KEY. A browser keeps one for you at {ENTRY}."
        await self._refuse(scope, 401, detail, {"WWW-Authenticate": "Bearer"})(scope, receive, send)

    def _held(self, connection: HTTPConnection) -> bool:
        kept = connection.cookies.get(COOKIE)
        sent = connection.headers.get("authorization") or (f"Bearer {unquote(kept)}" if kept else None)
        return holds(sent, self._hashes)


def hashes_of(setting: str) -> list[str]:
    """The hashes that a setting lists, comma between."""
    return [known.strip() for known in setting.split(",") if known.strip()]


def make_key() -> tuple[str, str]:
    """A new key for a caller, and the hash of it for the settings."""
    key = secrets.token_urlsafe(32)
    return key, hash_key(key)


def hash_key(key: str) -> str:
    """A key's sha256 (hex). A key has 256 random bits, so a slow hash would protect nothing more."""
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


def holds(authorization: str | None, hashes: Iterable[str]) -> bool:
    """Whether an `Authorization` header carries a key whose hash is among `hashes`. Takes as long whichever it is."""
    scheme, _, key = (authorization or "").partition(" ")
    given = hash_key(key.strip()) if scheme.lower() == "bearer" else ""
    matches = [hmac.compare_digest(given, known) for known in hashes]
    return any(matches)


def as_cookie(key: str) -> str:
    """A key in the characters that a cookie may hold."""
    return quote(key, safe="")


def _open(path: str) -> bool:
    return path in _OPEN or path.startswith(_OPEN_BELOW)
