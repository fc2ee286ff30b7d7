"""Word documents to blocks."""

import io
import zipfile
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from rag.errors import CorpusError
from rag.formats.manuscript import Parsed
from rag.formats.worddocument import read_word

LIMIT = 10_000_000


def saved(document: Any) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def read(document: Any) -> Parsed:
    return read_word(saved(document), LIMIT)


def shown(parsed: Parsed) -> list[tuple[str, int, str, str]]:
    return [(block.kind, block.level, block.marker, parsed.text[block.start : block.end]) for block in parsed.blocks]


def test_headings_lists_tables_and_prose_in_order() -> None:
    document = docx.Document()
    document.add_heading("Baker", 0)
    document.add_heading("Duties", 1)
    document.add_paragraph("Mix", style="List Bullet")
    document.add_paragraph("by hand", style="List Bullet 2")
    document.add_paragraph("Rise at two", style="List Number")
    document.add_paragraph("Bake", style="List Number")
    document.add_heading("Pay", 2)
    table = document.add_table(2, 2)
    for cell, words in zip([*table.rows[0].cells, *table.rows[1].cells], ["Grade", "Pay", "I", "$20"], strict=True):
        cell.text = words
    document.add_paragraph("Bread: every day.")
    parsed = read(document)
    assert shown(parsed) == [
        ("heading", 1, "#", "Baker"),
        ("heading", 2, "##", "Duties"),
        ("item", 0, "•", "Mix"),
        ("item", 1, "•", "by hand"),
        ("item", 0, "1.", "Rise at two"),
        ("item", 0, "2.", "Bake"),
        ("heading", 3, "###", "Pay"),
        ("row", 0, "header", "Grade | Pay"),
        ("row", 0, "", "I | $20"),
        ("paragraph", 0, "", "Bread: every day."),
    ]
    assert (parsed.title, parsed.lost) == ("Baker", 0)
    assert parsed.blocks[-1].label_end == parsed.text.index(": every")


def test_typed_bullets_and_bold_lines_are_read_as_what_they_look_like() -> None:
    document = docx.Document()
    document.add_paragraph().add_run("Duties").bold = True
    document.add_paragraph("•\tMix\n•\tBake")
    document.add_paragraph().add_run("All of it must be done by hand.").bold = True
    assert shown(read(document)) == [
        ("heading", 0, "", "Duties"),
        ("item", 0, "•", "Mix"),
        ("item", 0, "•", "Bake"),
        ("paragraph", 0, "", "All of it must be done by hand."),
    ]


def test_links_and_insertions_are_text_and_deletions_are_not() -> None:
    document = docx.Document()
    runs = (
        "<w:r><w:t xml:space='preserve'>See </w:t></w:r><w:hyperlink w:anchor='x'><w:r><w:t>the list</w:t></w:r></w:hyperlink>"
        "<w:ins w:id='1' w:author='a'><w:r><w:t xml:space='preserve'> now</w:t></w:r></w:ins>"
        "<w:del w:id='2' w:author='a'><w:r><w:delText> never</w:delText></w:r></w:del>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t> hidden</w:t></w:r>"
    )
    document.element.body.insert(0, parse_xml(f"<w:p {nsdecls('w')}>{runs}</w:p>"))
    inside = f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>In a control</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    document.element.body.insert(1, parse_xml(inside))
    parsed = read(document)
    assert parsed.text == "See the list now\n\nIn a control"
    assert (parsed.lost, parsed.left_out) == (0, ())


