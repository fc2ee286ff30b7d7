"""Blocks that lost their lines: inline headings and bullets, labelled runs, prose glued to a list item.

Exports of web pages drop line breaks. What remains is a paragraph such as "Duties include: - **Plan**: Set goals. - **Lead**:
Guide people. This role needs patience. ### Pay Wages vary", or a last bullet that runs on into the closing sentence.
Each rule here looks at shape only (marks, capitals, punctuation, what sibling items look like), never at a guide's words.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby, islice

from rag.datatypes import Block
from rag.formats.blocks import BARE_LABEL, EMPHASIS, mark_kind
from rag.text.sentences import last_seen, sentences, trim
from rag.text.words import FUNCTION_WORDS

# In running text fewer marks are marks than where a line begins.
_MARK = re.compile(r"(?:(?<=\s)|^)(?:(?P<hash>#{1,6})|(?P<bullet>[-*•–])|(?P<number>\d{1,2}[.)]))\s+(?=[*\"“(]*[A-Za-z])")
_NAME = r"\(?[A-Z0-9][\w&/()'’.+-]*"
_SMALL = r"(?:and|or|of|the|for|in|to|with|on|vs\.?|as|a|an|&|by|at|from)"
_WORDS = rf"(?:{_NAME}(?:,? (?:{_NAME}|{_SMALL})){{0,7}}|{_NAME}(?: [a-z][\w'’-]*){{1,3}})"
_LABEL = re.compile(rf"{EMPHASIS}(?P<label>{_WORDS})(?:{EMPHASIS}:{EMPHASIS}|\.(?:\*\*|__)(?=\s))")
_LABEL_START = re.compile(rf"(?:(?<=[.!?:]\s)|(?<=[.!?:]\*\*\s)|^)(?={_LABEL.pattern.replace('?P<label>', '?:')}\s+[\w\"“($€£])")
_LABEL_ONLY = re.compile(rf"(?:\*\*)?{_NAME}(?:,? (?:{_NAME}|{_SMALL})){{0,7}}(?:\*\*)?:(?:\*\*)?\Z")
_ASKED = re.compile(r"(?:[^\s.?!:]+ ){0,11}[^\s.?!:]+[?:](?=\s+[A-Z])")
_GLUE = re.compile(r"(?<=[\w)%+’'])\s+(?=[A-Z][\w'’-]*,?\s+[a-z(])")
_THREE_WORDS = re.compile(r"(?:\S+\s+){2}\S")
_HEADING_WORDS = 60  # a heading glued to its text ends among these
_TERMINAL = (".", "!", "?", ".)", ".”")

# A last sentence that opens so speaks of the list as a whole and is not part of its last item.
_CLOSING = re.compile(
    r"(?:These|Those|Such|By \w+ing|Overall|Together|Altogether|Ultimately|With these|All of these|Each of these"
    r"|In (?:summary|conclusion|short|sum|essence)|To sum up|\w+ing (?:these|this|such))\b"
)


def restore(text: str, blocks: Sequence[Block], titles: Sequence[str]) -> list[Block]:
    """A document's blocks with flattened paragraphs and glued items split into what they were; headings pass through."""
    spread = [piece for block in blocks for piece in _unflatten(text, block, titles)]
    runs = [list(run) for _, run in groupby(spread, key=lambda block: block.kind == "item" and bool(block.marker))]
    loosened = [piece for run in runs for piece in (_unglue(text, run) if run[0].marker else run)]
    return _nest(text, loosened)


def labelled_by_name(text: str, block: Block) -> Block:
    """The block with `label_end` set, if it has none yet, where it opens with a name: "Fire Safety: text". In running text the
    capitals tell a label; what stands in lines of its own is labelled by its format."""
    match = _LABEL.match(text, block.start, block.end)
    if match is None or block.label_end is not None:
        return block
    return replace(block, label_end=match.end("label"))


def _unflatten(text: str, block: Block, titles: Sequence[str]) -> list[Block]:
    if block.kind != "paragraph":
        return [block]
    marks = _marks(text, block)
    if not marks:
        return _labelled_run(text, block)
    pieces = _labelled_run(text, _paragraph(text, block.start, marks[0].start()))
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        end = following.start() if following else block.end
        pieces += _marked(text, mark, end, titles)
    return [piece for piece in pieces if piece.start < piece.end]


