"""Web pages to blocks."""

import pytest

from rag.datatypes import Block
from rag.errors import CorpusError
from rag.formats.manuscript import Parsed
from rag.formats.webpage import read_page

HEAD = """<!DOCTYPE html><html lang="en-GB"><head><title>Baker</title><meta name="aliases" content="bread maker, baker's hand">
<meta property="article:published_time" content="2024-03-01"><link rel="canonical" href="https://jobs.example.org/baker"></head>"""
NAVIGATION = '<nav><ul><li><a href="/">Home</a></li><li><a href="/all">All jobs</a></li></ul></nav>'
GUIDE = """<h1>Baker</h1><p>A baker makes <b>bread</b> and <a href="/cakes">cakes</a>, and starts long before anyone else is
awake, often at two or three in the morning on six days of the week.</p><h2>Duties</h2><ul><li>Mix dough<ol><li>by hand</li>
<li>by <em>machine</em></li></ol></li><li><p>Bake</p><p>It takes skill.</p></li><li><b>Clean</b>: the ovens</li></ul><h2>Pay</h2>
<table><tr><th>Grade</th><th>Pay</th></tr><tr><td>Junior</td><td>$20<br>an hour</td></tr></table>
<dl><dt>Shift</dt><dd>Night, five to ten hours.</dd></dl>
<p><strong>Where to ask</strong></p><div>At any bakery.<br><br>Go early.</div>"""
FOOTER = "<footer><p>Copyright 2019 Jobs Ltd. All rights reserved.</p></footer>"
EXPECTED = [
    ("heading", 1, "#", "Baker"),
    (
        "paragraph",
        0,
        "",
        "A baker makes bread and cakes, and starts long before anyone else is awake,"
        " often at two or three in the morning on six days of the week.",
    ),
    ("heading", 2, "##", "Duties"),
    ("item", 0, "•", "Mix dough"),
    ("item", 1, "1.", "by hand"),
    ("item", 1, "2.", "by machine"),
    ("item", 0, "•", "Bake"),
    ("item", 1, "", "It takes skill."),
    ("item", 0, "•", "Clean: the ovens"),
    ("heading", 2, "##", "Pay"),
    ("row", 0, "header", "Grade | Pay"),
    ("row", 0, "", "Junior | $20 an hour"),
    ("item", 0, "•", "Shift"),
    ("item", 1, "•", "Night, five to ten hours."),
    ("heading", 7, "", "Where to ask"),
    ("paragraph", 0, "", "At any bakery."),
    ("paragraph", 0, "", "Go early."),
]


def shown(parsed: Parsed) -> list[tuple[str, int, str, str]]:
    def one(block: Block) -> tuple[str, int, str, str]:
        return block.kind, block.level, block.marker, parsed.text[block.start : block.end]

    return [one(block) for block in parsed.blocks]


@pytest.mark.parametrize("container", ["main", "article", "div"])
def test_the_content_is_kept_in_order_and_the_furniture_goes(container: str) -> None:
    parsed = read_page(f"{HEAD}<body>{NAVIGATION}<{container}>{GUIDE}</{container}>{FOOTER}</body></html>".encode())
    assert shown(parsed) == EXPECTED
    assert parsed.title == "Baker"
    assert parsed.meta == {
        "language": "en-GB",
        "aliases": "bread maker\nbaker's hand",
        "source": "https://jobs.example.org/baker",
        "date": "2024-03-01",
    }
    assert parsed.lost == 0


def test_a_page_without_a_container_or_a_body_keeps_its_headings() -> None:
    assert shown(read_page(GUIDE.encode())) == EXPECTED
    short = read_page(b"<h1>Baker</h1><p>Bakes bread.</p>")
    assert shown(short) == [("heading", 1, "#", "Baker"), ("paragraph", 0, "", "Bakes bread.")]


def test_no_date_is_guessed_from_the_footer() -> None:
    assert read_page(f"<html><body><article>{GUIDE}</article>{FOOTER}</body></html>".encode()).meta == {}


def test_the_declared_encoding_is_used() -> None:
    body = "<body><h1>Piekarz</h1><p>Piecze chleb nocą.</p></body>"
    page = f'<?xml version="1.0" encoding="iso-8859-2"?><html xml:lang="pl">{body}</html>'
    parsed = read_page(page.encode("iso-8859-2"))
    assert parsed.text == "Piekarz\n\nPiecze chleb nocą."
    assert parsed.meta == {"language": "pl"}


def test_no_name_of_a_class_hides_text_and_what_is_furniture_is_told() -> None:
    tagged = GUIDE + '<div class="related-posts sidebar widget"><p>Other words</p></div><button>Apply</button>'
    parsed = read_page(f"<html><body>{NAVIGATION}<article>{tagged}</article></body></html>".encode())
    assert shown(parsed)[-1] == ("paragraph", 0, "", "Other words")
    assert (parsed.lost, parsed.left_out) == (0, ("Home All jobs", "Apply"))


@pytest.mark.parametrize("page", ["<html><body><script>run()</script></body></html>", "<html>" + "<div>" * 3000])
def test_a_page_without_content_is_refused(page: str) -> None:
    with pytest.raises(CorpusError, match="no main content found"):
        read_page(page.encode())


def test_the_legend_of_a_group_of_fields_is_a_heading() -> None:
    page = "<main><h1>Nurse</h1><p>Nurses care.</p><fieldset><legend>Pay</legend><p>$52,000 a year.</p></fieldset></main>"
    parsed = read_page(page.encode())
    assert [(block.kind, parsed.text[block.start : block.end]) for block in parsed.blocks][-2:] == [
        ("heading", "Pay"),
        ("paragraph", "$52,000 a year."),
    ]
