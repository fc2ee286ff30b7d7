"""An answer as Markdown for a reader elsewhere: each number is a link to the marked quote, and where it stands is known."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import shorten

from rag.reply import Answer, Citation
from web.addresses import Thread
from web.page.export import escaped, said
from web.page.layout import shown_words
from web.page.turns import ShownTurn, make_turn
from web.page.wording import say
from web.schemas import AskResponse

_MARKER = re.compile(r"\[(?P<number>\d{1,4})\]\((?P<url>[^()\s]+)\)")  # a guide's own brackets are escaped
_OPENING = 60  # characters of a quote by which its link is told from others


@dataclass(frozen=True, slots=True)
class Link:
    """A marker of a text, `text[start:end] == "[1](url)"`. `title` is the section, the guide and the quote's opening words."""

    start: int
    end: int
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Linked:
    """A text in Markdown, the links of its citations in their order, and the response that it shows, if it shows one."""

    text: str
    links: Sequence[Link] = ()
    response: AskResponse | None = None


def linked(answer: Answer, earlier: Sequence[str], base: str) -> Linked:
    """An answer to the last question of a conversation as text. `base` is the server's address.

    Where it is left blank, the passages that came near are linked by their places, and what can be asked is listed."""
    turn = make_turn(answer, Thread.of(earlier))
    urls = {citation.id: f"{base}{citation.url}" for citation in turn.response.citations}
    lines = list(said(turn, lambda n: f"[{n}]({urls[n]})", lambda near: f"\n[{escaped(near.place)}]({base}{near.citation.url})"))
    if turn.next and turn.response.status != "answered":
        lines += [f"\n**{say('turn', f'next_{turn.response.status}')}**\n", *(f"- {escaped(one.question)}" for one in turn.next)]
    text = "\n".join(lines).strip()
    titles = {citation.number: _title(citation, turn) for citation in answer.citations}
    found = ((match, int(match["number"])) for match in _MARKER.finditer(text))
    links = [Link(match.start(), match.end(), titles[n], urls[n]) for match, n in found if urls.get(n) == match["url"]]
    return Linked(text, links, turn.response)


def _title(citation: Citation, turn: ShownTurn) -> str:
    opening = " ".join(shown_words(citation.document, part) for part in citation.parts[:2])
    return f"{turn.notes[citation.number].place}: {shorten(opening, _OPENING, placeholder='…')}"