def _marks(text: str, block: Block) -> list[re.Match[str]]:
    """The inline marks that are marks: a heading's always; bullets and numbers only where they make a list."""
    found = list(_MARK.finditer(text, block.start, block.end))
    numbers = [mark for mark in found if mark["number"]]
    counted = [mark for at, mark in enumerate(numbers) if mark["number"][:-1] == str(at + 1)]
    numbers = counted if len(counted) > 1 else []
    kept: list[re.Match[str]] = []
    for mark in found:
        opens = last_seen(text, mark.start()) == ":" or text.startswith("**", mark.end()) or bool(kept)
        if mark["hash"] or mark in numbers or (mark["bullet"] and opens):
            kept.append(mark)
    bullets = sum(bool(mark["bullet"]) for mark in kept)
    return kept if bullets != 1 or len(kept) > 2 else []


def _marked(text: str, mark: re.Match[str], end: int, titles: Sequence[str]) -> list[Block]:
    start, end = trim(text, mark.end(), end)
    if not mark["hash"]:
        return [labelled_by_name(text, Block("item", start, end, 0, mark[0].strip()))]
    cut = _heading_end(text, start, end, titles)
    heading = Block("heading", *trim(text, start, cut), level=10 + len(mark["hash"]), marker=mark["hash"])
    return [heading, *_labelled_run(text, _paragraph(text, cut, end))]


def _heading_end(text: str, start: int, end: int, titles: Sequence[str]) -> int:
    """Where a heading whose line break is lost ends: after its question mark or colon, else before the word that opens a
    sentence; a text without a sentence is all heading."""
    if text[end - 1] not in ".:!?" and not re.search(r"[.!?]\s", text[start:end]):
        return end
    asked = _ASKED.match(text, start, end)
    if asked:
        return asked.end()
    names = _named(tuple(titles))
    words = list(islice(re.compile(r"\S+").finditer(text, start, end), _HEADING_WORDS))
    for at, word in enumerate(words[1:], 1):
        if names.match(text, word.start(), end) or _opens(words, at):
            return word.start()
    return words[_last_capital(words)].start() if _last_capital(words) else end


@lru_cache(maxsize=64)
def _named(titles: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(map(title_pattern, titles)) or '(?!)'})\s+[a-z]")


def _opens(words: Sequence[re.Match[str]], at: int) -> bool:
    """Whether a capitalised function word opens a sentence: an article does, another ("They") if the next word that headings
    write with a capital has none."""
    word = words[at].group()
    if not word[0].isupper() or word.lower() not in FUNCTION_WORDS:
        return False
    following = next((other.group() for other in words[at + 1 :] if not re.fullmatch(_SMALL, other.group())), "")
    return word in ("The", "A", "An") or following[:1].islower()


def _last_capital(words: Sequence[re.Match[str]]) -> int:
    """The position of the capitalised word that opens a sentence, or 0: before the first word without a capital; in a heading
    that has such words itself ("Getting started"), the next one that has a capital and is followed by one that has none."""
    plain = [bool(word.group()[0].islower() and not re.fullmatch(_SMALL, word.group())) for word in words]
    first = plain.index(True) if True in plain else 0
    before = next((at for at in range(first - 1, 0, -1) if words[at].group()[0].isupper()), 0)
    later = (
        at for at in range(first + 1, len(words) - 1) if words[at].group()[0].isupper() and words[at + 1].group()[0].islower()
    )
    return before or (next(later, 0) if first else 0)


def title_pattern(title: str) -> str:
    """A regular expression for a title in running text: any of its words may be plural."""
    return r"\s+".join(re.escape(word) + "(?:e?s)?" for word in title.split())


def _labelled_run(text: str, paragraph: Block) -> list[Block]:
    """A paragraph that reads "…: One: a sentence. Two: a sentence. Three: …" as lead-in, labelled items and closing prose."""
    if paragraph.start >= paragraph.end:
        return []
    starts = [match.start() for match in _LABEL_START.finditer(text, paragraph.start, paragraph.end)]
    if len(starts) < 3:
        return _label_at_end(text, paragraph)
    if text[trim(text, starts[0], starts[1])[1] - 1] == ":":
        del starts[0]  # it labels nothing: it leads in to the others
    spans = [trim(text, *span) for span in zip(starts, [*starts[1:], paragraph.end], strict=True)]
    items = [labelled_by_name(text, Block("item", *span)) for span in spans]
    lead = _paragraph(text, paragraph.start, starts[0])
    most = max((len(sentences(text, other.start, other.end)) for other in items[:-1]), default=None)
    last, closing = _closing(text, items[-1], most)
    return [block for block in (lead, *items[:-1], last, *closing) if block.start < block.end]


