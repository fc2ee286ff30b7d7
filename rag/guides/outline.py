"""Document to outline: its title, its sections with their groups, and the careers they are about."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from rag.datatypes import Block, Document, Group, Outline, Section
from rag.formats.blocks import HEADER, mark_kind
from rag.guides.flattened import labelled_by_name, restore, title_pattern
from rag.guides.headings import LOST, mark_headings, rank
from rag.guides.subjects import subject_of
from rag.text.inflection import singularise
from rag.text.roles import is_role_title, role_title, singular_title, subject
from rag.text.sentences import sentences
from rag.text.words import stems

NAME_CHARS = 300  # of a heading's name: every passage below carries it. Its text is the guide's, and stays whole
_TITLES = 30  # opening lines among which the title is: more of them are a list
_LEAD_END = (":", "：")


def outline(document: Document) -> Outline:
    """The structure of a document, recovered from its blocks; every block lands in exactly one section."""
    text = document.text
    blocks = mark_headings(text, document.blocks)
    title_block = _title_block(document, blocks)
    title = document.title[:NAME_CHARS].strip() or (
        _titled(_one_line(text[title_block.start : title_block.end])) if title_block else _from_name(document.path)
    )
    titles = [text[block.start : min(block.end, block.start + NAME_CHARS)] for block in blocks if block.kind == "heading"]
    ranked = rank(text, blocks, title_block)
    blocks = [labelled_by_name(text, block) for block in restore(text, ranked, [title, *titles])]
    sections = _sections(document, title, title_block, blocks)
    careers = dict.fromkeys(section.career for section in sections if section.career)
    named = [name for section in sections for name in _columns(text, section)]
    if not careers:  # a guide is about something
        about = document.careers[0] if document.careers else _subject(document, title, sections, named)
        sections = [replace(section, career=about) for section in sections]
        careers = {about: None}
    careers = dict.fromkeys([*careers, *document.careers, *named])
    guessed = not document.title and not (title_block and title_block.level)
    # Sections keep the line they stand under: with the file's name before each passage fewer of them were found.
    shown = _better(title, document.path, careers) if guessed else None
    return Outline(shown or title, tuple(careers), tuple(sections))


def _subject(document: Document, title: str, sections: Sequence[Section], columns: Sequence[str]) -> str:
    """The role that a guide speaks of, or what its title says it is about; one whose tables have a column for each of several
    careers is about these."""
    about = None if columns else subject_of(document.text, title, document.path, [section.path[-1] for section in sections])
    return _titled(about) if about else subject(title)


def _better(guessed: str, path: str, careers: Iterable[str]) -> str | None:
    """A title from a file's name, where that tells a career of the guide and the line taken for a title none ("Overview")."""
    name = _from_name(path)
    said, named = {*stems(guessed)}, {*stems(name)}
    about = [{*stems(career)} for career in careers if career != guessed]
    return name if any(its <= named for its in about) and not any(its & said for its in about) else None


def _columns(text: str, section: Section) -> list[str]:
    """The careers that head the columns of a section's tables, where two do at least, and nothing else but the first column's."""
    headers = [block for group in section.groups for block in group.blocks if block.marker == HEADER]
    rows = [[_one_line(cell.strip()) for cell in text[block.start : block.end].strip("| ").split("|")] for block in headers]
    return [name for row in rows if len(row) > 2 and all(map(is_role_title, row[1:])) for name in row[1:]]


def _title_block(document: Document, blocks: Sequence[Block]) -> Block | None:
    """The heading that is the document's title: the one that says the title given, else the only one of rank 1, else, among
    the bare lines before the first prose, the one the text names most often, else the first if it alone names a role."""
    text = document.text
    headings = [block for block in blocks if block.kind == "heading"]
    for block in headings[:8]:
        if document.title and text[block.start : block.end].casefold() == document.title.casefold():
            return block
    first = [block for block in headings if block.level == 1]
    if first:
        return first[0] if len(first) == 1 or first[0] is headings[0] else None
    opening: list[Block] = []
    for block in blocks:
        if block.kind == "item" or text[block.end - 1] in ".:":
            break
        if block.kind == "heading" and not block.level:
            opening.append(block)
    if document.title:
        return None
    if not opening:
        roles = [block for block in headings if is_role_title(text[block.start : block.end])]
        return roles[0] if len(roles) == 1 and roles[0] is headings[0] else None
    return max(opening[:_TITLES], key=lambda block: _mentions(text, block))


