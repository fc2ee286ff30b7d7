"""No Word or PDF file takes more than in proportion to be read: four times the shape takes at most 2.6 times 2.6 the CPU time."""

import io
from collections.abc import Callable, Iterable
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from rag.formats.pdf import read_pdf
from rag.formats.worddocument import read_word
from tests.cpu import cpu_seconds
from tests.formats.test_worddocument import saved

MOST, FLOOR, LIMIT = 2.6**2, 0.2, 50_000_000
WORD = nsdecls("w")


def in_word(body: str, size: int, styles: Iterable[str] = ()) -> bytes:
    """A Word file whose body holds some XML, said `size` times, with some styles beside its own."""
    document = docx.Document()
    for style in styles:
        document.styles.element.append(parse_xml(style))
    for element in parse_xml(f"<w:body {WORD}>{body * size}</w:body>"):
        document.element.body.append(element)
    return saved(document)


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(inside: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{inside}</w:p>"


def in_styles(count: int) -> bytes:
    """As many paragraphs as there are styles, each style based on the one before."""
    styles = (
        f'<w:style {WORD} w:type="paragraph" w:styleId="s{at}"><w:name w:val="{at}"/><w:basedOn w:val="s{at - 1}"/></w:style>'
        for at in range(count)
    )
    return in_word(paragraph(run("Mix the dough."), f'<w:pStyle w:val="s{count - 1}"/>'), count, styles)


CELL = f"<w:tc>{paragraph(run('Keeps the books'))}</w:tc>"
MERGED = f"<w:tc><w:tcPr><w:vMerge/></w:tcPr>{paragraph('')}</w:tc>"
SHAPES: dict[str, Callable[[int], bytes]] = {
    "paragraphs": lambda size: in_word(paragraph(run("A Baker bakes bread. ")), 300 * size),
    "one paragraph": lambda size: in_word(paragraph(run("Mix it, ", "<w:b/>") * 400 * size), 1),
    "one run": lambda size: in_word(paragraph(run("Mix the dough. " * 4_000 * size)), 1),
    "items": lambda size: in_word(paragraph(run("Mix dough"), '<w:pStyle w:val="ListBullet"/>'), 300 * size),
    "rows": lambda size: in_word(f"<w:tbl>{f'<w:tr>{CELL * 3}</w:tr>' * 80 * size}</w:tbl>", 1),
    "columns": lambda size: in_word(f"<w:tbl><w:tr>{CELL * 200 * size}</w:tr></w:tbl>", 1),
    "merged rows": lambda size: in_word(f"<w:tbl>{f'<w:tr>{MERGED}{CELL}</w:tr>' * 150 * size}</w:tbl>", 1),
    "tables": lambda size: in_word(f"<w:tbl><w:tr>{CELL}</w:tr></w:tbl>{paragraph('')}", 150 * size),
    "styles": lambda size: in_styles(100 * size),
    "breaks": lambda size: in_word(paragraph("<w:r><w:br/><w:tab/><w:t>Mix</w:t></w:r>" * 400 * size), 1),
    "insertions": lambda size: in_word(paragraph(f'<w:ins w:id="1" w:author="a">{run("Mix ")}</w:ins>' * 300 * size), 1),
}


def in_pdf(draw: Callable[[Canvas], Any]) -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file, A4)
    draw(canvas)
    canvas.save()
    return file.getvalue()


def lines(canvas: Canvas, pages: int, on_each: int, text: str) -> None:
    for _ in range(pages):
        for at in range(on_each):
            canvas.drawString(60, 800 - at * 740 / on_each, text)
        canvas.showPage()


def ruled(canvas: Canvas, rows: int) -> None:
    """A table with a line around every cell."""
    for at in range(rows):
        canvas.rect(60, 800 - at * 740 / rows, 200, 740 / rows)
        canvas.rect(260, 800 - at * 740 / rows, 200, 740 / rows)
        canvas.setFontSize(4)
        canvas.drawString(62, 801 - at * 740 / rows, f"Grade {at}")
        canvas.drawString(262, 801 - at * 740 / rows, f"${at}.50")


def banded(canvas: Canvas, bands: int) -> None:
    """Words on many bands of grey that lie on each other."""
    canvas.setFillGray(0.8)
    for _ in range(bands):
        canvas.rect(60, 60, 400, 700, stroke=0, fill=1)
    canvas.setFillGray(0)
    lines(canvas, 1, 40, "A Baker bakes bread, and sweeps the floor.")


PAGES: dict[str, Callable[[int], bytes]] = {
    "pages": lambda size: in_pdf(lambda canvas: lines(canvas, 3 * size, 20, "A Baker bakes bread, and sweeps the floor.")),
    "lines": lambda size: in_pdf(lambda canvas: lines(canvas, 1, 80 * size, "A Baker bakes bread, and sweeps the floor.")),
    "one line": lambda size: in_pdf(lambda canvas: lines(canvas, 1, 1, "Mix the dough. " * 300 * size)),
    "letters": lambda size: in_pdf(
        lambda canvas: [canvas.drawString(60 + at % 60 * 8, 800 - at // 60 * 9, "a") for at in range(900 * size)]
    ),
    "one on another": lambda size: in_pdf(lambda canvas: [canvas.drawString(60, 700, "Mix") for _ in range(900 * size)]),
    "rules": lambda size: in_pdf(lambda canvas: ruled(canvas, 60 * size)),
    "bands": lambda size: in_pdf(lambda canvas: banded(canvas, 400 * size)),
}


def grows(read: Callable[[bytes], object], made: Callable[[int], bytes]) -> str:
    """How a shape grows, if it grows too fast."""
    files = [made(size) for size in (1, 4)]
    cpu_seconds(lambda: read(files[0]))
    small, large = (min(cpu_seconds(lambda data=data: read(data)) for _ in range(2)) for data in files)  # type: ignore[misc]
    return "" if large <= max(small * MOST, FLOOR) else f"{small:.2f} s, then {large:.2f} s"


@pytest.mark.parametrize("shape", SHAPES)
def test_a_word_file(shape: str) -> None:
    assert grows(lambda data: read_word(data, LIMIT), SHAPES[shape]) == ""


@pytest.mark.parametrize("shape", PAGES)
def test_a_pdf(shape: str) -> None:
    assert grows(lambda data: read_pdf(data), PAGES[shape]) == ""
