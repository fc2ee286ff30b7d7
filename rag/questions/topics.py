"""What a question can be about, and words that ask without naming it: topics.toml, read once, and an operator's own synonyms."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from rag.errors import SettingsError
from rag.text.words import stem

_DATA: dict[str, Any] = tomllib.loads(Path(__file__).with_name("topics.toml").read_text(encoding="utf-8"))

GREETINGS = frozenset(_DATA["greetings"].split())
LIGHT_WORDS = frozenset(_DATA["light"].split())
INTRODUCING = frozenset(_DATA["introducing"].split())
NUMBERED = frozenset(_DATA["numbered"].split())
HANDLING = frozenset(_DATA["handling"].split())
PLAINLY_ENGLISH = frozenset(_DATA["plainly_english"].split())
COUNTING = frozenset(_DATA["counting"].split())
SYNONYMS: dict[str, str] = _DATA["synonyms"]
PHRASES: dict[str, str] = _DATA["phrases"]


@dataclass(frozen=True, slots=True)
class Facet:
    """What a question or a section can be about: its name in a sentence, a question that asks for it, its terms, and the facets
    that answer for it where there is no section of it."""

    id: str
    name: str
    ask: str
    terms: frozenset[str]
    stems: frozenset[str]
    instead: frozenset[str]


FACETS: dict[str, Facet] = {
    key: Facet(
        id=key,
        name=value["name"],
        ask=value["ask"],
        terms=frozenset(value["terms"].split()),
        stems=frozenset(map(stem, value["terms"].split())),
        instead=frozenset(value.get("instead", "").split()),
    )
    for key, value in _DATA["facets"].items()
}


_BY_STEM: dict[str, frozenset[str]] = {
    root: frozenset(facet.id for facet in FACETS.values() if root in facet.stems)
    for root in frozenset().union(*(facet.stems for facet in FACETS.values()))
}
_NONE: frozenset[str] = frozenset()


def facets_of(stems: Iterable[str]) -> frozenset[str]:
    """The ids of the facets that any of the stems is a term of."""
    return _facets_of(frozenset(stems))


@lru_cache(maxsize=65536)
def _facets_of(stems: frozenset[str]) -> frozenset[str]:
    return _NONE.union(*(_BY_STEM[root] for root in stems if root in _BY_STEM))


def read_synonyms(path: Path | None) -> dict[str, str]:
    """The built-in synonyms with an operator's file (`phrase = other phrase` a line, `#` comments) on top."""
    if path is None:
        return SYNONYMS
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"Synonym file {path} cannot be read: {error}. Fix it or unset VERBATIM_SYNONYMS.") from error
    own: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        bare = line.split("#")[0].strip()
        if not bare:
            continue
        left, equals, right = (piece.strip().lower() for piece in bare.partition("="))
        if not (left and equals and right):
            raise SettingsError(f"Synonym file {path}, line {number}: write `phrase = other phrase`.")
        own[left] = right
    return SYNONYMS | own
