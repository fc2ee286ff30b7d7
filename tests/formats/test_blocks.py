"""List marks, labels, and lines that read as headings."""

import pytest

from rag.datatypes import Block
from rag.formats.blocks import labelled, mark_kind, reads_as_heading, reads_as_line, split_item


@pytest.mark.parametrize(
    "line",
    ["Pay", "What lands in your bank account", "Ways in", "“Extras”", "2024 and after", "How much is it, and why?", "Tools:"],
)
def test_lines_that_read_as_headings(line: str) -> None:
    assert reads_as_heading(line)


@pytest.mark.parametrize(
    "line",
    [
        "Bakers bake bread.",
        "pay and perks",
        "Flour, water, salt;",
        "The bread of the",
        "Note: bring an apron",
        "You will need an oven and a peel too",
        "Two\nlines",
        "•",
    ],
)
def test_lines_that_do_not(line: str) -> None:
    assert not reads_as_heading(line)


@pytest.mark.parametrize("line", ["Where to ask:", "Pay, and when", "why?"])
def test_a_short_line_that_ends_like_no_sentence(line: str) -> None:
    assert reads_as_line(line)


@pytest.mark.parametrize("line", ["", "At any bakery.", "Stop!", "flour;", "two\nlines", "a" * 101])
def test_what_is_no_such_line(line: str) -> None:
    assert not reads_as_line(line)


def test_an_item_is_parted_from_its_marker() -> None:
    assert split_item("  ▪ flour") == ("▪", "flour")
    assert split_item("(iv) bake it") == ("(iv)", "bake it") == split_item("(iv)\tbake it")
    assert split_item("12. a dozen") == ("12.", "a dozen")
    assert [split_item(line) for line in ("flour", "-flour", "1234. a year", "•")] == [None] * 4


def test_markers_of_one_list_are_of_one_kind() -> None:
    assert mark_kind("1.") == mark_kind("12)") == "number"
    assert mark_kind("•") == "•" != mark_kind("-")


@pytest.mark.parametrize(
    ("kind", "text", "label"),
    [
        ("item", "one two three four five six seven eight: nine", "one two three four five six seven eight"),
        ("paragraph", "one two three four: five", "one two three four"),
        ("paragraph", "one two three four five: six", None),
        ("paragraph", "**Base pay**: $10", "**Base pay**"),
        ("row", "Pay: $10", None),
    ],
)
def test_labels_may_be_longer_in_items(kind: str, text: str, label: str | None) -> None:
    block = labelled(text, Block("item" if kind == "item" else "row" if kind == "row" else "paragraph", 0, len(text)))
    assert (text[: block.label_end] if block.label_end else None) == label
