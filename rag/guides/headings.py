"""Headings that are bare lines, and the ranks of headings whose file gives none.

A document that marks its headings (Markdown, HTML, DOCX) is left as it is. Plain text and PDF text only have lines: a heading
is a short line that stands alone and does not end like a sentence.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, takewhile
from typing import Literal

from rag.datatypes import Block
from rag.formats.blocks import BOLD_LINE, HEADER, is_title_case, labelled, reads_as_heading
from rag.text.inflection import singularise
from rag.text.roles import is_role_title
from rag.text.sentences import sentences, trim

Body = Literal["list", "intro", "prose"]
LOST, FURNITURE = "lost", "furniture"
INTRO_CHARS = 450  # a longer paragraph right under a heading is the section's body, not an introduction to sub-headings
_NUMBER = re.compile(r"(\d{1,2}(?:\.\d{1,2})*)[.)]?\s+(?=\S)")
_GAP = re.compile(r"(?<=\S)(?: {3,}|\t+)(?=\S)")
_QUESTION_MARK = re.compile(r"(?:Q(?:uestion)?\s*\d*\s*[:.)]\s*)")
_ANSWER_MARK = re.compile(r"(?:A(?:nswer)?\s*\d*\s*[:.)]\s+)(?=\S)")
_RULE = re.compile(r"[=~_*-]{3,}")


def mark_headings(text: str, blocks: Sequence[Block]) -> list[Block]:
    """Blocks with bare-line headings marked, of level 0 (rank unknown); unchanged where the file marks its own."""
    blocks = _with_fields(text, blocks)
    if any(block.kind == "heading" for block in blocks):
        return [_bold_line(text, block) for block in blocks]
    lines = [piece for block in blocks for piece in _split_lines(text, block)]
    marked: list[Block] = []
    for at, block in enumerate(lines):
        following = lines[at + 1] if at + 1 < len(lines) else None
        before = lines[at - 1] if at else None
        marked.append(_as_heading(text, block, before, following))
    kept = [block for block in marked if not _RULE.fullmatch(text[block.start : block.end])]
    return _numbered(text, _furniture(text, kept))


def _with_fields(text: str, blocks: Sequence[Block]) -> list[Block]:
    """Blocks with the fields of a form ("Salary: $4,100 a month") as labelled items: lines that each give another label a value,
    two at least in one paragraph, or three that stand apart."""
    found: list[Block] = []
    for _, group in groupby(blocks, key=lambda block: bool(_fields(text, block))):
        run = list(group)
        fields = [field for block in run for field in _fields(text, block)]
        labels = {text[field.start : field.label_end].casefold() for field in fields}
        found += fields if len(labels) == len(fields) > min(len(run), 2) else run
    return found


def _fields(text: str, block: Block) -> list[Block]:
    """The lines of a paragraph as labelled items, if all are labelled and none is a question, whose answer stands below it."""
    if block.kind != "paragraph":
        return []
    lines = re.finditer(r"[^\n]+", text[block.start : block.end])
    spans = [trim(text, block.start + line.start(), block.start + line.end()) for line in lines]
    found = [labelled(text, Block("paragraph", *span)) for span in spans if span[0] < span[1]]
    told = all(field.label_end is not None and text[field.end - 1] != "?" for field in found)
    return [replace(field, kind="item") for field in found] if told else []


def _numbered(text: str, blocks: Sequence[Block]) -> list[Block]:
    """Headings that count ("2 Pay", "2.1 Bonus") ranked by their numbers, where at least three do."""
    found = {block: _NUMBER.match(text, block.start, block.end) for block in blocks if block.kind == "heading"}
    if sum(match is not None for match in found.values()) < 3:
        return list(blocks)
    return [
        replace(block, start=match.end(), level=2 + match[1].count("."), marker=match[1])
        if (match := found.get(block))
        else block
        for block in blocks
    ]


def _furniture(text: str, blocks: Sequence[Block]) -> list[Block]:
    """Lines that stand on page after page ("Page 3 of 9") marked as such: they say nothing, and are no headings."""
    shapes = Counter(_shape(text, block) for block in blocks if block.kind in ("heading", "paragraph"))
    return [
        replace(block, kind="paragraph", marker=FURNITURE, level=0, label_end=None)
        if shapes[_shape(text, block)] > 2 and any(c.isdigit() for c in text[block.start : block.end])
        else block
        for block in blocks
    ]


def _shape(text: str, block: Block) -> str:
    return re.sub(r"\d+", "0", " ".join(text[block.start : block.end].split()))


def _as_heading(text: str, block: Block, before: Block | None, following: Block | None) -> Block:
    line = text[block.start : block.end]
    numbered = block.kind == "item" and block.marker[:1].isdigit() and "item" not in _kinds(before, following)
    if following is None or not (block.kind == "paragraph" or numbered) or not reads_as_heading(line):
        return _strip(text, block, _ANSWER_MARK)
    if line.endswith(":") and following.kind == "item" and not is_title_case(line):
        return block
    heading = _strip(text, block, _QUESTION_MARK)
    end = heading.end - 1 if line.endswith(":") else heading.end
    return replace(heading, kind="heading", end=end, level=0, label_end=None)


def _kinds(*blocks: Block | None) -> set[str]:
    return {block.kind for block in blocks if block is not None}


def _strip(text: str, block: Block, mark: re.Pattern[str]) -> Block:
    match = mark.match(text, block.start, block.end) if block.kind == "paragraph" else None
    return replace(block, start=match.end()) if match and match.end() < block.end else block


def _bold_line(text: str, block: Block) -> Block:
    """A Markdown paragraph that is one bold line is a heading below those that are marked."""
    line = text[block.start : block.end]
    bold = re.fullmatch(r"(\*\*|__)(?!\s)(.+?)(?<!\s):?\1:?", line)
    if block.kind != "paragraph" or bold is None or not reads_as_heading(bold[2]):
        return block
    return Block("heading", block.start + 2, block.start + 2 + len(bold[2]), BOLD_LINE, bold[1])


def _split_lines(text: str, block: Block) -> list[Block]:
    """A paragraph of several lines, cut where a short line stands over wrapped prose (PDF text has no blank lines)."""
    if block.kind != "paragraph" or "\n" not in text[block.start : block.end]:
        return [block]
    spans = [
        trim(text, block.start + m.start(), block.start + m.end()) for m in re.finditer(r"[^\n]+", text[block.start : block.end])
    ]
    spans = [span for span in spans if span[0] < span[1]]
    if rows := _rows(text, spans):
        return rows
    width = sorted(end - start for start, end in spans)[int(0.8 * len(spans))]
    pieces: list[Block] = []
    begin = spans[0][0]
    for at, (start, end) in enumerate(spans):
        if _stands_alone(text, spans, at, width):
            if begin < start:
                pieces.append(Block("paragraph", *trim(text, begin, start)))
            pieces.append(Block("paragraph", start, end))
            begin = spans[at + 1][0] if at + 1 < len(spans) else block.end
    if begin < block.end:
        pieces.append(Block("paragraph", *trim(text, begin, block.end)))
    return pieces


def _rows(text: str, spans: Sequence[tuple[int, int]]) -> list[Block]:
    """Lines set in columns as the rows of a table, else nothing."""
    columns = [len(_GAP.findall(text[start:end])) for start, end in spans]
    if len(spans) < 3 or min(columns) < 1 or (max(columns) < 2 and len(spans) < 4):
        return []
    return [Block("row", *span, marker="" if at else HEADER) for at, span in enumerate(spans)]


def _stands_alone(text: str, spans: Sequence[tuple[int, int]], at: int, width: int) -> bool:
    start, end = spans[at]
    line = text[start:end]
    after = text[spans[at + 1][0]] if at + 1 < len(spans) else ""
    ended = at == 0 or text[spans[at - 1][1] - 1] in '.!?:)”"' or spans[at - 1][1] - spans[at - 1][0] < 0.6 * width
    short = len(line) < 0.75 * width or (line.isupper() and len(line) > 4)
    return short and reads_as_heading(line) and (after.isupper() or after.isdigit()) and ended


def rank(text: str, blocks: Sequence[Block], title: Block | None) -> list[Block]:
    """Blocks with each heading of unknown rank given one: 1 the title, 2 a section, 3 what a section holds.

    A heading with a short introduction, or nothing, before the next heading opens a section. It holds the headings after it
    as long as their bodies are of one sort, lists or prose. Long prose that stands apart after its lists closes it too:
    there a heading was lost, and an empty one marked `LOST` is put.
    """
    ranked: list[Block] = []
    holds: Body | None = None
    inside = 0  # how much deeper headings stand under a role of their own
    for at, block in enumerate(blocks):
        if block.kind == "heading" and block.level == 0:
            if _opens_role(text, blocks, at, title):
                level, holds, inside = 2, None, 2
            else:
                level, holds = (1, None) if block is title else _place(text, blocks, at, holds)
                level += inside
            block = replace(block, level=level)
        elif holds == "list" and _stands_apart(text, blocks, at):
            ranked.append(Block("heading", block.start, block.start, 2, LOST))
            holds = None
        ranked.append(block)
    return ranked


def _stands_apart(text: str, blocks: Sequence[Block], at: int) -> bool:
    """Long prose of its own after a section's lists: a section whose heading the export lost."""
    listed = at > 0 and blocks[at - 1].kind == "item"
    return listed and blocks[at].kind == "paragraph" and not is_intro(text, blocks[at])


