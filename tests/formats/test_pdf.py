"""PDF files, tagged and untagged, to blocks with pages."""

import io
from collections.abc import Sequence
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, NumberObject
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageBreak, PageTemplate, Paragraph, SimpleDocTemplate, Table

from rag.errors import CorpusError
from rag.formats.manuscript import Parsed
from rag.formats.pdf import read_pdf

STYLES = getSampleStyleSheet()
BODY = STYLES["BodyText"]
PROSE = (
    "A baker makes bread and <link href='https://x.example.org'>cakes</link>, in shops and in factories, and starts long before"
    " anyone else is awake, often at two or three in the morning on six days of the week."
)
READ = PROSE.replace("<link href='https://x.example.org'>", "").replace("</link>", "")


def shown(parsed: Parsed) -> list[tuple[str, int, str, str]]:
    return [(block.kind, block.level, block.marker, parsed.text[block.start : block.end]) for block in parsed.blocks]


def built(story: Sequence[Any], **properties: Any) -> bytes:
    def furniture(canvas: Any, document: Any) -> None:
        canvas.drawString(72, 800, "Guild of Bakers")
        canvas.drawString(72, 30, f"Page {document.page}")

    file = io.BytesIO()
    SimpleDocTemplate(file, pagesize=A4, **properties).build(list(story), onFirstPage=furniture, onLaterPages=furniture)
    return file.getvalue()


def item(text: str, marker: str, level: int = 0) -> Paragraph:
    style = ParagraphStyle("item", BODY, leftIndent=18 * (level + 1), bulletIndent=18 * level)
    return Paragraph(text, style, bulletText=marker)


def test_an_untagged_file_is_read_by_its_looks() -> None:
    rows = Table([["Grade", "Pay a year"], ["Junior", "$20"], ["Senior", "$30"]], colWidths=[150, 150])
    rows.setStyle([("FONTNAME", (0, 0), (-1, 0), "Helvetica-Bold")])
    story = [
        Paragraph("Baker", STYLES["Title"]),
        Paragraph(PROSE, BODY),
        Paragraph("Duties", STYLES["Heading2"]),
        item("Mix dough", "•"),
        item("by hand", "–", 1),
        item("by machine", "–", 1),
        item("Bake", "•"),
        Paragraph("Training", STYLES["Heading2"]),
        item("Learn", "1."),
        item("Practise", "2."),
        PageBreak(),
        Paragraph("Pay", STYLES["Heading2"]),
        rows,
        Paragraph("<b>Where to ask</b>", BODY),
        Paragraph("At any bakery.", BODY),
    ]
    parsed = read_pdf(built(story, title="Baker"))
    assert shown(parsed) == [
        ("heading", 1, "", "Baker"),
        ("paragraph", 0, "", READ),
        ("heading", 2, "", "Duties"),
        ("item", 0, "•", "Mix dough"),
        ("item", 1, "–", "by hand"),
        ("item", 1, "–", "by machine"),
        ("item", 0, "•", "Bake"),
        ("heading", 2, "", "Training"),
        ("item", 0, "1.", "Learn"),
        ("item", 0, "2.", "Practise"),
        ("heading", 2, "", "Pay"),
        ("row", 0, "header", "Grade | Pay a year"),
        ("row", 0, "", "Junior | $20"),
        ("row", 0, "", "Senior | $30"),
        ("heading", 7, "", "Where to ask"),
        ("paragraph", 0, "", "At any bakery."),
    ]
    assert parsed.title == "Baker"
    assert parsed.page_starts == (0, parsed.text.index("Pay\n"))
    assert sorted(parsed.left_out) == ["Guild of Bakers", "Guild of Bakers", "Page 1", "Page 2"]
    assert parsed.lost == 0


def test_columns_are_read_one_after_the_other_and_a_paragraph_runs_over_the_page() -> None:
    file = io.BytesIO()
    template = BaseDocTemplate(file, pagesize=A4)
    width = template.width / 2 - 6
    columns = [Frame(template.leftMargin + side * (width + 12), template.bottomMargin, width, template.height) for side in (0, 1)]
    template.addPageTemplates(PageTemplate(frames=columns))
    template.build([Paragraph(f"Number {number}. {PROSE} {PROSE}", BODY) for number in range(20)])
    parsed = read_pdf(file.getvalue())
    assert [text for *_, text in shown(parsed)] == [f"Number {number}. {READ} {READ}" for number in range(20)]
    second = parsed.page_starts[1]
    assert parsed.page_starts[0] == 0
    assert 0 < second < len(parsed.text)
    page = PdfReader(file).pages[1].extract_text()
    assert "".join(page.split())[:30] == "".join(parsed.text[second:].split())[:30]


