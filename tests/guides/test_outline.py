"""The outline of the seed guide and of small documents, one for each rule."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from rag.datatypes import Document, Outline
from rag.formats.parsing import parse
from rag.formats.plaintext import plain_blocks
from rag.guides.outline import outline, with_title

GUIDE = Path(__file__).parent.parent.parent / "corpus" / "lead-data-science-engineer.txt"


def make(text: str, title: str = "") -> Document:
    return Document("d", "d.txt", title, text, hashlib.sha256(text.encode()).hexdigest(), plain_blocks(text))


def paths(result: Outline) -> list[str]:
    return [" > ".join(section.path) for section in result.sections]


def laid_out(document: Document) -> list[tuple[str, int, str]]:
    return [
        (block.kind, block.level, document.text[block.start : block.end])
        for section in outline(document).sections
        for group in section.groups
        for block in ([group.lead_in] if group.lead_in else []) + list(group.blocks)
    ]


def test_every_character_of_the_guide_is_in_one_block() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    covered = [False] * len(text)
    for section in outline(make(text)).sections:
        blocks = [section.heading] if section.heading else []
        for group in section.groups:
            blocks += [group.lead_in] if group.lead_in else []
            blocks += group.blocks
        for block in blocks:
            assert text[block.start : block.end] == text[block.start : block.end].strip()
            assert not any(covered[block.start : block.end])
            covered[block.start : block.end] = [True] * (block.end - block.start)
    left = "".join(c for c, done in zip(text, covered, strict=True) if not done and not c.isspace())
    assert set(left) <= set("•-#12345.")
    assert sum(covered) + sum(c.isspace() for c in text) + len(left) >= len(text)


def test_careers_of_the_guide() -> None:
    result = outline(make(GUIDE.read_text(encoding="utf-8")))
    assert result.title == "Lead Data Science Engineer"
    assert set(result.careers) >= {result.title, "Head of Analytics Engineering", "Full Stack AI Developer", "Knowledge Engineer"}


def test_a_guide_without_a_title_is_called_by_its_first_heading_if_that_is_a_role_else_by_its_file() -> None:
    role = "## Baker\n\nBakes bread.\n\n## Duties\n\n- Kneads\n"
    parsed = parse(role.encode(), ".md")
    guide = Document("x", "law/wind-turbine_technician.v2.md", "", parsed.text, "", parsed.blocks)
    assert (outline(guide).title, outline(guide).careers) == ("Baker", ("Baker",))
    assert paths(outline(guide)) == ["Baker", "Baker > Duties"]
    assert with_title(guide, outline(guide)).title == "Baker"
    duties = role.replace("## Baker\n\n", "")
    parsed = parse(duties.encode(), ".md")
    nameless = replace(guide, text=parsed.text, blocks=parsed.blocks)
    assert outline(nameless).title == "Wind Turbine Technician V2"


def test_a_guide_about_a_role_in_the_plural_is_about_the_role() -> None:
    result = outline(make("Registered nurses care for patients.\n", "Registered Nurses"))
    assert (result.title, result.careers, paths(result)) == ("Registered Nurses", ("Registered Nurse",), ["Registered Nurses"])


def test_bare_headings_over_lists_belong_to_the_section_with_an_introduction() -> None:
    text = (
        "Baker\n\nPay\n\nBakers are paid by the hour.\n\nBase Rate\n\n- Trainee: $12\n- Baker: "
        "$19\n\nExtras\n\n- Free bread\n- Uniform\n"
    )
    assert paths(outline(make(text))) == ["Baker", "Baker > Pay", "Baker > Pay > Base Rate", "Baker > Pay > Extras"]


def test_long_prose_after_a_list_is_a_section_whose_heading_is_lost() -> None:
    prose = "Ovens change. " + "Bakers now watch several screens while the dough rests in a cool room. " * 8
    text = (
        f"Baker\n\nPay\n\nPaid by the hour.\n\nBase Rate\n\n- Trainee: $12\n- Baker: "
        f"$19\n\n{prose}\n\nTools\n\nAn oven and a peel.\n"
    )
    assert paths(outline(make(text))) == ["Baker", "Baker > Pay", "Baker > Pay > Base Rate", "Baker", "Baker > Tools"]


def test_prose_glued_to_the_last_bullet_is_split_off() -> None:
    text = "Duties\n\n- Mix the dough\n- Clean the bench The work starts at four in the morning.\n"
    assert laid_out(make(text, "Baker"))[-2:] == [
        ("item", 0, "Clean the bench"),
        ("paragraph", 0, "The work starts at four in the morning."),
    ]


def test_a_name_inside_an_item_is_no_glue() -> None:
    text = "Duties\n\n- Work with Rye and spelt flour\n- Use Deck ovens daily.\n- Keep notes\n"
    assert [piece[2] for piece in laid_out(make(text, "Baker"))] == [
        "Work with Rye and spelt flour",
        "Use Deck ovens daily.",
        "Keep notes",
    ]


def test_a_label_at_the_end_of_an_item_opens_the_next_list() -> None:
    text = (
        "Bakers face problems: Early Hours:\n\n- Sleep: Nights are short.\n- Family: Evenings are lost. "
        "Hot Rooms:\n- Heat: Ovens never rest.\n"
    )
    assert laid_out(make(text, "Baker")) == [
        ("paragraph", 0, "Bakers face problems:"),
        ("item", 0, "Early Hours:"),
        ("item", 1, "Sleep: Nights are short."),
        ("item", 1, "Family: Evenings are lost."),
        ("item", 0, "Hot Rooms:"),
        ("item", 1, "Heat: Ovens never rest."),
    ]


def test_labelled_sentences_in_a_paragraph_are_items_and_the_last_word_is_prose() -> None:
    text = (
        "Bakers need these: Patience: Dough waits for nobody. Strength: Sacks are heavy. Care: Scales "
        "matter. By learning these, bakers last."
    )
    assert laid_out(make(text, "Baker")) == [
        ("paragraph", 0, "Bakers need these:"),
        ("item", 0, "Patience: Dough waits for nobody."),
        ("item", 0, "Strength: Sacks are heavy."),
        ("item", 0, "Care: Scales matter."),
        ("paragraph", 0, "By learning these, bakers last."),
    ]


def test_markup_flattened_into_a_paragraph_is_restored() -> None:
    text = (
        "More\n\nPastry Cook\n\nPastry Cook\n\nA Pastry Cook makes sweets. ### Daily Work Pastry Cooks roll "
        "dough, including: - **Puff**: Butter and "
        "flour. - **Choux**: Eggs and steam. ### Pay - Trainees earn $11 - Cooks earn $17 Qualifications "
        "usually include: - A diploma - Clean hands"
    )
    document = make(text, "Baker")
    assert paths(outline(document))[-3:] == [
        "Baker > More > Pastry Cook",
        "Baker > More > Pastry Cook > Daily Work",
        "Baker > More > Pastry Cook > Pay",
    ]
    assert ("item", 0, "Cooks earn $17") in laid_out(document)
    assert ("paragraph", 0, "Qualifications usually include:") in laid_out(document)


def test_numbered_headings_are_ranked_by_their_numbers() -> None:
    text = (
        "1  Work\n\nBakers bake bread every single day.\n\n2  Ways in\n\n2.1  Study\n\nNone is asked "
        "for.\n\n3  Pay\n\nIt is modest.\n"
    )
    assert paths(outline(make(text, "Baker"))) == ["Baker > Work", "Baker > Ways in", "Baker > Ways in > Study", "Baker > Pay"]


def test_a_role_heading_in_the_middle_owns_what_follows() -> None:
    text = (
        "Tools\n\nAn oven, a peel and a scale.\n\nCAKE DESIGNER\nAlso known as: sugar "
        "artist\n\nTools\n\nA turntable and a palette knife.\n"
    )
    assert [section.career for section in outline(make(text, "Baker")).sections] == ["Baker", "Cake Designer", "Cake Designer"]


@pytest.mark.parametrize("line", ["Page 1 of 2", "Baker handbook 2024"])
def test_running_lines_are_no_headings(line: str) -> None:
    text = "\n\n".join(f"Part {name}\n\nSome words about it here.\n\n{line}" for name in ("One", "Two", "Three"))
    assert all(line not in path for path in paths(outline(make(text, "Baker"))))