def _label_at_end(text: str, paragraph: Block) -> list[Block]:
    """ "…several challenges: Technical Challenges:" as a lead-in and the first label under it."""
    inner = text.rfind(": ", paragraph.start, paragraph.end - 1)
    if inner < 0 or text[paragraph.end - 1] != ":":
        return [paragraph]
    start, end = trim(text, inner + 1, paragraph.end)
    if not _LABEL_ONLY.fullmatch(text[start:end]):
        return [paragraph]
    return [_paragraph(text, paragraph.start, inner + 1), Block("item", start, end, 0, BARE_LABEL)]


def _closing(text: str, item: Block, most: int | None) -> tuple[Block, list[Block]]:
    """The last item, and what follows its own sentences: at `most` so many as its siblings have; "These …" ends it too."""
    spans = sentences(text, item.start, item.end)
    most = len(spans) if most is None else most
    cut = next((at for at, (start, _) in enumerate(spans) if at and (at >= most or _CLOSING.match(text, start))), len(spans))
    if cut == len(spans):
        return item, []
    return replace(item, end=spans[cut - 1][1]), [_paragraph(text, spans[cut][0], item.end)]


def _unglue(text: str, items: Sequence[Block]) -> list[Block]:
    """A run of items with what was glued to them split off as labels or prose."""
    if len(items) < 2 or items[0].kind != "item":
        return list(items)
    told = [item for item in items if text[item.end - 1] != ":"]
    closed = sum(text[item.end - 1] in ".!?" for item in told) * 2 > len(told)
    singles = [closed and len(sentences(text, item.start, item.end)) == 1 for item in items]
    single_ones = sum(singles)
    pieces: list[Block] = []
    for item, alone in zip(items, singles, strict=True):
        if closed:
            others = single_ones - alone
            single = others * 2 > len(items) - 1 if len(items) > 2 else bool(others)
            kept, rest = _closing(text, item, 1 if single else None)
        else:
            kept, rest = _unrun(text, item)
        pieces += [kept, *(piece for paragraph in rest for piece in _tail(text, paragraph))]
    return pieces


def _unrun(text: str, item: Block) -> tuple[Block, list[Block]]:
    """An item of an unpunctuated list that runs on into a sentence ("…objectives The role of a lead is …")."""
    if not text[item.start : item.end].endswith((*_TERMINAL, ":")) or _LABEL_ONLY.match(text, item.start, item.end):
        return item, []
    ranked = []
    for glue in _GLUE.finditer(text, item.start, item.end):
        before = re.search(r"[\w'’-]+$", text[max(item.start, glue.start() - 64) : glue.start()])  # no word is longer
        first = re.compile(r"[\w'’-]+").match(text, glue.end(), item.end)
        if first is None or before is None or (len(first.group()) > 1 and first.group().isupper()):
            continue
        if _THREE_WORDS.match(text, glue.end(), item.end) is None or text.find(" ", item.start, glue.start()) < 0:
            continue
        function_word = first.group().lower() in FUNCTION_WORDS
        if function_word or (before.group().lower() not in FUNCTION_WORDS and item.label_end != glue.start()):
            ranked.append((not function_word, glue.start(), glue.end()))
    if not ranked:
        return item, []
    _, end, start = min(ranked)
    return replace(item, end=end), [_paragraph(text, start, item.end)]


def _tail(text: str, paragraph: Block) -> list[Block]:
    """Prose split off an item; a closing "Label:" or lead-in sentence at its end stands alone."""
    last = sentences(text, paragraph.start, paragraph.end)[-1]
    if text[last[1] - 1] != ":":
        return [paragraph]
    lead = Block("item", *last, 0, BARE_LABEL) if _LABEL_ONLY.fullmatch(text[last[0] : last[1]]) else Block("paragraph", *last)
    before = _paragraph(text, paragraph.start, last[0])
    return [block for block in (before, lead) if block.start < block.end]


def _nest(text: str, blocks: Sequence[Block]) -> list[Block]:
    """Items under an item that only introduces them ("1. Skills:", "Technical Challenges:") moved one level in."""
    nested: list[Block] = []
    opener: Block | None = None
    for at, block in enumerate(blocks):
        below = blocks[at + 1] if at + 1 < len(blocks) else None
        if block.kind != "item":
            opener = None
        elif text[block.end - 1] == ":" and below and below.kind == "item" and below.level == block.level:
            opener = block if block.marker == BARE_LABEL or mark_kind(below.marker) != mark_kind(block.marker) else None
        elif opener is not None and mark_kind(block.marker) != mark_kind(opener.marker):
            block = replace(block, level=block.level + 1)
        else:
            opener = None
        nested.append(block)
    return nested


def _paragraph(text: str, start: int, end: int) -> Block:
    return Block("paragraph", *trim(text, start, end))
