"""Pieces of a guide become headings, paragraphs, nested lists and tables; marks go by offsets."""

from rag.datatypes import Block, Document
from rag.reply import Part
from web.addresses import Mark
from web.page.assets import render
from web.page.layout import Element, lay_out
from web.page.source import Excerpt


def guide(text: str, path: str = "guide.txt", blocks: tuple[Block, ...] = ()) -> Document:
    return Document("guide", path, "Guide", text, "0" * 64, blocks)


def part(text: str, words: str, kind: str = "item", level: int = 0, label: str = "") -> Part:
    start = text.index(words)
    return Part(kind, start, start + len(words), level, start + len(label) if label else None)  # type: ignore[arg-type]


def outline(elements: list[Element]) -> list[object]:
    """Nodes as nested lists: (kind, what it shows), and what is below it."""
    return [
        item
        for element in elements
        for item in ((element.kind, element.text), *([outline(element.children)] if element.children else []))
    ]


def test_items_nest_by_level_and_change_lists_with_their_marks() -> None:
    text = "1. Skills:\n  - Python\n  - SQL\n2. Pay:\n• other"
    pieces = [
        part(text, "Skills:"),
        part(text, "Python", level=1),
        part(text, "SQL", level=1),
        part(text, "Pay:"),
        part(text, "other"),
    ]
    first, second = lay_out(guide(text), pieces)
    assert (first.first, second.first) == (1, 0)
    inner = [("item", "Python"), ("item", "SQL")]
    assert outline([first]) == [("list", ""), [("item", "Skills:"), [("list", ""), inner], ("item", "Pay:")]]
    assert outline([second]) == [("list", ""), [("item", "other")]]


def test_a_list_may_begin_deeper_than_it_goes_on() -> None:
    text = "- deep\n- shallow\n- deep again"
    (only,) = lay_out(guide(text), [part(text, "deep", level=2), part(text, "shallow"), part(text, "deep again", level=1)])
    assert outline([only])[1] == [("item", "deep"), ("item", "shallow"), [("list", ""), [("item", "deep again")]]]


def test_sentences_of_one_paragraph_run_on_and_others_do_not() -> None:
    text = "One. Two.\n\nThree."
    pieces = [part(text, words, "sentence") for words in ("One.", "Two.", "Three.")]
    assert outline(lay_out(guide(text), pieces)) == [("paragraph", "One. Two."), ("paragraph", "Three.")]


def test_a_long_items_sentences_are_one_item_and_labels_are_strong() -> None:
    text = "• Pay: good. More of it. Hours: long."
    pieces = [part(text, "Pay: good.", label="Pay"), part(text, "More of it."), part(text, "Hours: long.", label="Hours")]
    (only,) = lay_out(guide(text), pieces)
    assert [item.text for item in only.children] == ["Pay: good. More of it.", "Hours: long."]
    assert next((run.text, run.strong) for run in only.children[0].spans[0].runs) == ("Pay", True)


def test_a_lead_in_is_no_label() -> None:
    text = "Typically requires: - a degree"
    lead, _ = lay_out(
        guide(text), [part(text, "Typically requires:", "lead", label="Typically requires"), part(text, "a degree")]
    )
    assert not any(run.strong for span in lead.spans for run in span.runs)


def test_a_tables_heading_row_is_a_row_whatever_it_is_called() -> None:
    text = "Grade | Pay\nOne | $1\nTwo | $2"
    blocks = (Block("row", 0, 11, marker="header"), Block("row", 12, 20), Block("row", 21, 29))
    (table,) = lay_out(
        guide(text, blocks=blocks),
        [part(text, "Grade | Pay", "lead"), part(text, "One | $1", "row"), part(text, "Two | $2", "row")],
    )
    assert [[cell.text for cell in row.children] for row in table.children] == [["Grade", "Pay"], ["One", "$1"], ["Two", "$2"]]
    assert [row.level for row in table.children] == [1, 0, 0]


def test_marks_cut_runs_overlap_and_know_their_ends() -> None:
    text = "Aaa bbb **ccc** ddd."
    (element,) = lay_out(guide(text), [part(text, text, "paragraph")], [Mark(1, 4, 15), Mark(2, 8, 20)])
    assert [("".join(run.text for run in span.runs), span.marks) for span in element.spans] == [
        ("Aaa ", ()),
        ("bbb ", (1,)),
        ("ccc", (1, 2)),
        (" ddd.", (2,)),
    ]
    assert [(span.opens, span.closes) for span in element.spans] == [((), ()), ((1,), ()), ((2,), (1,)), ((), (2,))]


def test_a_mark_over_several_blocks_opens_and_closes_once() -> None:
    text = "Lead:\n- one\n- two"
    elements = lay_out(guide(text), [part(text, "Lead:", "lead"), part(text, "one"), part(text, "two")], [Mark(7, 0, len(text))])
    spans = [span for element in elements for below in element.walk() for span in below.spans]
    assert [(span.marks, span.opens, span.closes) for span in spans] == [((7,), (7,), ()), ((7,), (), ()), ((7,), (), (7,))]


def test_a_list_nested_400_deep_is_drawn_twelve_deep_and_whole() -> None:
    text = "\n".join(f"item{number}x" for number in range(400)) + "\nlast"
    pieces = [part(text, f"item{number}x", level=number) for number in range(400)]
    elements = lay_out(guide(text), [*pieces, part(text, "last", level=3)])
    shown = [below for element in elements for below in element.walk() if below.kind == "item"]
    assert [item.text for item in shown] == [*(f"item{number}x" for number in range(400)), "last"]
    assert len(elements) == 1 and render("excerpt.html", shown_by(elements)).count("<ul>") == 12


def shown_by(elements: list[Element]) -> dict[str, object]:
    return {"document": guide(""), "excerpt": Excerpt((), elements, False, False)}
