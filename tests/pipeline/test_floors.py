"""Floors under the quality of answers to the committed judged questions: a change that breaks one made answers worse.

They lie a few points below what was measured. Raise them when answers get better; never lower one to let a change pass. (The
learned scorer lowered those of `seed`, `more` and `six`, on which its forerunner was tuned by hand, and raised all others; so did
its longer fit with what `seed` has to leave blank, the one that quotes more passages by one wrong career of `more`, and the mean
of two fits, which leaves four more questions of `b` blank, misleads in two fewer and shows the evidence of two more. The tuned
encoder raised all others: it leaves a few more of `b` and `spoken_seed` blank, and misleads in 21 and 3 fewer of them. With six
of its layers tuned, those were raised again; the first citation of `b`, since a header row is numbered after its row; and all of
`b`, with 90 guides more to learn from.)
What a machine rounds decides a few: of `spoken_seed` the same code answered 73 of 101 on one without AVX-512 and 76 on one with
it (first citation 65 and 68, found 90 and 92, left blank 21 and 18), so its floors lie below both.
Nothing is fitted on `b` and `spoken_seed`, and a failure names numbers only, no question of them.
"""

import json
from dataclasses import fields
from pathlib import Path

import pytest

from rag.evaluation.grading import Grade
from rag.evaluation.judgements import read_judged
from rag.evaluation.metrics import Totals, by_type, totals
from rag.evaluation.trials import trial
from rag.pipeline import Pipeline
from rag.settings import Settings
from tests.making import made

ASKED = {"seed": 80, "more": 105, "six": 257, "b": 381, "spoken_seed": 190}
FLOORS = {
    "seed": {"fact_recall": 0.89, "hit_at_1": 0.91, "precision": 0.68, "citation_recall": 0.87, "abstain_recall": 0.95},
    "more": {"fact_recall": 0.80, "hit_at_1": 0.76, "precision": 0.70, "citation_recall": 0.79, "abstain_recall": 0.95},
    "six": {"fact_recall": 0.87, "hit_at_1": 0.85, "precision": 0.75, "citation_recall": 0.88, "abstain_recall": 0.92},
    "b": {"fact_recall": 0.69, "hit_at_1": 0.66, "found": 0.85, "abstain_recall": 0.91, "auroc": 0.96},
    "spoken_seed": {"fact_recall": 0.70, "hit_at_1": 0.62, "found": 0.87, "abstain_recall": 0.79, "auroc": 0.88},
}
TIGHT = {"seed": 0.78, "more": 0.74, "six": 0.77, "b": 0.34, "spoken_seed": 0.36}
CEILINGS = {
    "seed": {"false_abstain": 0.09, "misled": 0.03, "wrong_guide": 0.0, "wrong_career": 2},
    "more": {"false_abstain": 0.13, "misled": 0.05, "wrong_guide": 0.0, "wrong_career": 3},
    "six": {"false_abstain": 0.09, "misled": 0.05, "wrong_guide": 0.02, "wrong_career": 5},
    "b": {"false_abstain": 0.14, "misled": 0.11, "wrong_guide": 0.06},
    "spoken_seed": {"false_abstain": 0.23, "misled": 0.12, "wrong_guide": 0.0},
}
EACH_GUIDE = {"fact_recall": 0.4, "hit_at_1": 0.4, "abstain_recall": 0.7}  # of the six
ODD = 0.05  # share of the questions about something else entirely that six guides answer; .19 before such were learned
NUMBER_CHARS = 350  # median length of an answer that tells a number

METRICS = [metric.name for metric in fields(Totals)]
JUDGEMENTS = Path(__file__).parent.parent / "judgements"
GUIDES = sorted(path.stem for path in (JUDGEMENTS / "guides").iterdir())

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def measured(settings: Settings, more: list[Grade], six: list[Grade]) -> dict[str, Totals]:
    """Each set's metrics, most of them as `make evaluate` tells them."""
    own = {"VERBATIM_INDEX": str(settings.index), "VERBATIM_CORPUS": str(settings.corpus)}
    told, _ = json.JSONDecoder().raw_decode(made("evaluate", "FLAGS=--json", environment=own))
    sets = {"seed" if name == "career_dev" else name: numbers["all"] for name, numbers in told.items()}
    found = {name: Totals(**{metric: numbers[metric] for metric in METRICS}) for name, numbers in sets.items()}
    return found | {"more": totals(more), "six": totals(six)}


@pytest.fixture(scope="module")
def more(pipeline: Pipeline) -> list[Grade]:
    """The graded answers to more questions about the seed guide."""
    return trial(pipeline, read_judged(JUDGEMENTS / "seed_more.jsonl"))


@pytest.fixture(scope="module")
def six(guides: Pipeline) -> list[Grade]:
    """The graded answers to questions about six guides, asked in one corpus: those that are clear there."""
    return trial(guides, [one for guide in GUIDES for one in read_judged(JUDGEMENTS / f"{guide}.jsonl") if not one.alone])


def below(found: Totals, floors: dict[str, float]) -> dict[str, float]:
    """The metrics that lie below their floors."""
    return {name: getattr(found, name) for name, floor in floors.items() if getattr(found, name) < floor}


@pytest.mark.parametrize("name", FLOORS)
def test_a_set_of_questions_is_answered_as_well_as_it_was(name: str, measured: dict[str, Totals]) -> None:
    found = measured[name]
    above = {metric: getattr(found, metric) for metric, most in CEILINGS[name].items() if getattr(found, metric) > most}
    assert (below(found, FLOORS[name] | {"verbatim": 1.0, "tightness": TIGHT[name]}), above) == ({}, {})
    assert found.n == ASKED[name]


@pytest.mark.parametrize("guide", GUIDES)
def test_every_guide_is_answered_from(guide: str, six: list[Grade]) -> None:
    own = [grade for grade in six if Path(grade.judged.document).stem == guide]
    assert len(own) > 30 and below(totals(own), EACH_GUIDE) == {}


@pytest.mark.parametrize("name", ["seed", "six"])
def test_a_number_is_told_in_a_short_answer(name: str, pipeline: Pipeline, six: list[Grade]) -> None:
    numbers = [one for one in read_judged(JUDGEMENTS / "career_dev.jsonl") if one.type == "number"]
    grades = by_type(six)["number"] if name == "six" else trial(pipeline, numbers)
    lengths = sorted(len(grade.text) for grade in grades if grade.answered)
    assert len(lengths) > 4 and lengths[len(lengths) // 2] < NUMBER_CHARS


def test_what_is_about_something_else_is_seldom_answered(guides: Pipeline) -> None:
    odd = trial(guides, read_judged(JUDGEMENTS / "odd" / "kept.jsonl"))
    assert len(odd) == 164 and sum(grade.answered for grade in odd) <= ODD * len(odd)