def _body(text: str, blocks: Sequence[Block], at: int) -> tuple[list[Block], int]:
    """What stands under a heading and where the next heading is; a heading said twice in a row counts once."""
    following = at + 1
    while following < len(blocks) and _same_heading(text, blocks[at], blocks[following]):
        following += 1
    end = next((i for i in range(following, len(blocks)) if blocks[i].kind == "heading"), len(blocks))
    return list(blocks[following:end]), end


def _opens_role(text: str, blocks: Sequence[Block], at: int, title: Block | None) -> bool:
    """Whether a heading names a role and has the headings after it as its own: nothing but an aside stands between."""
    name = text[blocks[at].start : blocks[at].end]
    if blocks[at] is title or not is_role_title(name) or name != singularise(name):
        return False
    body, end = _body(text, blocks, at)
    headed = end < len(blocks) and blocks[end].level == 0 and not is_role_title(text[blocks[end].start : blocks[end].end])
    return headed and end - at - len(body) == 1 and all(is_intro(text, block) for block in body) and len(body) <= 1


def _same_heading(text: str, one: Block, other: Block) -> bool:
    return other.kind == "heading" and text[one.start : one.end] == text[other.start : other.end]


def _place(text: str, blocks: Sequence[Block], at: int, holds: Body | None) -> tuple[int, Body | None]:
    """The rank of the heading at `at`, and what sort of bodies the section open after it holds."""
    body, end = _body(text, blocks, at)
    sort = _sort(text, body)
    if end < len(blocks) and blocks[end].level == 0:
        child = _sort(text, _body(text, blocks, end)[0])
        if not body and holds != "prose":
            return 2, child
        if sort == "intro" and child == "list" and holds != "prose":
            return 2, "list"
    kept = holds is not None and (sort == holds or (sort == "intro" and holds == "prose") or not body)
    return (3, holds) if kept else (2, None)


def _sort(text: str, body: Sequence[Block]) -> Body:
    """Whether a body is a list (with its lead-in), a short introduction alone, or prose."""
    prose = list(takewhile(lambda block: block.kind == "paragraph", body))
    if len(prose) < len(body) and all(text[block.end - 1] == ":" and is_intro(text, block) for block in prose):
        return "list"
    return "intro" if len(prose) == len(body) <= 2 and all(is_intro(text, block) for block in prose) else "prose"


def is_intro(text: str, block: Block) -> bool:
    """Whether a paragraph is short enough to introduce what follows."""
    return block.end - block.start <= INTRO_CHARS and len(sentences(text, block.start, block.end)) <= 3
