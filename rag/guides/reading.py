"""Guides read in a child process, within bounds of time and memory: what goes wrong with one is that one's, and named.

A guide is foreign text, read by libraries in C as well: it may take for ever, take all memory, or end the process that reads it.
"""

import math
import os
import resource
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType

import msgspec

from rag.datatypes import Document, Outline
from rag.errors import CorpusError
from rag.guides.corpus import read_guide
from rag.guides.outline import outline

_WAIT = 10  # a child that sleeps uses no CPU time: it gets so many times its seconds by the clock
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class _Request:
    folder: bytes
    id: str
    path: bytes
    max_bytes: int


@dataclass(frozen=True, slots=True)
class _Reply:
    """A guide and its outline, or why there is none; `spent` says that the process should read no other."""

    document: Document | None = None
    outline: Outline | None = None
    fault: str = ""
    spent: bool = False


class GuideReader:
    """Reads guides one by one in a child process, of which each may take `seconds` of CPU time and `megabytes` of memory.

    Takes what `corpus.read_guide` takes and gives what it gives; `outlines` keeps their outlines by id."""

    def __init__(self, seconds: float, megabytes: int) -> None:
        self.outlines: dict[str, Outline] = {}
        self._seconds, self._megabytes = math.ceil(seconds), megabytes
        self._child: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None

    def __enter__(self) -> "GuideReader":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end()

    def __call__(self, folder: Path, id: str, path: str, max_bytes: int) -> Document:
        """One guide of a folder. Raises CorpusError for whatever goes wrong with it."""
        connection = self._connection or self._start()
        try:
            connection.send_bytes(msgspec.msgpack.encode(_Request(os.fsencode(folder), id, os.fsencode(path), max_bytes)))
            if not connection.poll(self._seconds * _WAIT):
                self._end()
                raise CorpusError(self._too_long())
            reply = msgspec.msgpack.decode(connection.recv_bytes(), type=_Reply)
        except (EOFError, OSError) as error:
            raise CorpusError(self._ended()) from error
        if reply.spent:
            self._end()
        if reply.document is None or reply.outline is None:
            raise CorpusError(reply.fault)
        self.outlines[id] = reply.outline
        return reply.document

    def _start(self) -> Connection:
        ours, theirs = Pipe()
        # The child has to find the same modules, whatever made ours to be found.
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(place or os.getcwd() for place in sys.path)}
        command = [sys.executable, "-m", "rag.guides.reading", str(theirs.fileno()), str(self._seconds), str(self._megabytes)]
        with theirs:
            self._child = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()])
        self._connection = ours
        with suppress(EOFError):
            ours.recv_bytes()  # its start is not the guide's time
        return ours

    def _end(self) -> int:
        """End the child, if there is one; its exit status."""
        child, self._child = self._child, None
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if child is None:
            return 0
        if child.poll() is None:
            child.kill()
        return child.wait()

    def _ended(self) -> str:
        """Why a child ended by itself."""
        if self._child is not None:
            with suppress(subprocess.TimeoutExpired):
                self._child.wait(5)
        status = self._end()
        return self._too_long() if status == -signal.SIGXCPU else f"ended the process that read it (status {status})"

    def _too_long(self) -> str:
        return f"took too long, over {self._seconds} s of CPU time (VERBATIM_GUIDE_SECONDS)"


def _serve(connection: Connection, seconds: int, megabytes: int) -> None:
    """Read the guides that are asked for, until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to hear
    with suppress(ValueError, OSError):  # macOS knows no such limit
        resource.setrlimit(resource.RLIMIT_AS, (megabytes * _MEGABYTE, resource.RLIM_INFINITY))
    connection.send_bytes(b"ready")
    while True:
        try:
            request = msgspec.msgpack.decode(connection.recv_bytes(), type=_Request)
        except EOFError:
            return
        used = resource.getrusage(resource.RUSAGE_SELF)
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used.ru_utime + used.ru_stime) + seconds, resource.RLIM_INFINITY))
        connection.send_bytes(_answer(request, megabytes))


def _answer(request: _Request, megabytes: int) -> bytes:
    try:
        path = os.fsdecode(request.path)
        document = read_guide(Path(os.fsdecode(request.folder)), request.id, path, request.max_bytes)
        return msgspec.msgpack.encode(_Reply(document, outline(document)))
    except CorpusError as error:
        reply = _Reply(fault=str(error))
    except MemoryError:
        reply = _Reply(fault=f"took too much memory, over {megabytes:,} MB (VERBATIM_GUIDE_MEGABYTES)", spent=True)
    except Exception as error:  # whatever a parser meets in foreign bytes
        reply = _Reply(fault=f"cannot be read ({type(error).__name__}: {' '.join(str(error).split())[:200]})")
    try:
        return msgspec.msgpack.encode(reply)
    except UnicodeEncodeError:  # the fault quotes half a character
        return msgspec.msgpack.encode(_Reply(fault="cannot be read (it holds half a character)"))


if __name__ == "__main__":
    _descriptor, _seconds, _megabytes = map(int, sys.argv[1:])
    _serve(Connection(_descriptor), _seconds, _megabytes)
