"""PDF files to text and blocks: by their tags where they have them, else by how they look."""

import io
import logging
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress

from pypdf import PasswordType, PdfReader
from pypdf.errors import DependencyError, PyPdfError

from rag.errors import CorpusError
from rag.formats.manuscript import Manuscript, Parsed, count_characters
from rag.formats.pdflayout import page_lines, with_cells, without_furniture, write_lines
from rag.formats.pdftags import structure, write_tagged
from rag.formats.pdftext import Piece, page_pieces

_TAGGED = 0.9  # share of the text that a structure tree must hold to be trusted
_DATE = re.compile(r"D:(\d{4})(\d{2})(\d{2})")

# pypdf reports what it mends in a file; what cannot be mended is told as a CorpusError.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def read_pdf(data: bytes) -> Parsed:
    """A PDF's text, with the offset at which each page begins, and what its properties say. Raises CorpusError if it is
    encrypted, broken, or holds no text."""
    try:
        reader = _open(data)
        pages = [page_pieces(page, number) for number, page in enumerate(reader.pages)]
        shown = sum(count_characters(piece.text) for pieces in pages for piece in pieces)
        if not shown:
            count = f"{len(pages)} page{'s' * (len(pages) != 1)}"
            raise CorpusError(f"no text on its {count}, only images; run text recognition (OCR) on it first")
        manuscript, starts = _write(reader, pages, shown)
        return manuscript.finish(_said(reader, manuscript), shown, _page_starts(starts, len(pages), len(manuscript.text)))
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


def _write(reader: PdfReader, pages: Sequence[list[Piece]], shown: int) -> tuple[Manuscript, dict[int, int]]:
    tree = structure(reader, pages)
    artifacts = sum(count_characters(piece.text) for pieces in pages for piece in pieces if piece.artifact)
    if tree is not None:
        held = sum(count_characters(piece.text) for piece in tree.pieces())
        if held >= _TAGGED * (shown - artifacts):
            manuscript = Manuscript()
            starts = write_tagged(tree, manuscript)
            if manuscript.text:
                return manuscript, starts
    lines = [
        with_cells(page_lines(pieces), _layout(reader, number)) if len(pieces) > 1 else page_lines(pieces)
        for number, pieces in enumerate(pages)
    ]
    kept, _ = without_furniture(lines)
    manuscript = Manuscript()
    return manuscript, write_lines(kept, [piece for pieces in pages for piece in pieces], manuscript)


def _layout(reader: PdfReader, number: int) -> str:
    with suppress(Exception):  # a help for tables only: a page it fails on is read without it
        return reader.pages[number].extract_text(extraction_mode="layout")
    return ""


def _said(reader: PdfReader, manuscript: Manuscript) -> dict[str, str]:
    properties: Mapping[str, object] = reader.metadata or {}
    title = " ".join(str(properties.get("/Title") or "").split())
    date = _DATE.match(str(properties.get("/ModDate") or properties.get("/CreationDate") or ""))
    return {
        # Programs leave file names here; a title that the text says is a title.
        "title": title if title.casefold() in manuscript.text[:5000].casefold() else "",
        "date": "-".join(date.groups()) if date else "",
        "language": str(reader.root_object.get("/Lang") or ""),
    }


def _page_starts(starts: Mapping[int, int], pages: int, end: int) -> tuple[int, ...]:
    """A start for each page; a page without text begins where the next one does."""
    found: list[int] = []
    for page in reversed(range(pages)):
        end = min(starts.get(page, end), end)
        found.append(end)
    return tuple(reversed(found))
