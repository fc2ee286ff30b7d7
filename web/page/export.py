"""A conversation to keep: as Markdown, as JSON, as one HTML file. Each carries numbers, titles and addresses."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from web.page.assets import assets, render
from web.page.conversation import Conversation, Guides, Questions, answered
from web.page.layout import Element
from web.page.notes import NearPassage
from web.page.turns import ShownQuote, ShownTurn
from web.page.wording import say
from web.problems import Problem
from web.service import Shared

router = APIRouter(include_in_schema=False)
_MARKUP = re.compile(r"[\\`*_{}\[\]<>&|~$!]|(?<=:)/(?=/)|(?<=www)\.|@")
_LINE_MARK = re.compile(r"^(\d{0,9})([#+\-.)=])")  # marks at the start of a line only


def turns_of(service: Shared, typed: Questions, guides: Guides) -> list[ShownTurn]:
    """The turns of the address. Raises Problem for a question that is none or has no answer."""
    conversation = Conversation.of(typed, guides)
    if conversation.problem:
        raise Problem(422, conversation.problem)
    turns, fault = answered(service, conversation.thread)
    if fault:
        raise Problem(fault.status, fault.sentence)
    return turns


Turns = Annotated[list[ShownTurn], Depends(turns_of)]
Marker = Callable[[int], str]  # a citation's number to the Markdown that stands after its quote


@router.get("/ask.md")
def ask_markdown(request: Request, turns: Turns, only: Annotated[int | None, Query(ge=1)] = None) -> Response:
    """The conversation as Markdown; `only` is the position of the one turn wanted."""
    base = str(request.base_url).rstrip("/")
    kept = [turn for turn in turns if only in (None, turn.position)]
    text = "\n\n\n".join("\n".join(markdown(turn, base)) for turn in kept) + "\n"
    return PlainTextResponse(text, headers=_attached("md"), media_type="text/markdown; charset=utf-8")


@router.get("/ask.json")
def ask_json(turns: Turns) -> Response:
    """The conversation as the API answers it, one response a turn."""
    return JSONResponse({"turns": [turn.response.model_dump(mode="json") for turn in turns]}, headers=_attached("json"))


@router.get("/ask.html")
def ask_html(request: Request, turns: Turns, service: Shared) -> Response:
    """The conversation as one file that needs nothing else."""
    css = assets()["style.css"].content.decode()
    base = str(request.base_url)
    context = {"turns": turns, "css": css, "base": base, "product": service.settings.product, "export": True, "editing": 0}
    return HTMLResponse(render("export.html", context), headers=_attached("html"))


def markdown(turn: ShownTurn, base: str) -> Iterator[str]:
    """The lines of a turn: question, quotes with their numbers, sources, address. `base` is the server's address."""
    yield f"## {escaped(turn.response.question)}"
    yield from said(turn, "[{}]".format, lambda near: f"{escaped(near.place)}. {base}{near.citation.url}")
    if turn.notes:
        yield f"\n{say('export', 'sources')}"
        yield from (f"[{note.number}] {escaped(note.place)}. {base}{note.citation.url}" for note in turn.notes.values())
    yield f"\n{base}{turn.address}"


def said(turn: ShownTurn, marker: Marker, place: Callable[[NearPassage], str]) -> Iterator[str]:
    """The lines of an answer alone. `marker` writes the number after a quote, `place` where a passage is that came near."""
    response = turn.response
    if response.standalone_question != response.question:
        yield f"\n{say('turn', 'read_as')} {escaped(response.standalone_question)}"
    if response.status == "not_found":
        yield f"\n{turn.blank}"
    if response.message:
        yield f"\n{escaped(response.message)}"
    if turn.table:
        yield ""
        yield _row(["", *map(escaped, turn.table.columns)])
        yield _row(["---"] * (len(turn.table.columns) + 1))
        yield from (_row([escaped(head), *(_cell(cell, marker) for cell in cells)]) for head, cells in turn.table.rows)
    yield from (f"- {escaped(career.label)}" for career in turn.careers)
    if turn.partly:
        yield f"\n{escaped(turn.partly)}"
    for element in [*turn.quotes, *turn.folded]:
        yield ""
        yield from _lines(element, marker)
    yield from (f"\n{escaped(remark)}" for remark in turn.remarks)
    for position, near in enumerate(turn.near):
        yield "" if position else f"\n{turn.over_near}:\n"
        yield from (f"> {line}" for element in near.elements for line in _lines(element, marker))
        yield place(near)


def _lines(element: Element, marker: Marker, depth: int = 0) -> Iterator[str]:
    match element.kind:
        case "list":
            for position, item in enumerate(element.children):
                mark = f"{element.first + position}." if element.first else "-"
                yield f"{'   ' * depth}{mark} {_words(item, marker)}"
                for below in item.children:
                    yield from _lines(below, marker, depth + 1)
        case "table":
            for position, row in enumerate(element.children):
                yield _row([_words(cell, marker) for cell in row.children])
                if position == 0:
                    yield _row(["---"] * len(row.children))
        case _:
            yield _words(element, marker)


def _words(element: Element, marker: Marker) -> str:
    """What a element shows on one line, each number after the words it follows on the page."""
    shown = (
        "".join(_bare(run.text) for run in span.runs) + "".join(f" {marker(n)}" for n in span.closes) for span in element.spans
    )
    return _line("".join(shown))


def escaped(text: str) -> str:
    """Foreign text on one line of Markdown, where each of its characters shows and none marks anything up."""
    return _line(_bare(text))


def _bare(text: str) -> str:
    return _MARKUP.sub(r"\\\g<0>", text)


def _line(text: str) -> str:
    return _LINE_MARK.sub(r"\1\\\2", " ".join(text.split()))


def _cell(quote: ShownQuote | None, marker: Marker) -> str:
    return (
        "; ".join(_words(below, marker) for element in quote.elements for below in element.walk() if below.spans)
        if quote
        else say("turn", "not_said")
    )


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _attached(suffix: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="answer.{suffix}"'}
