"""How much of a passage is quoted."""

import numpy as np
import pytest

from rag.answers.evidence import Evidence, Group
from rag.answers.spans import extent, shortest_run
from rag.datatypes import Floats, Hit
from tests.handmade import group_of


def chances(*values: float) -> Floats:
    return np.array(values, dtype=np.float32)


def evidence(group: Group) -> Evidence:
    return Evidence(Hit(group.passages[0], 0, 1.0), group)


@pytest.mark.parametrize(
    ("weights", "share", "run"),
    [
        ((0.9, 0.05, 0.05), 0.8, (0, 0)),
        ((0.45, 0.45, 0.1), 0.8, (0, 1)),
        ((0.1, 0.4, 0.1, 0.4), 0.8, (1, 3)),
        ((0.25, 0.25, 0.25, 0.25), 0.8, (0, 3)),
        ((0.0, 0.0), 0.8, (0, 1)),
        ((0.2, 0.3, 0.3, 0.2), 0.5, (1, 2)),
    ],
)
def test_the_shortest_run_that_holds_the_share_is_taken(weights: tuple[float, ...], share: float, run: tuple[int, int]) -> None:
    assert shortest_run(chances(*weights), share) == run


def test_a_sure_item_is_quoted_alone_where_its_lead_in_stands_farther_off() -> None:
    group = group_of("# Baker\n\n## Duties\n\nBakers must:\n\n- knead the dough\n- heat the oven\n- sweep the floor\n")
    found = extent(evidence(group), chances(0.0, 0.02, 0.95, 0.03), 0.8)
    assert [group.text(at) for at in found] == ["heat the oven"]


def test_the_first_item_is_quoted_under_its_lead_in() -> None:
    group = group_of("# Baker\n\n## Duties\n\nBakers must:\n\n- knead the dough\n- heat the oven\n")
    found = extent(evidence(group), chances(0.0, 0.95, 0.05), 0.8)
    assert [group.text(at) for at in found] == ["Bakers must:", "knead the dough"]


def test_a_lead_in_brings_its_list() -> None:
    group = group_of("# Baker\n\n## Duties\n\nBakers must:\n\n- knead the dough\n- heat the oven\n")
    found = extent(evidence(group), chances(1.0, 0.0, 0.0), 0.8)
    assert [group.text(at) for at in found] == ["Bakers must:", "knead the dough", "heat the oven"]


def test_an_item_that_ends_in_a_colon_brings_what_stands_under_it() -> None:
    group = group_of("# Baker\n\n## Pay\n\n- By grade:\n  - trainee: $20,000\n  - master: $50,000\n- Tips are shared\n")
    found = extent(evidence(group), chances(0.9, 0.0, 0.05, 0.05), 0.8)
    assert [group.text(at) for at in found] == ["By grade:", "trainee: $20,000", "master: $50,000"]


def test_an_item_that_says_nothing_by_itself_brings_what_stands_under_it() -> None:
    group = group_of(
        "# Baker\n\n## Way in\n\n- Qualification\n  - A year at a bakery school\n- Ask around first.\n  - In spring\n"
    )
    for weights, said in (
        ((0.9, 0.05, 0.0, 0.05), ["Qualification", "A year at a bakery school"]),
        ((0.0, 0.05, 0.9, 0.05), ["Ask around first."]),
    ):
        found = extent(evidence(group), chances(*weights), 0.8)
        assert [group.text(at) for at in found] == said


def test_a_row_is_quoted_under_its_header() -> None:
    group = group_of("# Baker\n\n## Pay\n\n| Grade | Pay |\n|---|---|\n| trainee | $20,000 |\n| master | $50,000 |\n")
    found = extent(evidence(group), chances(0.0, 0.98, 0.02), 0.8)
    assert [group.text(at) for at in found] == ["Grade | Pay", "trainee | $20,000"]


def test_unsure_is_the_whole_paragraph() -> None:
    group = group_of("# Baker\n\n## Hours\n\nBakers start at three. They end at noon. Most like it.\n")
    assert extent(evidence(group), chances(0.34, 0.33, 0.33), 0.8) == (0, 1, 2)