def drawn(*lines: str) -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file)
    for at, line in enumerate(lines):
        canvas.drawString(72, 700 - 14 * at, line)
    canvas.save()
    return file.getvalue()


def test_an_indent_means_the_same_in_every_column() -> None:
    file = io.BytesIO()
    frames = [Frame(x, 72, 220, 120) for x in (72, 310)]
    story = [item(f"Duty {at} is done with care", "•", level) for at, level in enumerate([0, 1, 0, 0, 0, 0, 0, 0, 1, 0])]
    BaseDocTemplate(file, pagesize=A4, pageTemplates=[PageTemplate(frames=frames)]).build(story)
    assert [(level, text[:6]) for _, level, _, text in shown(read_pdf(file.getvalue()))] == [
        (level, f"Duty {at}") for at, level in enumerate([0, 1, 0, 0, 0, 0, 0, 0, 1, 0])
    ]


def test_a_line_with_a_wide_gap_is_no_table() -> None:
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4)
    for line, (left, right) in enumerate(
        [("Bakers rise early and", ""), ("bake", "bread all night and"), ("go home at noon.", "")]
    ):
        canvas.drawString(72, 700 - 14 * line, left)
        canvas.drawString(300, 700 - 14 * line, right)
    canvas.save()
    assert "bread all night" in read_pdf(file.getvalue()).text


def test_words_cut_at_a_line_end_are_joined_and_compounds_keep_their_hyphen() -> None:
    lines = (
        "A paralegal helps a law-",
        "yer in every well-paid and cross-",
        "functional firm; a cross functional",
        "team is well-",
        "paid",
    )
    assert read_pdf(drawn(*lines)).text == (
        "A paralegal helps a lawyer in every well-paid and cross-functional firm; a cross functional team is well-paid"
    )


def tagged() -> bytes:
    """Two pages: a heading, a paragraph of two marks in one text object, a list and a table."""
    contents = [
        b"BT /F1 10 Tf 72 700 Td /H2 <</MCID 0>> BDC (Duties) Tj EMC 0 -20 Td /P <</MCID 1>> BDC (They ) Tj EMC"
        b" /Span <</MCID 2>> BDC (bake) Tj EMC ET /Artifact BMC BT /F1 10 Tf 72 20 Td (Page 1) Tj ET EMC"
        b" BT /F1 10 Tf 72 600 Td /LBody <</MCID 3>> BDC (Mix) Tj EMC 0 -20 Td /LBody <</MCID 4>> BDC (by hand) Tj EMC ET",
        b"BT /F1 10 Tf 72 700 Td /TH <</MCID 0>> BDC (Grade) Tj EMC 99 0 Td /TH <</MCID 1>> BDC (Pay) Tj EMC"
        b" -99 -20 Td /TD <</MCID 2>> BDC (I) Tj EMC 99 0 Td /TD <</MCID 3>> BDC ($20) Tj EMC ET",
    ]
    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject(f"/{k}"): NameObject(f"/{v}")
            for k, v in {"Type": "Font", "Subtype": "Type1", "BaseFont": "Helvetica"}.items()
        }
    )
    pages = []
    for content in contents:
        page = writer.add_blank_page(595, 842)
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})})
        stream = DecodedStreamObject()
        stream.set_data(content)
        page[NameObject("/Contents")] = writer._add_object(stream)
        pages.append(page.indirect_reference)

    def element(kind: str, *kids: Any, page: int = 0) -> Any:
        held = ArrayObject([NumberObject(kid) if isinstance(kid, int) else kid for kid in kids])
        names = {"/S": NameObject(f"/{kind}"), "/K": held, "/Pg": pages[page]}
        return writer._add_object(DictionaryObject({NameObject(name): value for name, value in names.items()}))

    inner = element("L", element("LI", element("LBody", 4)))
    rows = [element("TR", *(element(kind, mark, page=1) for mark in marks)) for kind, marks in (("TH", (0, 1)), ("TD", (2, 3)))]
    parts = (element("H2", 0), element("Body", 1, element("Span", 2)), element("L", element("LI", element("LBody", 3), inner)))
    root = element("Document", *parts, element("Table", *rows)).get_object()
    root[NameObject("/RoleMap")] = DictionaryObject({NameObject("/Body"): NameObject("/P")})
    writer.root_object[NameObject("/StructTreeRoot")] = root
    return saved(writer)


