"""How a question becomes an answer, top to bottom. Each step is a package; `loading` puts the parts together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answers.abstention import abstain
from rag.answers.chances import READ, Weigher
from rag.answers.citation import cite
from rag.answers.comparison import MOST_ACROSS, MOST_COMPARED, across, nearest_careers, side_by_side, table, tabled
from rag.answers.conversation import Conversations
from rag.answers.draft import Draft
from rag.answers.evidence import Evidence, Groups
from rag.answers.following import Following
from rag.answers.lacking import Lacking
from rag.answers.likeliest import likeliest
from rag.answers.nearness import nearest
from rag.answers.routing import Routes
from rag.answers.rows import looked_up
from rag.answers.sections import Headed
from rag.answers.suggestions import Suggestions
from rag.answers.versions import beside, by_guide
from rag.datatypes import Hit
from rag.index.index import Index
from rag.models.networks import Networks
from rag.questions.question import Question, Reader
from rag.questions.scope import Scope, Scopes
from rag.reply import Answer, Confidence, Related, Turn
from rag.retrieval.search import Found, Retriever
from rag.timing import timed


@dataclass(frozen=True, slots=True)
class Pipeline:
    """An index, what reads questions about it, what searches it, and what weighs what was found."""

    index: Index
    networks: Networks
    scopes: Scopes
    reader: Reader
    routes: Routes
    conversations: Conversations
    retriever: Retriever
    groups: Groups
    weigher: Weigher
    suggested: Suggestions
    headed: Headed
    following: Following
    lacking: Lacking

    def ask(self, typed: str, history: Sequence[Turn] = (), documents: Sequence[str] | None = None) -> Answer:
        """What was typed, with the conversation's earlier questions and the documents it may draw on, to its answer.

        Raises QuestionError for a question that is empty or too long."""
        with timed() as times:
            scope = self.scopes.of(documents)
            question = self.conversations.placed(self.routes.resumed(self.reader.read(typed, history), scope), scope)
            draft = self.following.complete(self.draft(question, scope))
            answer = self._dressed(question, draft, scope)
        return replace(answer, timings_ms=times)

    def draft(self, question: Question, scope: Scope) -> Draft:
        """A question to what is said: by the service itself, else from the guides, once for each career that it compares."""
        if told := self.routes.told(question, scope):
            return told
        if self.routes.asks_of_all(question, scope):
            careers = scope.careers
            if len(careers) > MOST_ACROSS:
                careers = nearest_careers(careers, self.retriever.find(question.text, question.earlier, scope.rows).hits)
            each = [self.of_one(question, career, scope) for career in careers]
            return across(question, careers, each, len(scope.careers)) or self.best(question, scope)
        if question.compares:
            if not question.topics and (rows := self.headed.beside(question.careers, scope)):
                return tabled(question.careers, rows)
            each = [self.of_one(question, career, scope) for career in question.careers[:MOST_COMPARED]]
            return side_by_side(question, each) or self.best(question, scope, only=True)
        return self.best(question, scope)

    def of_one(self, question: Question, career: str, scope: Scope) -> Draft:
        """A question about several careers to what is said of one: to its own words, else to the plain ones of its topic."""
        draft = self.best(question.of(career), scope, only=True)
        plainly = question.plainly_of(career)
        return draft if draft.status == "answered" or plainly is None else self.best(plainly, scope, only=True)

    def best(self, question: Question, scope: Scope, only: bool = False) -> Draft:
        """The opening where no more is asked, else the likeliest parts of the likeliest passages, else the section that is headed
        what is asked, else an abstention; with `only`, for a cell of a table, from passages about its careers alone."""
        headed = self.headed.of(question, scope)
        if headed and headed.basis == "opening":
            return headed
        found, evidence = self.evidence(question, scope, only)
        share = self.weigher.fit.share
        guides = [(its, self.weigher.weigh(question, found, its)) for its in by_guide(question, evidence)]
        drafts = [likeliest(question, *one, share) for one in guides if one[1].answered]
        if headed and guides and len({quote.document.id for quote in headed.quotes}) > max(len(drafts), 1):
            return headed  # it quotes guides that the scorer is not sure of by themselves
        if drafts:
            return beside(drafts)
        chances = self.weigher.weigh(question, found, evidence)
        first = evidence[chances.order[0]].passage if chances.answered else None
        if headed and (first is None or self.headed.is_offered_elsewhere(question, first, headed)):
            return headed
        if chances.answered:
            told = likeliest(question, evidence, chances, share)
        elif said := self.headed.by_name(question, evidence) or looked_up(question, evidence, self.groups):
            return said
        else:
            told = abstain(question, chances if evidence else None, nearest(question, evidence, chances, share), scope)
        return told if only else self.lacking.noted(told, question, found, evidence, chances)

    def evidence(self, question: Question, scope: Scope, only: bool = False) -> tuple[Found, list[Evidence]]:
        """What search found for a question, and the few passages that it may be answered from, the most promising first."""
        rows = self.scopes.beside(scope, question.careers) if question.careers else scope.rows
        rows = self.scopes.about(scope, question.careers) if only else rows
        found = self.retriever.find(question.text, question.earlier, rows)
        return found, self.groups.gather(found.hits[:READ])

    def rank(self, text: str, k: int = 10) -> list[Hit]:
        """The `k` passages of all guides that are nearest to a text, before anything reads them."""
        return self.retriever.find(text).hits[:k]

    def suggestions(self, limit: int = 4, documents: Sequence[str] | None = None) -> tuple[Related, ...]:
        """Questions to begin with."""
        return self.suggested.openers(self.scopes.of(documents), limit)

    def _dressed(self, question: Question, draft: Draft, scope: Scope) -> Answer:
        """A draft as an answer: with citations by number, its confidence, and what to ask next."""
        text, segments, citations = cite(draft.quotes)
        career = next((quote.passage.career for quote in draft.quotes if quote.passage.career), None)
        about = question if question.careers or career is None else replace(question, careers=(career,))
        fit = self.weigher.fit
        return Answer(
            status=draft.status,
            question=question.typed,
            standalone=question.text,
            index=self.index.info,
            confidence=None if draft.confidence is None else Confidence(round(draft.confidence, 4), fit.threshold, fit.id),
            text=text,
            segments=segments,
            citations=citations,
            message=draft.message,
            cause=draft.cause,
            remarks=draft.remarks,
            related=draft.readings or self.suggested.after(about, scope, draft.status == "answered"),
            comparison=table(draft, self.index),
            basis=draft.basis,
            nearest=tuple(quote.citation(number) for number, quote in enumerate(draft.nearest, 1)),
            partial=draft.partial,
        )
