"""How a question is read: mended words, the careers it names, and the terms an answer has to account for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import process
from rapidfuzz.distance import OSA

from rag.questions.careers import Careers, Resolution
from rag.questions.names import Word, question_words
from rag.questions.topics import COUNTING, FACETS, INTRODUCING, LIGHT_WORDS, NUMBERED, PHRASES, PLAINLY_ENGLISH, facets_of
from rag.text.inflection import singularise
from rag.text.roles import GENERIC_ROLES, is_role_noun
from rag.text.words import FUNCTION_WORDS, WORD, stem, stems, words

Intent = Literal["overview", "duties", "compare", "ask"]
_COMPARE = re.compile(
    r"\b(?:differ\w*|compar\w*|versus|vs\.?|contrast|distinguish\w*|distinction|between|better|similar\w*|same as|or"
    r"|in common|alike)\b",
    re.IGNORECASE,
)
_SETS_APART = re.compile(r"\b(?:differs?|different from|difference between|compare[ds]?|versus|vs)\b", re.IGNORECASE)
_PHRASE = re.compile(rf"\b(?:{'|'.join(PHRASES)})\b", re.IGNORECASE)
_ASKED = frozenset().union(*(facet.terms for facet in FACETS.values())) - frozenset(["do", "does", "doing"])
_ADVICE = frozenset(["tip", "tips", "advice"])  # on something else, which is what has to be met
_DO = frozenset(["do", "does", "doing", "busy"])


@dataclass(frozen=True, slots=True)
class Term:
    """A word or number of a question that an answer has to account for.

    `alternatives` are stems any of which, all present, say the same; `facets` what it asks about; `exact` (a number, a name)
    admits no near match. `start:end` lies in the reading's text. `weight` is how rare it is, in (0, 1].
    """

    text: str
    start: int
    end: int
    alternatives: tuple[frozenset[str], ...]
    facets: frozenset[str]
    exact: bool
    weight: float


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as read: `text` has its words mended; `terms` are what is left beside the careers it names, and `residual` is
    the text without their names (of the same length, so offsets hold), which is what is searched within their passages.

    `named` spans the words of `text` that name careers; `unheld` is a role named that the corpus does not describe.
    """

    question: str
    text: str
    residual: str
    words: tuple[Word, ...]
    careers: tuple[str, ...]
    named: tuple[int, int] | None
    unheld: str | None
    unheld_stems: frozenset[str]
    terms: tuple[Term, ...]
    facets: frozenset[str]
    intent: Intent


