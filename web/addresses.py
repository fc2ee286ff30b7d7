"""Addresses of our own pages, and of an original page at a quote."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

MAX_TURNS = 12  # of a conversation that an address holds
UNNUMBERED = 0  # the number of a mark that is no citation
BEST = -1  # the number of a mark within a quote or a passage, on the words that count
_FRAGMENT_WORDS = 6  # a text fragment longer than this many words at either end is given as "first words,last words"


@dataclass(frozen=True, slots=True)
class Mark:
    """The run `start:end` of a document, cited as `number`, or marked as `UNNUMBERED` or `BEST`."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Thread:
    """The questions of a conversation, oldest first, and the ids of the guides that it keeps to, or none where it asks all."""

    questions: tuple[str, ...] = ()
    guides: tuple[str, ...] = ()

    @classmethod
    def of(cls, questions: Sequence[str], guides: Sequence[str] | None = None) -> "Thread":
        """A conversation; of too many questions the first go."""
        return cls(tuple(questions[-MAX_TURNS:]), tuple(guides or ()))

    def then(self, question: str) -> "Thread":
        """The conversation with a question more."""
        return Thread.of((*self.questions, question), self.guides)

    def until(self, position: int) -> "Thread":
        """The conversation before its question at `position`, counted from 0."""
        return replace(self, questions=self.questions[:position])

    @property
    def of_all(self) -> "Thread":
        """The same questions, asked of all guides."""
        return replace(self, guides=())

    @property
    def query(self) -> str:
        return urlencode([*(("g", guide) for guide in self.guides), *(("q", question) for question in self.questions)])


def start_address(guides: Sequence[str] = ()) -> str:
    """The address of the start page, where what is asked keeps to some guides."""
    return "/?" + Thread.of((), guides).query if guides else "/"


def ask_address(thread: Thread) -> str:
    """The address of a conversation."""
    return f"/ask?{thread.query}" if thread.questions else start_address(thread.guides)


def turn_address(thread: Thread) -> str:
    """The address of a conversation, opened at its last turn."""
    return f"{ask_address(thread)}#turn-{len(thread.questions)}"


def guide_address(document_id: str, marks: Sequence[Mark] = (), current: int | None = None, thread: Thread = Thread()) -> str:
    """The address of a guide with runs marked, opened at run `current`; `thread` leads back to the answer."""
    # Numbers need no encoding, and urlencode would take most of the time of an answer with many quotes.
    pairs = [f"at={mark.start}-{mark.end}&n={mark.number}" for mark in marks]
    query = "&".join([*pairs, thread.query] if thread.questions else pairs)
    return f"/guide/{quote(document_id)}" + (f"?{query}" if query else "") + ("" if current is None else f"#q{current}")


def web_address(url: str | None) -> str | None:
    """The address if it is one of the web; a guide's relative and script addresses lead nowhere here."""
    return url if url and re.match(r"https?://[^\s\x00-\x1f]+$", url, re.IGNORECASE) else None


def at_quote(source_url: str, text: str) -> str:
    """The address of an original page with a text fragment that finds `text` in it, where the browser can."""
    words = text.split()
    if len(words) <= 2 * _FRAGMENT_WORDS:
        fragment = _encoded(words)
    else:
        fragment = f"{_encoded(words[:_FRAGMENT_WORDS])},{_encoded(words[-_FRAGMENT_WORDS:])}"
    return source_url + ("" if "#" in source_url else "#") + ":~:text=" + fragment


def _encoded(words: Sequence[str]) -> str:
    # A dash is part of the directive's grammar and quote() leaves it alone.
    return quote(" ".join(words), safe="").replace("-", "%2D")
