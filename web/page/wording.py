"""The words of the page, from `words.toml`: the one place where they are said, for templates and scripts."""

import json
import re
from functools import cache
from pathlib import Path
from types import SimpleNamespace

from rag.text.wording import Wording

_WORDS = Wording(Path(__file__).with_name("words.toml"))
say = _WORDS.say
_USED = re.compile(r"\bW\.(\w+)\.(\w+)\b")


@cache
def wording() -> SimpleNamespace:
    """All words, for templates: `w.box.ask`."""
    return SimpleNamespace(**{section: SimpleNamespace(**words) for section, words in _WORDS.held.items()})


def worded(script: str) -> str:
    """A script with its words (`W.box.ask`) put in. Raises KeyError for one that is not in the file."""
    return _USED.sub(lambda used: json.dumps(_WORDS.held[used[1]][used[2]], ensure_ascii=False), script)
