"""What the service says in its own words, from `words.toml`: the one place where they are said."""

import re
from collections.abc import Sequence
from pathlib import Path

from rag.questions.scope import Scope
from rag.text.wording import Wording

_WORDS = Wording(Path(__file__).with_name("words.toml"))
say = _WORDS.say
# What ends a list for the names that are only counted ("and 3 more"), whatever the words for it; these are the group.
_COUNTED = re.escape(say("lists", "more", n="§")).replace("§", r"\d+")
MORE = re.compile(re.escape(say("lists", "and", names="", last="¶")).replace("¶", f"({_COUNTED})"))


def say_of(scope: Scope, section: str, /, **filled: object) -> str:
    """A message about the guides that were asked, in the form that fits how many they are and whether they were chosen."""
    form = ("one" if scope.count == 1 else "some") if scope.documents is not None else ("only" if scope.count == 1 else "all")
    return say(section, form if form in _WORDS.held[section] else "all", **filled)


def counted(names: Sequence[str], most: int) -> str:
    """Names in a sentence: the first `most` by name, the rest by number."""
    shown = [*names[:most], *([say("lists", "more", n=len(names) - most)] if len(names) > most else [])]
    return shown[0] if len(shown) == 1 else say("lists", "and", names=", ".join(shown[:-1]), last=shown[-1])
