"""An answer as Markdown for a reader elsewhere: each number is a link to the marked quote, and where it stands is known."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import shorten

from rag.datatypes import Answer
from web.page.export import escaped, said
from web.page.layout import lay_out
from web.page.turns import ShownTurn, make_turn
from web.page.wording import say
from web.schemas import AskResponse

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
    turn = make_turn(answer, earlier)
    urls = {citation.id: f"{base}{citation.url}" for citation in turn.response.citations}
    lines = list(said(turn, lambda n: _marker(n, urls[n]), lambda near: f"\n[{escaped(near.place)}]({base}{near.citation.url})"))
    if turn.next and turn.response.status != "answered":
        lines += [f"\n**{say('turn', f'next_{turn.response.status}')}**\n", *(f"- {escaped(one.question)}" for one in turn.next)]
    text = "\n".join(lines).strip()
    links = sorted(_links(answer, turn, urls, text), key=lambda link: link.start)
    return Linked(text, links, turn.response)


def _marker(number: int, url: str) -> str:
    return f"[{number}]({url})"


def _links(answer: Answer, turn: ShownTurn, urls: dict[int, str], text: str) -> Iterator[Link]:
    for citation in answer.citations:
        url = urls[citation.number]
        opening = (below.text for top in lay_out(citation.document, citation.parts[:2]) for below in top.walk())
        title = f"{turn.notes[citation.number].place}: {shorten(' '.join(opening), _OPENING, placeholder='…')}"
        for found in re.finditer(re.escape(_marker(citation.number, url)), text):
            yield Link(found.start(), found.end(), title, url)
