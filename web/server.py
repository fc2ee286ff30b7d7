"""Runs the application under uvicorn, in one process or in several that share a socket."""

import os
import resource
import socket
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, suppress
from threading import Thread
from time import sleep
from typing import Any, cast

import uvicorn
from uvicorn.supervisors import Multiprocess

from rag.errors import SettingsError
from rag.settings import Settings
from web.clients.extras import need
from web.middleware.logs import LOGGING

_BACKLOG = 1024
_OTHER_FILES = 256  # beside connections


def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve until interrupted, finishing the requests under way; `announce` is told the address once connections are taken in.

    One process takes them in at once: those that come before the index is loaded wait for it. Raises SettingsError where the
    address cannot be taken, or what a setting needs is not installed.
    """
    if settings.mcp:
        need("mcp")
    listening = listen(settings.host, settings.port)
    address = listening.getsockname()
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    where = f"http://{host}:{address[1]}"
    _tell_workers(settings)
    _allow_files(settings.connections + _OTHER_FILES)
    if settings.workers == 1:
        announce(where)
        uvicorn.Server(_config(settings)).run(sockets=[listening])
        return
    with tempfile.TemporaryDirectory(prefix="verbatim-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        if sys.platform == "linux":
            listening.close()
            beside = cast(socket.socket, _SocketOfWorker(listening.family, address))
            Thread(target=_announce_once_reachable, args=(address, announce, where), daemon=True).start()
            Multiprocess(_config(settings), sockets=[beside]).run()
        else:
            announce(where)
            Multiprocess(_config(settings), sockets=[listening]).run()


class _SocketOfWorker:
    """Arrives in each worker process as a socket of its own on the same address.

    Linux then spreads connections over the workers. Of one socket that they share, whoever wakes first takes all that wait:
    eight clients that came at once were seen to end up with one worker of two.
    """

    def __init__(self, family: int, address: Any) -> None:
        self._family, self._address = family, address

    def __reduce__(self) -> tuple[Callable[..., socket.socket], tuple[int, Any]]:
        return listen_beside, (self._family, self._address)


def listen_beside(family: int, address: Any) -> socket.socket:
    """A socket that listens on an address on which others may listen too."""
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listening.bind(address)
    listening.listen(_BACKLOG)
    return listening


def _announce_once_reachable(address: Any, announce: Callable[[str], None], where: str) -> None:
    for _ in range(600):
        with suppress(OSError), socket.create_connection(address[:2], timeout=1):
            return announce(where)
        sleep(0.1)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on an address; port 0 takes a free one. Raises SettingsError where that fails."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with ExitStack() as on_error:
            listening = on_error.enter_context(socket.socket(family))
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen(_BACKLOG)
            listening.set_inheritable(True)
            on_error.pop_all()
    except OSError as error:
        raise SettingsError(
            f"Cannot serve on {host} port {port}: {error.strerror or error}; stop what uses it, or choose another with --port."
        ) from error
    return listening


def _allow_files(needed: int) -> None:
    """Let the process, and its workers, open so many files, as far as the system lets us: a connection is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _tell_workers(settings: Settings) -> None:
    """Put the settings where worker processes read them: the environment."""
    for name, value in settings.model_dump(exclude_none=True).items():
        os.environ[f"VERBATIM_{name.upper()}"] = str(value)


def _config(settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        "web.app:create_app",
        factory=True,
        workers=settings.workers,
        http="web.middleware.protocol:BoundedProtocol",
        ws="none",
        lifespan="on",
        log_config=dict(LOGGING),
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        backlog=_BACKLOG,
        limit_concurrency=2 * settings.connections,  # the protocol makes room from the half on
        timeout_graceful_shutdown=int(settings.timeout) + 1,
    )
