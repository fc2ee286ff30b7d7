"""Values that are decoded when they are asked for."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from rag.datatypes import Unit
from rag.errors import StoreError
from rag.retrieval.values import ById, Lines, Values, write_values

UNITS = [Unit("sentence", at, at + 5) for at in range(1300)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_values(tmp_path / "units.json", UNITS)
    return tmp_path / "units.json"


class Counted(Lines):
    """Lines that tell how many of them were read."""

    read_rows = 0

    def read(self, rows: Sequence[int]) -> list[bytes]:
        self.read_rows += len(rows)
        return super().read(rows)


def test_values_are_those_that_were_written(path: Path) -> None:
    values: Values[Unit] = Values(Lines(path), Unit)
    assert len(values) == 1300 and list(values) == UNITS
    assert values[3] == UNITS[3] and values[-1] == UNITS[-1] and values[5:8] == UNITS[5:8]
    assert values.of([7, 2, 7]) == [UNITS[7], UNITS[2], UNITS[7]]
    with pytest.raises(IndexError):
        values[1300]


@pytest.mark.parametrize("written", [[], [{"text": "two\nlines, a [ and a \u2028"}], [1, 2]])
def test_few_values_and_none(tmp_path: Path, written: list[object]) -> None:
    write_values(tmp_path / "few.json", written)
    assert list(Values[object](Lines(tmp_path / "few.json"), object)) == written


def test_the_last_ones_asked_for_stay_decoded_and_going_through_all_keeps_none(path: Path) -> None:
    lines = Counted(path)
    values: Values[Unit] = Values(lines, Unit, kept=2)
    assert values[1] is values[1] and lines.read_rows == 1
    values.of([2, 3])
    assert lines.read_rows == 3 and values[1] == UNITS[1] and lines.read_rows == 4
    list(values)
    assert lines.read_rows == 1304 and values[1] == UNITS[1] and lines.read_rows == 1304


def test_what_is_no_such_value_is_told(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_bytes(b'[{"kind":"sentence"}]\n')
    with pytest.raises(StoreError, match="verbatim build"):
        Values[Unit](Lines(tmp_path / "bad.json"), Unit)[0]
    with pytest.raises(StoreError, match=r"none\.json"):
        Lines(tmp_path / "none.json")


def test_values_by_id_come_in_their_order(path: Path) -> None:
    write_values(path, UNITS[:2])
    named = ById(["b", "a"], Values[Unit](Lines(path), Unit))
    assert list(named) == ["b", "a"] and named["a"] == UNITS[1] and "c" not in named and named.get("c") is None
    assert list(named.values()) == UNITS[:2] and dict(named.items()) == {"b": UNITS[0], "a": UNITS[1]}
