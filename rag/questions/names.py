"""Names of careers, as guides give them, and how they stand among a question's words."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from rag.datatypes import Document, Outline
from rag.text.inflection import singularise
from rag.text.words import FUNCTION_WORDS, WORD, stem, words

_ALSO = re.compile(
    r"(?:also (?:known as|called)|a\.?k\.?a\.?|other (?:titles|names)|alternative titles|sometimes called)\s*:?\s*([^.\n]+)",
    re.IGNORECASE,
)
_APART = frozenset(["and", "or", "vs", "versus", "than", "with", "from", "between"])  # what stands between two careers
_INITIALS = 3  # letters that initials have at least
_LOOSE = 2  # other words that may stand among a name's ("director of the applied sciences")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question: lower-case text, stem, and its offsets in the question."""

    text: str
    stem: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Name:
    """One name of a career: its content words, their stems, and the function words within it. `title` tells the career's own from
    its other names, `initials` those that are the first letters of another."""

    career: str
    texts: tuple[str, ...]
    stems: tuple[str, ...]
    links: frozenset[str] = frozenset()
    title: bool = False
    initials: bool = False


def question_words(question: str) -> list[Word]:
    """A question's words, hyphenated ones in their parts."""
    found: list[Word] = []
    for match in WORD.finditer(question):
        for part in re.finditer(r"[^-/]+", match.group()):
            text = part.group().lower().replace("’", "'").removesuffix("'s")
            start = match.start() + part.start()
            found.append(Word(text, stem(text), start, start + len(part.group())))
    return found


def names_of(document: Document, outline: Outline, career: str) -> Iterator[Name]:
    """The names that a document gives a career, the career's title first."""
    yield from _forms(career, career, title=True)
    for alias in dict.fromkeys(_aliases(document, outline, career)):
        yield from _forms(career, alias)


def _forms(career: str, name: str, title: bool = False) -> Iterator[Name]:
    """A name in words and, where it has so many, in initials: of all its words, and of those that are no function words."""
    spoken = words(re.sub(r"[-/]", " ", name))
    kept = tuple(singularise(word) for word in spoken if word not in FUNCTION_WORDS)
    if not kept:
        return
    yield Name(career, kept, tuple(map(stem, kept)), frozenset(spoken) & _APART, title)
    for letters in dict.fromkeys("".join(word[0] for word in some) for some in (spoken, kept)):
        if len(letters) >= _INITIALS:
            yield Name(career, (letters,), (letters,), initials=True)


def _aliases(document: Document, outline: Outline, career: str) -> list[str]:
    """Other names of a career: the document's own for its title's career, and what "Also known as:" lists in its sections."""
    found = list(document.aliases) if outline.careers and career == outline.careers[0] else []
    for section in outline.sections:
        if section.career == career:
            for group in section.groups:
                for match in _ALSO.finditer(document.text, group.start, group.end):
                    found += [piece.strip(" *_\"'“”") for piece in re.split(r",|;|/|\bor\b|\band\b", match[1])]
    return [name for name in found if 0 < len(name.split()) <= 6]


def placed(name: Name, asked: Sequence[Word], spoken: frozenset[str], taken: Collection[int] = ()) -> frozenset[int] | None:
    """Where the words of a name stand together in a question, of those not `taken`, or None where they do not all. Initials
    must stand as they are, and be no word that the guides use (`spoken`): the initials of a Director of Engineering are in
    "does" as well."""
    if name.initials:
        at = next((at for at, word in enumerate(asked) if word.text == name.texts[0] and at not in taken), None)
        is_word = name.texts[0] in FUNCTION_WORDS or name.texts[0] in spoken
        return frozenset([at]) if at is not None and not is_word else None
    free = [(at, word) for at, word in enumerate(asked) if at not in taken]
    options = [[at for at, word in free if is_same(word, *one)] for one in zip(name.texts, name.stems, strict=True)]
    if not all(options):
        return None
    widest = len(options) + _LOOSE
    tries = (_taken(options, start, start + widest) for start in sorted({at for its in options for at in its}))
    found = min((one for one in tries if one), key=lambda one: max(one) - min(one), default=None)
    return None if found is None or parted(name, asked, found) else found


def parted(name: Name, asked: Sequence[Word], found: Collection[int]) -> bool:
    """Whether a word that sets careers apart, and is none of the name's, stands among a name's words in a question."""
    between = (asked[at].text for at in range(min(found), max(found)) if at not in found)
    return any(word in _APART - name.links for word in between)


def _taken(options: Sequence[Sequence[int]], start: int, end: int) -> frozenset[int] | None:
    """A place of its own for each word of a name, of its `options`, within a stretch of a question, or None."""
    taken: set[int] = set()
    for places in options:
        free = next((at for at in places if start <= at < end and at not in taken), None)
        if free is None:
            return None
        taken.add(free)
    return frozenset(taken)


def is_same(word: Word, text: str, root: str) -> bool:
    """Whether a question's word is a name's word, whatever its form."""
    return word.stem == root or singularise(word.text) == text
