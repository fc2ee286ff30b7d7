"""A question to an answer in the guides' words, or to an abstention with its cause."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from rag.answer import Quote, cite, quotes, remarks
from rag.calibration import Calibration, features, names_unheld
from rag.careers import Careers
from rag.contrast import contrast
from rag.datatypes import Answer, Cause, Citation, Comparison, Confidence, Encoder, Hit, Related, Status, Turn
from rag.errors import QuestionError
from rag.followups import standalone
from rag.index import Index
from rag.lexicon import FACETS, GREETINGS
from rag.profiles import Profiles
from rag.reading import Reader, Reading
from rag.related import Offers
from rag.retrieval import Retriever
from rag.roles import with_article
from rag.selection import CLEAR, Pick, pick, restated, unit_scores
from rag.support import Weigher
from rag.text import clean, stem, words

MAX_CHARS = 400
_HITS = 12  # groups weighed unit by unit
_READINGS = 4


Rows = tuple[tuple[str, tuple[Quote | None, ...]], ...]  # of a table: an aspect, and a cell a career


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was decided of a reading, before it is dressed as an answer."""

    status: Status
    confidence: float
    quotes: tuple[Quote, ...] = ()
    remarks: tuple[str, ...] = ()
    cause: Cause | None = None
    message: str | None = None
    readings: tuple[Related, ...] = ()
    table: tuple[tuple[str, ...], Rows] | None = None


