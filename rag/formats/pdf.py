"""PDF files to text and blocks: by their tags where they have them, else by how they look."""

import io
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

import pdfplumber
from pypdf import PasswordType, PdfReader
from pypdf.errors import DependencyError, PyPdfError

from rag.errors import CorpusError
from rag.formats.manuscript import Parsed, count_characters
from rag.formats.pdfglyphs import page_snippets, page_tables
from rag.formats.pdflayout import without_furniture, write_lines
from rag.formats.pdflines import Tables, page_lines, with_tables
from rag.formats.pdftags import structure, write_tagged
from rag.formats.pdftext import PagedManuscript, Snippet

_TAGGED = 0.9  # share of the text that a structure tree must hold to be trusted
_DATE = re.compile(r"D:(\d{4})(\d{2})(\d{2})")

# They report what they mend in a file; what cannot be mended is told as a CorpusError.
for _library in ("pypdf", "pdfminer"):
    logging.getLogger(_library).setLevel(logging.CRITICAL)


def read_pdf(data: bytes) -> Parsed:
    """A PDF's text, with the offset at which each page begins, and what its properties say. Raises CorpusError if it is
    encrypted, broken, or holds no text."""
    try:
        reader = _open(data)
        left_out: list[str] = []
        with pdfplumber.open(io.BytesIO(data)) as plumbed:
            pages = [page_snippets(page, number, left_out) for number, page in enumerate(plumbed.pages)]
            tables = [page_tables(page, snippets) for page, snippets in zip(plumbed.pages, pages, strict=True)]
        shown = sum(count_characters(snippet.text) for snippets in pages for snippet in snippets)
        if not shown:
            count = f"{len(pages)} page{'s' * (len(pages) != 1)}"
            raise CorpusError(f"no text on its {count}, only images; run text recognition (OCR) on it first")
        manuscript = _written(reader, pages, tables, shown)
        shown += sum(map(count_characters, left_out))
        for words in left_out:
            manuscript.leave_out(words)
        for snippets in pages:
            manuscript.leave_out(" ".join(snippet.text for snippet in snippets if snippet.artifact))
        lost = max(0, shown - sum(map(count_characters, (manuscript.text, *manuscript.left_out))))
        return manuscript.finish(_said(reader, manuscript.text), lost, _page_starts(manuscript, len(pages)))
    except CorpusError:
        raise
    except Exception as error:  # a broken file may raise nearly anything from within pypdf
        raise CorpusError(f"broken PDF ({type(error).__name__}); open it in a viewer and print it to a new PDF") from error


def _open(data: bytes) -> PdfReader:
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        opened = PasswordType.NOT_DECRYPTED
        with suppress(DependencyError, PyPdfError):
            opened = reader.decrypt("")
        if opened is PasswordType.NOT_DECRYPTED:
            raise CorpusError("encrypted PDF; save a copy without a password")
    return reader


def _written(reader: PdfReader, pages: Sequence[list[Snippet]], tables: Sequence[Tables], shown: int) -> PagedManuscript:
    tree = structure(reader, pages)
    artifacts = sum(count_characters(snippet.text) for snippets in pages for snippet in snippets if snippet.artifact)
    if tree is not None:
        inside = tree.snippets()
        held = sum(count_characters(snippet.text) for snippet in inside)
        if held >= _TAGGED * (shown - artifacts):
            manuscript = write_tagged(tree)
            if manuscript.text:
                for words in _around(pages, inside):
                    manuscript.leave_out(words)
                return manuscript
    lines = [with_tables(page_lines(snippets), held) for snippets, held in zip(pages, tables, strict=True)]
    kept = without_furniture(lines)
    manuscript = write_lines(kept, [snippet for snippets in pages for snippet in snippets])
    for line in (line for every, some in zip(lines, kept, strict=True) for line in every if line not in some):
        manuscript.leave_out(line.text)
    return manuscript


def _around(pages: Sequence[list[Snippet]], inside: Sequence[Snippet]) -> Iterator[str]:
    """What is not in a file's structure and stands above or below all that is: what a browser prints around a page."""
    heights: dict[int, list[float]] = {}
    for snippet in inside:
        heights.setdefault(snippet.page, []).append(snippet.y)
    held = set(map(id, inside))
    for number, snippets in enumerate(pages):
        low, high = min(heights.get(number, [0.0])), max(heights.get(number, [0.0]))
        for snippet in snippets:
            if id(snippet) not in held and not snippet.artifact and not low <= snippet.y <= high:
                yield snippet.text


def _said(reader: PdfReader, text: str) -> dict[str, str]:
    properties: Mapping[str, object] = reader.metadata or {}
    title = " ".join(str(properties.get("/Title") or "").split())
    date = _DATE.match(str(properties.get("/ModDate") or properties.get("/CreationDate") or ""))
    return {
        # Programs leave file names here; a title that the text says is a title.
        "title": title if title.casefold() in text[:5000].casefold() else "",
        "date": "-".join(date.groups()) if date else "",
        "language": str(reader.root_object.get("/Lang") or ""),
    }


def _page_starts(manuscript: PagedManuscript, pages: int) -> tuple[int, ...]:
    """A start for each page; a page without text begins where the next one does."""
    starts, end = manuscript.page_offsets(), len(manuscript.text)
    found: list[int] = []
    for page in reversed(range(pages)):
        end = min(starts.get(page, end), end)
        found.append(end)
    return tuple(reversed(found))
