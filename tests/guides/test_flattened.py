"""Paragraphs that lost their lines, put back as the lists they were."""

import re
from itertools import pairwise

import pytest

from rag.datatypes import Block
from rag.formats.plaintext import plain_blocks
from rag.guides.flattened import labelled_by_name, restore, title_pattern


def restored(text: str, *titles: str) -> list[tuple[str, int, str]]:
    return [(block.kind, block.level, text[block.start : block.end]) for block in restore(text, plain_blocks(text), titles)]


def test_inline_bullets_after_a_colon_are_items() -> None:
    assert restored("A cook needs: - Knives - Patience - A stove") == [
        ("paragraph", 0, "A cook needs:"),
        ("item", 0, "Knives"),
        ("item", 0, "Patience"),
        ("item", 0, "A stove"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Shifts run from 9 - Five days of seven.",
        "The 2 - Three day course - And the rest.",
        "It takes 1. Patience alone.",
        "Note: Bread is old.",
    ],
)
def test_dashes_and_figures_in_prose_are_no_marks(text: str) -> None:
    assert restored(text) == [("paragraph", 0, text)]


def test_numbers_that_count_open_items_and_bullets_nest_under_them() -> None:
    text = "Main activities are: 1. Fitting: - Place bands - Change wires 2. Records: - Take scans - Photograph progress"
    assert restored(text) == [
        ("paragraph", 0, "Main activities are:"),
        ("item", 0, "Fitting:"),
        ("item", 1, "Place bands"),
        ("item", 1, "Change wires"),
        ("item", 0, "Records:"),
        ("item", 1, "Take scans"),
        ("item", 1, "Photograph progress"),
    ]


def test_an_inline_heading_ends_where_its_sentence_opens() -> None:
    assert restored("A Miller mills. ### Daily Work Millers work by rivers. ### Pay The pay is low.", "Miller") == [
        ("paragraph", 0, "A Miller mills."),
        ("heading", 13, "Daily Work"),
        ("paragraph", 0, "Millers work by rivers."),
        ("heading", 13, "Pay"),
        ("paragraph", 0, "The pay is low."),
    ]


def test_prose_after_the_last_labelled_item_is_set_apart() -> None:
    text = (
        "Duties include: - **Milling**: Grind the corn. - **Selling**: Weigh the sacks. - **Mending**: Dress the stones. "
        "This role needs strong arms. Few have them."
    )
    assert restored(text)[-2:] == [
        ("item", 0, "**Mending**: Dress the stones."),
        ("paragraph", 0, "This role needs strong arms. Few have them."),
    ]


def test_two_labels_are_too_few_for_a_list() -> None:
    text = "Millers say two things. Corn: It must be dry. Stones: They must be sharp."
    assert restored(text) == [("paragraph", 0, text)]


def test_a_sentence_run_on_from_an_unpunctuated_item_is_prose() -> None:
    text = "- Grind the corn\n- Weigh the sacks\n- Mend the sails The mill stands still without them.\n"
    assert restored(text)[2:] == [("item", 0, "Mend the sails"), ("paragraph", 0, "The mill stands still without them.")]


def test_every_character_stays_in_one_block() -> None:
    text = "A cook needs: - **Knives**: Sharp ones. - **Fire**: A hot stove. Cooks burn. ### Pay - Low - Late"
    blocks = restore(text, plain_blocks(text), ["Cook"])
    assert all(before.end <= after.start for before, after in pairwise(blocks))
    left = "".join(text[before.end : after.start] for before, after in pairwise(blocks))
    assert set(left) <= set(" -#")


@pytest.mark.parametrize(
    ("text", "label"), [("Pay: It is low.", "Pay"), ("**Fire Safety**: Know it.", "Fire Safety"), ("it is so: yes.", None)]
)
def test_a_label_ends_before_its_colon(text: str, label: str | None) -> None:
    block = labelled_by_name(text, Block("item", 0, len(text)))
    assert (text[: block.label_end].strip("*") if block.label_end else None) == label


@pytest.mark.parametrize(
    ("heading", "prose"),
    [
        ("Where They Work", "Millers work near rivers."),
        ("Where They Work", "They work near rivers."),
        ("What You Do", "You will grind corn."),
        ("How It Works", "It is simple."),
        ("Pay", "The United States pays little."),
        ("Life in the Mill", "In the mill, dust is everywhere."),
        ("Pay and Benefits", "Pay is low."),
        ("Working with Children", "Some children are shy."),
        ("Getting started", "Employers look for strong arms."),
        ("Is It Hard?", "Wind and water do the work."),
        ("Pay:", "Wages vary."),
        ("Daily Work", "Stone Dressers cut the stones."),
    ],
)
def test_a_heading_ends_before_the_word_that_opens_a_sentence(heading: str, prose: str) -> None:
    blocks = restored(f"A mill grinds. ### {heading} {prose} ### Last Part Wheels turn.", "Stone Dresser")
    assert [text for _, _, text in blocks[1:3]] == [heading, prose]


def test_a_title_is_found_in_the_plural() -> None:
    assert re.search(title_pattern("Lead Engineer"), "Leads Engineers meet") is not None
    assert re.search(title_pattern("C++ Developer"), "a C++ Developer") is not None
