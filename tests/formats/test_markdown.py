"""Markdown to blocks."""

from hypothesis import given, settings
from hypothesis import strategies as st

from rag.datatypes import Document
from rag.formats.markdown import markdown_blocks
from rag.guides.coverage import covered

MARKS = [
    "# ",
    "- ",
    "1. ",
    "  ",
    "    ",
    "> ",
    "|",
    "|---|",
    "\n",
    "\n\n",
    "Pay",
    "Label: text",
    "**b**",
    "`c`",
    "```",
    "<b>",
    "<!-- x",
    "-->",
]
MARKS += ["[a]: b", "![a](b)", "===", "---", "•", "  \n", "\\", "&amp;"]


def shown(text: str, start: int = 0) -> list[tuple[str, int, str, str]]:
    return [(block.kind, block.level, block.marker, text[block.start : block.end]) for block in markdown_blocks(text, start)[0]]


def test_headings_of_both_kinds_and_paragraphs() -> None:
    assert shown("Baker\n=====\n\nBakes *bread*\nat night.\n\n### Pay ###\n\nGood.") == [
        ("heading", 1, "=", "Baker"),
        ("paragraph", 0, "", "Bakes *bread*\nat night."),
        ("heading", 3, "###", "Pay"),
        ("paragraph", 0, "", "Good."),
    ]


def test_nested_lists_keep_levels_and_markers() -> None:
    text = "- knead\n  - by hand\n\n    at dawn\n- bake\n\n1. first\n   * inner **x**: y\n2) other\n"
    assert shown(text) == [
        ("item", 0, "-", "knead"),
        ("item", 1, "-", "by hand"),
        ("paragraph", 0, "", "at dawn"),
        ("item", 0, "-", "bake"),
        ("item", 0, "1.", "first"),
        ("item", 1, "*", "inner **x**: y"),
        ("item", 0, "2)", "other"),
    ]


def test_each_table_row_is_a_block_and_the_first_is_the_header() -> None:
    assert shown("| Grade | Pay |\n|:--|--:|\n| I | $20 |\n| II |  |\n") == [
        ("row", 0, "header", "Grade | Pay"),
        ("row", 0, "", "I | $20"),
        ("row", 0, "", "II |"),
    ]


def test_quotes_and_code_are_paragraphs() -> None:
    assert shown("> Said *she*:\n> - so\n\n```text\nrun it\n\ntwice\n```\n\n    old code\n") == [
        ("paragraph", 0, "", "Said *she*:"),
        ("item", 0, "-", "so"),
        ("paragraph", 0, "", "run it\n\ntwice"),
        ("paragraph", 0, "", "old code"),
    ]


def test_an_unclosed_fence_runs_to_the_end() -> None:
    assert shown("```\none\ntwo") == [("paragraph", 0, "", "one\ntwo")]


def test_images_comments_tags_and_link_definitions_are_skipped() -> None:
    text = (
        '![the crew](a.png)\n\n<!-- note -->\n\n<div class="x">Words <b>here</b></div>\n\n[a]: https://example.org\n\nSee [a].\n'
    )
    blocks, skipped = markdown_blocks(text)
    assert [text[block.start : block.end] for block in blocks] == ["Words <b>here", "See [a]."]
    assert [text[start:end] for start, end in skipped] == [
        "![the crew](a.png)",
        "<!-- note -->",
        '<div class="x">',
        "</b></div>",
        "[a]: https://example.org",
    ]


def test_offsets_count_from_the_start_of_the_text() -> None:
    text = "---\ntitle: x\n---\n# Baker\n\nBread: good"
    assert shown(text, 17) == [("heading", 1, "#", "Baker"), ("paragraph", 0, "", "Bread: good")]
    assert markdown_blocks(text, 17)[0][1].label_end == 31


def test_a_heading_may_run_over_lines_and_a_fence_may_hold_ticks() -> None:
    assert shown("Bread\nand cakes\n===\n") == [("heading", 1, "=", "Bread\nand cakes")]
    assert shown("```\none\n```two\n```") == [("paragraph", 0, "", "one\n```two")]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(MARKS), max_size=30).map("".join))
def test_blocks_never_overlap_and_hold_every_word(text: str) -> None:
    blocks, skipped = markdown_blocks(text)
    ends = [0, *(block.end for block in blocks)]
    assert all(end <= block.start < block.end for end, block in zip(ends, blocks, strict=False))
    assert all(text[block.start : block.end] == text[block.start : block.end].strip() for block in blocks)
    document = Document("x", "x.md", "", text, "", blocks, skipped=skipped)
    assert covered(document) >= len(text) - text.count("1. ")  # the number of an item without words
