"""What a question asks for that the guides don't have: the words that what comes nearest never says and without which it would be
likelier to answer, and the place or year that it speaks of instead."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from rag.answers.chances import Chances, Weigher
from rag.answers.citation import dated
from rag.answers.draft import Draft
from rag.answers.evidence import Evidence
from rag.answers.nearness import MOST
from rag.answers.partly import partly
from rag.answers.wording import counted, say
from rag.datatypes import Encoding, Floats
from rag.guides.passages import own_path
from rag.index.index import Index
from rag.questions.entities import Entity, EntityFit, Kind
from rag.questions.names import Word, question_words
from rag.questions.question import Question
from rag.questions.topics import TOPIC_STEMS
from rag.reply import Partial
from rag.retrieval.search import Found, Retriever
from rag.text.words import FUNCTION_WORDS, stem, stems

# By so many logits an answer gets likelier without words that matter. Of what is left blank of 1,542 judged questions of sets c
# and h something is named to 113, 103 of them without an answer (places and years to 20, 19 of them without), and to none of what
# is answered. "The States", in a guide to the US, makes no difference.
LEAP = 1.5
_READ = 2  # passages that are weighed again: those that come nearest
_MOST_RUNS = 2  # of words that are tried: each costs some 18 ms
_MOST_GIVEN = 3  # places or years that are named before the rest are counted

Run = tuple[list[Word], Kind | None]  # words that follow each other, and what they name


@dataclass(frozen=True, slots=True)
class Lack:
    """Words of a question that what comes nearest doesn't say, what they name if anything, the chance of an answer without
    them, and how much more that is, in logits."""

    asked: str
    kind: Kind | None
    chance: float
    leap: float


class Lacking:
    """Says of a draft what its question asks for that the guides don't have. Without `entities`, what tells places and years, it
    names words only."""

    def __init__(self, index: Index, weigher: Weigher, retriever: Retriever, entities: EntityFit | None) -> None:
        self._index, self._weigher, self._retriever, self._entities = index, weigher, retriever, entities

    def noted(self, draft: Draft, question: Question, found: Found, evidence: Sequence[Evidence], chances: Chances) -> Draft:
        """A draft with what its question asks for and the guides lack: beside quotes, which answer, only a place or a year."""
        if not evidence or draft.cause == "role" or question.compares:
            return draft
        near = [evidence[at] for at in chances.order[:MOST]]
        runs = self._unsaid(question, found, near, names_only=draft.status == "answered")
        lack = self._lack(question, near[:_READ], runs, chances.answerable)
        if lack is None or lack.leap < LEAP or (draft.cause == "far" and lack.chance < self._weigher.fit.unsure):
            return draft
        # Of figures whose heading says what they are of, less has to be known than of a passage that names places.
        fit = self._weigher.fit
        least = fit.unsure if dated(near[0].group) else fit.threshold
        if lack.kind and lack.chance >= least and (given := self._given(lack.kind, near[0])):
            return _partly(draft, Partial(lack.asked, given))
        if draft.status == "answered" or not draft.nearest:
            return draft
        lacking = say("lacking", "words", asked=lack.asked)
        return replace(draft, message=f"{draft.message} {lacking}")

    def _unsaid(self, question: Question, found: Found, near: Sequence[Evidence], names_only: bool) -> list[Run]:
        """The names of places and years in a question that no passage of some evidence says nor the headings over it, the rarest
        first; then, unless only names are wanted, the runs of its other words that their guides don't say at all. The words of
        its careers and topics are left out."""
        asked, entities = question_words(question.text), self._entities_of(question, found)
        known = TOPIC_STEMS.union(stems(" ".join([*question.careers, question.unheld or ""])))
        texts = [" ".join([*one.group.path, *map(one.group.text, one.positions)]) for one in near]
        names: list[Run] = []
        for entity in entities:
            its = [word for word in asked if entity.start <= word.start < entity.end]
            if any(word.stem not in known and not _is_said(word, texts) for word in its):
                names.append((its, entity.kind))
        runs = sorted(names, key=lambda run: -self._rarity(found, run[0]))
        if not names_only:
            guides = {one.group.document.id: one.group.document.text for one in near}.values()
            others = _other_runs(asked, entities, known, [*texts, *guides])
            runs += sorted(((run, None) for run in others), key=lambda run: -self._rarity(found, run[0]))
        return runs[:_MOST_RUNS]

    def _rarity(self, found: Found, run: Sequence[Word]) -> float:
        """How rare the rarest token of some words is in the guides."""
        _, starts = _tokens(found.encoding, found.start)
        ids = found.encoding.ids[(starts >= run[0].start) & (starts < run[-1].end)]
        return float(self._index.store.idf(ids).max(initial=0.0))

    def _entities_of(self, question: Question, found: Found) -> list[Entity]:
        if self._entities is None:
            return []
        return self._entities.entities(question.text, *_tokens(found.encoding, found.start))

    def _lack(self, question: Question, near: Sequence[Evidence], runs: Sequence[Run], chance: float) -> Lack | None:
        """Of some runs of words that without which a question is likeliest to be answered, which it is with a chance; None where
        there are none."""
        tried = [
            (self._chance(replace(question, text=rest), near), run, kind)
            for run, kind in runs
            if question_words(rest := _without(question.text, run))
        ]
        if not tried:
            return None
        without, run, kind = max(tried, key=itemgetter(0))
        return Lack(question.text[run[0].start : run[-1].end], kind, without, _logit(without) - _logit(chance))

    def _chance(self, question: Question, near: Sequence[Evidence]) -> float:
        """How likely another question is answered by some evidence, as if that were all there is."""
        groups = {one.hit.row: one.group for one in near}
        found = self._retriever.find(question.text, question.earlier, np.array(sorted(groups), dtype=np.int64))
        return self._weigher.weigh(question, found, [Evidence(hit, groups[hit.row]) for hit in found.hits]).answerable

    def _given(self, kind: Kind, one: Evidence) -> str:
        """The places or years that a passage speaks of: what stands in brackets in its heading, else those that it names, else
        those that its headings name; "" where there are none."""
        assert self._entities
        path = ": ".join(own_path(one.group.path, one.group.career))
        above = self._entities.entities(path, *_tokens(self._retriever.query(path).encoding))
        aside = dated(one.group)
        if aside and any(entity.kind == kind and entity.text in aside for entity in above):
            return aside
        tokens = self._index.store.tokens_of(one.hit.row)
        passage = one.group.document.text[one.passage.start : one.passage.end]
        within = self._entities.entities(passage, tokens.states, tokens.starts)
        for entities in (within, above):
            if names := list(dict.fromkeys(entity.text for entity in entities if entity.kind == kind)):
                return counted(names, _MOST_GIVEN)
        return ""


def _partly(draft: Draft, partial: Partial) -> Draft:
    """A draft that says what was asked for and what is given instead: above its quotes, or above what came nearest."""
    if draft.status == "answered":
        said = tuple(remark for remark in draft.remarks if remark != say("remarks", "dated", date=partial.given))
        return replace(draft, partial=partial, remarks=said)
    message = partly(partial, draft.nearest[0].text)
    return replace(draft, partial=partial, cause="near", message=message)


def _tokens(encoding: Encoding, start: int = 0) -> tuple[Floats, NDArray[np.int64]]:
    """The token states of an encoding (n, d), and where each begins in what stands from `start` on in its text (n,)."""
    return encoding.tokens, encoding.spans[:, 0].astype(np.int64) - start


def _without(text: str, run: Sequence[Word]) -> str:
    """A question without a run of its words and the grammar that leads in to it ("in the")."""
    before = question_words(text[: run[0].start])
    while before and before[-1].text in FUNCTION_WORDS:
        before.pop()
    return text[: before[-1].end if before else 0] + text[run[-1].end :]


def _other_runs(
    asked: Sequence[Word], entities: Sequence[Entity], known: frozenset[str], texts: Sequence[str]
) -> list[list[Word]]:
    """The words of a question beside its names of places and years that no text says, those that follow each other together."""
    runs: list[list[Word]] = []
    before = -1
    for at, word in enumerate(asked):
        named = any(entity.start <= word.start < entity.end for entity in entities)
        if named or word.text in FUNCTION_WORDS or word.stem in known or _is_said(word, texts):
            continue
        if before == at - 1 and runs:
            runs[-1].append(word)
        else:
            runs.append([word])
        before = at
    return runs


def _is_said(word: Word, texts: Iterable[str]) -> bool:
    """Whether a text has a word, in any of its forms."""
    alike = re.compile(rf"\b{re.escape(word.text[:3])}\w*", re.IGNORECASE)
    return any(stem(match.group().lower()) == word.stem for text in texts for match in alike.finditer(text))


def _logit(chance: float) -> float:
    bounded = min(max(chance, 1e-6), 1 - 1e-6)
    return float(np.log(bounded / (1 - bounded)))
