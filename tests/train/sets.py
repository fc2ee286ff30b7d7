"""The sets of judged questions that are learned from, those that never are, and where they lie."""

from pathlib import Path

from rag.errors import JudgementError
from rag.evaluation.trials import CORPUS, QUESTIONS

JUDGED = Path(__file__).parent.parent / "judgements"
SETS = JUDGED / "sets"
ODD = JUDGED / "odd" / "learned.jsonl"  # what no guide to a career answers
OWN = {"seed": JUDGED.parent.parent / "corpus", "six": JUDGED / "guides"}  # guides whose questions lie beside the sets
SEED = ("career_dev.jsonl", "seed_more.jsonl")
LEARNED = ("a", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", *OWN)
ALONE = ("g", "h", "i", "j", "k", "l", "m")  # whose questions are put to their own guide
KEPT = ("h", "j")  # of whose guides every other one is kept apart, for the numbers
REPORTED = ("b", "spoken_seed")


def files_of(name: str) -> list[Path]:
    """The files of judged questions about the guides of a set. Raises JudgementError for one that is only reported on."""
    if name in REPORTED:
        raise JudgementError(f"Set {name} is reported on, and never learned from; leave it out.")
    if name in OWN:
        return sorted(path for path in JUDGED.glob("*.jsonl") if (path.name in SEED) == (name == "seed"))
    return [SETS / name / QUESTIONS, *sorted(SETS.glob(f"*_{name}.jsonl")), SETS / "spoken_guides.jsonl"]


def kept_apart() -> frozenset[str]:
    """Every other guide of each set of which some are kept, by file name."""
    return frozenset(guide for name in KEPT for guide in sorted(path.name for path in (SETS / name / CORPUS).iterdir())[::2])
