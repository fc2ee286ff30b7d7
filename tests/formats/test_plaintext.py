"""Plain text to blocks, and its front matter."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.datatypes import Block
from rag.errors import CorpusError
from rag.formats.plaintext import plain_blocks, read_front_matter

GUIDE = Path(__file__).parent.parent.parent / "corpus" / "lead-data-science-engineer.txt"


def shown(text: str) -> list[tuple[str, int, str, str]]:
    return [(block.kind, block.level, block.marker, text[block.start : block.end]) for block in plain_blocks(text)]


def label(text: str) -> str | None:
    block = plain_blocks(text)[0]
    return text[block.start : block.label_end] if block.label_end else None


def test_every_character_of_the_guide_is_in_one_block_or_is_a_list_marker() -> None:
    text = GUIDE.read_bytes().decode()
    uses = [0] * len(text)
    for block in plain_blocks(text):
        marker = text.rfind(block.marker, 0, block.start) if block.marker else block.start
        assert text[marker + len(block.marker) : block.start].strip(" ") == ""
        for at in range(marker, block.end):
            uses[at] += 1
    assert {uses[at] for at, character in enumerate(text) if not character.isspace()} == {1}


def test_blank_lines_part_paragraphs_and_bare_headings_are_paragraphs() -> None:
    assert shown("Overview\n\nOne line\nand another.\n \nLast\n") == [
        ("paragraph", 0, "", "Overview"),
        ("paragraph", 0, "", "One line\nand another."),
        ("paragraph", 0, "", "Last"),
    ]


def test_items_nest_by_indentation_from_the_shallowest() -> None:
    text = "  1. Technical:\n    • SQL\n    • R\n  2. Soft:\n    • Calm\n  • Ethics\n"
    assert [(level, marker, words) for _, level, marker, words in shown(text)] == [
        (0, "1.", "Technical:"),
        (1, "•", "SQL"),
        (1, "•", "R"),
        (0, "2.", "Soft:"),
        (1, "•", "Calm"),
        (0, "•", "Ethics"),
    ]


def test_bullets_under_a_number_that_ends_in_a_colon_are_nested_without_indentation() -> None:
    text = "1. Technical:\n- SQL\n- R\n2. Soft:\n- Calm\n"
    assert [level for _, level, _, _ in shown(text)] == [0, 1, 1, 0, 1]


def test_right_aligned_numbers_are_one_list() -> None:
    assert [(level, marker) for _, level, marker, _ in shown(" 9. nine\n10. ten\n")] == [(0, "9."), (0, "10.")]


def test_an_item_goes_on_in_an_indented_line_or_in_mid_sentence_only() -> None:
    text = "- plan the\n  work\n- lead a\nteam\n- teach\nEducation\n"
    assert [words for _, _, _, words in shown(text)] == ["plan the\n  work", "lead a\nteam", "teach", "Education"]


def test_marked_headings_count_where_there_are_several() -> None:
    assert shown("# Baker\n\nPay\n---\nGood.\n") == [
        ("heading", 1, "#", "Baker"),
        ("heading", 2, "-", "Pay"),
        ("paragraph", 0, "", "Good."),
    ]
    assert plain_blocks("# of openings: 5") == (Block("paragraph", 0, 16),)


def test_labels_are_up_to_eight_words_and_no_sentence() -> None:
    assert label("• Boston, Seattle, Washington D.C.: 10-20%") == "Boston, Seattle, Washington D.C."
    assert label("- **Base pay**: $10") == "**Base pay**"
    assert label("- Pay rose. Why: nobody knows") is None
    assert label("- One two three four five six seven eight nine: ten") is None
    assert label("- Technical Skills:") is None
    assert label("- at 10:30 sharp") is None


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="a B:.•-#=1)\n\t é", max_size=80))
def test_blocks_never_overlap_and_hold_every_letter(text: str) -> None:
    blocks = plain_blocks(text)
    ends = [0, *(block.end for block in blocks)]
    assert all(end <= block.start < block.end for end, block in zip(ends, blocks, strict=False))
    outside = "".join(
        text[end : block.start] for end, block in zip(ends, [*blocks, Block("row", len(text), len(text))], strict=True)
    )
    assert not any(character in outside for character in "Bé")


def test_known_keys_are_read_and_the_guide_begins_after_them() -> None:
    text = "---\nTitle: Baker\nsource: https://x.example.org/a\ndate: 2024-03-01\nlang: fr\nauthor: me\n---\n# Baker\n"
    meta, start = read_front_matter(text)
    assert meta == {"title": "Baker", "source": "https://x.example.org/a", "date": "2024-03-01", "language": "fr"}
    assert text[start:] == "# Baker\n"


@pytest.mark.parametrize("written", ["[bread maker, 'hand, baker']", "\n  - bread maker\n  - hand, baker"])
def test_aliases_are_one_a_line(written: str) -> None:
    assert read_front_matter(f"---\naliases: {written}\n---\n")[0] == {"aliases": "bread maker\nhand, baker"}


@pytest.mark.parametrize(
    "text", ["# Baker\n", "---\nA line of prose\n---\nmore", "---\ntitle: never closed\n", "--- title: x ---"]
)
def test_a_text_without_front_matter_begins_at_once(text: str) -> None:
    assert read_front_matter(text) == ({}, 0)


def test_broken_front_matter_names_its_line() -> None:
    with pytest.raises(CorpusError, match='not valid YAML at line 3; put a value with a colon in "quotes"'):
        read_front_matter("---\ntitle: Baker\nsource: a: b\n---\n")


def test_values_that_name_each_other_are_not_read() -> None:
    levels = "\n".join(f"l{at}: &l{at} [{', '.join([f'*l{at - 1}'] * 9)}]" for at in range(1, 40))
    with pytest.raises(CorpusError, match="repeats a value by its name at line 3; write it out"):
        read_front_matter(f"---\nl0: &l0 lol\n{levels}\ntitle: Baker\n---\n")
    assert read_front_matter("---\ntitle: &name Baker\n---\n")[0] == {"title": "Baker"}


def test_no_code_runs_from_front_matter() -> None:
    with pytest.raises(CorpusError, match="not valid YAML at line 2"):
        read_front_matter("---\ntitle: !!python/object/apply:os.getcwd []\n---\n")