def _mentions(text: str, block: Block) -> int:
    """How often a text names what a block says."""
    name = text[block.start : min(block.end, block.start + NAME_CHARS)]
    return len(re.findall(title_pattern(name), text, re.IGNORECASE))


def _from_name(path: str) -> str:
    """A file's name in words: "law/wind-turbine_technician.v2.pdf" is "Wind Turbine Technician V2"."""
    found = re.split(r"[\s._-]+", PurePosixPath(path).stem)
    return " ".join(word[:1].upper() + word[1:] for word in found if word) or path


def _sections(document: Document, title: str, title_block: Block | None, blocks: Sequence[Block]) -> list[Section]:
    text, given = document.text, document.careers
    role = role_title(title)
    owner = given[0] if len(given) == 1 else singular_title(role) if role else None
    stack: list[tuple[int, str, str | None]] = [(0, title, owner)]
    sections: list[Section] = []
    heading: Block | None = None
    body: list[Block] = []

    def close() -> None:
        if heading is not None or body:
            sections.append(_section(text, stack, heading, body))

    for at, block in enumerate(blocks):
        if block.kind == "heading":
            close()
            heading, body = block, []
            if block.marker == LOST or (title_block and block.start == title_block.start):
                stack = stack[:1]
                heading = None if block.marker == LOST else block
                continue
            name = _one_line(text[block.start : block.end])
            name = _titled(name) if is_role_title(_titled(name)) else name
            stack = [entry for entry in stack if entry[0] < block.level or entry[0] == 0]
            career = name if name in given else _career(text, name, blocks, at) or stack[-1][2]
            if stack[-1][1] != name:
                stack.append((block.level, name, career))
        else:
            body.append(block)
    close()
    return sections


def _section(text: str, stack: Sequence[tuple[int, str, str | None]], heading: Block | None, body: Sequence[Block]) -> Section:
    return Section(tuple(entry[1] for entry in stack), stack[-1][2], heading, tuple(_groups(text, body)))


def _career(text: str, name: str, blocks: Sequence[Block], at: int) -> str | None:
    """The career a heading opens: its own words name a role, and it is singular or the text under it speaks of that role."""
    if not is_role_title(name):
        return None
    if singularise(name) == name:
        return name
    end = next((blocks[after].start for after in range(at + 1, len(blocks)) if blocks[after].kind == "heading"), len(text))
    body = text[blocks[at].end : end]
    return name if re.search(rf"\b{title_pattern(singularise(name))}\b", body, re.IGNORECASE) else None


def _groups(text: str, blocks: Sequence[Block]) -> list[Group]:
    """Blocks as groups: each list with the lead-in before it; prose between lists; a new list where the marks change kind."""
    groups: list[Group] = []
    lead: Block | None = None
    top: Block | None = None  # the first block of the run of those that are nested least
    run: list[Block] = []

    def close() -> None:
        nonlocal lead, run, top
        if run or lead:
            groups.append(Group(tuple(run), lead) if run else Group((lead,) if lead else ()))
        lead, run, top = None, [], None

    for at, block in enumerate(blocks):
        if block.kind == "paragraph":
            if run and run[-1].kind != "paragraph":
                close()
            if text[block.end - 1] in _LEAD_END or _left_open(text, blocks, at):
                close()
                lead = block
                continue
        elif top and _breaks(run[-1], top, block):
            close()
        run.append(block)
        top = block if top is None or block.level < top.level else top
    close()
    return groups


def _left_open(text: str, blocks: Sequence[Block], at: int) -> bool:
    """A paragraph right before a list or table that does not end like a sentence leads in to it ("…, a baker can expect to")."""
    listed = at + 1 < len(blocks) and blocks[at + 1].kind in ("item", "row")
    return listed and text[blocks[at].end - 1].isalnum() and len(sentences(text, blocks[at].start, blocks[at].end)) == 1


def _breaks(last: Block, top: Block, block: Block) -> bool:
    """Whether a list or table ends before `block`: prose before it, or, at the outermost level, marks of another kind."""
    if last.kind != block.kind:
        return True
    return block.kind == "item" and block.level <= top.level and mark_kind(block.marker) != mark_kind(top.marker)


def _one_line(text: str) -> str:
    """A heading's text as a name: one line, no emphasis."""
    return " ".join(text.replace("**", "").split())[:NAME_CHARS].rstrip(":").strip()


def _titled(name: str) -> str:
    """A title or a role with capitals only where they belong."""
    return name.title() if name.isupper() and len(name) > 5 else name


def with_title(document: Document, outline_: Outline) -> Document:
    """The document carrying its outline's title."""
    return replace(document, title=outline_.title)
