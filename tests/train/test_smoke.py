"""The training script runs from judged questions to a scorer that answers, on a small scale."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rag.models.scorer import OnnxScorer
from rag.questions.intents import NAMES, IntentFit
from tests.train.__main__ import REPORTED, cases_of
from tests.train.intents import asked

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.model
def test_the_script_makes_a_scorer(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-m", "tests.train", "--smoke", "--out", str(tmp_path)]
    ran = subprocess.run(command, cwd=ROOT, env=os.environ | {"VERBATIM_MODEL": "fast"}, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    fit = OnnxScorer(tmp_path).fit
    assert len(fit.rank) == 5 and fit.rank[0] == 1.0 and len(fit.confidence) == 12 and fit.questions > 30
    assert 0 < fit.threshold < 1 and 0 <= fit.passages < 1 and 0 < fit.share < 1 and len(fit.rates) >= 9


@pytest.mark.model
def test_the_script_makes_a_fit_of_intents(tmp_path: Path) -> None:
    few = ("--sets", "g", "h", "--most", "99")
    command = [sys.executable, "-W", "ignore", "-m", "tests.train.intents", "--out", str(tmp_path), *few]
    ran = subprocess.run(command, cwd=ROOT, env=os.environ | {"VERBATIM_MODEL": "fast"}, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    fit = IntentFit.beside(tmp_path)
    assert fit and fit.weights.shape == (len(NAMES), 384) and 0.5 <= fit.threshold < 1
    assert "summary" in ran.stdout and "of 30 kept apart" in ran.stdout


@pytest.mark.parametrize("name", REPORTED)
def test_what_is_reported_on_is_never_learned_from(name: str, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="never learned from"):
        cases_of(name, tmp_path, None)  # type: ignore[arg-type]  # refused before chance is asked
    with pytest.raises(Exception, match="never learned from"):
        asked([name])
