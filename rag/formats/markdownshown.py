"""A Markdown file's text to the text that its reader is shown: without comments, components' marks and struck words.

Only what is there is changed: a text without such marks stays as it is, to the last character. Code is never touched.
"""

import html
import re
from collections.abc import Callable
from functools import partial

from rag.formats.blocks import BOLD_LINE, HEADER
from rag.formats.manuscript import raised
from rag.formats.visible import Visibility
from rag.formats.webpage import parsed_page, written

_CODE = (
    r"(?P<code>^ {0,3}(?P<fence>`{3,}|~{3,})[^\n]*\n(?s:.*?)(?:^ {0,3}(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|(?<!`)(?P<tick>`+)(?!`)[^\n]*?(?<!`)(?P=tick)(?!`))"
)
_COMMENT = re.compile(rf"{_CODE}|<!--(?s:.*?)-->|%%(?s:.*?)%%|\{{/\*(?s:.*?)\*/\}}", re.MULTILINE)
_LONE_MARKS = re.compile(
    rf"{_CODE}|^import[ \t].{{0,300}}['\"];?[ \t]*\n|!\[\[[^\]\n]{{0,200}}\]\]"
    r"|\{%.{0,300}?%\}|\{\{[<%].{0,300}?[%>]\}\}"
    r"|^\[\[?_?toc_?\]?\][ \t]*$|(?<![ \t])[ \t]++\^[\w-]+[ \t]*$|(?<=\S)[ \t]*+\{[#:][^{}\n]{0,100}\}[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_STRUCK = re.compile(
    rf"{_CODE}|~~(?=\S)([^~\n]{{1,2000}})~~|<(s|del|strike)>(?s:.{{0,2000}}?)</\5>", re.MULTILINE | re.IGNORECASE
)
_RAISED = re.compile(rf"{_CODE}|<(su[pb])>([^<\n]{{0,200}})</\4>", re.MULTILINE | re.IGNORECASE)
_LINKS = re.compile(rf"{_CODE}|\[\[([^\[\]\n|]{{0,200}})(?:\|([^\[\]\n]{{0,200}}))?\]\]", re.MULTILINE)
_MARKED = re.compile(rf"{_CODE}|==(?=[^\s=])([^=\n]{{1,2000}})(?<=\S)==(?!=)", re.MULTILINE)
_ENTITY = re.compile(
    rf"{_CODE}|&(?!lt;|gt;|#60;|#62;)(?:[a-z]{{2,31}}|#\d{{1,7}}|#x[\da-f]{{1,6}});|\\(?=[$%&])", re.MULTILINE | re.IGNORECASE
)
_TAG = re.compile(rf"{_CODE}|</?[a-z][\w.-]*(?:\s[^<>\n]{{0,500}})?/?>", re.MULTILINE | re.IGNORECASE)
_COMPONENT = re.compile(
    r"""^[ \t]*<[A-Z][\w.]*\s(?:[^<>\n]*\s)?(?:label|title|header|summary)=["']([^"'\n]+)["'][^<>\n]*>[ \t]*$""", re.MULTILINE
)
_CALLOUT = re.compile(r"^([ \t]*>[ \t]*)\[![\w-]+\][+-]?[ \t]*(.*)\n", re.MULTILINE)
_FENCED = re.compile(r"^[ \t]*:{3,}[ \t]*(?:\{[^{}\n]*\}|[\w-]*)[ \t]*(?:\[([^\]\n]*)\]|([^\n{]*))[ \t]*$", re.MULTILINE)
_OPENS = re.compile(r"(?:!!!|\?\?\?\+?|===)(?:[ \t]+[\w-]+)*(?:[ \t]+\"([^\"\n]*)\")?[ \t]*")
_CONTENTS = re.compile(r"(?:^[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]+\[[^\]\n]*\]\(#[^)\n]*\)[ \t]*(?:\n|\Z)){2,}", re.MULTILINE)
_NOTE = re.compile(r"^\[\^([^\]\s]{1,50})\]:[ \t]*(.*(?:\n(?: {2,}|\t).*)*)\n?", re.MULTILINE)
_MARK = re.compile(r"\[\^([^\]\s]{1,50})\]")
_HTML_START = re.compile(r"^<(?!!--)/?[a-z]", re.MULTILINE | re.IGNORECASE)


