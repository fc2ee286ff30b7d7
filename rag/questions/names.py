"""Names of careers, as guides give them and as they stand among a question's words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from rag.datatypes import Document, Outline
from rag.questions.topics import FACETS, HANDLING, LIGHT_WORDS, SYNONYMS
from rag.text.inflection import singularise
from rag.text.roles import GENERIC_ROLES, head_noun
from rag.text.words import FUNCTION_WORDS, WORD, stem, words

_ENOUGH = 0.6  # of a title's words: two of three name it ("science director"), two of four ("data engineer") are another role
_ALSO = re.compile(
    r"(?:also (?:known as|called)|a\.?k\.?a\.?|other (?:titles|names)|alternative titles|sometimes called)\s*:?\s*([^.\n]+)",
    re.IGNORECASE,
)
_APART = frozenset(["and", "or", "vs", "versus", "than", "with", "from", "between"])  # what stands between two careers
_FACET_TERMS = frozenset().union(*(facet.terms for facet in FACETS.values()))
_NOUNS = frozenset(["payroll", "bank", "cash"])  # "payroll inspector" is a role, where "pay inspectors" pays them
_VERBS = FACETS["salary"].terms - _NOUNS | FACETS["duties"].terms | FACETS["entry"].terms | HANDLING
_NO_MODIFIERS = FUNCTION_WORDS | LIGHT_WORDS | GENERIC_ROLES | _VERBS


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question: lower-case text, stem, and its offsets in the question."""

    text: str
    stem: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Name:
    """One name of a career; `spoken` are the stems its document uses, so "offshore" may modify it and "clinical" may not;
    `links` are the function words within the name itself."""

    career: str
    stems: tuple[str, ...]
    texts: tuple[str, ...]
    head: int
    spoken: frozenset[str]
    links: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Match:
    """A name with the positions of its words in a question, and the share of it that stands there."""

    name: Name
    at: frozenset[int]
    coverage: float


def question_words(question: str) -> list[Word]:
    """A question's words, hyphenated ones in their parts."""
    found: list[Word] = []
    for match in WORD.finditer(question):
        for part in re.finditer(r"[^-/]+", match.group()):
            text = part.group().lower().replace("’", "'").removesuffix("'s")
            start = match.start() + part.start()
            found.append(Word(text, stem(text), start, start + len(part.group())))
    return found


def modifies(word: Word) -> bool:
    """Whether a word may modify a role's name: one that is neither a number nor part of what is asked."""
    return word.text not in _NO_MODIFIERS and not word.text[0].isdigit()


def names_of(document: Document, outline: Outline, career: str, spoken: frozenset[str]) -> Iterable[Name]:
    """The names a document gives a career, in every form they are asked by; `spoken` are the stems the document uses."""
    for other in (career, *_aliases(document, outline, career)):
        yield from _names(career, other, spoken)
        yield from _short_names(career, other, spoken)


def _aliases(document: Document, outline: Outline, career: str) -> list[str]:
    """Other names of a career: the document's own for its title's career, and what "Also known as:" lists in its sections."""
    found = list(document.aliases) if outline.careers and career == outline.careers[0] else []
    for section in outline.sections:
        if section.career == career:
            for group in section.groups:
                for match in _ALSO.finditer(document.text, group.start, group.end):
                    found += [piece.strip(" *_\"'“”") for piece in re.split(r",|;|/|\bor\b|\band\b", match[1])]
    return [name for name in found if 0 < len(name.split()) <= 6]


def _names(career: str, name: str, spoken: frozenset[str]) -> Iterable[Name]:
    kept = [word for word in words(name.replace("-", " ").replace("/", " ")) if word not in FUNCTION_WORDS]
    if not kept:
        return
    singular = [singularise(word) for word in kept]
    head = singularise(head_noun(words(name.replace("-", " ")) or kept))
    at = singular.index(head) if head in singular else len(kept) - 1
    links = frozenset(words(name)) & _APART
    yield Name(career, tuple(map(stem, singular)), tuple(singular), at, spoken, links)
    initials = "".join(word[0] for word in words(name))
    short = "".join(word[0] for word in kept)
    for letters in {initials, short}:
        if len(letters) >= 3:
            yield Name(career, (letters,), (letters,), 0, spoken)


