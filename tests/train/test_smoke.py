"""The training script runs from judged questions to a scorer that answers, on a small scale."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest

from rag.guides import subjects
from rag.models.scorer import OnnxScorer
from rag.models.tuning import TUNING
from rag.questions.entities import KINDS, EntityFit
from rag.questions.intents import NAMES, IntentFit
from rag.text import roles
from tests.train.__main__ import cases_of
from tests.train.intents import asked
from tests.train.sets import REPORTED

ROOT = Path(__file__).parent.parent.parent


WORDS = ("oven", "ladder", "licence", "pay", "hours", "number", "bread", "flour", "letter", "paper")
WORKERS = ("baker", "miner", "teacher", "painter", "nurse", "clerk", "welder", "roofer", "waiter", "driver")


def run(script: str, *flags: str | Path) -> str:
    """What a script prints."""
    command = [sys.executable, "-W", "ignore", "-m", script, *map(str, flags)]
    ran = subprocess.run(command, cwd=ROOT, env=os.environ | {"VERBATIM_MODEL": "fast"}, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def write_onet(folder: Path) -> Path:
    """The few of O*NET's tables that names of roles are learned from, with a few rows."""
    rows = {
        "Alternate Titles": ["Alternate Title", *(f"{kind} {worker}" for kind in ("Head", "Night") for worker in WORKERS)],
        "Occupation Data": [
            "Title\tDescription",
            *map("{}s\tCarry {}.".format, WORKERS, WORDS),
        ],
        "Sample of Reported Titles": ["Reported Job Title", "Sales Director (SD)"],
        "Tools Used": ["Example\tCommodity Title", *(f"Steel {word}\t{word}s" for word in WORDS)],
        "Technology Skills": ["Commodity Title", "Spreadsheet software"],
        "Task Statements": ["Task", *(f"Clean the {word} of the {other}." for word in WORDS for other in WORDS)],
        "DWA Reference": ["DWA Title", "Read letters."],
    }
    folder.mkdir()
    for name, lines in rows.items():
        (folder / f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.mark.model
def test_the_script_makes_a_scorer(tmp_path: Path) -> None:
    run("tests.train", "--smoke", "--out", tmp_path)
    fit = OnnxScorer(tmp_path).fit
    assert len(fit.rank) == 5 and fit.rank[0] == 1.0 and len(fit.confidence) == 12 and fit.questions > 30
    assert 0 < fit.threshold < 1 and 0 <= fit.passages < 1 and 0 < fit.share < 1 and len(fit.rates) >= 9
    with np.load(tmp_path / TUNING.name) as tuned:
        assert len(tuned.files) == 12 and all(tuned[name].dtype == np.float16 for name in tuned.files)


@pytest.mark.model
def test_the_script_makes_a_fit_of_intents(tmp_path: Path) -> None:
    said = run("tests.train.intents", "--out", tmp_path, "--sets", "g", "h", "--most", "99")
    fit = IntentFit.beside(tmp_path)
    assert fit and fit.weights.shape == (len(NAMES), 384) and 0.5 <= fit.threshold < 1
    assert "summary" in said and "of 30 kept apart" in said


@pytest.mark.model
def test_the_script_makes_a_fit_of_entities(tmp_path: Path) -> None:
    said = run("tests.train.entities", "--out", tmp_path, "--sets", "g", "--most", "60")
    fit = EntityFit.beside(tmp_path)
    assert fit and fit.weights.shape == (len(KINDS), 384)
    assert "place  kept apart: " in said and "time   kept apart: " in said


def test_the_script_makes_a_fit_of_roles(tmp_path: Path) -> None:
    said = run("tests.train.roles", "--onet", write_onet(tmp_path / "onet"), "--out", tmp_path, "--kept", "f")
    assert "of 7 careers" in said and "words kept apart: AUROC" in said
    with np.load(tmp_path / roles.FILE.name) as held:
        assert held["weights"].shape == (roles.FEATURES,) and held["weights"].dtype == np.int8


def test_what_ships_is_what_the_script_of_subjects_makes(tmp_path: Path) -> None:
    assert "200 guides: 153 right, 18 wrong, 29 untold" in run("tests.train.subjects", "--out", tmp_path)
    made, shipped = (
        msgspec.json.decode(file.read_bytes(), type=subjects.Fit) for file in (tmp_path / subjects.FILE.name, subjects.FILE)
    )
    assert made.threshold == shipped.threshold and made.weights == pytest.approx(shipped.weights, abs=0.02)


@pytest.mark.parametrize("name", REPORTED)
def test_what_is_reported_on_is_never_learned_from(name: str, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="never learned from"):
        cases_of(name, tmp_path, None)  # type: ignore[arg-type]  # refused before chance is asked
    with pytest.raises(Exception, match="never learned from"):
        asked([name])
