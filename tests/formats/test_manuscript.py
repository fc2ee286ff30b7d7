"""Blocks written into a canonical text."""

from rag.formats.blocks import BOLD_LINE
from rag.formats.manuscript import Manuscript, tidy


def test_blocks_are_laid_out_and_slice_back() -> None:
    manuscript = Manuscript()
    manuscript.add("heading", " Baker\u200b ", 1, "#")
    manuscript.add("paragraph", "Bakes  bread\n\n at night.")
    manuscript.add("item", "Mix: by hand", 0, "•")
    manuscript.add("item", "slowly", 1, "1.")
    manuscript.add("paragraph", " — ")
    parsed = manuscript.finish({"title": "Baker", "date": "", "source": "x"}, lost=13)
    assert parsed.text == "Baker\n\nBakes bread\nat night.\n\n• Mix: by hand\n  1. slowly"
    slices = ["Baker", "Bakes bread\nat night.", "Mix: by hand", "slowly"]
    assert [parsed.text[block.start : block.end] for block in parsed.blocks] == slices
    assert parsed.blocks[2].label_end == parsed.text.index(": by hand")
    assert (parsed.title, parsed.meta, parsed.lost) == ("Baker", {"source": "x"}, 13)


def test_a_table_keeps_its_columns_and_a_lone_first_cell_is_its_caption() -> None:
    manuscript = Manuscript()
    rows = [["Pay by grade", ""], ["Grade", "Pay"], ["I", "$20\nan hour"], ["", "$30"], ["II", ""]]
    manuscript.add_table(rows, [False, True, False, False, False])
    parsed = manuscript.finish({})
    assert parsed.text == "Pay by grade\n\nGrade | Pay\nI | $20 an hour\n| $30\nII"
    assert [(block.kind, block.marker) for block in parsed.blocks] == [
        ("paragraph", ""),
        ("row", "header"),
        ("row", ""),
        ("row", ""),
        ("row", ""),
    ]


def test_bold_lines_are_of_unknown_rank_where_nothing_else_is_a_heading() -> None:
    def ranks(*levels: int) -> list[int]:
        manuscript = Manuscript()
        for level in levels:
            manuscript.add("heading", "Pay", level)
        return [block.level for block in manuscript.finish({}).blocks]

    assert ranks(BOLD_LINE, BOLD_LINE) == [0, 0]
    assert ranks(2, BOLD_LINE) == [2, BOLD_LINE]


def test_tidy_composes_and_drops_what_is_not_seen() -> None:
    assert tidy("cafe\u0301\u00a0 so\u00adft\t x\n \n y ") == "café soft x\ny"
