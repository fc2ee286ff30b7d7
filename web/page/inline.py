"""Inline markup of a guide (`**bold**`, links, code) read as style: which characters show, and how; offsets never move."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

# Exports of web pages leave `**` in plain text, so it is read everywhere; the rest only where the file is Markdown.
_BOLD = r"\*\*(?P<bold>(?=[^\s*])(?s:.+?)(?<=\S))\*\*"
_PLAIN = re.compile(_BOLD)
_MARKDOWN = re.compile(
    _BOLD
    + r"|__(?P<bold2>(?=\S)[^_]+?(?<=\S))__"
    + r"|!?\[(?P<label>[^\]\[]*)\]\((?P<url>[^)\s]*)(?:\s+\"[^\"]*\")?\)"
    + r"|<(?P<auto>https?://[^>\s]+)>"
    + r"|`(?P<code>[^`]+)`"
    + r"|(?<![\w*])\*(?P<em>(?=\S)[^*]+?(?<=\S))\*(?![\w*])"
    + r"|(?<!\w)_(?P<em2>(?=\S)[^_]+?(?<=\S))_(?!\w)"
    + r"|\\(?P<escaped>[!-/:-@\[-`{-~])"
)


@dataclass(frozen=True, slots=True)
class Style:
    """How the characters `start:end` of a text are shown."""

    start: int
    end: int
    strong: bool = False
    emphasis: bool = False
    href: str | None = None


def styles(text: str, start: int, end: int, markdown: bool, style: Style | None = None) -> Iterator[Style]:
    """The stretches of `text[start:end]` that show, in order; the marks themselves are left out."""
    style = style or Style(start, end)
    at = start
    for match in (_MARKDOWN if markdown else _PLAIN).finditer(text, start, end):
        if at < match.start():
            yield replace(style, start=at, end=match.start())
        name = str(match.lastgroup if match.lastgroup != "url" else "label")
        inner = match.span(name)
        if name in ("code", "escaped", "auto"):
            yield replace(style, start=inner[0], end=inner[1], href=_web(match["auto"]) if name == "auto" else style.href)
        elif inner[0] < inner[1]:
            yield from styles(text, *inner, markdown, _within(style, name, match))
        at = match.end()
    if at < end:
        yield replace(style, start=at, end=end)


def _within(style: Style, name: str, match: re.Match[str]) -> Style:
    if name == "label":
        return replace(style, href=_web(match["url"]) if match.group()[0] != "!" else style.href)
    return replace(style, strong=True) if name.startswith("bold") else replace(style, emphasis=True)


def _web(url: str) -> str | None:
    """The address if it is a web address; a guide's relative and script addresses lead nowhere here."""
    return url if re.match(r"https?://", url, re.IGNORECASE) else None
