"""Files of each format to text and blocks: one entry a suffix."""

import re
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

from rag.errors import CorpusError
from rag.formats.manuscript import Parsed
from rag.formats.markdown import html_blocks, markdown_blocks
from rag.formats.markdownshown import shown
from rag.formats.pdf import read_pdf
from rag.formats.plaintext import plain_blocks, read_fields, read_front_matter
from rag.formats.running import without_running
from rag.formats.webpage import read_page
from rag.formats.worddocument import read_word
from rag.text.cleaning import fold
from rag.text.decoding import decode

_MAIL = re.compile(r"(?:[A-Z][\w-]*:[^\n]*\n(?:[ \t]+[^\n]*\n)*)*(?:MIME-Version|Content-Transfer-Encoding):[^\n]*\n")
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
    if _MAIL.match(text):
        return _mail(data)
    meta, start = read_front_matter(text)
    body, left_out = without_running(text[start:])
    text = text[:start] + body
    meta = read_fields(text, start) | meta
    skipped = ((0, start),) if start else ()
    return Parsed(text, plain_blocks(text, start), meta.pop("title", None), meta, skipped=skipped, left_out=left_out)


def _mail(data: bytes) -> Parsed:
    """What a mail saved as a file says: its body, under its subject."""
    message = message_from_bytes(data, policy=policy.default)
    body = message.get_body(("html", "plain")) if isinstance(message, EmailMessage) else None
    if body is None:
        raise CorpusError("a mail without text; save what it says as a text file")
    text = body.get_content()
    parsed = read_page(text.encode()) if body.get_content_subtype() == "html" else _plain(text.encode())
    subject = fold(str(message["subject"] or ""))
    return replace(parsed, title=parsed.title or subject or None)


def _markdown(data: bytes) -> Parsed:
    text = decode(data)
    meta, start = read_front_matter(text)
    body, left_out = shown(text[start:], html_blocks)
    text = text[:start] + body
    blocks, skipped = markdown_blocks(text, start)
    front = ((0, start),) if start else ()
    return Parsed(text, blocks, meta.pop("title", None), meta, skipped=front + skipped, left_out=left_out)


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
