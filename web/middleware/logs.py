"""Structured logs: a JSON object a line, each with its request's id, and never a question unless the operator asks for it."""

import json
import logging
import re
import secrets
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.private import make_private

request_id: ContextVar[str] = ContextVar("request_id", default="")
_GIVEN_ID = re.compile(rb"[\w.-]{1,64}")
_EMAIL = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.\w+")
# Seven digits or more, with the separators people put between them: a phone number, or near enough to hide.
_PHONE = re.compile(r"\+?\d(?:[\s().\-/]{0,2}\d){6,}")
_log = logging.getLogger("verbatim.access")
_said = logging.getLogger("verbatim.web")
DAY_BYTES = 50_000_000


class _RequestId(logging.Filter):
    """Adds the current request's id to every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get() or None
        return True


LOGGING: Mapping[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": _RequestId}},
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "{levelname}{name}{message}{request_id}",
            "style": "{",
            "rename_fields": {"levelname": "level", "name": "logger"},
            "timestamp": "time",
            "json_ensure_ascii": False,
        }
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "stream": "ext://sys.stderr", "formatter": "json", "filters": ["request"]}
    },
    "loggers": {
        "verbatim": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        "uvicorn": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}


class AccessLog:
    """Gives each request an id (the caller's own `X-Request-Id` where it is a plain word) and logs it once, query left out."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        given = dict(scope["headers"]).get(b"x-request-id", b"")
        id = given.decode() if _GIVEN_ID.fullmatch(given) else secrets.token_hex(8)
        request_id.set(id)
        began, status = perf_counter(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = id
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            fields = {
                "method": scope["method"],
                "path": scope["path"],
                "status": status,
                "ms": round((perf_counter() - began) * 1000, 1),
            }
            _log.info("request", extra=fields)


def masked(question: str) -> str:
    """A question with e-mail addresses and phone numbers put out of sight."""
    return _PHONE.sub("[number]", _EMAIL.sub("[e-mail]", question))


class QuestionLog:
    """Appends masked questions to a file a day in `folder`, which only its owner can read, and removes files older than `days`.

    Of more than `DAY_BYTES` a day the rest is left out. A folder that cannot be written fails no answer; it is said once."""

    def __init__(self, folder: Path, days: int) -> None:
        self._folder, self._days = folder, days
        self._today: date | None = None
        self._failed = False

    def write(self, question: str, status: str) -> None:
        """Add one line, if that can be done."""
        try:
            self._write(question, status)
            self._failed = False
        except OSError as error:
            if not self._failed:
                _said.error("questions cannot be kept in %s: %s", self._folder, error.strerror or error)
            self._failed = True

    def _write(self, question: str, status: str) -> None:
        """Add one line. Several processes may write at once: a short line is appended whole."""
        now = datetime.now(UTC)
        if now.date() != self._today:
            self._prune()
            self._today = now.date()
        line = json.dumps(
            {"time": now.isoformat(timespec="seconds"), "status": status, "question": masked(question)}, ensure_ascii=False
        )
        path = self._folder / f"questions-{now.date()}.jsonl"
        make_private(path)
        with path.open("a", encoding="utf-8", errors="replace") as file:
            if file.tell() < DAY_BYTES:
                file.write(line + "\n")

    def _prune(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        oldest = f"questions-{datetime.now(UTC).date() - timedelta(days=self._days)}.jsonl"
        for path in self._folder.glob("questions-????-??-??.jsonl"):
            if path.name < oldest:
                path.unlink(missing_ok=True)
