"""Groups cut into passages that fit the encoder, and the units they can be quoted in."""

import pytest

from rag.datatypes import Passage
from rag.guides.outline import NAME_CHARS, outline
from rag.guides.passages import (
    MOST_CHARS,
    embedded_text,
    group_units,
    heading_prefix,
    make_passages,
    own_path,
    unit_text,
)
from rag.index.contents import Source, texts_of
from rag.index.index import Index
from rag.models import TEXT_TOKENS
from rag.models.encoder import TOKENIZER, token_counter
from tests.handmade import BAKER, document
from tests.hashing import HashingEncoder

count = HashingEncoder().count_tokens
LONG = "long " * 4_000
TABLE = "# Baker\n\n## Pay\n\n| Level | Rate |\n|---|---|\n| Trainee | $11 |\n| Baker | $17 |\n"


def passages(text: str) -> list[Passage]:
    one = document("baker.md", text)
    return make_passages(one, outline(one), count)


def units(text: str) -> list[tuple[str, str, int, int | None]]:
    one = document("baker.md", text)
    [*_, group] = outline(one).sections[-1].groups
    return [(unit.kind, one.text[unit.start : unit.end], unit.level, unit.parent) for unit in group_units(one.text, group, count)]


def test_a_passage_stays_under_one_heading() -> None:
    first, second = passages(BAKER)
    assert (first.id, first.path, first.career, first.group) == ("baker/baker/1", ("Baker",), "Baker", 0)
    assert (second.id, second.path, second.heading, second.group) == ("baker/duties/2", ("Baker", "Duties"), "Duties", 1)
    assert BAKER[second.start : second.end] == "Knead the dough before dawn\n- Heat the oven"


def test_items_stand_under_their_lead_in_and_their_item() -> None:
    text = "# Baker\n\n## Duties\n\nBakers work. At night they:\n\n- mix\n  - rye\n  - spelt\n- clean\n"
    assert units(text) == [
        ("sentence", "Bakers work.", 0, None),
        ("lead", "At night they:", 0, None),
        ("item", "mix", 0, 1),
        ("item", "rye", 1, 2),
        ("item", "spelt", 1, 2),
        ("item", "clean", 0, 1),
    ]


def test_rows_stand_under_the_header_row() -> None:
    assert [(kind, text, parent) for kind, text, _, parent in units(TABLE)] == [
        ("lead", "Level | Rate", None),
        ("row", "Trainee | $11", 0),
        ("row", "Baker | $17", 0),
    ]


def test_a_run_in_opening_stays_with_its_paragraph() -> None:
    assert units("# Baker\n\n## Breads\n\nRye. It is dark. It keeps.\n")[0][1] == "Rye. It is dark. It keeps."
    long = f"Rye. It is dark. {'It keeps for a week in a dry cool place. ' * 9}"
    assert [text for _, text, _, _ in units(f"# Baker\n\n## Breads\n\n{long}\n")][:2] == [
        "Rye. It is dark.",
        "It keeps for a week in a dry cool place.",
    ]


def test_a_line_of_the_page_that_says_nothing_is_no_passage() -> None:
    assert [unit.start for unit in passages("# Baker\n\nhero image\n\nA Baker bakes bread.\n")[0].units] == [21]


def test_a_long_group_is_cut_between_units_and_numbered_through() -> None:
    items = "".join(f"- step {number} {'of the long bread recipe ' * 4}\n" for number in range(40))
    found = passages(f"# Baker\n\n## Steps\n\nDo this:\n\n{items}")
    assert [passage.group for passage in found] == [0] * len(found) and len(found) > 2
    assert [passage.first for passage in found] == [sum(len(p.units) for p in found[:at]) for at in range(len(found))]
    one = document("baker.md", f"# Baker\n\n## Steps\n\nDo this:\n\n{items}")
    assert all(count(embedded_text(one, passage)[0]) <= TEXT_TOKENS for passage in found)