class Reader:
    """Reads questions against a corpus: its careers, its words and how rare they are."""

    def __init__(
        self, careers: Careers, vocabulary: Mapping[str, float], known: frozenset[str], synonyms: Mapping[str, str]
    ) -> None:
        """`vocabulary` maps the corpus's words to their idf, `known` holds common English words that are no slips."""
        self._careers, self._known, self._synonyms = careers, known, dict(synonyms)
        self._stems = {stem(word): idf for word, idf in vocabulary.items()}
        self._words = frozenset(vocabulary)
        self._most = max(self._stems.values(), default=1.0)
        lexicon = frozenset().union(*(facet.terms for facet in FACETS.values())) | LIGHT_WORDS
        self._spellings: dict[tuple[str, int], list[str]] = {}  # by first letter and length
        for word in sorted(word for word in self._words | lexicon if len(word) > 3 and word.isalpha()):
            self._spellings.setdefault((word[0], len(word)), []).append(word)
        self._lexicon = lexicon | FUNCTION_WORDS | GENERIC_ROLES | careers.spellings

    def read(self, question: str) -> Reading:
        """A question to its reading."""
        text = self.mend(question)
        found = question_words(text)
        resolution = self._careers.resolve(found)
        terms = (*self._terms(text, found, resolution, False), *_phrase_terms(text))
        terms = terms or tuple(self._terms(text, found, resolution, True))
        facets = frozenset().union(*(term.facets for term in terms)) if terms else frozenset()
        unheld = frozenset(found[at].stem for at in resolution.unheld_at)
        intent = self._intent(text, found, resolution, terms)
        used = [found[at] for at in sorted(resolution.used)]
        named = (used[0].start, used[-1].end) if used else None
        residual = _without(text, used) if terms else text
        return Reading(
            question, text, residual, tuple(found), resolution.careers, named, resolution.unheld, unheld, terms, facets, intent
        )

    def strange(self, reading: Reading) -> str:
        """A question's words beside its careers' names, where they may be of another language; else "". Most are neither the
        guides' nor function words then, one is no English word and no slip of the pen, and none is plainly English."""
        names = {word for career in reading.careers for word in words(career)}
        said = [word for word in WORD.findall(reading.question) if word.lower() not in names]
        low = [word.lower() for word in said]
        unknown = [word for word in low if word not in self._words and word not in FUNCTION_WORDS]
        foreign = [word for word in unknown if not word.isascii() or not (self._is_known(word) or self._mended(word) != word)]
        enough = len(unknown) > 1 or not all(map(str.isascii, unknown))
        plain = not foreign or not enough or 2 * len(unknown) <= len(said) or not PLAINLY_ENGLISH.isdisjoint(low)
        return "" if plain else " ".join(said)

    def mend(self, question: str) -> str:
        """A question with short forms the corpus does not use written out, and slips of the pen put right."""
        return WORD.sub(lambda match: self._mended(match.group()), question)

    def _mended(self, word: str) -> str:
        low = word.lower().replace("’", "'")
        other = self._synonyms.get(low)
        if (
            other
            and low not in self._words
            and (stem(low) not in self._stems or all(stem(w) in self._stems for w in words(other)))
        ):
            return other
        if self._is_known(low):
            return word
        cutoff = 1 if len(low) < 8 else 2
        lengths = range(len(low) - cutoff, len(low) + cutoff + 1)
        options = sorted(spelling for length in lengths for spelling in self._spellings.get((low[0], length), ()))
        best = process.extractOne(low, options, scorer=OSA.distance, score_cutoff=cutoff)
        if best is None or (best[1] > 1 and is_role_noun(low) and not is_role_noun(best[0])):  # a radiographer is no slip
            return word
        return str(best[0])

    def _is_known(self, word: str) -> bool:
        bare = word.removesuffix("'s")
        parts = re.split(r"[-/&.']", bare)
        return (
            len(bare) < 4
            or not bare.isascii()
            or any(c.isdigit() for c in bare)
            or all(self._is_word(part) or self._is_word(singularise(part)) for part in parts if part)
        )

    def _is_word(self, word: str) -> bool:
        return word in self._words or word in self._lexicon or word in self._known

    def _terms(self, text: str, found: Sequence[Word], resolution: Resolution, light: bool) -> list[Term]:
        """The terms of a question's words; with `light` also of words that ask, unless they only ask what a career is."""
        terms: list[Term] = []
        named = _names(text, found)
        for at, word in enumerate(found):
            if word.stem in {stem(term.text) for term in terms}:
                continue
            function = word.text in FUNCTION_WORDS and not (light and word.text in _ASKED)
            if at in resolution.used or function or singularise(word.text) in GENERIC_ROLES:
                continue
            if word.text in LIGHT_WORDS and (word.text in INTRODUCING if light else word.text not in _ASKED):
                continue
            number, before = word.text[0].isdigit(), found[at - 1] if at else word
            names = number and singularise(before.text) in NUMBERED
            if _counts(found, at) or (len(word.text) == 1 and not names and word.stem not in self._stems):
                continue
            facets = facets_of({word.stem})
            weight = self._stems.get(word.stem, self._most) / self._most
            exact = names or (number and len(word.text) > 1) or at in named
            start = before.start if names else word.start
            terms.append(Term(word.text, start, word.end, self._alternatives(word), facets, exact, max(weight, 0.05)))
        return [term for term in terms if term.text not in _ADVICE] or terms

    def _alternatives(self, word: Word) -> tuple[frozenset[str], ...]:
        other = self._synonyms.get(word.text)
        same = frozenset([word.stem])
        return (same, frozenset(stems(other))) if other else (same,)

    def _intent(self, text: str, found: Sequence[Word], resolution: Resolution, terms: Sequence[Term]) -> Intent:
        if len(resolution.careers) > 1 and (_COMPARE.search(text) or not terms):
            return "compare"
        if resolution.careers and resolution.unheld and _SETS_APART.search(text):
            return "compare"
        all_day = bool({"do", "doing"} & {word.text for word in found})  # "do all day", but not "does a day look like"
        asked = [term for term in terms if term.text not in _DO and not (all_day and term.text == "day")]
        if not resolution.careers or asked:
            return "ask"
        if any(word.text in _DO for word in found) and "do" in {word.stem for word in found}:
            return "duties"
        return "overview"


def _counts(found: Sequence[Word], at: int) -> bool:
    """Whether a word says how many are wanted ("top 5 skills"): that needs no support from a guide."""
    pair = found[at - 1 : at + 1] if found[at].text[0].isdigit() else found[at : at + 2]
    return len(pair) == 2 and pair[0].text in COUNTING and pair[1].text[0].isdigit()


def _names(text: str, found: Sequence[Word]) -> set[int]:
    """The positions of words with a capital inside a sentence: names, for which nothing near stands. None where most have one."""
    capital = {at for at, word in enumerate(found) if text[word.start].isupper()}
    if len(capital) * 2 > len(found) + 1:
        return set()
    return {at for at in capital if at and text[: found[at].start].rstrip()[-1:] not in {".", "!", "?", ":"}}


def _without(text: str, used: Sequence[Word]) -> str:
    for word in used:
        text = text[: word.start] + " " * (word.end - word.start) + text[word.end :]
    return text


def _phrase_terms(text: str) -> tuple[Term, ...]:
    """Terms for phrases that ask about a facet ("get into")."""
    return tuple(
        Term(match.group(), match.start(), match.end(), (), frozenset([PHRASES[match.group().lower()]]), False, 0.5)
        for match in _PHRASE.finditer(text)
    )
