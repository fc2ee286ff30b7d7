"""How groups of the real guides account for the terms of a question."""

import numpy as np
import pytest

from rag.answers.frames import unit_stems
from rag.answers.support import FACET, MENTION, NEAR, Support, Weigher
from rag.datatypes import Hit
from rag.pipeline import Pipeline
from rag.questions.question import Reading
from rag.retrieval.search import Retriever


def weigh(pipeline: Pipeline, question: str, heading: str) -> tuple[Reading, Support]:
    """A question, and the support it has from the group under a heading that answers it best."""
    reading, _ = pipeline.assistant.consider(question)
    query = Retriever(pipeline.index.store, pipeline.encoder).query(reading.residual)
    rows = np.array([row for row, passage in enumerate(pipeline.index.passages) if passage.heading == heading])
    found = [Hit(pipeline.index.passages[row], int(row), 0.0) for row in rows]
    supports = Weigher(pipeline.index).weigh(reading, query, found)
    return reading, max(supports, key=lambda support: float(support.full.max(initial=0.0)))


def at(support: Support, start: str) -> int:
    return next(at for at in range(len(support.units)) if support.text(at).startswith(start))


def test_stems_of_a_unit_hold_its_numbers_and_letters() -> None:
    assert {"401", "k", "10", "20"} <= unit_stems("401(k) and 10-20% in R")
    assert "r" in unit_stems("Python, R")


def test_a_units_own_words_count_in_full(pipeline: Pipeline) -> None:
    _, support = weigh(pipeline, "Is there a sign-on bonus?", "Additional Compensation Components")
    unit = at(support, "Sign-on Bonuses")
    assert support.own[:, unit].tolist() == [1.0] * len(support.own)
    assert support.own[:, unit].sum() == support.own.sum(axis=0).max()


def test_another_word_of_the_facet_counts_less_than_the_word(guides: Pipeline) -> None:
    reading, support = weigh(guides, "What does a hygienist earn?", "Earnings")
    assert [term.text for term in reading.terms] == ["earn"]
    assert set(support.above[0].tolist()) == {1.0}
    _, other = weigh(guides, "What wages does a hygienist get?", "Earnings")
    assert set(other.above[0].tolist()) == {np.float32(FACET)}


def test_what_is_asked_about_is_a_mention_outside_a_label_or_lead_in(guides: Pipeline) -> None:
    _, support = weigh(guides, "What is the pay?", "What Changes the Figure")
    assert support.own[0, at(support, "Private practice")] == np.float32(MENTION)
    assert support.own.max() == np.float32(MENTION)


def test_a_number_has_no_near_match(pipeline: Pipeline) -> None:
    _, held = weigh(pipeline, "Who earns $839?", "Salary Overview")
    assert held.own[1].tolist() == [0.0, 0.0, 0.0, 1.0]
    _, other = weigh(pipeline, "Who earns $555?", "Salary Overview")
    assert other.own[1].tolist() == other.above[1].tolist() == [0.0] * 4


def test_a_near_meaning_never_counts_like_the_word_itself(pipeline: Pipeline) -> None:
    _, support = weigh(pipeline, "Is there coaching of juniors?", "Team Management")
    assert 0 < support.own.max() <= NEAR


def test_items_stand_under_their_label_and_their_children_are_found(pipeline: Pipeline) -> None:
    _, support = weigh(pipeline, "How much does location change the salary?", "Factors Influencing Salary")
    label = at(support, "Location:")
    assert [support.text(child).split(":")[0] for child in support.children(label)] == [
        "Silicon Valley/San Francisco",
        "New York City",
        "Boston, Seattle, Washington D.C.",
        "Mid-sized tech hubs (Austin, Denver)",
    ]
    assert support.children(label + 1) == []
    assert (support.above[:, label + 1] >= support.own[:, label]).all()


def test_coverage_is_the_weighted_mean_over_terms(pipeline: Pipeline) -> None:
    _, support = weigh(pipeline, "Is 401(k) matching offered?", "Benefits and Perks")
    expected = (support.weights[:, None] * support.full).sum(axis=0) / support.weights.sum()
    np.testing.assert_allclose(support.coverage(support.full), expected, rtol=1e-5)
    _, bare = weigh(pipeline, "tell me about the job", "Benefits and Perks")
    assert bare.coverage(bare.full).tolist() == [1.0] * 6


@pytest.mark.parametrize(
    ("heading", "place"),
    [("Benefits and Perks", "body"), ("Salary Ranges (US Market, 2024)", "intro"), ("Daily Activities", "body")],
)
def test_where_a_group_stands_in_its_section(pipeline: Pipeline, heading: str, place: str) -> None:
    rows = [row for row, passage in enumerate(pipeline.index.passages) if passage.heading == heading]
    reading, _ = pipeline.assistant.consider("What is the pay?")
    query = Retriever(pipeline.index.store, pipeline.encoder).query(reading.residual)
    hits = [Hit(pipeline.index.passages[row], row, 0.0) for row in rows]
    assert Weigher(pipeline.index).weigh(reading, query, hits)[0].place == place


def test_a_group_is_weighed_once_with_its_best_hit(pipeline: Pipeline) -> None:
    passages = pipeline.index.passages
    reading, _ = pipeline.assistant.consider("What is the pay?")
    query = Retriever(pipeline.index.store, pipeline.encoder).query(reading.residual)
    hits = [Hit(passages[3], 3, 0.9), Hit(passages[3], 3, 0.5), Hit(passages[1], 1, 0.2)]
    found = Weigher(pipeline.index).weigh(reading, query, hits)
    assert [(support.hit.row, support.hit.score) for support in found] == [(3, 0.9), (1, 0.2)]
    assert found[0].own.shape == found[0].above.shape == (len(reading.terms), len(found[0].units))
