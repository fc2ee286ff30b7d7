"""What a question can be about, in the words that people ask with: topics.toml, read once, and an operator's own synonyms."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from rag.errors import SettingsError
from rag.text.inflection import with_article
from rag.text.words import stem, stems

_DATA: dict[str, Any] = tomllib.loads(Path(__file__).with_name("topics.toml").read_text(encoding="utf-8"))

SYNONYMS: dict[str, str] = _DATA["synonyms"]


@dataclass(frozen=True, slots=True)
class Topic:
    """What a question or a section can be about: its name in a sentence, a question that asks for it, and its terms."""

    id: str
    name: str
    ask: str
    terms: frozenset[str]


TOPICS: dict[str, Topic] = {
    key: Topic(key, value["name"], value["ask"], frozenset(value["terms"].split())) for key, value in _DATA["topics"].items()
}
ASKING = frozenset().union(*(topic.terms for topic in TOPICS.values()))  # the words that ask for a topic
_STEMS = {topic.id: frozenset(map(stem, topic.terms)) for topic in TOPICS.values()}
TOPIC_STEMS = frozenset().union(*_STEMS.values())


def put(template: str, role: str) -> str:
    """A template of a question ("What does {a_role} do?") put about a role."""
    return template.replace("{a_role}", with_article(role))


@cache
def asking(topic: str) -> frozenset[str]:
    """The stems with which a topic's own question asks for it: of the training that a role *needs*."""
    return frozenset(stems(TOPICS[topic].ask.replace("{a_role}", "")))


def topics_of(stems: Iterable[str]) -> frozenset[str]:
    """The ids of the topics that any of the stems is a term of."""
    return _topics_of(frozenset(stems))


def terms_of(topics: Iterable[str]) -> frozenset[str]:
    """The stems of the terms of topics."""
    return frozenset(root for topic in topics for root in _STEMS[topic])


@lru_cache(maxsize=65536)
def _topics_of(stems: frozenset[str]) -> frozenset[str]:
    return frozenset(topic for topic, terms in _STEMS.items() if not terms.isdisjoint(stems))


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
