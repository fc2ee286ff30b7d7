"""What is a role: kinds of workers, read once from roles.toml, and the titles that name one."""

import re
import tomllib
from functools import lru_cache
from pathlib import Path

from rag.text.inflection import singularise
from rag.text.words import FUNCTION_WORDS, WORD

_DATA: dict[str, str] = tomllib.loads(Path(__file__).with_name("roles.toml").read_text(encoding="utf-8"))

ROLE_NOUNS = frozenset(_DATA["role_nouns"].split())
GENERIC_ROLES = frozenset(_DATA["generic_roles"].split())
NOT_ROLES = frozenset(_DATA["not_roles"].split())
_SUFFIXES = ("er", "or", "ist", "ian", "eer", "yst", "smith", "wright", "herd")
_PREPOSITIONS = frozenset(["of", "for", "in", "at", "to", "with", "from", "by", "on"])
_PIECES = re.compile(r"\s*[:|–—]\s+|\s+-\s+")
_ARTICLES = frozenset(["a", "an", "the"])
_ASIDE = re.compile(r"\s*\([^()]*\)\s*$")
_PARTED = re.compile(r":|\s\|\s")
_CLAUSE = FUNCTION_WORDS - _PREPOSITIONS - {"and", "or", "off", "on", "out", "over", "under", "up", "well"}
_PREPOSITION = re.compile(rf"\s+(?:{'|'.join(sorted(_PREPOSITIONS))})\s+", re.IGNORECASE)
_FRAME = re.compile(
    r"^(?:how to (?:become|be)|becoming|being|working as|life as|a day in the life of|what is|what does|career (?:guide|profile)|"
    r"job (?:profile|description)|guide to (?:becoming|being)|all about|about)\b[:\s]*(?:an?|the)?\s*|"
    r"[\s:–—|,-]*\b(?:career|job|role|occupation)?\s*(?:guide|profile|description|overview|faqs?|handbook|"
    r"questions(?: and answers)?|q&a|frequently asked questions|career|careers|jobs?|do|\?)\s*$",
    re.IGNORECASE,
)


def role_title(title: str) -> str | None:
    """The role a document's title names ("How to become a Nurse: FAQ" names "Nurse"), or None."""
    bare = _unframed(title)
    for piece in (bare[:1].upper() + bare[1:], *_PIECES.split(bare)):
        named = _ASIDE.sub("", piece)
        if is_role_title(named):
            return named
    return None


def subject(title: str) -> str:
    """What a title says that its document is about, whether a role or not: "Social work: pay and hours" is about social work."""
    return next(filter(None, (_ASIDE.sub("", piece).strip() for piece in _PIECES.split(_unframed(title)))), title)


def _unframed(title: str) -> str:
    bare = title.strip()
    while (shorter := _FRAME.sub("", bare).strip(" :–—|-?")) and shorter != bare:
        bare = shorter
    return bare


def is_role_title(name: str) -> bool:
    """Whether a heading names a role: a short noun phrase whose head is a role ("Head of X", "Lead Y Engineers", "Nurse")."""
    words = [match.group() for match in WORD.finditer(_ASIDE.sub("", name).partition(",")[0])]
    if not 0 < len(words) <= 8 or name.rstrip().endswith(("?", ".", "!")) or not name[:1].isupper() or _PARTED.search(name):
        return False
    return is_role_noun(head_noun(words)) and not _is_clause(words)


def _is_clause(words: list[str]) -> bool:
    """Whether words say something rather than name it: grammar stands before their head ("Mentor a junior analyst")."""
    head = next((at for at, word in enumerate(words) if at and word.lower() in _PREPOSITIONS), len(words))
    return any(word.lower() in _CLAUSE and (at or word.lower() not in _ARTICLES) for at, word in enumerate(words[:head]))


def head_noun(words: list[str]) -> str:
    """The head of a noun phrase: its last word before the first preposition. Before "and" stands the head ("Duties and Pay"),
    unless the phrase ends in a word known for a role ("Health and Safety Officer")."""
    end = next((at for at, word in enumerate(words) if at and word.lower() in _PREPOSITIONS), len(words))
    joined = next((at for at, word in enumerate(words[:end]) if at and word.lower() == "and"), end)
    return words[(end if singularise(words[end - 1].lower()) in ROLE_NOUNS else joined) - 1]


@lru_cache(maxsize=16384)
def is_role_noun(word: str) -> bool:
    """Whether a word, singular or plural, is a kind of worker: in the lists, or formed like one and not an exception."""
    singular = singularise(word.lower())
    if singular in ROLE_NOUNS:
        return True
    if singular in NOT_ROLES or singular in GENERIC_ROLES or singular in FUNCTION_WORDS or len(singular) < 5:
        return False
    return singular.endswith(_SUFFIXES)


def singular_title(title: str) -> str:
    """A title with its roles in the singular: "Heads of Sales" is a "Head of Sales", "Bakers and Cooks" a "Baker and Cook". What
    stands after a comma stays ("Cooks, Restaurant"); a list of roles ("Farmers, Ranchers, and Brokers") is left as it is."""
    named, comma, rest = title.partition(",")
    if any(_is_plural(_PREPOSITION.split(piece)[0]) for piece in re.split(r",\s*(?:and\s+|or\s+)?", rest)):
        return title
    before = _PREPOSITION.search(named)
    heads, after = (named[: before.start()], named[before.start() :]) if before else (named, "")
    pieces = re.split(r"(\s+(?:and|or)\s+|/)", heads)
    if not _is_plural(pieces[-1]):
        return title
    pieces[::2] = [_singular_head(piece) for piece in pieces[::2]]
    return "".join(pieces) + after + comma + rest


def _is_plural(phrase: str) -> bool:
    word = phrase.strip().rsplit(" ", 1)[-1]
    singular = singularise(word)
    return singular != word and (is_role_noun(word) or singular.lower() in GENERIC_ROLES)


def _singular_head(phrase: str) -> str:
    return phrase[: phrase.rfind(" ") + 1] + singularise(phrase.rsplit(" ", 1)[-1]) if _is_plural(phrase) else phrase
