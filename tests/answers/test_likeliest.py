"""What is quoted of the passages that are likely to hold the answer."""

from pathlib import Path

import numpy as np
import pytest

from rag.answers.chances import Chances
from rag.answers.evidence import Evidence, Groups
from rag.answers.likeliest import likeliest
from rag.datatypes import Hit
from rag.index.index import Index
from rag.questions.question import Question
from tests.handmade import index_of

GUIDE = (
    "# Baker\n\n## Hours\n\nBakers start at three. They end at noon.\n\n## Pay\n\nThe first year pays little. Later it is fair.\n"
)

ASKED = Question("when?", "when do they start")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder: Path = tmp_path_factory.mktemp("index")
    return index_of(folder, {"guide.md": GUIDE})


def quoted(index: Index, order: tuple[int, ...], count: int, *weights: tuple[float, ...]) -> list[tuple[str, float]]:
    groups = Groups(index)
    evidence = [
        Evidence(Hit(passage, row, 1.0, 0.0, 0.0, 0.0, 0.0), groups.of(passage)) for row, passage in enumerate(index.passages)
    ]
    units = tuple(np.array(each, dtype=np.float32) for each in weights)
    chances = Chances(order, np.array([0.9, 0.4]), units, 0.8, True, order[:count])
    draft = likeliest(ASKED, evidence, chances, 0.8)
    assert draft.status == "answered" and draft.confidence == 0.8 and draft.main == draft.quotes[0]
    return [(quote.text, quote.score) for quote in draft.quotes]


def test_the_likelier_passage_is_quoted_first_and_each_by_its_likeliest_part(index: Index) -> None:
    found = quoted(index, (1, 0), 2, (0.9, 0.1), (0.1, 0.9))
    assert found == [("Later it is fair.", 0.4), ("Bakers start at three.", 0.9)]


def test_no_more_passages_are_quoted_than_are_to_be(index: Index) -> None:
    assert quoted(index, (0, 1), 1, (0.5, 0.5), (1.0, 0.0)) == [("Bakers start at three. They end at noon.", 0.9)]


def test_passages_of_one_group_are_quoted_together(tmp_path: Path) -> None:
    lines = "\n".join(f"- Duty {number} of a baker, which is to be done with care and every single day." for number in range(40))
    index = index_of(tmp_path, {"guide.md": f"# Baker\n\n## Duties\n\n{lines}\n"})
    first, second = index.passages[:2]
    assert first.group == second.group
    groups = Groups(index)
    evidence = [
        Evidence(Hit(passage, row, 1.0, 0.0, 0.0, 0.0, 0.0), groups.of(passage)) for row, passage in enumerate((first, second))
    ]
    last, opening = np.zeros(len(first.units), dtype=np.float32), np.zeros(len(second.units), dtype=np.float32)
    last[-1] = opening[0] = 1.0
    chances = Chances((1, 0), np.array([0.3, 0.6]), (last, opening), 0.8, True, (1, 0))
    [quote] = likeliest(ASKED, evidence, chances, 0.8).quotes
    assert quote.units == (first.units[-1], second.units[0]) and quote.score == 0.6