def test_a_text_box_is_read_once() -> None:
    document = docx.Document()
    box = "<w:txbxContent><w:p><w:r><w:t>In a box</w:t></w:r></w:p></w:txbxContent>"
    names = nsdecls("w") + ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    choice = (
        f"<mc:AlternateContent><mc:Choice Requires='x'>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    )
    document.element.body.insert(0, parse_xml(f"<w:p {names}><w:r><w:t>Beside</w:t></w:r><w:r>{choice}</w:r></w:p>"))
    parsed = read(document)
    assert (parsed.text, parsed.lost) == ("Beside\n\nIn a box", 0)


def test_a_merged_cell_keeps_the_columns_in_step() -> None:
    document = docx.Document()
    table = document.add_table(2, 3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Grade"
    table.cell(0, 2).text = "Pay"
    for column, words in enumerate(["I", "junior", "$20"]):
        table.cell(1, column).text = words
    assert read(document).text == "Grade | | Pay\nI | junior | $20"


def test_the_title_property_counts_only_if_the_text_says_it() -> None:
    document = docx.Document()
    document.add_paragraph("The baker bakes.")
    document.core_properties.title = "Microsoft Word - draft 3"
    assert read(document).title is None
    document.core_properties.title = "the Baker"
    assert read(document).title == "the Baker"


def test_locked_broken_and_swollen_files_are_refused() -> None:
    with pytest.raises(CorpusError, match="locked with a password"):
        read_word(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), LIMIT)
    with pytest.raises(CorpusError, match="broken or not a Word document"):
        read_word(b"PK\x03\x04 and no more", LIMIT)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b"0" * (LIMIT + 1))
    with pytest.raises(CorpusError, match="unpacks to 10,000,001 bytes, over"):
        read_word(bomb.getvalue(), LIMIT)
    with zipfile.ZipFile(empty := io.BytesIO(), "w") as package:
        package.writestr("readme.txt", b"no document")
    with pytest.raises(CorpusError, match="broken or not a Word document"):
        read_word(empty.getvalue(), LIMIT)


def paragraph(document: Any, runs: str, properties: str = "") -> None:
    body = document.element.body
    body.insert(len(body) - 1, parse_xml(f"<w:p {nsdecls('w')}><w:pPr>{properties}</w:pPr>{runs}</w:p>"))


def test_a_hidden_style_and_an_empty_field_are_not_read_and_a_style_may_show_again() -> None:
    document = docx.Document()
    named = f"<w:style {nsdecls('w')} w:type='character' w:styleId='Secret'><w:name w:val='Secret'/>"
    document.styles.element.append(parse_xml(f"{named}<w:rPr><w:vanish/></w:rPr></w:style>"))
    shown_again = '<w:vanish w:val="false"/>'
    secret = "<w:rPr><w:rStyle w:val='Secret'/>{}</w:rPr>"
    paragraph(
        document,
        f"<w:r><w:t>Bakers bake.</w:t></w:r><w:r>{secret.format('')}<w:t> They earn $88,000.</w:t></w:r>"
        f"<w:r>{secret.format(shown_again)}<w:t xml:space='preserve'> Early.</w:t></w:r>",
    )
    control = (
        "<w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>Click to enter pay</w:t></w:r></w:p></w:sdtContent>"
    )
    document.element.body.insert(1, parse_xml(f"<w:sdt {nsdecls('w')}>{control}</w:sdt>"))
    parsed = read(document)
    assert (parsed.text, parsed.left_out, parsed.lost) == ("Bakers bake. Early.", ("Click to enter pay",), 0)


def test_a_template_and_a_file_with_a_part_missing_are_read() -> None:
    document = docx.Document()
    document.add_paragraph("The baker bakes.")
    package = zipfile.ZipFile(io.BytesIO(saved(document)))
    mended = io.BytesIO()
    with zipfile.ZipFile(mended, "w") as rewritten:
        for name in package.namelist():
            content = package.read(name)
            if name == "[Content_Types].xml":
                content = content.replace(b"wordprocessingml.document.main", b"wordprocessingml.template.main")
            if name == "word/_rels/document.xml.rels":
                image = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
                lost = b'<Relationship Id="rId99" Type="' + image + b'" Target="media/gone.png"/></Relationships>'
                content = content.replace(b"</Relationships>", lost)
            rewritten.writestr(name, content)
    assert read_word(mended.getvalue(), LIMIT).text == "The baker bakes."


def test_symbols_and_lowered_figures_are_what_word_shows() -> None:
    document = docx.Document()
    symbol = "<w:r><w:sym w:font='Wingdings' w:char='F0FC'/><w:t xml:space='preserve'> H</w:t></w:r>"
    lowered = "<w:r><w:rPr><w:vertAlign w:val='subscript'/></w:rPr><w:t>2</w:t></w:r><w:r><w:t>O is carried</w:t></w:r>"
    paragraph(document, symbol + lowered)
    assert "H₂O is carried" in read(document).text
