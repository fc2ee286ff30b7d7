"""The front matter of a text guide: `key: value` lines between two lines of three hyphens at its top."""

import re
from typing import Any

import yaml

from rag.errors import CorpusError

_FENCED = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_KEY = re.compile(r"[A-Za-z][\w -]*:(?:\s|$)")
_NAMES = {"source": "source", "source_url": "source", "url": "source", "date": "date", "collected": "date"} | {
    name: name for name in ("title", "language", "aliases")
}
_NAMES["lang"] = "language"


def read_front_matter(text: str) -> tuple[dict[str, str], int]:
    """The title, source, date, language and aliases (one a line) in the front matter, and the offset at which the guide begins.

    Raises CorpusError if the front matter is not YAML."""
    fenced = _FENCED.match(text)
    if not fenced or not _KEY.match(fenced.group(1).lstrip()):
        return {}, 0
    try:
        values = yaml.safe_load(fenced.group(1))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        raise CorpusError(f'front matter is not valid YAML at line {line}; put a value with a colon in "quotes"') from error
    if not isinstance(values, dict):
        return {}, 0
    named = ((_NAMES.get(str(key).strip().lower()), _written(value)) for key, value in values.items())
    return {name: value for name, value in named if name and value}, fenced.end()


def _written(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(filter(None, map(_written, value)))
    return "" if value is None else " ".join(str(value).split())
