"""A word to another form of it: the singular of a plural noun, and a title with its article."""

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inflect import engine as Engine  # noqa: N812 -- the library's class has a small letter

# Words whose first letters leave no doubt; for the others (initials, "Hour", "One", "University") the library knows.
_PLAINLY_A = re.compile(r"(?!h(?:ei|on|ou))[b-df-hj-np-tv-xz][a-z]", re.IGNORECASE)
_PLAINLY_AN = re.compile(r"(?!eu|ew|one)[aeio][a-z]", re.IGNORECASE)
# Initials that inflect reads as words: "UX" begins like "you", the R of "R&D" like "are".
_LIKE_YOU = re.compile(r"U[A-Z]{1,2}\b")
_LIKE_A_VOWEL = re.compile(r"[FHLMNRSX][&#]")


@lru_cache(maxsize=65536)
def singularise(word: str) -> str:
    """A plural noun's singular: by the regular endings, and where a longer word ends so, of "wives" ("midwives") and "men"
    ("craftsmen")."""
    if word.endswith("men") and len(word) > 6 and word.islower():
        return word[:-2] + "an"
    for ending, bare in (("ies", "y"), ("wives", "wife"), ("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x")):
        if word.endswith(ending) and len(word) > len(ending):
            return word[: -len(ending)] + bare
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


def with_article(career: str) -> str:
    """A career with "a" or "an" before it, as its first word is said: "an HR Manager", "a University Lecturer"."""
    return f"{_article(career.split(maxsplit=1)[0])} {career}" if career.strip() else career


@lru_cache(maxsize=4096)
def _article(word: str) -> str:
    initials = word[1:2].isupper()
    if _LIKE_YOU.match(word) or (not initials and _PLAINLY_A.match(word)):
        return "a"
    if _LIKE_A_VOWEL.match(word) or (not initials and _PLAINLY_AN.match(word)):
        return "an"
    return _engine().a(word).split()[0]


@cache
def _engine() -> "Engine":
    # Two seconds, nearly all spent on the library's checks of its own types: no first question should wait for them needlessly.
    import inflect

    engine = inflect.engine()
    engine.defan("usher")
    return engine