def test_what_is_embedded_opens_with_the_careers_own_path() -> None:
    assert own_path(("Guide", "More", "Baker", "Pay"), "Baker") == ("Baker", "Pay")
    assert own_path(("Guide", "More"), None) == ("Guide", "More")
    assert heading_prefix(("Guide", "Baker", "Pay"), "Baker") == "Baker: Pay\n"
    one, passage = document("baker.md", BAKER), passages(BAKER)[1]
    text, shift = embedded_text(one, passage)
    assert text == "Baker: Duties\nKnead the dough before dawn\n- Heat the oven"
    assert BAKER[text.index("Heat") + shift :].startswith("Heat the oven")


def test_a_unit_is_embedded_with_what_it_stands_under() -> None:
    text = "# Baker\n\n## Pay\n\nIt depends on:\n\n- Town\n  - Rome: more\n"
    one, [passage] = document("baker.md", text), passages(text)
    assert unit_text(one, passage, 2, passage.units) == "Baker: Pay\nIt depends on:\nTown\nRome: more"


@pytest.mark.parametrize(
    "text",
    [
        f"# Baker\n\n## {LONG}\n\n" + "### Day {}\n\nA Baker bakes.\n\n" * 300,
        f"# {LONG}\n\n" + "## Day {}\n\nA Baker bakes.\n\n" * 300,
        f"# Baker\n\n{LONG}includes:\n\n" + "- a loaf\n" * 300,
        f"# Baker\n\n- {LONG}\n" + "  - a loaf\n" * 300,
        f"# Baker\n\n| {LONG} | b |\n|---|---|\n" + "| a | b |\n" * 300,
    ],
    ids=["section", "title", "lead-in", "item", "header"],
)
def test_what_stands_above_many_is_not_read_whole_with_each(text: str) -> None:
    one = document("baker.md", text.format(*range(300)))
    found = make_passages(one, outline(one), count)
    made = texts_of(Source([one], [outline(one)], found, "model", ""))
    assert sum(len(passage.units) for passage in found) >= 300
    assert max(map(len, [*made.passages, *made.units])) < 2 * MOST_CHARS
    assert max(len(name) for passage in found for name in passage.path) <= NAME_CHARS
    assert max(unit.end - unit.start for passage in found for unit in passage.units) <= MOST_CHARS


def test_a_sentence_without_end_is_cut_between_words_and_nothing_is_lost() -> None:
    sentence = " ".join(f"word{number}" for number in range(5_000)) + "x" * 10_000
    [*_, group] = outline(document("baker.md", f"# Baker\n\n{sentence}.\n")).sections[-1].groups
    text = f"# Baker\n\n{sentence}.\n"
    cut = [text[unit.start : unit.end] for unit in group_units(text, group, count)]
    assert max(map(len, cut)) == MOST_CHARS and cut[0].startswith("word0 ") and " word" in cut[1]
    assert "".join(" ".join(cut).split()) == "".join(f"{sentence}.".split())
    assert all(piece.split()[-1] + " " in sentence for piece in cut[:5])


@pytest.mark.model
def test_every_unit_of_the_real_guides_is_trimmed_and_in_order(guides_index: Index) -> None:
    tokens = token_counter((guides_index.encoder / TOKENIZER).read_bytes())
    for passage in guides_index.passages:
        text = guides_index.documents[passage.document_id].text
        starts = [unit.start for unit in passage.units]
        assert starts == sorted(starts) and passage.start == starts[0]
        assert all(text[unit.start : unit.end] == text[unit.start : unit.end].strip() != "" for unit in passage.units)
        assert tokens(embedded_text(guides_index.documents[passage.document_id], passage)[0]) <= TEXT_TOKENS


def test_a_caption_leads_in_to_its_table() -> None:
    text = "# Welder\n\n## Figures\n\nPay a year in 2024\n\n| State | Grade |\n|---|---|\n| Ohio | $29,000 |\n"
    one = document("welder.md", text)
    [group] = outline(one).sections[-1].groups
    units = group_units(one.text, group, lambda words: len(words.split()))
    assert [(unit.kind, unit.parent) for unit in units] == [("lead", None), ("lead", 0), ("row", 1)]
