"""Floors under the quality of answers to the committed judged questions: a change that breaks one made answers worse.

They lie a few points below what was measured. Raise them when answers get better; never lower one to let a change pass. (The
learned scorer lowered those of `seed`, `more` and `six`, on which its forerunner was tuned by hand, and raised all others.)
Nothing is fitted on `b` and `spoken_seed`, and a failure names numbers only, no question of them.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from rag.evaluation.grading import Grade
from rag.evaluation.judgements import Judged, read_judged
from rag.evaluation.metrics import Totals, by_type, totals
from rag.evaluation.trials import indexed, trial
from rag.pipeline import Pipeline

ASKED = {"seed": 80, "more": 105, "six": 257, "b": 381, "spoken_seed": 190}
FLOORS = {
    "seed": {"fact_recall": 0.56, "hit_at_1": 0.56, "precision": 0.72, "citation_recall": 0.56, "abstain_recall": 0.88},
    "more": {"fact_recall": 0.56, "hit_at_1": 0.54, "precision": 0.70, "citation_recall": 0.54, "abstain_recall": 0.88},
    "six": {"fact_recall": 0.45, "hit_at_1": 0.45, "precision": 0.55, "citation_recall": 0.45, "abstain_recall": 0.70},
    "b": {"fact_recall": 0.38, "hit_at_1": 0.42, "found": 0.58, "abstain_recall": 0.70, "auroc": 0.83},
    "spoken_seed": {"fact_recall": 0.44, "hit_at_1": 0.43, "found": 0.66, "abstain_recall": 0.66, "auroc": 0.78},
}
TIGHT = {"seed": 0.6, "more": 0.6, "six": 0.4, "b": 0.26, "spoken_seed": 0.25}
CEILINGS = {
    "seed": {"false_abstain": 0.30, "misled": 0.09, "wrong_guide": 0.0, "wrong_career": 3},
    "more": {"false_abstain": 0.30, "misled": 0.10, "wrong_guide": 0.0, "wrong_career": 4},
    "six": {"false_abstain": 0.40, "misled": 0.26, "wrong_guide": 0.08, "wrong_career": 30},
    "b": {"false_abstain": 0.32, "misled": 0.31, "wrong_guide": 0.12},
    "spoken_seed": {"false_abstain": 0.37, "misled": 0.26, "wrong_guide": 0.0},
}
EACH_GUIDE = {"fact_recall": 0.25, "hit_at_1": 0.25, "abstain_recall": 0.4}  # of the six
NUMBER_CHARS = 400  # median length of an answer that tells a number

JUDGEMENTS = Path(__file__).parent.parent / "judgements"
GUIDES = sorted(path.stem for path in (JUDGEMENTS / "guides").iterdir())

pytestmark = pytest.mark.model
Graded = Callable[[str], list[Grade]]


@pytest.fixture(scope="module")
def graded(pipeline: Pipeline, guides: Pipeline, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """The graded answers to a set's questions, each asked once however often the set is looked at."""
    kept: dict[str, list[Grade]] = {}

    def asked(name: str) -> Pipeline:
        if name == "b":
            return indexed(JUDGEMENTS / "sets" / "b" / "corpus", tmp_path_factory.mktemp("b"))
        return guides if name == "six" else pipeline

    def grades(name: str) -> list[Grade]:
        if name not in kept:
            kept[name] = trial(asked(name), judged(name))
        return kept[name]

    return grades


def judged(name: str) -> list[Judged]:
    """A set's questions; of the six guides, which are asked in one corpus, those that are clear there."""
    if name == "six":
        return [one for guide in GUIDES for one in read_judged(JUDGEMENTS / f"{guide}.jsonl") if not one.alone]
    files = {"seed": "career_dev.jsonl", "more": "seed_more.jsonl", "b": "sets/b/questions.jsonl"}
    return read_judged(JUDGEMENTS / files.get(name, f"sets/{name}.jsonl"))


def below(found: Totals, floors: dict[str, float]) -> dict[str, float]:
    """The metrics that lie below their floors."""
    return {name: getattr(found, name) for name, floor in floors.items() if getattr(found, name) < floor}


@pytest.mark.parametrize("name", FLOORS)
def test_a_set_of_questions_is_answered_as_well_as_it_was(name: str, graded: Graded) -> None:
    found = totals(graded(name))
    above = {metric: getattr(found, metric) for metric, most in CEILINGS[name].items() if getattr(found, metric) > most}
    assert (below(found, FLOORS[name] | {"verbatim": 1.0, "tightness": TIGHT[name]}), above) == ({}, {})
    assert found.n == ASKED[name]


@pytest.mark.parametrize("guide", GUIDES)
def test_every_guide_is_answered_from(guide: str, graded: Graded) -> None:
    own = [grade for grade in graded("six") if Path(grade.judged.document).stem == guide]
    assert len(own) > 30 and below(totals(own), EACH_GUIDE) == {}


@pytest.mark.parametrize("name", ["seed", "six"])
def test_a_number_is_told_in_a_short_answer(name: str, graded: Graded) -> None:
    lengths = sorted(len(grade.text) for grade in by_type(graded(name))["number"] if grade.answered)
    assert len(lengths) > 4 and lengths[len(lengths) // 2] < NUMBER_CHARS
