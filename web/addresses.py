"""Addresses of our own pages, and of an original page at a quote."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

UNNUMBERED = 0  # the number of a mark that is no citation
BEST = -1  # the number of a mark within a quote or a passage, on the words that count
_FRAGMENT_WORDS = 6  # a text fragment longer than this many words at either end is given as "first words,last words"


@dataclass(frozen=True, slots=True)
class Mark:
    """The run `start:end` of a document, cited as `number`, or marked as `UNNUMBERED` or `BEST`."""

    number: int
    start: int
    end: int


def ask_address(questions: Sequence[str], **more: str) -> str:
    """The address of a conversation, oldest question first."""
    return "/ask?" + urlencode([("q", question) for question in questions] + list(more.items()))


def turn_address(questions: Sequence[str]) -> str:
    """The address of a conversation, opened at its last turn."""
    return f"{ask_address(questions)}#turn-{len(questions)}"


def guide_address(document_id: str, marks: Sequence[Mark] = (), current: int | None = None, questions: Sequence[str] = ()) -> str:
    """The address of a guide with runs marked, opened at run `current`; `questions` lead back to the answer."""
    # Numbers need no encoding, and urlencode would take most of the time of an answer with many quotes.
    pairs = [f"at={mark.start}-{mark.end}&n={mark.number}" for mark in marks]
    query = "&".join([*pairs, urlencode([("q", question) for question in questions])] if questions else pairs)
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
