"""What is shown of the guides where they do not answer."""

import numpy as np

from rag.answers.chances import Chances
from rag.answers.evidence import Evidence, Group
from rag.answers.nearness import MOST, nearest
from rag.datatypes import Hit
from rag.questions.question import Question
from tests.handmade import THREE, group_of, plan

ASKED = Question("Do bakers heat ovens on Sunday?", "Do bakers heat ovens on Sunday?")
LISTED = group_of("# Baker\n\n## Duties\n\nBakers must:\n\n- knead the dough\n- heat the oven\n- sweep the floor\n")


def evidence(group: Group, passage: int = 0) -> Evidence:
    return Evidence(Hit(group.passages[passage], 0, 1.0), group)


def chances(found: list[Evidence], *order: int) -> Chances:
    """Chances under which a passage's last unit is the likeliest, and passages get less likely in the order given."""
    units = tuple(np.array([0.0] * (len(one.passage.units) - 1) + [1.0], dtype=np.float32) for one in found)
    likely = np.zeros(len(found), dtype=np.float32)
    likely[list(order)] = [0.5 - 0.1 * rank for rank in range(len(order))]
    return Chances(order, likely, units)


def all_groups() -> list[Evidence]:
    source = plan(THREE).source
    return [
        Evidence(
            Hit(passage, row, 1.0),
            Group(next(d for d in source.documents if d.id == passage.document_id), (passage,), passage.units),
        )
        for row, passage in enumerate(source.passages)
    ]


def test_the_likeliest_words_are_shown_with_the_words_that_the_question_shares() -> None:
    [quote] = nearest(ASKED, [evidence(LISTED)], chances([evidence(LISTED)], 0), 0.8)
    assert (quote.text, quote.why, quote.best) == ("sweep the floor", "Duties", None)
    weights = np.array([0, 0, 1, 0], dtype=np.float32)
    one = Chances((0,), np.array([0.25], dtype=np.float32), (weights,))
    [quote] = nearest(ASKED, [evidence(LISTED)], one, 0.8)
    assert (quote.text, quote.why, quote.score) == ("heat the oven", "heat, oven", 0.25)


def test_the_likeliest_passages_come_first_and_a_few_are_enough() -> None:
    found = all_groups()
    quotes = nearest(ASKED, found, chances(found, 3, 1, 0, 2), 0.8)
    assert [quote.passage for quote in quotes] == [found[at].passage for at in (3, 1, 0)]
    assert len(quotes) == MOST < len(found)


def test_a_group_is_shown_once() -> None:
    items = "".join(
        f"- item {number} of a list of many things that a baker does before the shop is opened\n" for number in range(60)
    )
    group = group_of(f"# Baker\n\n## Duties\n\n{items}")
    found = [evidence(group, 0), evidence(group, 1)]
    [quote] = nearest(ASKED, found, chances(found, 1, 0), 0.8)
    assert quote.passage is group.passages[1]


def test_with_nothing_weighed_nothing_is_near() -> None:
    assert nearest(ASKED, [], Chances(), 0.8) == ()
