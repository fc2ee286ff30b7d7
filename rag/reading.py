"""How a question is read: mended words, the careers it names, and the terms an answer has to account for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import process
from rapidfuzz.distance import OSA

from rag.careers import Careers, Resolution, Word, question_words
from rag.lexicon import FACETS, GENERIC_ROLES, LIGHT_WORDS, PHRASES, facets_of
from rag.roles import singularise
from rag.text import FUNCTION_WORDS, WORD, stem, stems, words

Intent = Literal["overview", "duties", "compare", "ask"]
_COMPARE = re.compile(
    r"\b(?:differ\w*|compar\w*|versus|vs\.?|contrast|distinguish\w*|distinction|between|better|similar\w*|same as|or)\b",
    re.IGNORECASE,
)
_PHRASE = re.compile(rf"\b(?:{'|'.join(PHRASES)})\b", re.IGNORECASE)
_ASKED = frozenset().union(*(facet.terms for facet in FACETS.values())) - frozenset(["do", "does", "doing"])
_DO = frozenset(["do", "does", "doing", "busy"])


@dataclass(frozen=True, slots=True)
class Term:
    """A word or number of a question that an answer has to account for.

    `alternatives` are stems any of which, all present, say the same; `facets` what it asks about; `exact` (a number) admits
    no near match. `start:end` lies in the reading's text. `weight` is how rare it is, in (0, 1].
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
    """A question as read: `text` has its words mended; `terms` are what is left beside the careers it names.

    `named` spans the words of `text` that name careers; `unheld` is a role named that the corpus does not describe.
    """

    question: str
    text: str
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
        self._spellings = sorted(word for word in self._words | lexicon if len(word) > 3 and word.isalpha())
        self._lexicon = lexicon | FUNCTION_WORDS | GENERIC_ROLES

    def read(self, question: str) -> Reading:
        """A question to its reading."""
        text = self.mend(question)
        found = question_words(text)
        resolution = self._careers.resolve(found)
        terms = (*self._terms(found, resolution), *_phrase_terms(text))
        facets = frozenset().union(*(term.facets for term in terms)) if terms else frozenset()
        unheld = frozenset(found[at].stem for at in resolution.unheld_at)
        intent = self._intent(text, found, resolution, terms)
        used = [found[at] for at in sorted(resolution.used)]
        named = (used[0].start, used[-1].end) if used else None
        return Reading(question, text, tuple(found), resolution.careers, named, resolution.unheld, unheld, terms, facets, intent)

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
        cutoff = 1 if len(low) < 6 else 2
        options = [spelling for spelling in self._spellings if spelling[0] == low[0] and abs(len(spelling) - len(low)) <= cutoff]
        best = process.extractOne(low, options, scorer=OSA.distance, score_cutoff=cutoff)
        return best[0] if best else word

    def _is_known(self, word: str) -> bool:
        bare = word.removesuffix("'s")
        parts = re.split(r"[-/&.']", bare)
        return (
            len(bare) < 4
            or not bare.isascii()
            or any(c.isdigit() for c in bare)
            or all(
                part in self._words or part in self._lexicon or part in self._known or stem(part) in self._stems
                for part in parts
                if part
            )
        )

    def _terms(self, found: Sequence[Word], resolution: Resolution) -> list[Term]:
        terms = []
        for at, word in enumerate(found):
            if at in resolution.used or word.text in FUNCTION_WORDS or singularise(word.text) in GENERIC_ROLES:
                continue
            if (word.text in LIGHT_WORDS and word.text not in _ASKED) or (len(word.text) == 1 and word.stem not in self._stems):
                continue
            facets = facets_of({word.stem})
            weight = self._stems.get(word.stem, self._most) / self._most
            exact = word.text[0].isdigit() and len(word.text) > 1
            terms.append(Term(word.text, word.start, word.end, self._alternatives(word), facets, exact, max(weight, 0.05)))
        return terms

    def _alternatives(self, word: Word) -> tuple[frozenset[str], ...]:
        other = self._synonyms.get(word.text)
        same = frozenset([word.stem])
        return (same, frozenset(stems(other))) if other else (same,)

    def _intent(self, text: str, found: Sequence[Word], resolution: Resolution, terms: Sequence[Term]) -> Intent:
        if len(resolution.careers) > 1 and (_COMPARE.search(text) or not terms):
            return "compare"
        asked = [term for term in terms if term.text not in _DO]
        if not resolution.careers or asked:
            return "ask"
        if any(word.text in _DO for word in found) and "do" in {word.stem for word in found}:
            return "duties"
        return "overview"


def _phrase_terms(text: str) -> tuple[Term, ...]:
    """Terms for phrases that ask about a facet ("get into")."""
    return tuple(
        Term(match.group(), match.start(), match.end(), (), frozenset([PHRASES[match.group().lower()]]), False, 0.5)
        for match in _PHRASE.finditer(text)
    )
