"""Static files, named by their content so that a browser may keep them for good, and the templates that name them."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from rag.questions.checking import MAX_CHARS
from web.addresses import BEST
from web.page.wording import worded, wording

_HERE = Path(__file__).parent
_MEDIA = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
STYLES = {
    "style.css": ("style",),
    "guide.css": ("style", "guide"),
    "about.css": ("style", "about"),
    "embed.css": ("embed",),
}
# A page loads one script: the parts that it needs, in one scope. What a source page does not use, it does not load.
SCRIPTS = {
    "start.js": ("common", "box", "shelf"),
    "ask.js": ("common", "box", "thread", "citing", "voting"),
    "guide.js": ("common", "guide"),
    "theme.js": ("theme",),
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A static file as served."""

    name: str
    media_type: str
    content: bytes


@cache
def assets() -> Mapping[str, Asset]:
    """Every static file by the name that templates know it by ("style.css")."""
    found = {name: _asset(name, joined(parts, ".css")) for name, parts in STYLES.items()}
    for name, parts in SCRIPTS.items():
        body = joined(parts, ".js")
        found[name] = _asset(name, worded(body if name == "theme.js" else f"(()=>{{'use strict';\n{body}}})()"))
    return found


def joined(parts: Sequence[str], suffix: str) -> str:
    """Sources one after the other, lean."""
    return "".join(_lean((_HERE / "static" / f"{part}{suffix}").read_text(encoding="utf-8")) for part in parts)


def _lean(source: str) -> str:
    """A source without indentation and comments on lines of their own: they are for us, and a tenth of the page's weight."""
    return re.sub(r"(?m)^\s*(?:/\*[^\n]*\*/\n\s*)*", "", source)


def _asset(name: str, text: str) -> Asset:
    content = text.encode()
    stem, suffix = Path(name).stem, Path(name).suffix
    return Asset(f"{stem}.{hashlib.sha256(content).hexdigest()[:10]}{suffix}", _MEDIA[suffix], content)


@cache
def icon(name: str) -> bytes:
    """The icon's file."""
    return (_HERE / "static" / name).read_bytes()


def static(name: str) -> str:
    """The address of a static file."""
    return f"/static/{assets()[name].name}"


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.globals.update(static=static, max_characters=MAX_CHARS, best=BEST, w=wording())
    return environment


def render(template: str, context: Mapping[str, Any]) -> str:
    """A template filled in."""
    return _templates().get_template(template).render(context)
