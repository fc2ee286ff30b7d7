"""Static files, named by their content so that a browser may keep them for good, and the templates that name them."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from rag.questions.checking import MAX_CHARS
from web.addresses import BEST

_HERE = Path(__file__).parent
_MEDIA = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A static file as served."""

    name: str
    media_type: str
    content: bytes


@cache
def assets() -> Mapping[str, Asset]:
    """Every static file by the name of its source ("style.css")."""
    found = {}
    for path in sorted((_HERE / "static").iterdir()):
        if path.suffix in _MEDIA:
            # Indentation and comments on lines of their own are for us; leaving them out is a tenth of the page's weight.
            content = re.sub(rb"(?m)^\s*(?:/\*[^\n]*\*/\n\s*)*", b"", path.read_bytes())
            digest = hashlib.sha256(content).hexdigest()[:10]
            found[path.name] = Asset(f"{path.stem}.{digest}{path.suffix}", _MEDIA[path.suffix], content)
    return found


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
    environment.globals.update(static=static, max_characters=MAX_CHARS, best=BEST)
    return environment


def render(template: str, context: Mapping[str, Any]) -> str:
    """A template filled in."""
    return _templates().get_template(template).render(context)
