"""Document and outline to passages: what is retrieved, and the units it can be quoted in."""

import re
from collections.abc import Callable, Sequence
from typing import Literal

from rag.datatypes import Block, Document, Group, Outline, Passage, Section, Unit
from rag.formats.blocks import HEADER
from rag.guides.headings import FURNITURE
from rag.models import TEXT_TOKENS
from rag.text.cleaning import slug
from rag.text.sentences import sentences, trim
from rag.text.words import words

RUN_IN_CHARS = 320
# Three times what the encoder reads. A longer unit is no sentence, and each question that meets it would pay for it.
MOST_CHARS = 4000
# The encoder reads no more of what a unit stands under, and each unit has a copy of it.
ABOVE_CHARS = 6 * TEXT_TOKENS
_GAP = re.compile(r"\||\t| {3,}")


def make_passages(
    document: Document, outline: Outline, count_tokens: Callable[[str], int], first_group: int = 0
) -> list[Passage]:
    """A document's passages in reading order: each lies in one group and fits the encoder with its heading path; a unit is
    never cut. `first_group` numbers the document's first group in the whole index."""
    passages: list[Passage] = []
    group_number = first_group
    for section in outline.sections:
        for group in section.groups:
            units = group_units(document.text, group, count_tokens)
            for first, run in _pack(document, section, units, count_tokens):
                identity = f"{document.id}/{slug(section.path[-1])[:48] or 'text'}/{len(passages) + 1}"
                span = (run[0].start, max(unit.end for unit in run))
                passages.append(
                    Passage(identity, document.id, section.career, section.path, group_number, first, *span, tuple(run))
                )
            group_number += bool(units)
    return passages


def group_units(text: str, group: Group, count_tokens: Callable[[str], int]) -> list[Unit]:
    """A group's units in reading order; `parent` is what they stand under: a lead-in, an item, a table's header row."""
    units: list[Unit] = []
    if group.lead_in:
        units += [Unit("sentence", *span) for span in _sentences(text, group.lead_in.start, group.lead_in.end)]
        units[-1] = Unit("lead", units[-1].start, units[-1].end)
    lead = len(units) - 1 if group.lead_in else None
    open_items: list[tuple[int, int]] = []
    for block in group.blocks:
        if block.kind == "paragraph":
            if block.marker != FURNITURE and not is_fragment(text, block):
                units += [Unit("sentence", *span, parent=lead) for span in _statements(text, block)]
        elif block.marker == HEADER:
            units += [Unit("lead", *span, parent=lead) for span in _cut(text, block.start, block.end)]
            lead = len(units) - 1
        else:
            open_items = [(level, at) for level, at in open_items if level < block.level]
            parent = open_items[-1][1] if open_items else lead
            open_items.append((block.level, len(units)))
            units += _item_units(text, block, parent, count_tokens)
    return units


def _statements(text: str, block: Block) -> list[tuple[int, int]]:
    """A paragraph's sentences; an opening of up to three words ("Yes.", "Litigation.") stays with what it opens: the rest of a
    short paragraph, the next sentence of a longer one."""
    spans = _sentences(text, block.start, block.end)
    if len(spans) < 2 or len(words(text[slice(*spans[0])])) > 3:
        return spans
    if block.end - block.start <= RUN_IN_CHARS:
        return [(block.start, block.end)]
    return [(spans[0][0], spans[1][1]), *spans[2:]]


def is_fragment(text: str, block: Block) -> bool:
    """A line that says nothing by itself ("hero image"): a remnant of the page, not a statement."""
    return is_label(text[block.start : block.end])


def is_label(line: str) -> bool:
    """Up to three words that end like no sentence ("Qualification")."""
    return "\n" not in line and len(words(line)) <= 3 and line[-1] not in ".!?:"


def _item_units(text: str, block: Block, parent: int | None, count_tokens: Callable[[str], int]) -> list[Unit]:
    kind: Literal["row", "item"] = "row" if block.kind == "row" else "item"
    if kind == "item" and count_tokens(text[block.start : block.end]) > TEXT_TOKENS // 2:
        spans = _sentences(text, block.start, block.end)
    else:
        spans = _cut(text, block.start, block.end)
    first = Unit(kind, *spans[0], block.level, parent, block.label_end)
    return [first, *(Unit(kind, *span, block.level, parent) for span in spans[1:])]


def _sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    return [piece for span in sentences(text, start, end) for piece in _cut(text, *span)]


def _cut(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A stretch in pieces of up to `MOST_CHARS` characters, cut at white space where there is some."""
    pieces: list[tuple[int, int]] = []
    while end - start > MOST_CHARS:
        cut = start + len(text[start : start + MOST_CHARS].rstrip().rpartition(" ")[0]) or start
        cut = cut if cut > start else start + MOST_CHARS
        pieces.append(trim(text, start, cut))
        start = trim(text, cut, end)[0]
    return [piece for piece in (*pieces, (start, end)) if piece[0] < piece[1]]


def _pack(
    document: Document, section: Section, units: Sequence[Unit], count_tokens: Callable[[str], int]
) -> list[tuple[int, list[Unit]]]:
    """Units greedily in runs that fit, each with the position of its first unit in the group."""
    room = TEXT_TOKENS - count_tokens(heading_prefix(section.path, section.career))
    runs: list[tuple[int, list[Unit]]] = []
    used = 0
    for at, unit in enumerate(units):
        size = count_tokens(document.text[unit.start : unit.end]) + 2  # a bullet and its line break
        if not runs or used + size > room:
            runs.append((at, []))
            used = 0
        runs[-1][1].append(unit)
        used += size
    return runs


def cells_of(row: str) -> list[str]:
    """The cells of a table's row, as its text gives them: between bars, tabs or gaps."""
    return [cell for piece in _GAP.split(row) if (cell := piece.strip())]


def own_path(path: Sequence[str], career: str | None) -> tuple[str, ...]:
    """The heading path from the career's own heading on: what stands above it is about other things."""
    path = tuple(path)
    return path[path.index(career) :] if career in path else path


def heading_prefix(path: Sequence[str], career: str | None) -> str:
    """The heading path as it is put before what is embedded."""
    return ": ".join(own_path(path, career)) + "\n"


def embedded_text(document: Document, passage: Passage) -> tuple[str, int]:
    """What the encoder reads for a passage, and the shift from an offset in it to one in the document; offsets inside the
    heading path, before the passage's own text, have no place in the document."""
    prefix = heading_prefix(passage.path, passage.career)
    return prefix + document.text[passage.start : passage.end], passage.start - len(prefix)


def unit_text(document: Document, passage: Passage, unit_index: int, units: Sequence[Unit]) -> str:
    """What the encoder reads for one unit: the heading path, what it stands under, and its own words. `units` are the group's."""
    unit = passage.units[unit_index]
    above: list[str] = []
    room, parent = ABOVE_CHARS, unit.parent
    while parent is not None and room > 0:
        above.insert(0, document.text[units[parent].start : units[parent].end][:room])
        room, parent = room - len(above[0]) - 1, units[parent].parent
    return heading_prefix(passage.path, passage.career) + "\n".join([*above, document.text[unit.start : unit.end]])
