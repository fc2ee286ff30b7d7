"""To which of our names a request is addressed, whether it came from this computer alone, and whether from a page of ours.

A page of another site can have its name resolve to loopback (DNS rebinding), and its script then reads our answers; what such a
request cannot change is the name in its `Host`. starlette's TrustedHostMiddleware takes names only: an address, which nobody can
rebind, has to be let through where the name is not known beforehand.
"""

import ipaddress
import logging
import socket
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from web.problems import Refuse

log = logging.getLogger("verbatim.web")
_FORWARDED = {b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip"}
_MISDIRECTED = 421


class Hosts:
    """Refuses requests for other names than `names`, this computer's and addresses ("*" takes any), and notes in the scope's
    state whether one is `local`: from this computer, to loopback, through no proxy that is set or that shows itself."""

    def __init__(self, app: ASGIApp, names: Iterable[str], loopback: bool, proxied: bool, refuse: Refuse) -> None:
        self._app, self._refuse = app, refuse
        self._names = {name.strip().lower() for name in names if name.strip()}
        self._loopback, self._proxied, self._told = loopback, proxied, False
        self._own = {"localhost"} if loopback else {"localhost", socket.gethostname().lower()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        given = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        host = _name(given[0]) if len(given) == 1 else ""
        unnamed = not given and scope["http_version"] == "1.0"  # an old supervisor's; no browser leaves it out
        if not unnamed and not self._known(host):
            detail = "This address is not served here. VERBATIM_HOSTS names those that are."
            return await self._refuse(scope, _MISDIRECTED, detail, {})(scope, receive, send)
        scope.setdefault("state", {})["local"] = self._loopback and self._direct(scope) and is_loopback(host)
        await self._app(scope, receive, send)

    def _known(self, host: str) -> bool:
        if host in self._own or host in self._names or "*" in self._names:
            return True
        return is_loopback(host) if self._loopback else _address(host) is not None

    def _direct(self, scope: Scope) -> bool:
        """Whether a request came through no proxy. One that forwards for others without being named is told of once."""
        forwarded = scope["http_version"] == "1.0" or any(name in _FORWARDED for name, _ in scope["headers"])
        if forwarded and not self._proxied and not self._told:
            self._told = True
            log.warning("a proxy forwards requests: name its address in VERBATIM_TRUSTED_PROXIES, or its clients count as one")
        return not forwarded and not self._proxied


def is_local(scope: Scope) -> bool:
    """Whether a request came from this computer alone, as `Hosts` noted it."""
    return bool(scope.get("state", {}).get("local"))


def is_ours(headers: Headers) -> bool:
    """Whether one of our own pages sent a request, or a program did. Browsers tell where a request is from only over HTTPS and on
    loopback; elsewhere the origin has to be the address that was asked."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None or origin is None:
        return site in (None, "same-origin", "none")
    asked = {headers.get("host"), headers.get("x-forwarded-host")}  # no form of another site can set the latter
    return origin.partition("://")[2] in asked - {None, ""}


def is_loopback(host: str) -> bool:
    """Whether a name or an address is of this computer and reached from it alone."""
    address = _address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def _name(host: str) -> str:
    """The name or address in a `Host` header, port and brackets left out; empty where it is none."""
    with suppress(ValueError):
        parts = urlsplit(f"//{host}")
        if parts.netloc == host and parts.username is None and (parts.port is None or parts.port >= 0):
            return (parts.hostname or "").rstrip(".")
    return ""


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    with suppress(ValueError):
        return ipaddress.ip_address(host)
    return None
