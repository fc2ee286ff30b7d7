"""Which careers a question names, by their titles and other names, and which role it names that the corpus does not hold."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from rag.datatypes import Document, Outline
from rag.questions.names import Match, Name, Word, match_name, modifies, names_of
from rag.questions.topics import FACETS
from rag.text.inflection import singularise
from rag.text.roles import ROLE_NOUNS, is_role_noun
from rag.text.words import stem, words

_SOME = 0.25  # share of the documents that describe careers from which a corpus is one of careers
_LONGEST = 3  # words that a role's name goes on for after its first role noun
_OWN = frozenset(["my", "your", "our", "their", "his", "her", "other", "with", "team", "teams", "group", "of"])
_VERBS_TOO = frozenset(["lead", "leads", "head", "heads", "host", "hosts", "partner", "coach", "judge", "guard"])
_ROLE_AFTER = frozenset(["a", "an", "as", "being", "become", "becoming"])
_BEFORE_ROLE = frozenset(["of", "for", "as", "being", "become", "becoming"])
_PLURAL_AFTER = frozenset(["", "do", "are", "for", "of", "most"])
_BEFORE_VERB = frozenset(["it", "to", "could", "can", "will", "would", "might", "may", "should", "does", "do", "they", "that"])
_FACET_TERMS = frozenset().union(*(facet.terms for facet in FACETS.values()))


@dataclass(frozen=True, slots=True)
class Resolution:
    """The careers a question names in its order, the positions of the words that name them, and a role it names beside them."""

    careers: tuple[str, ...]
    used: frozenset[int]
    unheld: str | None = None
    unheld_at: frozenset[int] = frozenset()


def are_guides(outlines: Collection[Outline]) -> bool:
    """Whether documents are guides to careers, and not texts of which one or the other may look like such a guide."""
    return sum(bool(outline.careers) for outline in outlines) >= _SOME * len(outlines)


class Careers:
    """The careers of a corpus and the names they go by; `spoken` gives the stems of a document's words."""

    def __init__(
        self,
        documents: Iterable[Document],
        outlines: dict[str, Outline],
        spoken: Callable[[Document], frozenset[str]] = lambda document: frozenset(map(stem, words(document.text))),
    ) -> None:
        self._guides = are_guides(outlines.values())
        self.titles: dict[str, str] = {}  # career to the first document that describes it
        names: dict[tuple[str, ...], Name] = {}
        for document in documents:
            result = outlines[document.id]
            its_stems = spoken(document) if result.careers else frozenset()
            for career in result.careers:
                self.titles.setdefault(career, document.id)
                for name in names_of(document, result, career, its_stems):
                    names.setdefault((career, *name.stems), name)
        self._names = tuple(names.values())
        self.spellings = frozenset(text for name in self._names for text in name.texts)  # "hoae" is no slip of "home"
        self._by_word: dict[str, list[Name]] = {}
        for name in self._names:
            for word in {*name.stems, *name.texts}:
                self._by_word.setdefault(word, []).append(name)
        self._heads: dict[str, set[str]] = {}
        for name in self._names:
            for text in name.stems:
                self._heads.setdefault(text, set()).add(name.career)
        self._topics = frozenset(stem(word) for document in documents for word in words(document.title))

    def resolve(self, words_: Sequence[Word]) -> Resolution:
        """The careers that words name, longest and fullest names first; a word names one career only."""
        shared = {
            id(name): name
            for word in words_
            for key in (word.stem, singularise(word.text))
            for name in self._by_word.get(key, ())
        }
        standing: dict[tuple[str, str, bool], list[int]] = {}
        matches = [match for name in shared.values() if (match := match_name(name, words_, standing))]
        matches.sort(key=lambda match: (-(match.coverage == 1), -len(match.at), -match.coverage, match.name.career))
        taken: set[int] = set()
        chosen: list[Match] = []
        for match in matches:
            if not match.at & taken and all(match.name.career != other.name.career for other in chosen):
                chosen.append(match)
                taken |= match.at
        chosen.sort(key=lambda match: min(match.at))
        careers = tuple(match.name.career for match in chosen)
        found = Resolution(careers, frozenset(taken))
        return self._unheld(words_, found) if self._guides else found

    def nearest(self, mention: str, limit: int = 3, among: Collection[str] | None = None) -> list[str]:
        """Careers, of those among whom it is asked, whose titles share most with a role's name, best first; those that share
        nothing are left out."""
        wanted = {stem(word) for word in words(mention)}
        scored: dict[str, float] = {}
        for name in (name for word in wanted for name in self._by_word.get(word, ())):
            if among is not None and name.career not in among:
                continue
            share = len(wanted & set(name.stems)) / len(name.stems)
            scored[name.career] = max(share, scored.get(name.career, 0.0))
        return [career for career, score in sorted(scored.items(), key=lambda pair: (-pair[1], pair[0])) if score > 0][:limit]

    def _unheld(self, words_: Sequence[Word], found: Resolution) -> Resolution:
        """The resolution with what bare role nouns ("hygienist") alone name, and the first role that no career answers to."""
        careers, used = list(found.careers), set(found.used)
        for at, word in enumerate(words_):
            if at in found.used or not is_role_noun(word.text) or _is_other(words_, at):
                continue
            if at - 1 in found.used and word.text in _VERBS_TOO:
                continue
            first, last = _phrase(words_, at, found.used)
            holders = self._heads.get(stem(singularise(word.text)), set()) if last == at else set()
            if len(holders) > 1 or not all(self._is_state(before, holders) for before in words_[first:at]):
                holders = holders if first == at else set()
            if len(holders) == 1 and not found.careers:
                careers += [career for career in holders if career not in careers]
                used.add(at)
            elif not holders and self._is_subject(words_, first, at):
                mention = " ".join(word.text for word in words_[first : last + 1])
                return Resolution(tuple(careers), frozenset(used), mention, frozenset(range(first, last + 1)))
        span = () if careers else self._strange(words_)
        strange = " ".join(words_[at].text for at in span) or None
        return Resolution(tuple(careers), frozenset(used), strange, frozenset(span))

    def _is_state(self, word: Word, holders: Collection[str]) -> bool:
        """Whether a word before a role noun says what state its holder is in ("certified"), in a word the career's guide uses;
        any other word may make another role of it ("data developer")."""
        spoken = any(word.stem in name.spoken for name in self._names if name.career in holders)
        return spoken and word.text.endswith("ed")

    def _strange(self, words_: Sequence[Word]) -> range | tuple[int, ...]:
        """Where a word that no guide uses stands like a role ("career path of an actuary"), with what modifies it."""
        for at, word in enumerate(words_[:-2]):
            if word.text in _BEFORE_ROLE and words_[at + 1].text in {"a", "an"}:
                last = at + 2
                while last + 1 < len(words_) and modifies(words_[last + 1]) and last < at + 4:
                    last += 1
                if modifies(words_[last]) and not any(words_[last].stem in name.spoken for name in self._names):
                    return range(at + 2, last + 1)
        return ()

    def _is_subject(self, words_: Sequence[Word], first: int, at: int) -> bool:
        """Whether a noun phrase that ends in a role noun is a role asked about. What is only formed like a role ("Denver") must
        stand like one: after an article or "become", or in the plural, or before what is asked of it ("joiner pay")."""
        if first == at and stem(singularise(words_[at].text)) in self._topics:
            return False
        if singularise(words_[at].text) in ROLE_NOUNS:
            return True
        before = words_[first - 1].text if first else ""
        after = words_[at + 1].text if at + 1 < len(words_) else ""
        plural = singularise(words_[at].text) != words_[at].text and before in _PLURAL_AFTER
        return before in _ROLE_AFTER or plural or after in _FACET_TERMS or singularise(after) in {"job", "career"}


