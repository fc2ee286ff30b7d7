"""A whole guide laid out for its page, and the stretch around a citation for the panel; both from its recovered outline."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.datatypes import Block, Document, Outline, Section
from rag.guides.headings import FURNITURE
from rag.guides.passages import is_fragment
from rag.text.cleaning import slug
from rag.text.sentences import sentences
from web.addresses import Mark
from web.page.layout import Element, lay_out

EXCERPT_CHARACTERS = 2500


@dataclass(frozen=True, slots=True)
class Heading:
    """An entry of the table of contents; `cited` says that a marked run lies under it."""

    text: str
    anchor: str
    cited: bool


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Where a citation stands (`path`, the guide's title left out) and what stands around it."""

    path: tuple[str, ...]
    elements: list[Element]
    cut_before: bool
    cut_after: bool


def whole(document: Document, outline: Outline, marks: Sequence[Mark]) -> tuple[list[Element], list[Heading]]:
    """Every section of a guide in reading order, marked, and its table of contents."""
    blocks = [block for section in _shown(outline) for block in _blocks(section)]
    elements = lay_out(document, [block for block in blocks if _is_content(document.text, block, marks)], marks)
    contents: list[Heading] = []
    taken: Counter[str] = Counter()
    for element in elements:
        if element.kind == "heading":
            element.anchor = _anchor(element.text, taken)
            if element.level == 2:
                contents.append(Heading(element.text, element.anchor, False))
        if contents and any(span.marks for below in element.walk() for span in below.spans):
            contents[-1] = replace(contents[-1], cited=True)
    return elements, contents


def excerpt(document: Document, outline: Outline, mark: Mark) -> Excerpt:
    """The section that holds a citation, cut at sentences to about `EXCERPT_CHARACTERS` around it when it is longer."""
    section = next((s for s in outline.sections if _holds(s, mark)), None)
    blocks = _blocks(section) if section else []
    body = [piece for block in blocks if block.kind != "heading" for piece in _pieces(document.text, block)]
    heads = [block for block in blocks if block.kind == "heading"]
    pieces = [*heads, *body]
    if section is None or not _under(pieces, mark):
        return Excerpt((), lay_out(document, [Block("paragraph", mark.start, mark.end)], [mark]), True, True)
    first, last = _window(pieces, mark)
    elements = lay_out(document, _rejoined(pieces[first : last + 1]), [mark])
    return Excerpt(section.path[1:], elements, first > 0, last < len(pieces) - 1)


def _is_content(text: str, block: Block, marks: Sequence[Mark]) -> bool:
    """Whether a block is worth showing: no remnant of the page it was collected from ("first image"), unless marked."""
    marked = any(block.start < mark.end and mark.start < block.end for mark in marks)
    return marked or block.kind != "paragraph" or not is_fragment(text, block)


def _shown(outline: Outline) -> Iterator[Section]:
    """The sections that show: not the title again, not a heading said twice, not one with nothing under it."""
    for at, section in enumerate(outline.sections):
        following = outline.sections[at + 1] if at + 1 < len(outline.sections) else None
        opens = following is not None and len(following.path) > len(section.path) and following.path != section.path
        if section.groups or opens:
            yield section


def _blocks(section: Section) -> list[Block]:
    """A section's blocks, its heading first with its depth as level (2 is the outermost); the title's own heading is left out."""
    head = [replace(section.heading, level=len(section.path))] if section.heading and len(section.path) > 1 else []
    body = [b for group in section.groups for b in ([group.lead_in] if group.lead_in else []) + list(group.blocks)]
    return [*head, *(block for block in body if block.marker != FURNITURE)]


def _holds(section: Section, mark: Mark) -> bool:
    return any(block.start < mark.end and mark.start < block.end for block in _blocks(section))


def _pieces(text: str, block: Block) -> list[Block]:
    """A paragraph's sentences; any other block whole."""
    if block.kind != "paragraph":
        return [block]
    return [replace(block, start=start, end=end) for start, end in sentences(text, block.start, block.end)]


def _window(pieces: Sequence[Block], mark: Mark) -> tuple[int, int]:
    """The first and last piece to show: those under the mark, then neighbours while they fit, the shorter side first."""
    under = _under(pieces, mark)
    first, last = under[0], under[-1]
    while True:
        wider = [(first - 1, last)] if first else []
        wider += [(first, last + 1)] if last + 1 < len(pieces) else []
        fitting = [(a, b) for a, b in wider if pieces[b].end - pieces[a].start <= EXCERPT_CHARACTERS]
        if not fitting:
            return first, last
        # What would stand before and after the mark: the more even of the two keeps the mark in the middle.
        first, last = min(fitting, key=lambda w: abs((mark.start - pieces[w[0]].start) - (pieces[w[1]].end - mark.end)))


def _under(pieces: Sequence[Block], mark: Mark) -> list[int]:
    """Which pieces a mark is on."""
    return [at for at, piece in enumerate(pieces) if piece.start < mark.end and mark.start < piece.end]


def _rejoined(pieces: Sequence[Block]) -> list[Block]:
    """Sentences of one paragraph that stand side by side, as one block again; a table's rows and list items stay."""
    joined: list[Block] = []
    for piece in pieces:
        if joined and piece.kind == "paragraph" == joined[-1].kind and joined[-1].label_end == piece.label_end:
            joined[-1] = replace(joined[-1], end=piece.end) if piece.start - joined[-1].end <= 1 else joined[-1]
            if joined[-1].end == piece.end:
                continue
        joined.append(piece)
    return joined


def _anchor(text: str, taken: Counter[str]) -> str:
    """An id for a heading, unlike any other in the page. `taken` counts what each base was used for, so that a thousand equal
    headings are not a million tries."""
    base = f"s-{slug(text) or 'section'}"
    taken[base] += 1
    anchor = base if taken[base] == 1 else f"{base}-{taken[base]}"
    while anchor != base and anchor in taken:
        taken[base] += 1
        anchor = f"{base}-{taken[base]}"
    if anchor != base:
        taken[anchor] = 1
    return anchor
