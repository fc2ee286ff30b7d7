"""Files of each format to text and blocks: one entry a suffix."""

from collections.abc import Callable
from dataclasses import dataclass, field

from rag.datatypes import Block
from rag.decoding import decode
from rag.errors import CorpusError
from rag.frontmatter import read_front_matter
from rag.markdown import markdown_blocks
from rag.plaintext import plain_blocks


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file says: its canonical text, and the blocks its format shows, with offsets into that text.

    `meta` may hold "source", "date", "language" and "aliases" (one a line). `skipped` are spans that are no words of the guide,
    such as front matter. `page_starts` holds the offset at which each page begins.
    """

    text: str
    blocks: tuple[Block, ...]
    title: str | None = None
    meta: dict[str, str] = field(default_factory=dict)
    page_starts: tuple[int, ...] = ()
    skipped: tuple[tuple[int, int], ...] = ()


def parse(data: bytes, suffix: str) -> Parsed:
    """A file's bytes, read as what its suffix (".md") says it is. Raises CorpusError with the reason if it cannot be read."""
    parser = PARSERS.get(suffix.lower())
    if parser is None:
        raise CorpusError(f"format {suffix or 'without a suffix'} is not one of {', '.join(PARSERS)}")
    if not data.strip():
        raise CorpusError("empty file")
    parsed = parser(data)
    if not parsed.blocks:
        raise CorpusError("no text in it")
    return parsed


def _plain(data: bytes) -> Parsed:
    text = decode(data).text
    meta, start = read_front_matter(text)
    skipped = ((0, start),) if start else ()
    return Parsed(text, plain_blocks(text, start), meta.pop("title", None), meta, skipped=skipped)


def _markdown(data: bytes) -> Parsed:
    text = decode(data).text
    meta, start = read_front_matter(text)
    blocks, skipped = markdown_blocks(text, start)
    front = ((0, start),) if start else ()
    return Parsed(text, blocks, meta.pop("title", None), meta, skipped=front + skipped)


PARSERS: dict[str, Callable[[bytes], Parsed]] = {
    ".txt": _plain,
    ".text": _plain,
    ".md": _markdown,
    ".markdown": _markdown,
}
