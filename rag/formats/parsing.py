"""Files of each format to text and blocks: one entry a suffix."""

import re
from collections.abc import Callable

from rag.errors import CorpusError
from rag.formats.manuscript import Parsed
from rag.formats.markdown import markdown_blocks
from rag.formats.pdf import read_pdf
from rag.formats.plaintext import plain_blocks, read_front_matter
from rag.formats.webpage import read_page
from rag.formats.worddocument import read_word
from rag.text.decoding import decode

_PAGE = re.compile(r"\s*<(?:!doctype html|html)\b", re.IGNORECASE)

__all__ = ["PARSERS", "Parsed", "parse"]


def parse(data: bytes, suffix: str, max_expanded: int = 200_000_000) -> Parsed:
    """A file's bytes, read as what its suffix (".md") says it is. Raises CorpusError with the reason if it cannot be read.

    A file that is packed may not unpack to more than `max_expanded` bytes."""
    parser = PARSERS.get(suffix.lower())
    if parser is None:
        raise CorpusError(f"format {suffix or 'without a suffix'} is not one of {', '.join(PARSERS)}")
    if not data.strip():
        raise CorpusError("empty file")
    parsed = parser(data, max_expanded)
    if not parsed.blocks:
        raise CorpusError("no text in it")
    return parsed


def _plain(data: bytes) -> Parsed:
    text = decode(data)
    if _PAGE.match(text):
        raise CorpusError("a web page, not plain text; give its name the suffix .html")
    meta, start = read_front_matter(text)
    skipped = ((0, start),) if start else ()
    return Parsed(text, plain_blocks(text, start), meta.pop("title", None), meta, skipped=skipped)


def _markdown(data: bytes) -> Parsed:
    text = decode(data)
    meta, start = read_front_matter(text)
    blocks, skipped = markdown_blocks(text, start)
    front = ((0, start),) if start else ()
    return Parsed(text, blocks, meta.pop("title", None), meta, skipped=front + skipped)


PARSERS: dict[str, Callable[[bytes, int], Parsed]] = {
    ".txt": lambda data, _: _plain(data),
    ".text": lambda data, _: _plain(data),
    ".md": lambda data, _: _markdown(data),
    ".markdown": lambda data, _: _markdown(data),
    ".html": lambda data, _: read_page(data),
    ".htm": lambda data, _: read_page(data),
    ".pdf": lambda data, _: read_pdf(data),
    ".docx": read_word,
}
