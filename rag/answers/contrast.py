"""Where the guides themselves set careers apart, or say what they have in common."""

import re
from collections.abc import Sequence

from rag.answers.spans import Pick, whole_list
from rag.answers.support import Support
from rag.text.inflection import singularise
from rag.text.roles import head_noun
from rag.text.words import words

_CONTRAST = re.compile(
    r"\b(?:differ\w*|distinct\w*|unlike|whereas|while|contrast\w*|compared?|rather than|in common|similar\w*|main difference)\b",
    re.IGNORECASE,
)
_LIKENESS = re.compile(r"\b(?:common|similar\w*|alike|shared?|overlap\w*|intersection)\b", re.IGNORECASE)


def contrast(careers: Sequence[str], supports: Sequence[Support], all_careers: Sequence[str], question: str) -> Pick | None:
    """The sentence nearest to a question that speaks of all its careers at once and of how they differ or agree, or the list it
    leads in to; under a heading that says so, its whole paragraph. A sentence of a career whose own text is about them all
    need not name them again. Where a question is about what they have in common, so must the sentence be."""
    wanted = _LIKENESS if _LIKENESS.search(question) else _CONTRAST
    titles = [frozenset(map(singularise, words(career))) for career in careers]
    named = _told_apart(careers, all_careers) or titles
    common = {one.hit.passage.career for one in supports if _names_all(" ".join(map(one.text, range(len(one.units)))), titles)}
    found = [
        _picked(support, at)
        for support in supports
        for at, unit in enumerate(support.units)
        if unit.kind in ("sentence", "lead")
        and wanted.search(f"{support.hit.passage.heading} {support.text(at)}")
        and (support.hit.passage.career in common - set(careers) or _names_all(support.text(at), named))
    ]
    if wanted is _LIKENESS:  # first what says so itself, a list of it before a sentence
        return max(found, key=lambda one: (_says(one, wanted), len(one.units) > 1, one.score), default=None)
    return max(found, key=lambda one: (not _says(one, _LIKENESS), one.score), default=None)


def _says(one: Pick, wanted: re.Pattern[str]) -> bool:
    return any(wanted.search(one.support.text(at)) for at in one.units)


def _picked(support: Support, at: int) -> Pick:
    told = bool(_CONTRAST.search(support.hit.passage.heading))
    return Pick(support, whole_list(support, at) if told else (at, *support.children(at)), float(support.dense[at]))


def _told_apart(careers: Sequence[str], all_careers: Sequence[str]) -> list[frozenset[str]]:
    """The head nouns of careers where each alone says which of the corpus is meant ("the dispatcher"), else none."""
    heads = [singularise(head_noun(words(career))) for career in all_careers]
    own = [singularise(head_noun(words(career))) for career in careers]
    return [frozenset([head]) for head in own] if all(heads.count(head) == 1 for head in own) else []


def _names_all(text: str, wanted: Sequence[frozenset[str]]) -> bool:
    held = frozenset(map(singularise, words(text)))
    return all(one <= held for one in wanted)
