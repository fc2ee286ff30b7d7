"""A question's words as the guides write them: slips of the pen put right, short forms written out."""

import re
from collections.abc import Collection, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

from rag.text.inflection import singularise
from rag.text.roles import is_role_noun
from rag.text.words import FUNCTION_WORDS, WORD, stem, words

_SHORTEST = 4  # letters of a word that can hold a slip
_LONG = 8  # letters from which a word can hold two


class Speller:
    """Mends questions by the words of a corpus. `known` are common words that are no slips, though no guide has them; `lexicon`
    are words that people ask with; `synonyms` maps short forms to what they stand for."""

    def __init__(
        self, spoken: Collection[str], known: frozenset[str], lexicon: frozenset[str], synonyms: Mapping[str, str]
    ) -> None:
        self._words, self._known, self._synonyms = frozenset(spoken), known, dict(synonyms)
        self._stems = frozenset(map(stem, spoken))
        self._lexicon = lexicon | FUNCTION_WORDS
        self._spellings: dict[tuple[str, int], list[str]] = {}  # by first letter and length
        for word in sorted(word for word in self._words | lexicon if len(word) >= _SHORTEST and word.isalpha()):
            self._spellings.setdefault((word[0], len(word)), []).append(word)

    def mend(self, question: str) -> str:
        """A question with short forms that the corpus does not use written out, and slips of the pen put right."""
        return WORD.sub(lambda match: self._mended(match.group()), question)

    def foreign(self, question: str, names: frozenset[str]) -> str:
        """A question's words beside `names`, where they may be of another language; else "". Most are neither the guides' nor
        function words then, and one is neither a known word nor a slip of one."""
        said = [word for word in WORD.findall(question) if word.lower() not in names]
        low = [word.lower() for word in said]
        unknown = [word for word in low if word not in self._words and word not in FUNCTION_WORDS]
        strange = [word for word in unknown if not word.isascii() or not (self._is_known(word) or self._mended(word) != word)]
        enough = len(unknown) > 1 or not all(map(str.isascii, unknown))
        return " ".join(said) if strange and enough and 2 * len(unknown) > len(said) else ""

    def _mended(self, word: str) -> str:
        low = word.lower().replace("’", "'")
        if other := self._written_out(low):
            return other
        if self._is_known(low):
            return word
        slips = 1 if len(low) < _LONG else 2
        lengths = range(len(low) - slips, len(low) + slips + 1)
        options = sorted(spelling for length in lengths for spelling in self._spellings.get((low[0], length), ()))
        best = process.extractOne(low, options, scorer=OSA.distance, score_cutoff=slips)
        if best is None or (best[1] > 1 and is_role_noun(low) and not is_role_noun(best[0])):  # a radiographer is no slip
            return word
        return str(best[0])

    def _written_out(self, low: str) -> str | None:
        """What a short form stands for, where the guides have that and not the short form."""
        other = self._synonyms.get(low)
        if other is None or low in self._words:
            return None
        return other if stem(low) not in self._stems or all(stem(word) in self._stems for word in words(other)) else None

    def _is_known(self, word: str) -> bool:
        bare = word.removesuffix("'s")
        parts = re.split(r"[-/&.']", bare)
        return (
            len(bare) < _SHORTEST
            or not bare.isascii()
            or any(c.isdigit() for c in bare)
            or all(self._is_word(part) or self._is_word(singularise(part)) for part in parts if part)
        )

    def _is_word(self, word: str) -> bool:
        return word in self._words or word in self._lexicon or word in self._known
