"""What is a role: how likely words name a kind of worker, and the titles that name one.

How likely is learned, from the titles of occupations and from what else a text about work names: tools, tasks, headings
(`python -m tests.train.roles`; the card beside the weights says on what). A word that was never seen is told by its letters.
"""

import re
import tomllib
import zlib
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from rag.datatypes import Floats
from rag.text.inflection import singularise
from rag.text.words import FUNCTION_WORDS, WORD, words

FILE = Path(__file__).with_name("roles.npz")
FEATURES = 1 << 15  # places that the features of names are hashed to

GENERIC_ROLES = frozenset(
    tomllib.loads(Path(__file__).with_name("roles.toml").read_text(encoding="utf-8"))["generic_roles"].split()
)
_PREPOSITIONS = frozenset(["of", "for", "in", "at", "to", "with", "from", "by", "on"])
_PIECES = re.compile(r"\s*[:|–—]\s+|\s+-\s+")
_ARTICLES = frozenset(["a", "an", "the"])
_ASIDE = re.compile(r"\s*\([^()]*\)\s*$")
_PARTED = re.compile(r":|\s\|\s")
_MOST_WORDS = 5
_SURE = 3.0  # log-odds of 20 to 1
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
    """Whether a heading names a role: a short noun phrase that is likely one ("Head of X", "Lead Y Engineers", "Nurse")."""
    named = _ASIDE.sub("", name).partition(",")[0]
    spoken = [match.group() for match in WORD.finditer(named)]
    if not 0 < len(spoken) <= 8 or name.rstrip().endswith(("?", ".", "!")) or not name[:1].isupper() or _PARTED.search(name):
        return False
    return not _is_clause(spoken) and singularise(named.lower()) not in GENERIC_ROLES and _is_role(named.lower())


def _is_role(name: str) -> bool:
    """Whether a phrase is likely a role; of two things that are joined, both, unless the phrase is surely one ("bread and butter"
    is none, "health and safety officer" is)."""
    logit = role_logit(name)
    return logit > _SURE or (logit > 0 and all(role_logit(part) > 0 for part in name.split(" and ")))


def _is_clause(spoken: list[str]) -> bool:
    """Whether words say something rather than name it: grammar stands before their head ("Mentor a junior analyst")."""
    return any(
        word.lower() in _CLAUSE and (at or word.lower() not in _ARTICLES) for at, word in enumerate(spoken[: _head(spoken)])
    )


@lru_cache(maxsize=16384)
def is_role_noun(word: str) -> bool:
    """Whether a word, singular or plural, is likely to be a kind of worker, and says which."""
    singular = singularise(word.lower())
    return singular not in GENERIC_ROLES and singular not in FUNCTION_WORDS and role_logit(singular) > 0


@lru_cache(maxsize=65536)
def role_logit(name: str) -> float:
    """The log-odds that a lower-case noun phrase names a kind of worker: a logistic regression on its `features`."""
    weights, bias = _regression()
    return float(weights[features(name)].sum()) + bias


@cache
def _regression() -> tuple[Floats, float]:
    """The weights (FEATURES,) and the bias."""
    with np.load(FILE) as held:
        return held["weights"].astype(np.float32) * held["scale"], float(held["bias"])


def features(name: str) -> list[int]:
    """The places of what tells of a lower-case noun phrase whether it is a role: its head, the endings and the letters of that,
    the words before and after it, and how many there are."""
    spoken = words(name)
    if not spoken:
        return []
    end = _head(spoken)
    head, before, after = singularise(spoken[end - 1]), spoken[: end - 1], spoken[end:]
    marked = f"<{head}>"
    told = [f"head {head}", f"number {min(end, _MOST_WORDS)}", f"plural {spoken[end - 1] != head}"]
    told += [f"ending {marked[-size:]}" for size in range(3, min(7, len(marked)) + 1)]
    told += [f"letters {marked[at : at + 4]}" for at in range(len(marked) - 3)]
    told += [f"before {singularise(word)}" for word in before] + [f"next {singularise(word)}" for word in before[-1:]]
    told += [f"link {word}" for word in after[:1]] + [f"after {singularise(word)}" for word in after[1:]]
    return sorted({zlib.crc32(one.encode()) % FEATURES for one in told})


def _head(spoken: Sequence[str]) -> int:
    """Where the head of a noun phrase ends: before its first preposition."""
    return next((at for at, word in enumerate(spoken) if at and word.lower() in _PREPOSITIONS), len(spoken))


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
