"""A question to an answer in the guides' words, or to an abstention with its cause."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from rag.answers.abstention import abstain, decline, greet
from rag.answers.bases import base_of
from rag.answers.calibration import Calibration, features, names_unheld
from rag.answers.citation import Quote, cite, quotes, remarks
from rag.answers.comparison import Comparisons, table
from rag.answers.outcomes import Outcome, unclear
from rag.answers.scopes import Scope, Scopes
from rag.answers.scoring import unit_scores
from rag.answers.spans import Pick, pick, restated
from rag.answers.support import Support, Weigher
from rag.datatypes import Answer, Confidence, Encoder, Hit, Related, Turn
from rag.guides.passages import own_path
from rag.index.index import Index
from rag.questions.careers import Careers
from rag.questions.checking import check_question
from rag.questions.conversation import standalone
from rag.questions.question import Reader, Reading
from rag.questions.topics import FACETS, GREETINGS
from rag.retrieval.search import Retriever
from rag.text.cleaning import clean
from rag.text.language import language_of
from rag.text.words import stem, words
from rag.weakmethods import weakly

_HITS = 12  # groups weighed unit by unit
_READINGS = 4
_FEW = 4  # words of a question that may say nothing at all ("and the other one?")


class Assistant:
    """Answers questions from one index."""

    def __init__(
        self, index: Index, encoder: Encoder, known: frozenset[str], synonyms: Mapping[str, str], calibration: Calibration
    ) -> None:
        self._index, self._calibration = index, calibration
        self._english = all(document.language == "en" for document in index.documents.values())
        rows = {id: row for row, id in enumerate(index.documents)}
        self._careers = Careers(
            index.documents.values(), index.outlines, lambda document: index.vocabulary.stems(rows[document.id])
        )
        spoken = {part for word in index.vocabulary.words for part in (word, *re.split(r"[-/]", word)) if part}
        self._reader = Reader(self._careers, {word: index.store.lexical.idf(stem(word)) for word in spoken}, known, synonyms)
        self._retriever, self._weigher = Retriever(index.store, encoder), Weigher(index)
        self._scopes = Scopes(index, weakly(self._answered_from))
        self._comparisons = Comparisons(self._reader, weakly(self._decided), weakly(self._contrasting))

    def ask(self, question: str, history: Sequence[Turn] = (), documents: Sequence[str] | None = None) -> Answer:
        """A question, with the conversation's earlier ones and the documents it may draw on, to its answer.

        Raises QuestionError for what is empty or too long once cleaned."""
        asked, scope = check_question(question), self._scopes.of(documents)
        if _is_greeting(asked):
            return self._dress(asked, asked, greet(scope), None, scope)
        reading, earlier = self._read(asked, history)
        language = self._language(reading)
        outcome = decline(language) if language else self._decide_in_conversation(reading, earlier, scope)
        return self._dress(asked, reading.question, outcome, reading, scope)

    def weighed(self, question: str, history: Sequence[Turn] = ()) -> tuple[Reading, list[Support]]:
        """How a question is read, and the groups that bear on it: what weights and calibration are fitted on. There are none for
        a question that is answered without weighing (what a career is, a comparison)."""
        scope = self._scopes.of(None)
        reading = scope.profiles.placed(self._read(check_question(question), history)[0])
        return reading, self._weighed(reading, scope) if reading.intent == "ask" else []

    def consider(self, question: str, history: Sequence[Turn] = ()) -> tuple[Reading, Pick | None]:
        """How a question is read, and what would answer it were it answered."""
        reading, supports = self.weighed(question, history)
        return reading, next(iter(pick(reading, supports)), None)

    def suggestions(self, limit: int = 4) -> tuple[Related, ...]:
        """Questions to begin with, each checked to have an answer."""
        return self._scopes.of(None).offers.openers(limit)

    def search(self, question: str, k: int = 10) -> list[Hit]:
        """The best `k` hits for a question, over all guides, as answers are drawn from."""
        return self._retriever.search(self._retriever.query(self._reader.read(question).text), k)

    def sentences(self, question: str, k: int = 3) -> list[str]:
        """The `k` best sentences, items or rows for a question, over all guides, whether or not it would be answered."""
        reading = self._reader.read(question)
        supports = self._supports(reading, reading.residual, self._scopes.of(None), ())
        scored = [
            (-float(score), row, at)
            for row, support in enumerate(supports)
            for at, score in enumerate(unit_scores(reading, support))
        ]
        return [supports[row].text(at) for _, row, at in sorted(scored)[:k]]

    def _read(self, asked: str, history: Sequence[Turn]) -> tuple[Reading, list[Reading]]:
        """A question as it reads in its conversation, and the readings of the conversation's earlier ones."""
        earlier: list[Reading] = []
        for turn in history:
            earlier.append(self._reader.read(standalone(clean(turn.question), earlier, self._reader)))
        return self._reader.read(standalone(asked, earlier, self._reader)), earlier

    def _answered_from(self, question: str, documents: Collection[str] | None) -> str | None:
        """The section that a question's answer begins in, by its headings below its career's or the title, or None where it has
        no answer."""
        outcome = self._decided(self._reader.read(question), self._scopes.of(documents))
        if outcome.status != "answered":
            return None
        passage = outcome.quotes[0].passage
        return " › ".join(own_path(passage.path, passage.career)[1:])

    def _language(self, reading: Reading) -> str | None:
        """The language of a question that is not in the guides', where they are all in English."""
        strange = self._reader.strange(reading) if self._english else ""
        return language_of(strange) if strange else None

    def _decide_in_conversation(self, reading: Reading, earlier: Sequence[Reading], scope: Scope) -> Outcome:
        """A full question that names no career is first put to the career talked of, then to all guides."""
        talked = next((one.careers[-1] for one in reversed(earlier) if one.careers), None)
        if talked and reading.terms and not reading.careers and not reading.unheld:
            outcome = self._decided(replace(reading, careers=(talked,)), scope)
            if outcome.status == "answered":
                return outcome
        return self._decided(reading, scope)

    def _decided(self, reading: Reading, scope: Scope) -> Outcome:
        if reading.intent == "compare":
            told = None if reading.unheld else self._comparisons.of(reading, scope)
            return told or abstain(reading, None, None, scope, self._careers)
        if reading.intent in ("overview", "duties") and (told := _describe(reading, scope)):
            return told
        if not (reading.terms or reading.careers or reading.unheld) and len(reading.words) <= _FEW:
            return unclear(None, scope.offers.openers(_READINGS))
        if bare := self._bare(reading, scope):
            return bare
        placed = scope.profiles.placed(reading)
        picks = pick(placed, self._weighed(placed, scope))
        if not picks:
            return abstain(reading, None, None, scope, self._careers)
        value = self._calibration.probability(features(placed, picks[0]))
        if value < self._calibration.threshold or not names_unheld(reading, picks[0]):
            return abstain(reading, value, picks[0], scope, self._careers)
        if choices := _choices(reading, picks, scope):
            return unclear(value, choices)
        chosen = [picks[0], *restated(picks)]
        base = base_of(picks[0], scope.profiles)
        found = (*(quote for one in chosen for quote in quotes(one)), *([base] if base else []))
        return Outcome("answered", value, found, remarks(chosen, " ".join(q.document.text[q.start : q.end] for q in found)))

    def _weighed(self, reading: Reading, scope: Scope) -> list[Support]:
        return self._supports(reading, reading.residual, scope, reading.careers)

    def _contrasting(self, reading: Reading, scope: Scope) -> list[Support]:
        return self._supports(reading, reading.text, scope, ())

    def _supports(self, reading: Reading, text: str, scope: Scope, careers: Sequence[str]) -> list[Support]:
        """The support for a reading from the groups found for a text in the passages about some careers, or any."""
        query = self._retriever.query(text)
        return self._weigher.weigh(reading, query, self._retriever.search(query, _HITS, self._scopes.rows(scope, careers)))

    def _bare(self, reading: Reading, scope: Scope) -> Outcome | None:
        """Careers to pick from where all a question says is a word of their titles ("dental")."""
        if reading.careers or reading.unheld or len(reading.terms) != 1 or reading.facets or len(reading.words) > 3:
            return None
        near = self._careers.nearest(reading.terms[0].text, among=frozenset(scope.profiles.careers))
        offered = scope.offers.about(near)
        return unclear(None, offered) if len(offered) > 1 else None

    def _dress(self, asked: str, alone: str, outcome: Outcome, reading: Reading | None, scope: Scope) -> Answer:
        text, segments, citations = cite(outcome.quotes)
        if reading and not reading.careers and outcome.quotes and (career := outcome.quotes[0].passage.career):
            reading = replace(reading, careers=(career,))
        related = outcome.readings or scope.offers.next(reading, outcome.status == "answered")
        return Answer(
            status=outcome.status,
            question=asked,
            standalone=alone,
            index=self._index.info,
            confidence=self._confidence(outcome.confidence),
            text=text,
            segments=segments,
            citations=citations,
            message=outcome.message,
            cause=outcome.cause,
            remarks=outcome.remarks,
            related=related,
            comparison=table(outcome, self._careers.titles),
            basis=outcome.basis,
        )

    def _confidence(self, value: float | None) -> Confidence | None:
        calibration = self._calibration
        return None if value is None else Confidence(round(value, 4), calibration.threshold, calibration.id)


def _describe(reading: Reading, scope: Scope) -> Outcome | None:
    """The opening words about each career named and, where it is asked what they do, the list of their duties."""
    found: list[Quote] = []
    for career in reading.careers:
        found += [quote for quote in (scope.profiles.opening(career),) if quote]
        duties = scope.profiles.duties(career) if reading.intent == "duties" else None
        found += [duties] if duties else []
    return Outcome("answered", None, tuple(found), basis="opening") if found else None


def _choices(reading: Reading, picks: Sequence[Pick], scope: Scope) -> tuple[Related, ...]:
    """Readings to pick from where a question names no career and several have a section of just that."""
    if reading.careers or not reading.facets or any(not term.facets for term in reading.terms):
        return ()
    careers: list[str] = []
    for one in picks:
        career = one.support.hit.passage.career
        if one.headed and career and career not in careers:
            careers.append(career)
    if len(careers) < 2:
        return ()
    facet = FACETS[min(reading.facets)]
    found = scope.offers.of(facet.ask, careers[:_READINGS])
    return found if len(found) > 1 else ()


def _is_greeting(asked: str) -> bool:
    said = words(asked)
    return 0 < len(said) <= 5 and all(word in GREETINGS for word in said)
