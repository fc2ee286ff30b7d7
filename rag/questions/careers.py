"""Which careers a question names, by the names that the guides give them, and which role it names that no guide describes."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rag.datatypes import Document, Outline
from rag.questions.names import Name, Word, is_same, names_of, parted, placed, question_words
from rag.questions.topics import ASKING
from rag.text.inflection import singularise
from rag.text.roles import GENERIC_ROLES, is_role_noun
from rag.text.words import FUNCTION_WORDS, stem

# Of what a name says: two words of three name it ("science director"), two of four ("data engineer") are another role.
_ENOUGH = 0.6
_TELLING = 200  # names that share a word up to which the word tells which is meant
_ARTICLES = frozenset(["a", "an", "as", "become", "becoming", "being"])
_DOING = frozenset(["", "do", "are"])  # before those who are asked about in the plural


@dataclass(frozen=True, slots=True)
class Resolution:
    """The careers a question names in its order, the positions of the words that name them, and a role it names that is none of
    them."""

    careers: tuple[str, ...]
    used: frozenset[int]
    unheld: str | None = None


@dataclass(frozen=True, slots=True)
class _Match:
    """A name with the positions of its words in a question, and the share of what the name says that stands there."""

    name: Name
    at: frozenset[int]
    share: float

    @property
    def rank(self) -> tuple[bool, int, float, bool]:
        return self.share >= 1.0, len(self.at), self.share, self.name.title


class Careers:
    """The careers of a corpus and the names they go by; `spoken` are the words that its guides use."""

    def __init__(self, documents: Iterable[Document], outlines: Mapping[str, Outline], spoken: Collection[str] = ()) -> None:
        names: dict[tuple[str, ...], Name] = {}
        for document in documents:
            for career in outlines[document.id].careers:
                for name in names_of(document, outlines[document.id], career):
                    names.setdefault((career, *sorted(name.stems)), name)
        self._spoken = frozenset(spoken)
        self._stems = frozenset(map(stem, spoken))
        self._by_stem: dict[str, list[Name]] = {}
        for name in names.values():
            for root in {*name.stems, *name.texts}:
                self._by_stem.setdefault(root, []).append(name)
        self._by_rarest: dict[str, list[Name]] = {}
        for name in names.values():
            rarest = min(zip(name.stems, name.texts, strict=True), key=lambda pair: len(self._by_stem[pair[0]]))
            for root in set(rarest):
                self._by_rarest.setdefault(root, []).append(name)
        self.spellings = frozenset(text for name in names.values() for text in name.texts)  # "hoae" is no slip of "home"

    def named(self, text: str) -> Resolution:
        """The careers that a text names."""
        return self.resolve(question_words(text))

    def resolve(self, asked: Sequence[Word]) -> Resolution:
        """The careers that words name: by whole names, the longest first, else by most of one career's name. A word names one
        career only; a name that several careers go by names the one whose title it is, else none."""
        matches = sorted(self._matches(asked), key=lambda match: (match.rank, match.name.career), reverse=True)
        taken: set[int] = set()
        chosen: list[_Match] = []
        for match in matches:
            if (match.share < 1.0 and chosen) or match.name.career in {one.name.career for one in chosen}:
                continue
            rivals = {one.name.career.casefold() for one in matches if one.at == match.at and one.rank == match.rank}
            if match.share < 1.0:
                rivals |= {career.casefold() for career in self._ending([asked[at] for at in sorted(match.at)])}
            if match.at & taken:  # "senior baker or baker": the shorter name stands further on
                if match.share < 1.0 or not (at := placed(match.name, asked, self._spoken, taken)):
                    continue
                match = replace(match, at=at)
            taken |= match.at
            if len(rivals) == 1:
                chosen.append(match)
        chosen.sort(key=lambda match: min(match.at))
        careers = tuple(match.name.career for match in chosen)
        if not careers and not taken and (only := self._only(asked)):
            return only
        return Resolution(careers, frozenset(taken), None if careers else self._unheld(asked))

    def _only(self, asked: Sequence[Word]) -> Resolution | None:
        """The only career that is of a kind of worker asked about, if there is one: "an auditor" is a Deputy Auditor, "lorry
        drivers" are Long Haul Lorry Drivers."""
        for at, word in enumerate(asked):
            after = asked[at + 1].text if at + 1 < len(asked) else ""
            if not is_role_noun(word.text) or (after and after not in FUNCTION_WORDS and after not in ASKING):
                continue
            first = _begin(asked, at)
            if first == at and not _introduces(asked[first - 1].text if first else "", word):
                continue
            careers = self._ending(asked[first : at + 1])
            if len(careers) == 1:
                return Resolution(tuple(careers), frozenset(range(first, at + 1)))
        return None

    def _ending(self, said: Sequence[Word]) -> set[str]:
        """The careers with a name that ends in some words."""
        last = said[-1]
        names = (name for key in {last.stem, stem(singularise(last.text))} for name in self._by_stem.get(key, ()))
        return {name.career for name in names if _ends(name, said)}

    def _matches(self, asked: Sequence[Word]) -> list[_Match]:
        """How the names whose rarest word a question has stand in it wholly and, where none does, how those that share a telling
        word with it stand in it for the most part."""
        keys = {key for word in asked for key in (word.stem, singularise(word.text))}
        whole = {id(name): name for key in keys for name in self._by_rarest.get(key, ())}
        found = [_Match(name, at, 1.0) for name in whole.values() if (at := placed(name, asked, self._spoken))]
        if found:
            return found
        telling = (self._by_stem[key] for key in keys if len(self._by_stem.get(key, ())) in range(1, _TELLING))
        some = {id(name): name for names in telling for name in names if not name.initials}
        return [part for name in some.values() if (part := self._part(name, asked))]

    def _part(self, name: Name, asked: Sequence[Word]) -> _Match | None:
        """Most of a name side by side in a question, its rare words weighing more, with no word before it that makes another role
        of it ("veterinary nurse"); else None."""
        found: dict[int, int] = {}
        for at, word in enumerate(asked):
            part = next((i for i, one in enumerate(zip(name.texts, name.stems, strict=True)) if is_same(word, *one)), None)
            if part is not None and part not in found.values():
                found[at] = part
        if not found or max(found) - min(found) > len(name.stems) or parted(name, asked, found):
            return None
        weights = [1 / math.log2(2 + len(self._by_stem.get(root, ()))) for root in name.stems]
        share = sum(weights[part] for part in found.values()) / sum(weights)
        before = asked[min(found) - 1] if min(found) else None
        other = before is not None and _modifies(before) and before.stem not in self._stems
        return None if share < _ENOUGH or other else _Match(name, frozenset(found), min(share, 0.99))

    def _unheld(self, asked: Sequence[Word]) -> str | None:
        """The first role a question asks about, as it is named there: a noun for a worker after an article or "become", before
        what is asked of it ("joiner pay"), or alone."""
        for at, word in enumerate(asked):
            if not is_role_noun(word.text) or singularise(word.text) in GENERIC_ROLES:
                continue
            first = _begin(asked, at)
            if (first == at and stem(singularise(word.text)) in self._by_stem) or self._ending(asked[first : at + 1]):
                continue  # part of a name that some guide describes
            before = asked[first - 1].text if first else ""
            after = asked[at + 1].text if at + 1 < len(asked) else ""
            if _introduces(before, word) or (not first and (after in ASKING or not after)):
                return " ".join(one.text for one in asked[first : _end(asked, at)])
        return None


