"""What was typed to a question as it is put to the guides: mended, in its conversation, with the careers it names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.questions.careers import Careers
from rag.questions.checking import check_question
from rag.questions.names import question_words
from rag.questions.spelling import Speller
from rag.questions.topics import TOPIC_STEMS, TOPICS, asking, put, topics_of
from rag.reply import Turn
from rag.text.cleaning import clean
from rag.text.words import stems, words

_COMPARES = re.compile(
    r"\b(?:differ\w*|compar\w*|versus|vs\.?|contrast|distinguish\w*|distinction|between|better|similar\w*|same as|or"
    r"|in common|alike)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question. `typed` is as the reader typed it, `text` with its slips mended; `earlier` are the questions before it, mended,
    oldest first.

    `careers` are those it is about: those it names, else (`named` is false) those that the talk is of. `unheld` is a role it
    names that no guide describes. `topics` are what it asks about, by id; `compares` whether it sets its careers side by side;
    `plain` whether it asks for nothing but its topics, or for nothing at all, of the careers it names.
    """

    typed: str
    text: str
    earlier: tuple[str, ...] = ()
    careers: tuple[str, ...] = ()
    named: bool = False
    unheld: str | None = None
    topics: frozenset[str] = frozenset()
    compares: bool = False
    plain: bool = False

    @property
    def career(self) -> str | None:
        """The one career that it names, or None."""
        return self.careers[0] if self.named and len(self.careers) == 1 else None

    def of(self, career: str) -> "Question":
        """The same question about one career."""
        return replace(self, careers=(career,), compares=False)

    def plainly_of(self, career: str) -> "Question | None":
        """What a question about several careers asks of one, in the own words of its topic ("which of these pays most": "How much
        does a Pilot earn?"). None where it has not just one topic."""
        if len(self.topics) != 1:
            return None
        [topic] = self.topics
        text = put(TOPICS[topic].ask, career)
        return replace(self.of(career), text=text, earlier=(), named=True, plain=True)


class Reader:
    """Reads what was typed against the careers and the words of a corpus."""

    def __init__(self, careers: Careers, speller: Speller) -> None:
        self._careers, self._speller = careers, speller

    def read(self, typed: str, history: Sequence[Turn] = ()) -> Question:
        """What was typed, after the conversation's earlier questions, to a question. Raises QuestionError where it is empty or
        too long."""
        asked = check_question(typed)
        earlier = tuple(self._speller.mend(clean(turn.question)) for turn in history)
        text = self._speller.mend(asked)
        found = self._careers.named(text)
        careers = found.careers or (() if found.unheld else self._talked_of(earlier))
        compares = len(found.careers) > 1 and bool(_COMPARES.search(text))
        named, rest = bool(found.careers), _beside(text, found.used)
        topics = topics_of(rest)
        return Question(asked, text, earlier, careers, named, found.unheld, topics, compares, _is_plain(rest, topics))

    def foreign(self, question: Question) -> str:
        """The words of a question that may be of another language, else ""."""
        names = frozenset(word for career in question.careers for word in words(career))
        return self._speller.foreign(question.typed, names)

    def _talked_of(self, earlier: Sequence[str]) -> tuple[str, ...]:
        """The careers that the latest of some questions to name any names."""
        for text in reversed(earlier):
            if careers := self._careers.named(text).careers:
                return careers
        return ()


def _beside(text: str, used: frozenset[int]) -> frozenset[str]:
    """The stems of a question's words, but for those that name careers or set them side by side."""
    rest = (word.text for at, word in enumerate(question_words(text)) if at not in used and not _COMPARES.fullmatch(word.text))
    return frozenset(stems(" ".join(rest)))


def _is_plain(rest: frozenset[str], topics: frozenset[str]) -> bool:
    """Whether what a question says beside names asks for its topics only, in their terms or as the topic's own question does."""
    return rest <= TOPIC_STEMS or any(rest <= TOPIC_STEMS | asking(topic) for topic in topics)
