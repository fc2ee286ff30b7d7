"""The benchmark runs, on a small scale; what it says of speed is for `make bench` on an idle machine."""

import json
from pathlib import Path

import pytest

from tests.benchmarks.life import life
from tests.benchmarks.life import lines as life_lines
from tests.benchmarks.load import Load, requests
from tests.benchmarks.shared import lines
from tests.making import made

SMALL = "--passages 20 --questions 100 --seconds 0.2 --cold-starts 1 --workers 1 --sizes 1000 --soak 0.05 --shared"


def test_percentiles_are_by_nearest_rank() -> None:
    load = Load(1, 2.0, (4.0, 1.0, 3.0, 2.0), {200: 3, 503: 1}, 2)
    assert [load.percentile(percent) for percent in (25, 50, 51, 99, 100)] == [1.0, 2.0, 3.0, 4.0, 4.0]
    assert (load.rate, load.errors) == (1.5, 3)


def test_a_request_is_whole() -> None:
    head, body = requests(["q"])[0].split(b"\r\n\r\n")
    assert body == b'{"question": "q"}'
    assert head.endswith(b"Content-Length: 17") and head.startswith(b"POST /ask HTTP/1.1\r\n")


@pytest.mark.model
def test_a_guide_that_was_removed_is_cited_no_more(tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERBATIM_MODEL", str(tiny_model))
    result = life(tmp_path, guides=6, removed=1, questions=10)
    gone = result["removed"]
    assert gone["cited_before"] >= 8 and gone["still_cited"] == 0
    assert (result["build"]["passages"], result["rebuild"]["passages"], result["rebuild"]["reused"]) == (180, 150, 555)
    assert result["during"]["questions"] > 0 and result["reload_s"] < 10
    assert any("cited them before" in line for line in life_lines(result))


@pytest.mark.model
def test_make_bench_prints_a_table_and_json(tmp_path: Path) -> None:
    table = made("bench", f"FLAGS={SMALL} --out {tmp_path / 'bench.json'}", environment={"VERBATIM_MODEL": "fast"})
    result = json.loads((tmp_path / "bench.json").read_text())
    assert "synthetic passages" in table and f"{result['passages']} passages (synthetic)" in table
    assert {(load["server"], load["questions"], load["clients"]) for load in result["loads"]} == {
        (server, questions, clients)
        for server in ("verbatim", "naive")
        for questions in ("distinct", "repeated")
        for clients in (1, 8, 32, 64)
    }
    assert not [load for load in result["loads"] if load["errors"]]
    assert result["raw"]["texts"] > 40 and result["raw"]["min_cosine"]["onnxruntime"] > 0.9999
    assert "of the fastest that holds parity" in table and result["raw"]["build_share"] > 0
    assert result["memory_mb"]["verbatim"] < result["memory_mb"]["naive"]
    assert set(result["faces_ms"]) == {"/ask", "/v1/chat/completions"} and "faces over /ask (" in table


def test_a_folder_and_a_database_find_the_same() -> None:
    head, *places = lines(300)
    assert head.startswith("about 300 passages: published in") and head.endswith("the same ten passages for 1.000")
    for name, told in zip(("folder", "postgres"), places, strict=True):
        place, *words = told.split()
        numbers = dict(zip(words[::2], map(float, words[1::2]), strict=True))
        assert place == name and numbers["p50_ms"] > 0 and numbers["memory_mb"] > numbers["private_mb"] > 50


def test_a_size_that_the_disk_has_no_room_for_is_left_out() -> None:
    (told,) = lines(10**12)
    assert told.startswith("about 1,000,000,000,000 passages: left out, for it takes about 47000000 GB")