def _begin(asked: Sequence[Word], at: int) -> int:
    """Where the name of a role begins: at the first of the words before its noun that modify it."""
    while at and _modifies(asked[at - 1]):
        at -= 1
    return at


def _end(asked: Sequence[Word], at: int) -> int:
    """Where the name of a role ends: behind its last noun for one worker; the first may modify it ("a lead data engineer")."""
    end = at + 1
    for later in range(end, len(asked)):
        if not _modifies(asked[later]):
            break
        if is_role_noun(asked[later].text) and singularise(asked[later].text) == asked[later].text:
            end = later + 1
    return end


def _ends(name: Name, said: Sequence[Word]) -> bool:
    """Whether a name ends in some words, whatever their form."""
    last = list(zip(name.texts, name.stems, strict=True))[-len(said) :]
    return len(last) == len(said) and all(is_same(word, *one) for word, one in zip(said, last, strict=True))


def _introduces(before: str, role: Word) -> bool:
    """Whether a word, or none, stands before a role as it does before one that is asked about: "an auditor", "do auditors"."""
    return before in _ARTICLES or (before in _DOING and singularise(role.text) != role.text)


def _modifies(word: Word) -> bool:
    """Whether a word may modify a role's name: one that is no function word, no number and no part of what is asked."""
    return word.text not in FUNCTION_WORDS and word.text not in ASKING and not word.text[0].isdigit()
