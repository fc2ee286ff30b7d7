"""Which bare lines are headings, and how headings without a rank are ranked."""

from rag.datatypes import Block
from rag.formats.plaintext import plain_blocks
from rag.guides.headings import FURNITURE, INTRO_CHARS, LOST, is_intro, mark_headings, rank


def marked(text: str) -> list[Block]:
    return mark_headings(text, plain_blocks(text))


def headings(text: str) -> list[str]:
    return [text[block.start : block.end] for block in marked(text) if block.kind == "heading"]


def ranked(text: str) -> list[tuple[int, str]]:
    blocks = marked(text)
    title = next(block for block in blocks if block.kind == "heading")
    return [(block.level, text[block.start : block.end]) for block in rank(text, blocks, title) if block.kind == "heading"]


def test_a_line_with_nothing_under_it_is_no_heading() -> None:
    assert headings("Baker\n\nA baker bakes bread all night.\n\nThe End") == ["Baker"]


def test_a_lead_in_to_a_list_is_no_heading_but_a_titled_one_is() -> None:
    text = "Baker\n\nYou will need:\n\n- An oven\n- A peel\n\nKey Tools:\n\n- An oven\n- A peel\n"
    assert headings(text) == ["Baker", "Key Tools"]


def test_question_and_answer_marks_are_left_out() -> None:
    text = "Q: What is the pay?\n\nA: It is modest, but steady.\n\nQ2. Who hires?\n\nA2. Mills and shops do.\n"
    assert headings(text) == ["What is the pay?", "Who hires?"]
    answers = [text[block.start : block.end] for block in marked(text) if block.kind == "paragraph"]
    assert answers == ["It is modest, but steady.", "Mills and shops do."]


def test_a_file_that_marks_its_headings_keeps_them() -> None:
    text = "# Baker\n\nTools\n\n**Heavy ones**\n\nAn oven.\n\n## Pay\n\nIt is modest.\n"
    assert [(block.level, text[block.start : block.end]) for block in marked(text) if block.kind == "heading"] == [
        (1, "Baker"),
        (7, "Heavy ones"),
        (2, "Pay"),
    ]


def test_page_lines_are_furniture_and_rules_are_dropped() -> None:
    text = "\n\n".join(f"Part {word}\n\nSome words about it here.\n\n-----\n\nPage {n} of 3" for n, word in enumerate("ABC", 1))
    kept = {text[block.start : block.end]: block.marker for block in marked(text)}
    assert [line for line, marker in kept.items() if marker == FURNITURE] == ["Page 1 of 3", "Page 2 of 3", "Page 3 of 3"]
    assert "-----" not in kept


def test_lines_in_columns_are_rows_of_a_table() -> None:
    text = "Pay\n\nLevel      Small     Large\nTrainee    $11       $13\nBaker      $17       $21\n"
    rows = [(text[block.start : block.end].split()[0], block.marker) for block in marked(text) if block.kind == "row"]
    assert rows == [("Level", "header"), ("Trainee", ""), ("Baker", "")]


def test_a_section_with_an_introduction_holds_the_lists_after_it() -> None:
    text = (
        "Baker\n\nPay\n\nBakers are paid weekly.\n\nBase\n\n- $11\n- $17\n\nExtras\n\n- Bread\n- Clothes\n\nTools\n\nAn oven. "
        + "It bakes. " * 4
    )
    assert ranked(text) == [(1, "Baker"), (2, "Pay"), (3, "Base"), (3, "Extras"), (2, "Tools")]


def test_long_prose_after_lists_marks_a_lost_heading() -> None:
    prose = "Mills change. " + "Bakers watch screens while dough rests. " * 12
    text = f"Baker\n\nPay\n\nPaid weekly.\n\nBase\n\n- $11\n- $17\n\n{prose}\n"
    blocks = marked(text)
    lost = [block for block in rank(text, blocks, blocks[0]) if block.marker == LOST]
    assert [(block.start, block.end, block.level) for block in lost] == [(text.index("Mills"), text.index("Mills"), 2)]
    assert not is_intro(text, blocks[-1]) and len(prose) > INTRO_CHARS


def fields(text: str) -> list[tuple[str, str]]:
    return [
        (text[block.start : block.label_end], text[block.start : block.end])
        for block in marked(text)
        if block.kind == "item" and block.label_end
    ]


def test_lines_that_each_give_a_label_a_value_are_fields() -> None:
    form = "Department: Auditor\nTitle: Deputy Auditor\nSalary: $4,100 a month\n\nDescription\n\nCounts ballots all day long.\n"
    assert [label for label, _ in fields(form)] == ["Department", "Title", "Salary"]
    assert headings(form) == ["Description"]
    apart = (
        "Piano tuner\n\nEmployer: City Opera\n\nSalary: $3,900\n\nHours: 30 a week\n\nAbout\n\nTunes the pianos of the opera.\n"
    )
    assert [field for _, field in fields(apart)] == ["Employer: City Opera", "Salary: $3,900", "Hours: 30 a week"]


def test_questions_speakers_and_lone_labels_are_no_fields() -> None:
    assert fields("Q: What is the pay?\nA: It is low.\n\nQ: When?\nA: In May.\n") == []
    assert fields("Ann: I bake bread.\nBob: I sell it.\nAnn: We earn little.\n") == []
    assert fields("Part 1: Ovens\n\nAn oven is hot.\n\nPart 2: Bread\n\nBread is good.\n") == []
