"""Rows of tables and fields of forms that a question names, and what is quoted with them."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from rag.answers.evidence import Evidence, Groups
from rag.answers.rows import looked_up, under_heads
from rag.datatypes import Hit
from rag.questions.question import Question
from rag.questions.topics import topics_of
from rag.text.words import stems
from tests.handmade import group_of, index_of

PAY = (
    "# Welder\n\nWelders join metal.\n\n## Pay\n\n| State | Grade | Pay a year |\n|---|---|---|\n| Texas | Helper | $31,000 |\n"
    "| Texas | Lead (level 3) | $58,000 |\n| Ohio | Helper | $29,000 |\n| Ohio | Lead (level 3) | $54,500 |\n"
)
LEVELS = (
    "# Titles for designers\n\nWhat we expect at each level.\n\n| Category | Designer | Lead Designer |\n|---|---|---|\n"
    "| Technical | Needs help | Sets the standard |\n| Process | Follows the plan | Plans the year |\n"
)
FORM = "# Harbour pilot\n\nEmployer: Port of Ostend\nSalary: €5,100 a month\nHours: nights and weekends\n"


def question(text: str) -> Question:
    return Question(text, text, topics=topics_of(stems(text)))


def quoted(text: str, units: Sequence[int], asked: str) -> list[str]:
    group = group_of(text)
    return [group.text(at) for at in under_heads(group, units, question(asked))]


def found(folder: Path, text: str, asked: str) -> list[str] | None:
    index = index_of(folder / "index", {"guide.md": text})
    groups = Groups(index)
    evidence = [Evidence(Hit(passage, row, 1.0), groups.of(passage)) for row, passage in enumerate(index.passages)]
    draft = looked_up(question(asked), evidence, groups)
    return [quote.text for quote in draft.quotes] if draft else None


TABLE = "# Welder\n\n## Pay" + PAY.split("## Pay")[1]


def test_a_row_is_quoted_with_its_header_wherever_it_stands() -> None:
    assert quoted(TABLE, [3], "pay") == ["State | Grade | Pay a year", "Ohio | Helper | $29,000"]


def test_rows_are_narrowed_to_those_whose_cells_are_asked() -> None:
    assert quoted(TABLE, [1, 2, 3, 4], "the pay of a lead in Ohio")[1:] == ["Ohio | Lead (level 3) | $54,500"]
    assert quoted(TABLE, [2], "the pay of a helper")[1:] == ["Texas | Helper | $31,000", "Ohio | Helper | $29,000"]


def test_rows_that_a_question_does_not_tell_apart_are_left_as_chosen() -> None:
    assert quoted(TABLE, [2, 3], "the pay of a welder")[1:] == ["Texas | Lead (level 3) | $58,000", "Ohio | Helper | $29,000"]


def test_of_many_rows_named_those_that_were_chosen_are_quoted() -> None:
    rows = "".join(f"| north | {number} |\n" for number in range(12))
    table = f"# Welder\n\n## Pay\n\n| Bay | Pay |\n|---|---|\n{rows}| south | 40 |\n"
    assert quoted(table, [2, 13], "pay in the north")[1:] == ["north | 1"]


def test_the_fields_of_a_form_are_narrowed_to_the_one_asked() -> None:
    assert quoted(FORM, [0, 1, 2], "What is the wage of a harbour pilot?") == ["Salary: €5,100 a month"]
    assert quoted(FORM, [0, 1], "Who is the employer?") == ["Employer: Port of Ostend"]


def test_items_under_a_lead_in_are_no_form() -> None:
    listed = "# Cook\n\n## Skills\n\nCooks need:\n\n- Soft skills: patience\n- Fire: lighting it\n"
    assert quoted(listed, [0, 1, 2], "Which skills?") == ["Cooks need:", "Soft skills: patience", "Fire: lighting it"]


@pytest.mark.parametrize(
    ("text", "asked", "row"),
    [
        (PAY, "How much does a lead welder earn in Ohio?", "Ohio | Lead (level 3) | $54,500"),
        (LEVELS, "What is expected of a Lead Designer in process?", "Process | Follows the plan | Plans the year"),
        (FORM, "How much does a harbour pilot earn?", "Salary: €5,100 a month"),
    ],
)
def test_what_rows_and_heads_say_wholly_is_looked_up(tmp_path: Path, text: str, asked: str, row: str) -> None:
    answer = found(tmp_path, text, asked)
    assert answer is not None and answer[-1] == row and len(answer) == (1 if text is FORM else 2)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (PAY, "How much does a lead welder earn in Nevada?"),
        (PAY, "How much does a welder earn?"),
        (PAY, "What is a lead?"),
        (LEVELS, "What books should a Lead Designer read on process?"),
        (FORM, "What is the salary and the pension of a harbour pilot?"),
        ("# Cook\n\nCooks cook.\n", "How much does a cook earn?"),
    ],
)
def test_what_is_not_all_said_there_is_not(tmp_path: Path, text: str, asked: str) -> None:
    assert found(tmp_path, text, asked) is None


def test_a_label_tells_no_field_where_the_heading_is_of_its_topic_already() -> None:
    tools = "# Gardener\n\n## Tools used\n\n- Hand tools: dibbers\n- Meters: moisture meters\n"
    assert quoted(tools, [0, 1], "What tools does a gardener use?") == ["Hand tools: dibbers", "Meters: moisture meters"]