class Assistant:
    """Answers questions from one index."""

    def __init__(
        self, index: Index, encoder: Encoder, known: frozenset[str], synonyms: Mapping[str, str], calibration: Calibration
    ) -> None:
        self._index, self._calibration = index, calibration
        self._careers = Careers(index.documents.values(), index.outlines)
        spoken = {word for document in index.documents.values() for word in words(document.text)}
        spoken |= {part for word in spoken for part in re.split(r"[-/]", word) if part}
        self._reader = Reader(self._careers, {word: index.lexical.idf(stem(word)) for word in spoken}, known, synonyms)
        self._retriever, self._weigher = Retriever(index, encoder), Weigher(index)
        self._profiles = Profiles(index)
        self._offers = Offers(self._profiles, lambda question: self._decide(self._reader.read(question)).status == "answered")

    def ask(self, question: str, history: Sequence[Turn] = (), documents: Sequence[str] | None = None) -> Answer:
        """A question, with the conversation's earlier ones and the documents it may draw on, to its answer.

        Raises QuestionError for a question that is empty or over `MAX_CHARS` characters once cleaned."""
        started = perf_counter()
        asked = check_question(question)
        if _is_greeting(asked):
            return self._dress(asked, asked, self._greet(), None, started)
        reading, earlier = self._read(asked, history)
        outcome = self._decide_in_conversation(reading, earlier, documents)
        return self._dress(asked, reading.question, outcome, reading, started)

    def consider(self, question: str, history: Sequence[Turn] = ()) -> tuple[Reading, Pick | None]:
        """How a question is read, and what would answer it were it answered: what the calibration is fitted on. There is no
        pick for a question that is answered without weighing (what a career is, a comparison)."""
        reading, _ = self._read(check_question(question), history)
        weighed = reading.intent == "ask" and (picks := self._picks(reading, None))
        return reading, picks[0] if weighed else None

    def suggestions(self, limit: int = 4) -> tuple[Related, ...]:
        """Questions to begin with, each checked to have an answer."""
        return self._offers.openers(limit)

    def search(self, question: str, k: int = 10) -> list[Hit]:
        """The best `k` hits for a question, over all guides, as answers are drawn from."""
        return self._retriever.search(self._retriever.query(self._reader.read(question).text), k)

    def sentences(self, question: str, k: int = 3) -> list[str]:
        """The `k` best sentences, items or rows for a question, over all guides, whether or not it would be answered."""
        reading = self._reader.read(question)
        query = self._retriever.query(reading.residual)
        supports = self._weigher.weigh(reading, query, self._retriever.search(query, _HITS))
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

    def _decide_in_conversation(self, reading: Reading, earlier: Sequence[Reading], documents: Sequence[str] | None) -> Outcome:
        """A full question that names no career is first put to the career talked of, then to all guides."""
        talked = next((one.careers[-1] for one in reversed(earlier) if one.careers), None)
        if talked and not reading.careers and not reading.unheld:
            outcome = self._decide(replace(reading, careers=(talked,)), documents)
            if outcome.status == "answered":
                return outcome
        return self._decide(reading, documents)

    def _decide(self, reading: Reading, documents: Sequence[str] | None = None) -> Outcome:
        if reading.intent == "compare":
            return self._compare(reading, documents)
        if reading.intent in ("overview", "duties") and (told := self._describe(reading, documents)):
            return told
        if bare := self._bare(reading):
            return bare
        picks = self._picks(reading, documents)
        if not picks:
            return self._abstain(reading, 0.0, None)
        value = self._calibration.probability(features(reading, picks[0]))
        if value < self._calibration.threshold or not names_unheld(reading, picks[0]):
            return self._abstain(reading, value, picks[0])
        if choices := self._choices(reading, picks):
            return Outcome(
                "clarify", value, cause="unclear", message="This could mean more than one thing. Pick one.", readings=choices
            )
        chosen = [picks[0], *restated(picks)]
        found = tuple(quote for one in chosen for quote in quotes(one))
        return Outcome("answered", value, found, remarks(chosen, " ".join(q.document.text[q.start : q.end] for q in found)))

    def _picks(self, reading: Reading, documents: Sequence[str] | None) -> list[Pick]:
        query = self._retriever.query(reading.residual)
        hits = self._retriever.search(query, _HITS, self._rows(reading, documents))
        return pick(reading, self._weigher.weigh(reading, query, hits))

    def _rows(self, reading: Reading, documents: Sequence[str] | None) -> NDArray[np.int64] | None:
        """The passages an answer may come from, or None for all."""
        rows: NDArray[np.int64] | None = None
        if reading.careers:
            rows = np.unique(np.concatenate([self._profiles.rows(career) for career in reading.careers]))
        if documents is not None:
            passages = self._index.passages
            inside = range(len(passages)) if rows is None else rows
            rows = np.array([row for row in inside if passages[row].document_id in documents], dtype=np.int64)
        return rows

    def _describe(self, reading: Reading, documents: Sequence[str] | None) -> Outcome | None:
        """The opening words about each career named and, where it is asked what they do, the list of their duties."""
        found: list[Quote] = []
        for career in reading.careers:
            found += [quote for quote in (self._profiles.opening(career),) if quote]
            duties = self._profiles.duties(career) if reading.intent == "duties" else None
            found += [duties] if duties else []
        found = [quote for quote in found if _within(quote, documents)]
        return Outcome("answered", 0.99, tuple(found)) if found else None

    def _compare(self, reading: Reading, documents: Sequence[str] | None) -> Outcome:
        """The sentence in which the guides set the careers apart, if there is one, else a table of what they say of each."""
        careers = reading.careers[:4]
        told = [quote for quote in self._contrast(reading) if _within(quote, documents)] if not reading.facets else []
        if told:
            return Outcome("answered", 0.95, tuple(told))
        aspects = self._aspects(careers, sorted(reading.facets))
        cells = [(name, tuple(cell if _within(cell, documents) else None for cell in found)) for name, found in aspects]
        rows = tuple((name, found) for name, found in cells if any(found))
        found = tuple(cell for _, cells in rows for cell in cells if cell)
        if not found:
            return self._abstain(reading, 0.1, None)
        missing = [career for at, career in enumerate(careers) if not any(cells[at] for _, cells in rows)]
        said = tuple(f"The guides don’t say this of {with_article(career)}." for career in missing)
        return Outcome("answered", 0.95, found, said, table=(careers, rows))

    def _aspects(self, careers: Sequence[str], facets: Sequence[str]) -> Rows:
        """Rows of a table: the facets asked for, as each career's own question would be answered; without any, what each career
        is, and its duties and skills where all have a section of them."""
        if facets:
            rows = [(FACETS[facet].name.capitalize(), tuple(self._cell(career, facet) for career in careers)) for facet in facets]
            return tuple((name, cells) for name, cells in rows if any(cells))
        rows = [("In short", tuple(self._profiles.opening(career) for career in careers))]
        for facet in ("duties", "skills"):
            cells = tuple(self._profiles.facet(career, facet) for career in careers)
            rows += [(FACETS[facet].name.capitalize(), cells)] if all(cells) else []
        return tuple(rows)

    def _cell(self, career: str, facet: str) -> Quote | None:
        reading = self._reader.read(FACETS[facet].ask.replace("{a_role}", with_article(career)))
        outcome = self._decide(replace(reading, intent="ask"))
        return max(outcome.quotes, key=lambda quote: quote.end - quote.start) if outcome.status == "answered" else None

    def _contrast(self, reading: Reading) -> list[Quote]:
        query = self._retriever.query(reading.text)
        supports = self._weigher.weigh(reading, query, self._retriever.search(query, _HITS))
        found = contrast(reading.careers, supports, self._profiles.careers)
        return quotes(found) if found else []

    def _choices(self, reading: Reading, picks: Sequence[Pick]) -> tuple[Related, ...]:
        """Readings to pick from where a question names no career and several have a section of just that."""
        if reading.careers or not reading.facets or any(not term.facets for term in reading.terms):
            return ()
        careers: list[str] = []
        for one in picks:
            career = one.support.hit.passage.career
            clear = one.whole and min(one.support.above[:, one.units[-1]], default=0.0) >= CLEAR
            if clear and career and career not in careers:
                careers.append(career)
        if len(careers) < 2:
            return ()
        facet = FACETS[next(iter(reading.facets))]
        return tuple(self._offers.related(facet.ask, career) for career in careers[:_READINGS])

    def _bare(self, reading: Reading) -> Outcome | None:
        """Careers to pick from where all a question says is a word of their titles ("dental")."""
        if reading.careers or reading.unheld or len(reading.terms) != 1 or reading.facets or len(reading.words) > 3:
            return None
        near = self._offers.about(self._careers.nearest(reading.terms[0].text))
        message = "This could mean more than one thing. Pick one."
        return Outcome("clarify", 0.5, cause="unclear", message=message, readings=near) if len(near) > 1 else None

    def _abstain(self, reading: Reading, value: float, best: Pick | None) -> Outcome:
        if reading.unheld and not reading.careers:
            near = self._careers.nearest(reading.unheld)
            message = f"The guides don’t describe the role of {reading.unheld}."
            return Outcome("not_found", min(value, 0.49), cause="role", message=message, readings=self._offers.about(near))
        if reading.careers:
            career = reading.careers[0]
            message = (
                f"They describe the role of {career} but {_missing(reading, best)} Rather than guess, this answer is left blank."
            )
            return Outcome("not_found", value, cause="near", message=message)
        count = len(self._index.documents)
        guides = "the guide" if count == 1 else f"the {count} guides"
        return Outcome("not_found", value, cause="far", message=f"Nothing in {guides} is about this. {self._scope()}")

    def _scope(self, subject: str = "They") -> str:
        careers = self._profiles.careers
        named = ", ".join(careers[:4])
        more = f" and {len(careers) - 4} more" if len(careers) > 4 else ""
        return f"{subject} cover {named}{more}." if careers else ""

    def _greet(self) -> Outcome:
        return Outcome("routed", 1.0, cause="greeting", message=f"Ask about a career. {self._scope('The guides')}")

    def _dress(self, asked: str, alone: str, outcome: Outcome, reading: Reading | None, started: float) -> Answer:
        text, segments, citations = cite(outcome.quotes)
        if reading and not reading.careers and outcome.quotes and (career := outcome.quotes[0].passage.career):
            reading = replace(reading, careers=(career,))
        related = outcome.readings or self._offers.next(reading, outcome.status == "answered")
        total = 1000 * (perf_counter() - started)
        return Answer(
            status=outcome.status,
            question=asked,
            standalone=alone,
            index=self._index.info,
            confidence=Confidence(round(outcome.confidence, 4), self._calibration.threshold, self._calibration.id),
            text=text,
            segments=segments,
            citations=citations,
            message=outcome.message,
            cause=outcome.cause,
            remarks=outcome.remarks,
            related=related,
            comparison=self._table(outcome),
            timings_ms={"total": round(total, 3)},
        )

    def _table(self, outcome: Outcome) -> Comparison | None:
        if outcome.table is None:
            return None
        careers, rows = outcome.table
        _, _, citations = cite(outcome.quotes)
        cells = tuple((name, tuple(_number(quote, citations) if quote else None for quote in found)) for name, found in rows)
        columns = tuple((self._careers.titles.get(career, ""), career) for career in careers)
        return Comparison(columns, cells)