def shown(text: str, html_blocks: Callable[[str], list[tuple[int, int]]]) -> tuple[str, tuple[str, ...]]:
    """The text as shown, and the texts of it that are no content, such as a list of contents. `html_blocks` finds the offsets of
    runs of HTML that stand in lines of their own."""
    left_out: list[str] = []
    last = max(map(text.rfind, ("-->", "%%", "*/}")))
    if last >= 0:  # beyond it no comment can end, and none is looked for
        end = len(text) - len(text[last:].partition("\n")[2])
        text = _outside_code(_COMMENT, text[:end], lambda _: "") + text[end:]
    text = _outside_code(_LONE_MARKS, text, lambda _: "")
    text = _outside_code(_STRUCK, text, lambda found: _left_out(found, left_out))
    text = _CONTENTS.sub(lambda found: _left_out(found, left_out), text)
    text = _COMPONENT.sub(r"\n**\1**\n", text)
    text = _CALLOUT.sub(lambda found: f"{found[1]}**{found[2].strip()}**\n{found[1]}\n" if found[2].strip() else "", text)
    text = _FENCED.sub(lambda found: f"\n**{title}**\n" if (title := (found[1] or found[2] or "").strip()) else "", text)
    text = _outdented(text)
    text = _outside_code(_LINKS, text, lambda found: found[5] or found[4])
    text = _outside_code(_MARKED, text, lambda found: found[4])
    text = _outside_code(_RAISED, text, lambda found: raised(found[4].lower(), found[5]))
    text = _with_notes(text)
    if _HTML_START.search(text):
        for first, last in reversed(html_blocks(text)):
            text = text[:first] + _from_html(text[first:last]) + text[last:]
    text = _outside_code(_TAG, text, lambda found: " " if found[0][1:3].lower() == "br" else "")
    return _outside_code(_ENTITY, text, lambda found: html.unescape(found[0]).replace("\\", "")), tuple(left_out)


def _outside_code(pattern: re.Pattern[str], text: str, replaced: Callable[[re.Match[str]], str]) -> str:
    return pattern.sub(lambda found: found[0] if found["code"] else replaced(found), text)


def _left_out(found: re.Match[str], left_out: list[str]) -> str:
    left_out.append(" ".join(re.sub(r"</?\w+>|~~|\]\([^)\n]*\)|\[", "", found[0]).split()))
    return ""


def _outdented(text: str) -> str:
    """Blocks that a line with a title opens ("!!! note", "=== "Tab"") moved out to where the line stands."""
    if not re.search(r"^(?:!!!|\?\?\?|===)[ \t+]", text, re.MULTILINE):
        return text
    lines: list[str] = []
    inside = False
    for line in text.split("\n"):
        opens = _OPENS.fullmatch(line)
        indented = line.startswith(("    ", "\t"))
        inside = bool(opens) or (inside and (indented or not line.strip()))
        if opens:
            lines += [f"**{opens[1]}**", ""] if opens[1] else [""]
        else:
            lines.append(re.sub(r"^(?: {4}|\t)", "", line) if inside else line)
    return "\n".join(lines)


def _with_notes(text: str) -> str:
    """The text with its footnotes after the blocks that mark them, under the marks that a reader is shown."""
    notes = {found[1]: " ".join(found[2].split()) for found in _NOTE.finditer(text)}
    if not notes:
        return text
    text = _NOTE.sub("", text)
    marks: dict[str, str] = {}
    blocks: list[str] = []
    for block in re.split(r"(\n\s*\n)", text):
        marked = [name for name in _MARK.findall(block) if name in notes]
        first = [name for name in dict.fromkeys(marked) if name not in marks]
        marks |= {name: raised("sup", str(at)) for at, name in enumerate(first, len(marks) + 1)}
        blocks.append(_MARK.sub(partial(_marked, marks), block))
        blocks += [f"\n\n{marks[name]} {notes[name]}" for name in first]
    return "".join(blocks)


def _marked(marks: dict[str, str], found: re.Match[str]) -> str:
    return marks.get(found[1], found[0])


def _from_html(text: str) -> str:
    """HTML in lines of its own as Markdown; tags alone give nothing."""
    tree = parsed_page(f"<body><main>{text}</main></body>")
    if tree is None:
        return ""
    made = written(Visibility(tree))
    lines: list[str] = []
    columns = 0
    for block, words in zip(made.blocks, made.lines(), strict=True):
        line = words.replace("\n", " ")
        if block.kind == "row":
            width = line.count(" | ") + 1
            if not columns:
                lines += ["", *([] if block.marker == HEADER else [f"|{' |' * width}", f"|{'---|' * width}"])]
            lines += [f"| {line} |", *([f"|{'---|' * width}"] if block.marker == HEADER and not columns else [])]
            columns = width
            continue
        columns = 0
        if block.kind == "heading":
            line = f"**{line}**" if block.level == BOLD_LINE else f"{'#' * block.level} {line}"
        elif block.kind == "item":
            line = f"{'    ' * block.level}{block.marker.replace('•', '-') or '-'} {line}"
        lines += [line] if block.kind == "item" and lines and lines[-1].lstrip()[:1] in ("-", *"0123456789") else ["", line]
    return "\n".join([*lines, ""])
