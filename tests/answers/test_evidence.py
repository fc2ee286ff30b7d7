"""The group a passage lies in, with its units."""

from rag.answers.evidence import Evidence
from rag.datatypes import Hit
from tests.handmade import group_of

NESTED = "# Baker\n\n## Duties\n\nBakers must:\n\n- bake\n  - bread\n  - cake\n- sweep\n"


def test_a_unit_knows_what_it_stands_under_and_what_stands_under_it() -> None:
    group = group_of(NESTED)
    assert [group.text(at) for at in group.above(2)] == ["Bakers must:", "bake"]
    assert [group.text(at) for at in group.under(1)] == ["bread", "cake"]
    assert group.under(0) == [1, 2, 3, 4] and group.above(0) == []


def test_a_group_is_of_a_career_under_its_headings() -> None:
    group = group_of(NESTED)
    assert (group.career, group.path) == ("Baker", ("Baker", "Duties"))


def test_the_positions_of_a_passage_are_those_of_its_units_in_the_group() -> None:
    items = "".join(
        f"- item {number} of a list of many things that a baker does before the shop is opened\n" for number in range(60)
    )
    group = group_of(f"# Baker\n\n## Duties\n\n{items}")
    assert len(group.passages) > 1
    second = Evidence(Hit(group.passages[1], 1, 0.5), group)
    assert second.positions[0] == len(group.passages[0].units)
    assert group.passage(second.positions[0]) is group.passages[1]
    first = second.passage.units[0]
    assert group.text(second.positions[0]) == group.document.text[first.start : first.end]