def _number(quote: Quote, citations: Sequence[Citation]) -> int | None:
    """The number of the citation that holds a quote."""
    same = (c for c in citations if c.document.id == quote.document.id and c.start <= quote.start and quote.end <= c.end)
    return next((citation.number for citation in same), None)


def _within(quote: Quote | None, documents: Sequence[str] | None) -> bool:
    return quote is not None and (documents is None or quote.document.id in documents)


def check_question(question: str) -> str:
    """A question cleaned of what cannot be seen. Raises QuestionError where nothing is left or it is too long."""
    asked = clean(question)
    if not any(c.isalnum() for c in asked):
        raise QuestionError("Enter a question.")
    if len(asked) > MAX_CHARS:
        raise QuestionError(f"Shorten your question to {MAX_CHARS} characters. It has {len(asked)}.")
    return asked


def _is_greeting(asked: str) -> bool:
    said = words(asked)
    return 0 < len(said) <= 5 and all(word in GREETINGS for word in said)


def _missing(reading: Reading, best: Pick | None) -> str:
    """What the guides lack, in a sentence's end: the facet asked about, else the word they say least of."""
    terms = list(zip(reading.terms, best.terms() if best else [0.0] * len(reading.terms), strict=True))
    weakest = min(terms, key=lambda pair: pair[1], default=None)
    if weakest is None:
        return "don’t say this of it."
    term = weakest[0]
    if term.facets:
        return f"give no {FACETS[min(term.facets)].name} for it."
    return f"say nothing of “{term.text}”."
