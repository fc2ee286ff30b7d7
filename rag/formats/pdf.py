"""PDF files to text and blocks: by their tags where they have them, else by how they look."""

import io
import logging
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from math import hypot
from typing import Any

from pypdf import PageObject, PasswordType, PdfReader
from pypdf.errors import DependencyError, PyPdfError
from pypdf.generic import ContentStream, NameObject

from rag.errors import CorpusError
from rag.formats.manuscript import Parsed, count_characters
from rag.formats.pdflayout import page_lines, with_cells, without_furniture, write_lines
from rag.formats.pdftags import structure, write_tagged
from rag.formats.pdftext import PagedManuscript, Snippet

_TAGGED = 0.9  # share of the text that a structure tree must hold to be trusted
_DATE = re.compile(r"D:(\d{4})(\d{2})(\d{2})")

# pypdf reports what it mends in a file; what cannot be mended is told as a CorpusError.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def read_pdf(data: bytes) -> Parsed:
    """A PDF's text, with the offset at which each page begins, and what its properties say. Raises CorpusError if it is
    encrypted, broken, or holds no text."""
    try:
        reader = _open(data)
        pages = [_snippets(page, number) for number, page in enumerate(reader.pages)]
        shown = sum(count_characters(snippet.text) for snippets in pages for snippet in snippets)
        if not shown:
            count = f"{len(pages)} page{'s' * (len(pages) != 1)}"
            raise CorpusError(f"no text on its {count}, only images; run text recognition (OCR) on it first")
        manuscript = _written(reader, pages, shown)
        return manuscript.finish(_said(reader, manuscript.text), shown, _page_starts(manuscript, len(pages)))
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


def _snippets(page: PageObject, number: int) -> list[Snippet]:
    """The snippets of a page in the order of its content stream; line ends are snippets of their own."""
    snippets: list[Snippet] = []
    marks: list[tuple[int | None, bool]] = []

    def before(operator: bytes, operands: list[Any], _cm: Any, _tm: Any) -> None:
        if operator in (b"BDC", b"BMC"):
            marks.append((_mark(page, operands), operands[:1] == ["/Artifact"]))
        elif operator == b"EMC" and marks:
            marks.pop()

    def text(text: str, cm: list[float], tm: list[float], font: dict[str, Any] | None, size: float) -> None:
        if text:
            x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
            y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            scale = hypot(tm[2], tm[3]) * hypot(cm[2], cm[3])
            mark = next((mark for mark, _ in reversed(marks) if mark is not None), None)
            artifact = any(artifact for _, artifact in marks)
            snippets.append(Snippet(text, number, x, y, size * scale, _is_bold(font), mark, artifact))

    contents = page.get("/Contents")
    if contents is not None:
        page[NameObject("/Contents")] = _flushed_at_marks(page)
        page.extract_text(visitor_operand_before=before, visitor_text=text)
        page[NameObject("/Contents")] = contents
    return snippets


def _flushed_at_marks(page: PageObject) -> ContentStream:
    """A page's content with an identity `cm` before each mark: pypdf hands text on there, and would else give it to the mark
    that follows."""
    content = ContentStream(page.get_contents(), page.pdf, "bytes")
    operations: list[tuple[Any, bytes]] = []
    for operands, operator in content.operations:
        if operator in (b"BDC", b"BMC", b"EMC"):
            operations.append(([1, 0, 0, 1, 0, 0], b"cm"))
        operations.append((operands, operator))
    content.operations = operations
    return content


def _mark(page: PageObject, operands: list[Any]) -> int | None:
    properties = operands[1] if len(operands) > 1 else {}
    if isinstance(properties, NameObject):
        named = page.get("/Resources", {}).get_object().get("/Properties", {}).get_object()
        properties = named.get(properties, {}).get_object()
    mark = properties.get("/MCID") if hasattr(properties, "get") else None
    return int(mark) if mark is not None else None


def _is_bold(font: dict[str, Any] | None) -> bool:
    name = str((font or {}).get("/BaseFont", "")).lower()
    return any(weight in name for weight in ("bold", "black", "heavy", "-bd"))


def _written(reader: PdfReader, pages: Sequence[list[Snippet]], shown: int) -> PagedManuscript:
    tree = structure(reader, pages)
    artifacts = sum(count_characters(snippet.text) for snippets in pages for snippet in snippets if snippet.artifact)
    if tree is not None:
        held = sum(count_characters(snippet.text) for snippet in tree.snippets())
        if held >= _TAGGED * (shown - artifacts):
            manuscript = write_tagged(tree)
            if manuscript.text:
                return manuscript
    lines = [
        with_cells(page_lines(snippets), _layout(reader, number)) if len(snippets) > 1 else page_lines(snippets)
        for number, snippets in enumerate(pages)
    ]
    return write_lines(without_furniture(lines), [snippet for snippets in pages for snippet in snippets])


def _layout(reader: PdfReader, number: int) -> str:
    with suppress(Exception):  # a help for tables only: a page it fails on is read without it
        return reader.pages[number].extract_text(extraction_mode="layout")
    return ""


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
