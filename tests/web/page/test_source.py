"""The source page and the panel's excerpt, over the real guides."""

from collections import Counter

import pytest

from rag.datatypes import Block, Document, Group, Outline, Section
from rag.guides.headings import FURNITURE
from rag.guides.passages import is_fragment
from tests.scenes import SEED, TURBINE, Scenes
from web.addresses import Mark
from web.page.layout import Element
from web.page.source import EXCERPT_CHARACTERS, _anchor, excerpt, whole

SCENES = Scenes()


def of(id: str) -> tuple[Document, Outline]:
    return SCENES.documents[id], SCENES.outlines[id]


def texts(elements: list[Element]) -> list[str]:
    return [below.text for element in elements for below in element.walk() if below.text]


@pytest.mark.parametrize("id", list(SCENES.documents))
def test_a_guide_is_shown_whole_and_in_its_own_words(id: str) -> None:
    document, outline = of(id)
    elements, contents = whole(document, outline, [])
    shown = texts(elements)
    runs = [run.text for element in elements for below in element.walk() for span in below.spans for run in span.runs]
    assert [run for run in runs if run not in document.text] == []
    letters = "".join("".join(shown).split())
    for section in outline.sections:
        for group in section.groups:
            for block in group.blocks:
                if block.marker == FURNITURE or (block.kind == "paragraph" and is_fragment(document.text, block)):
                    continue
                bare = document.text[block.start : block.end].replace("*", "").replace("|", "")
                assert all(part in letters for part in bare.split()[:3]), bare
    anchors = [element.anchor for element in elements if element.kind == "heading"]
    assert len(anchors) == len(set(anchors)) and {heading.anchor for heading in contents} <= set(anchors)


def test_remnants_of_the_page_that_a_guide_was_collected_from_are_left_out() -> None:
    shown = texts(whole(*of(SEED), [])[0])
    assert "logoAiPathly" not in shown and "first image" not in shown and len(shown) > 100


def test_a_heading_said_twice_and_the_title_show_once() -> None:
    elements, _ = whole(*of(SEED), [])
    headings = [element.text for element in elements if element.kind == "heading"]
    assert headings.count("Head of Analytics Engineering") == 1 and "Lead Data Science Engineer" not in headings
    assert "More Careers" in headings


def test_contents_say_where_the_marks_are() -> None:
    document, outline = of(SEED)
    start = document.text.index("Base Salary Range")
    _, contents = whole(document, outline, [Mark(1, start, start + 40)])
    assert [heading.text for heading in contents if heading.cited] == ["Salary Ranges (US Market, 2024)"]


def test_an_excerpt_is_the_section_around_the_mark() -> None:
    document, outline = of(TURBINE)
    start = document.text.index("Offshore crews earn")
    found = excerpt(document, outline, Mark(1, start, start + 30))
    assert found.path == ("Pay",) and not found.cut_before and not found.cut_after
    assert [element.kind for element in found.elements] == ["heading", "paragraph", "table", "paragraph"]


def test_a_long_section_is_cut_at_sentences_around_the_mark() -> None:
    text = " ".join(f"Sentence number {number} says a little about the work." for number in range(100))
    block = Block("paragraph", 0, len(text))
    document = Document("long", "long.txt", "Long", text, "0" * 64, (block,))
    outline = Outline("Long", (), (Section(("Long", "Work"), None, None, (Group((block,)),)),))
    start = text.index("Sentence number 50")
    found = excerpt(document, outline, Mark(1, start, start + 18))
    (shown,) = texts(found.elements)
    assert found.path == ("Work",) and found.cut_before and found.cut_after
    assert EXCERPT_CHARACTERS - 60 < len(shown) <= EXCERPT_CHARACTERS and shown in text
    assert shown.startswith("Sentence number") and shown.endswith("about the work.")
    assert abs(2 * shown.index("Sentence number 50") - len(shown)) < 200


def test_a_mark_outside_every_section_stands_alone() -> None:
    document, outline = of(TURBINE)
    front = document.text.index("aliases")
    found = excerpt(document, outline, Mark(1, front, front + 7))
    assert (found.path, texts(found.elements)) == ((), ["aliases"])


def test_an_excerpt_of_a_heading_shows_the_heading_and_what_follows() -> None:
    document, outline = of(TURBINE)
    start = document.text.index("## Pay") + 3
    found = excerpt(document, outline, Mark(1, start, start + 3))
    assert found.path == ("Pay",) and [element.kind for element in found.elements][:2] == ["heading", "paragraph"]
    assert found.elements[0].spans[0].marks == (1,)


def test_equal_headings_have_anchors_of_their_own() -> None:
    taken: Counter[str] = Counter()
    anchors = [_anchor(text, taken) for text in ("Pay", "Pay 2", "Pay", "Pay 2", "Pay", "", "")]
    assert anchors == ["s-pay", "s-pay-2", "s-pay-3", "s-pay-2-2", "s-pay-4", "s-section", "s-section-2"]
