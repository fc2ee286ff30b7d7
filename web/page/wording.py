"""The words of the page, from `words.toml`: the one place where they are said, for templates and scripts."""

import json
import re
import tomllib
from functools import cache
from pathlib import Path
from types import SimpleNamespace

_FILE = Path(__file__).with_name("words.toml")
_USED = re.compile(r"\bW\.(\w+)\.(\w+)\b")


@cache
def _said() -> dict[str, dict[str, str]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def say(section: str, name: str, /, **filled: object) -> str:
    """Words by section and name, filled in."""
    return _said()[section][name].format(**filled)


@cache
def wording() -> SimpleNamespace:
    """All words, for templates: `w.box.ask`."""
    return SimpleNamespace(**{section: SimpleNamespace(**words) for section, words in _said().items()})


def worded(script: str) -> str:
    """A script with its words (`W.box.ask`) put in. Raises KeyError for one that is not in the file."""
    return _USED.sub(lambda used: json.dumps(_said()[used[1]][used[2]], ensure_ascii=False), script)
