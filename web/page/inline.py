"""Inline markup of a guide (`**bold**`, links, code) read as style: which characters show, and how; offsets never move."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from web.addresses import web_address

# Exports of web pages leave `**` in plain text, so it is read everywhere; the rest only where the file is Markdown.
# No pattern may run past the next mark of its own kind: guides are foreign text, and a thousand marks that are never closed would
# each be read to the end. So bold ends at the first `**`, and an address holds no `[` or `<`.
_BOLD = r"\*\*(?P<bold>(?=[^\s*])(?:[^*]++|\*(?!\*))++(?<=\S))\*\*"
_PLAIN = re.compile(_BOLD)
_MARKDOWN = re.compile(
    _BOLD
    + r"|__(?P<bold2>(?=\S)[^_]+?(?<=\S))__"
    + r"|!?\[(?P<label>[^\]\[]*)\]\((?P<url>[^)\s\[]*+)(?:\s+\"[^\"]*\")?\)"
    + r"|<(?P<auto>https?://[^<>\s]++)>"
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
            yield replace(style, start=inner[0], end=inner[1], href=web_address(match["auto"]) if name == "auto" else style.href)
        elif inner[0] < inner[1]:
            yield from styles(text, *inner, markdown, _within(style, name, match))
        at = match.end()
    if at < end:
        yield replace(style, start=at, end=end)


def _within(style: Style, name: str, match: re.Match[str]) -> Style:
    if name == "label":
        return replace(style, href=web_address(match["url"]) if match.group()[0] != "!" else style.href)
    return replace(style, strong=True) if name.startswith("bold") else replace(style, emphasis=True)