def _short_names(career: str, name: str, spoken: frozenset[str]) -> Iterable[Name]:
    """A name with one of its phrases in another form ("GenAI Engineer" for "Generative AI Engineer")."""
    low = name.lower()
    for phrase, other in SYNONYMS.items():
        if " " in phrase and re.search(rf"\b{re.escape(phrase)}\b", low):
            yield from _names(career, re.sub(rf"\b{re.escape(phrase)}\b", other, low), spoken)


def match_name(name: Name, words_: Sequence[Word], standing: dict[tuple[str, str, bool], list[int]]) -> Match | None:
    """How a name stands in a question, as a cluster of words in any order, or None. `standing` remembers where a name's words
    stand, for names share most of theirs."""
    alone = len(name.stems) == 1
    places: list[list[int]] = []
    for word in zip(name.texts, name.stems, strict=True):
        key = (*word, alone)
        if key not in standing:
            # Words that are the same begin alike; this spares most of the closer looks.
            alike = (at for at, other in enumerate(words_) if other.text[:1] == key[0][:1])
            standing[key] = [at for at in alike if _same(words_[at].text, words_[at].stem, *key)]
        places.append(standing[key])
    if sum(map(bool, places)) / len(name.stems) < _ENOUGH:
        return None
    best: tuple[int, int, frozenset[int], bool] = (0, 0, frozenset(), False)
    for start in sorted({at for options in places for at in options}):
        end = start + len(name.stems) + 2
        at: dict[int, int] = {}
        for position, options in enumerate(places):
            free = [option for option in options if start <= option < end and option not in at.values()]
            if free:
                at[position] = free[0]
        found = frozenset(at.values())
        best = max(best, (len(found), min(found) - max(found), found, name.head in at), key=lambda one: one[:2])
    at_, heads = best[2:]
    coverage = len(at_) / len(name.stems)
    if coverage < _ENOUGH or not _stands(name, at_, heads, coverage, words_):
        return None
    return Match(name, at_, coverage)


def _stands(name: Name, at: frozenset[int], heads: bool, coverage: float, words_: Sequence[Word]) -> bool:
    """Whether a match still names the career: nothing foreign modifies it, and its head stands or a generic word does."""

    def foreign(position: int) -> bool:
        return modifies(words_[position]) and words_[position].stem not in name.spoken

    inside = [position for position in range(min(at), max(at)) if position not in at]
    if any(words_[position].text in _APART - name.links for position in inside):
        return False
    if coverage == 1:
        return len(at) == 1 or not any(foreign(position) for position in inside)
    if any(foreign(position) for position in inside):
        return False
    if heads:
        return min(at) == 0 or not foreign(min(at) - 1)
    after = words_[max(at) + 1].text if max(at) + 1 < len(words_) else ""
    return singularise(after) in GENERIC_ROLES and len(at) > 1


@lru_cache(maxsize=65536)
def _same(word: str, its_stem: str, text: str, root: str, alone: bool) -> bool:
    """Whether a question's word is a name's word: by stem, by a slip of the pen, or cut short ("eng", "dev")."""
    if its_stem == root or singularise(word) == text:
        return True
    if alone or len(word) < 3 or word in FUNCTION_WORDS or word[0] != text[0]:
        return False
    if len(text) - len(word) >= 3 and len(text) > 5 and text.startswith(word):
        return True
    slips = 0 if len(text) < 4 else 1 if len(text) < 7 else 2
    return bool(OSA.distance(singularise(word), text, score_cutoff=slips) <= slips) and word not in _FACET_TERMS
