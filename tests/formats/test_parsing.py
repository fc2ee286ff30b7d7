"""Every format through the one entry: a guide with headings, nested lists, a table and a link."""

import io
from typing import Any

import docx
import pytest
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

from rag.errors import CorpusError
from rag.formats.parsing import PARSERS, parse

PROSE = "A baker makes bread in a shop or a factory and starts at two in the morning, six days a week."
MARKDOWN = f"""---
title: Baker
aliases: [bread maker]
---
# Baker

{PROSE} See [the list](https://x.example.org).

## Duties

- Mix: dough
  1. by hand
- Bake

## Pay

| Grade | Pay a year |
|---|---|
| Junior | $20 |
"""
PLAIN = f"Baker\n\n{PROSE} See the list.\n\nDuties\n\n• Mix: dough\n  1. by hand\n• Bake\n\nPay\n\nGrade: Junior, $20\n"
HTML = f"""<html lang="en"><head><title>Baker</title></head><body><main><h1>Baker</h1><p>{PROSE}
See <a href="https://x.example.org">the list</a>.</p><h2>Duties</h2><ul><li>Mix: dough<ol><li>by hand</li></ol></li>
<li>Bake</li></ul>
<h2>Pay</h2><table><tr><th>Grade</th><th>Pay a year</th></tr><tr><td>Junior</td><td>$20</td></tr></table></main></body></html>"""


def word() -> bytes:
    document = docx.Document()
    document.add_heading("Baker", 0)
    document.add_paragraph(f"{PROSE} See the list.")
    document.add_heading("Duties", 1)
    for style, text in (("List Bullet", "Mix: dough"), ("List Number 2", "by hand"), ("List Bullet", "Bake")):
        document.add_paragraph(text, style=style)
    document.add_heading("Pay", 1)
    table = document.add_table(2, 2)
    for at, text in enumerate(("Grade", "Pay a year", "Junior", "$20")):
        table.cell(at // 2, at % 2).text = text
    document.save(file := io.BytesIO())
    return file.getvalue()


def portable() -> bytes:
    styles = getSampleStyleSheet()

    def item(text: str, marker: str, level: int) -> Paragraph:
        style = ParagraphStyle("item", styles["BodyText"], leftIndent=18 * (level + 1), bulletIndent=18 * level)
        return Paragraph(text, style, bulletText=marker)

    story: list[Any] = [
        Paragraph("Baker", styles["Title"]),
        Paragraph(f"{PROSE} See <link href='https://x.example.org'>the list</link>.", styles["BodyText"]),
        Paragraph("Duties", styles["Heading2"]),
        item("Mix: dough", "•", 0),
        item("by hand", "1.", 1),
        item("Bake", "•", 0),
        Paragraph("Pay", styles["Heading2"]),
        Table([["Grade", "Pay a year"], ["Junior", "$20"]], colWidths=[150, 150]),
    ]
    SimpleDocTemplate(file := io.BytesIO(), title="Baker").build(story)
    return file.getvalue()


FILES = {".md": MARKDOWN.encode(), ".html": HTML.encode(), ".docx": word(), ".pdf": portable()}


@pytest.mark.parametrize("suffix", FILES)
def test_each_format_shows_headings_nested_lists_a_table_and_a_link(suffix: str) -> None:
    parsed = parse(FILES[suffix], suffix)
    found = [(block.kind, parsed.text[block.start : block.end]) for block in parsed.blocks]
    link = "[the list](https://x.example.org)" if suffix == ".md" else "the list"
    assert found == [
        ("heading", "Baker"),
        ("paragraph", f"{PROSE} See {link}."),
        ("heading", "Duties"),
        ("item", "Mix: dough"),
        ("item", "by hand"),
        ("item", "Bake"),
        ("heading", "Pay"),
        ("row", "Grade | Pay a year"),
        ("row", "Junior | $20"),
    ]
    assert [(block.level, block.marker[-1:]) for block in parsed.blocks[3:6]][1] == (1, ".")
    assert parsed.blocks[3].label_end == parsed.text.index(": dough")
    assert parsed.title == "Baker"


def test_plain_text_is_the_files_own() -> None:
    parsed = parse(b"\xef\xbb\xbf" + PLAIN.encode(), ".TXT")
    assert parsed.text == PLAIN
    assert [block.level for block in parsed.blocks if block.kind == "item"] == [0, 1, 0]


def test_front_matter_is_skipped_and_read() -> None:
    for suffix in (".md", ".txt"):
        parsed = parse(MARKDOWN.encode(), suffix)
        assert (parsed.title, parsed.meta) == ("Baker", {"aliases": "bread maker"})
        assert parsed.skipped[0] == (0, MARKDOWN.index("# Baker"))
        assert parsed.blocks[0].start == MARKDOWN.index("Baker\n\n")


@pytest.mark.parametrize("suffix", PARSERS)
@pytest.mark.parametrize("data", [b"", b" \n\t "])
def test_an_empty_file_is_refused(suffix: str, data: bytes) -> None:
    with pytest.raises(CorpusError, match=r"^empty file$"):
        parse(data, suffix)


def test_a_file_without_words_and_an_unknown_format_are_refused() -> None:
    with pytest.raises(CorpusError, match=r"^no text in it$"):
        parse(b"---\ntitle: x\n---\n\n![a](b.png)\n", ".md")
    with pytest.raises(CorpusError, match=r"^format \.csv is not one of \.txt, \.text, \.md"):
        parse(b"a,b", ".csv")
    with pytest.raises(CorpusError, match=r"^format without a suffix is not one of"):
        parse(b"a", "")


def test_a_web_page_that_calls_itself_plain_text_is_refused() -> None:
    with pytest.raises(CorpusError, match=r"^a web page, not plain text; give its name the suffix \.html$"):
        parse(b"\n<!DOCTYPE html>\n<p>A Farrier shoes horses.</p>", ".txt")
    assert parse(b"<b> is a tag in HTML.", ".txt").blocks
