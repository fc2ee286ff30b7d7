"""What the service answers by itself: a greeting, what the guides hold, where they come from, a language they are not in."""

from dataclasses import replace
from urllib.parse import urlsplit

from rag.answers.abstention import decline
from rag.answers.draft import Draft, unclear
from rag.answers.suggestions import Suggestions
from rag.answers.wording import counted, say, say_of
from rag.datatypes import Document
from rag.index.index import Index
from rag.questions.checking import fault_of
from rag.questions.intents import Intents
from rag.questions.question import Question, Reader
from rag.questions.scope import Scope
from rag.questions.topics import TOPIC_STEMS
from rag.text.language import language_of
from rag.text.words import stems, words

_NAMED = 12  # careers or guides that a message names before it counts the rest
_READINGS = 4
_ONE = frozenset(stems("one"))  # what stands for a career that is picked


class Routes:
    """Tells what needs no search, and answers it."""

    def __init__(self, index: Index, reader: Reader, intents: Intents, suggestions: Suggestions) -> None:
        self._documents = index.documents
        self._reader, self._intents, self._suggestions = reader, intents, suggestions
        self._english = all(document.language == "en" for document in index.documents.values())

    def told(self, question: Question, scope: Scope) -> Draft | None:
        """What is answered without a search, or None."""
        foreign = self._reader.foreign(question) if self._english else ""
        if foreign and (language := language_of(foreign)):
            return decline(language)
        if not (question.careers or question.unheld or question.earlier or stems(question.text)):
            return self._greeting_or_unclear(question, scope)
        match None if question.named else self._intents.of(question.text):
            case "greeting":
                return self._greeting(scope)
            case "careers":
                return self._careers(question, scope)
            case "about":
                return self._sources(scope)
            case "summary":
                return self._summary(scope)
            case "across":
                return None  # though it may say no more than a topic: it is put to each career
        return self._choices(question, scope)

    def tells(self, text: str, scope: Scope) -> bool:
        """Whether an earlier question was answered without a search, so that it says nothing of what the talk is about."""
        return bool(fault_of(text)) or self.told(self._reader.read(text), scope) is not None

    def resumed(self, question: Question, scope: Scope) -> Question:
        """A question that picks, in hardly more than its name, one of the readings that the one before it was asked back with
        ("pay?", then "the pilot one"), as that reading; any other as it is."""
        picked = frozenset(stems(question.text))
        if not (question.earlier and picked) or question.topics or len(words(question.text)) > len(picked) + 2:
            return question
        before = None if fault_of(question.earlier[-1]) else self._reader.read(question.earlier[-1])
        if before is None or self._choices(before, scope) is None:
            return question
        readings = self._suggestions.on_topic(before.topics, scope, len(scope.careers))
        meant = [one.question for one in readings if picked <= frozenset(stems(one.question)) | _ONE]
        if len(meant) != 1:
            return question
        return replace(self._reader.read(meant[0]), typed=question.typed, earlier=question.earlier)

    def asks_of_all(self, question: Question, scope: Scope) -> bool:
        """Whether a question is to be put to each career ("which of these pays most")."""
        return not question.named and len(scope.careers) > 1 and self._intents.of(question.text) == "across"

    def _greeting_or_unclear(self, question: Question, scope: Scope) -> Draft:
        """A question without a word of content is a greeting or leaves open what it asks."""
        greets = self._intents.nearest(question.text)[0] == "greeting"
        return self._greeting(scope) if greets else unclear(self._suggestions.openers(scope, _READINGS))

    def _choices(self, question: Question, scope: Scope) -> Draft | None:
        """Readings to pick from where all that a question says is a topic ("pay?") and several guides have a section about it."""
        bare = question.topics and frozenset(stems(question.text)) <= TOPIC_STEMS
        if scope.count < 2 or question.careers or question.unheld or question.earlier or not bare:
            return None
        readings = self._suggestions.on_topic(question.topics, scope, _READINGS)
        return unclear(readings) if len({one.document_id for one in readings}) > 1 else None

    def _greeting(self, scope: Scope) -> Draft:
        named = counted(scope.careers, _NAMED) if scope.careers else ""
        message = say_of(scope, "greeting", careers=named) if named else say("greeting", "bare")
        return Draft("routed", "greeting", cause="greeting", message=message)

    def _careers(self, question: Question, scope: Scope) -> Draft | None:
        """The careers described, those first whose titles have a word of the question."""
        asked = frozenset(stems(question.text))
        matching = [career for career in scope.careers if asked & frozenset(stems(career))]
        named = matching or list(scope.careers)
        if not named:
            return self._sources(scope)
        message = say_of(scope, "careers", careers=counted(named, _NAMED))
        return Draft("routed", "routing", message=message, readings=self._suggestions.careers(named, scope))

    def _sources(self, scope: Scope) -> Draft | None:
        """The guides that answers are quoted from; None where there is none, which an abstention tells."""
        if not scope.count:
            return None
        ids = self._documents if scope.documents is None else sorted(scope.documents)
        told = counted([_described(self._documents[id]) for id in ids], _NAMED)
        message = say("sources", "quoted", guides=told)
        silent = sum(not (self._documents[id].collected or self._documents[id].source_url) for id in ids)
        if silent:
            message += " " + say("sources", "silent_one" if scope.count == 1 else "silent_some")
        return Draft("routed", "routing", message=message, readings=self._suggestions.careers(scope.careers, scope))

    def _summary(self, scope: Scope) -> Draft | None:
        """What there is to ask, in place of a summary, which would not be the guides' words; None where there is no guide."""
        if not scope.careers:
            return self._sources(scope)
        message = say_of(scope, "summary", careers=counted(scope.careers, _NAMED))
        return Draft("routed", "routing", message=message, readings=self._suggestions.careers(scope.careers, scope))


def _described(document: Document) -> str:
    """A guide by its title, who published it, its date and its address, as far as it gives them."""
    site = (urlsplit(document.source_url).hostname or "").removeprefix("www.") if document.source_url else ""
    told = [say("sources", "published", site=site)] if site else []
    told += [say("sources", "collected", date=document.collected)] if document.collected else []
    told += [document.source_url] if document.source_url else []
    return say("sources", "facts" if told else "guide", title=document.title, facts=", ".join(told))
