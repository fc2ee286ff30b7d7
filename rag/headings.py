"""Headings that are bare lines, and the ranks of headings whose file gives none.

A document that marks its headings (Markdown, HTML, DOCX) is left as it is. Plain text and PDF text only have lines: a heading
is a short line that stands alone and does not end like a sentence.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.datatypes import Block
from rag.text import FUNCTION_WORDS, WORD, sentences, trim

MAX_WORDS = 12
INTRO_CHARS = 450  # a longer paragraph right under a heading is the section's body, not an introduction to sub-headings
_QUESTION_MARK = re.compile(r"(?:Q(?:uestion)?\s*\d*\s*[:.)]\s*)")
_ANSWER_MARK = re.compile(r"(?:A(?:nswer)?\s*\d*\s*[:.)]\s+)(?=\S)")
_RULE = re.compile(r"[=~_*-]{3,}")


def mark_headings(text: str, blocks: Sequence[Block]) -> list[Block]:
    """Blocks with bare-line headings marked, of level 0 (rank unknown); unchanged where the file marks its own."""
    if any(block.kind == "heading" for block in blocks):
        return [_bold_line(text, block) for block in blocks]
    lines = [piece for block in blocks for piece in _split_lines(text, block)]
    marked: list[Block] = []
    for at, block in enumerate(lines):
        following = lines[at + 1] if at + 1 < len(lines) else None
        before = lines[at - 1] if at else None
        marked.append(_as_heading(text, block, before, following))
    return [block for block in marked if not _RULE.fullmatch(text[block.start : block.end])]


def _as_heading(text: str, block: Block, before: Block | None, following: Block | None) -> Block:
    line = text[block.start : block.end]
    numbered = block.kind == "item" and block.marker[:1].isdigit() and "item" not in _kinds(before, following)
    if following is None or not (block.kind == "paragraph" or numbered) or not reads_as_heading(line):
        return _strip(text, block, _ANSWER_MARK)
    if line.endswith(":") and following.kind == "item" and not _title_case(line):
        return block
    heading = _strip(text, block, _QUESTION_MARK)
    end = heading.end - 1 if line.endswith(":") else heading.end
    return replace(heading, kind="heading", end=end, level=0, label_end=None)


def _kinds(*blocks: Block | None) -> set[str]:
    return {block.kind for block in blocks if block is not None}


def reads_as_heading(line: str) -> bool:
    """Whether a lone line reads as a heading: one short line, opened by a capital or digit, not ended like a sentence."""
    count = len(WORD.findall(line))
    if "\n" in line or not 0 < count <= MAX_WORDS or len(line) > 100:
        return False
    first = line.lstrip("\"'“‘([#*")[:1]
    if line.endswith("?"):
        return True
    return (
        (first.isupper() or first.isdigit())
        and not line.endswith((".", ";", ",", "!"))
        and (not line.endswith(":") or count <= 6)
    )


def _title_case(line: str) -> bool:
    return all(word[:1].isupper() or word[:1].isdigit() for word in WORD.findall(line) if word.lower() not in FUNCTION_WORDS)


def _strip(text: str, block: Block, mark: re.Pattern[str]) -> Block:
    match = mark.match(text, block.start, block.end) if block.kind == "paragraph" else None
    return replace(block, start=match.end()) if match and match.end() < block.end else block


def _bold_line(text: str, block: Block) -> Block:
    """A Markdown paragraph that is one bold line is a heading below those that are marked."""
    line = text[block.start : block.end]
    bold = re.fullmatch(r"(\*\*|__)(?!\s)(.+?)(?<!\s):?\1:?", line)
    if block.kind != "paragraph" or bold is None or not reads_as_heading(bold[2]):
        return block
    return Block("heading", block.start + 2, block.start + 2 + len(bold[2]), 7, bold[1])


def _split_lines(text: str, block: Block) -> list[Block]:
    """A paragraph of several lines, cut where a short line stands over wrapped prose (PDF text has no blank lines)."""
    if block.kind != "paragraph" or "\n" not in text[block.start : block.end]:
        return [block]
    spans = [
        trim(text, block.start + m.start(), block.start + m.end()) for m in re.finditer(r"[^\n]+", text[block.start : block.end])
    ]
    spans = [span for span in spans if span[0] < span[1]]
    width = sorted(end - start for start, end in spans)[int(0.8 * (len(spans) - 1))]
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


def _stands_alone(text: str, spans: Sequence[tuple[int, int]], at: int, width: int) -> bool:
    start, end = spans[at]
    line = text[start:end]
    after = text[spans[at + 1][0]] if at + 1 < len(spans) else ""
    ended = at == 0 or text[spans[at - 1][1] - 1] in '.!?:)”"' or spans[at - 1][1] - spans[at - 1][0] < 0.6 * width
    return len(line) < 0.75 * width and reads_as_heading(line) and (after.isupper() or after.isdigit()) and ended


def rank(text: str, blocks: Sequence[Block], title: Block | None) -> list[Block]:
    """Blocks with each heading of unknown rank given one: 1 the title, 2 a section, 3 what a section holds.

    A heading with a short introduction, or nothing, before the next heading opens a section. Headings over lists then belong
    to it; a long body of prose under the next heading closes it, unless the section opened with nothing (a mere divider).
    """
    ranked: list[Block] = []
    holder: str | None = None  # None, "intro" or "divider": what the open section began with
    for at, block in enumerate(blocks):
        if block.kind != "heading" or block.level != 0:
            ranked.append(block)
            continue
        if block is title:
            level, holder = 1, None
        else:
            level, holder = _place(text, _body(blocks, at), holder)
        ranked.append(replace(block, level=level))
    return ranked


def _body(blocks: Sequence[Block], at: int) -> tuple[list[Block], bool]:
    """What stands under a heading, and whether another heading of unknown rank follows."""
    body: list[Block] = []
    for block in blocks[at + 1 :]:
        if block.kind == "heading" and block.level == 0:
            return body, True
        body.append(block)
    return body, False


def _place(text: str, under: tuple[list[Block], bool], holder: str | None) -> tuple[int, str | None]:
    body, more = under
    prose = [block for block in body if block.kind == "paragraph"]
    listed = any(block.kind in ("item", "row") for block in body)
    if not body and more:
        return (2, "divider") if holder != "divider" else (3, holder)
    if not listed and more and holder != "divider" and all(is_intro(text, block) for block in prose) and len(prose) <= 2:
        return 2, "intro"
    if holder == "divider" or (holder == "intro" and listed and all(is_intro(text, block) for block in prose[:1])):
        return 3, holder
    if holder == "intro" and not listed and all(is_intro(text, block) for block in prose):
        return 3, holder
    return 2, None


def is_intro(text: str, block: Block) -> bool:
    """Whether a paragraph is short enough to introduce what follows."""
    return block.end - block.start <= INTRO_CHARS and len(sentences(text, block.start, block.end)) <= 3
