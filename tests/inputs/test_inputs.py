"""Small files that were read wrongly once: each is read as a person reads it."""

from pathlib import Path

import pytest

from tests.inputs.checking import Case, cases, wrong


@pytest.mark.parametrize("case", cases(), ids=lambda case: str(case["id"]))
def test_a_guide_is_read_as_a_person_reads_it(case: Case, tmp_path: Path) -> None:
    assert wrong(case, tmp_path) == []