def saved(writer: PdfWriter) -> bytes:
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def test_a_tagged_file_is_read_by_its_structure_tree() -> None:
    parsed = read_pdf(tagged())
    assert shown(parsed) == [
        ("heading", 2, "##", "Duties"),
        ("paragraph", 0, "", "They bake"),
        ("item", 0, "•", "Mix"),
        ("item", 1, "•", "by hand"),
        ("row", 0, "header", "Grade | Pay"),
        ("row", 0, "", "I | $20"),
    ]
    assert parsed.page_starts == (0, parsed.text.index("Grade"))
    assert (parsed.lost, parsed.left_out) == (0, ("Page 1",))


def test_a_locked_file_and_one_of_images_only_are_refused() -> None:
    writer = PdfWriter(clone_from=io.BytesIO(drawn("Baker")))
    writer.encrypt("secret", algorithm="RC4-128")
    with pytest.raises(CorpusError, match="encrypted PDF; save a copy without a password"):
        read_pdf(saved(writer))
    blank = PdfWriter()
    blank.add_blank_page(100, 100)
    with pytest.raises(CorpusError, match="no text on its 1 page, only images; run text recognition"):
        read_pdf(saved(blank))


def test_an_owner_password_alone_does_not_stop_reading() -> None:
    writer = PdfWriter(clone_from=io.BytesIO(drawn("Baker of bread")))
    writer.encrypt("", "owner", algorithm="RC4-128")
    assert read_pdf(saved(writer)).text == "Baker of bread"


@pytest.mark.parametrize("data", [b"%PDF-1.7\nnothing", b"no pdf at all", drawn("Baker")[:300]])
def test_broken_files_are_refused_with_one_line(data: bytes) -> None:
    with pytest.raises(CorpusError, match=r"^(broken PDF \(\w+\); open it in a viewer|no text on its)"):
        read_pdf(data)


def on_page(draw: Any) -> Parsed:
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4)
    draw(canvas)
    canvas.save()
    return read_pdf(file.getvalue())


def test_what_is_white_or_off_the_page_is_not_read_and_what_stands_on_a_band_is() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "A baker earns $33,200.")
        canvas.drawString(72, 2000, "A baker earns $88,000.")
        canvas.rect(60, 640, 400, 30, fill=1)
        canvas.setFillGray(1)
        canvas.drawString(72, 650, "Pay of bakers")
        canvas.drawString(72, 600, "A baker earns $77,000.")

    assert on_page(draw).text == "A baker earns $33,200.\n\nPay of bakers"


def test_a_struck_figure_is_left_out_and_an_underlined_one_is_not() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "The pay is $17 $19 an hour.")
        start = 72 + canvas.stringWidth("The pay is ", "Helvetica", 12)
        width = canvas.stringWidth("$17", "Helvetica", 12)
        canvas.line(start, 703.5, start + width, 703.5)
        canvas.line(start + width + 4, 698, start + 2 * width + 4, 698)

    parsed = on_page(draw)
    assert parsed.text == "The pay is $19 an hour."
    assert (parsed.left_out, parsed.lost) == (("$17",), 0)


def test_the_value_of_a_field_stands_after_its_label() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "Pay:")
        canvas.drawString(72, 680, "Hours:")
        canvas.acroForm.textfield(value="$27 an hour", x=120, y=696, width=200, height=16)

    assert on_page(draw).text == "Pay: $27 an hour\nHours:" or on_page(draw).text == "Pay: $27 an hour Hours:"


def test_a_ruled_table_over_two_pages_is_one_with_its_heading_said_once() -> None:
    rows = [["Grade", "Tasks and limits", "Pay"], *([f"Grade {at}", "Walks a round", f"${at},000"] for at in range(1, 60))]
    table = Table(rows, colWidths=[90, 200, 90], repeatRows=1, style=[("GRID", (0, 0), (-1, -1), 1, "black")])
    parsed = read_pdf(built([Paragraph("Pay", STYLES["Heading1"]), table]))
    texts = [text for kind, _, _, text in shown(parsed) if kind == "row"]
    assert texts == ["Grade | Tasks and limits | Pay", *(f"Grade {at} | Walks a round | ${at},000" for at in range(1, 60))]
    assert parsed.lost == 0