def _phrase(words_: Sequence[Word], at: int, used: Collection[int]) -> tuple[int, int]:
    """The first and last word of the noun phrase around a role noun: what modifies it, and what makes another role of it, as in
    "chief data officer" and "head of marketing"."""
    last = at
    after = at + 2 if at + 2 < len(words_) and words_[at + 1].text == "of" else at + 1
    end = after
    while end < len(words_) and end not in used and end < after + _LONGEST and modifies(words_[end]):
        end += 1
        if after > at + 1 or is_role_noun(words_[end - 1].text):
            last = end - 1
    return _first(words_, at, used), last


def _first(words_: Sequence[Word], at: int, used: Collection[int] = ()) -> int:
    """The first of the words before a role noun that modify it, else its own position."""
    while at and at - 1 not in used and modifies(words_[at - 1]):
        at -= 1
    return at


def _is_other(words_: Sequence[Word], at: int) -> bool:
    """Whether a role noun stands for people the asked one deals with ("leading data scientists", "my manager")."""
    first = _first(words_, at)
    before = words_[first - 1].text if first else ""
    if first == at and words_[at].text in _VERBS_TOO and before in _BEFORE_VERB:
        return True
    doing = any(words_[i].text.endswith("ing") for i in range(first, at)) and before not in {"a", "an", "the", "as", "of", "for"}
    return before in _OWN - {"of"} or (doing and before not in {"", "does", "do"})
