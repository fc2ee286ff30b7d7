"""Two recorded answers held against each other: what differs, by kind."""

from tests.recording import compare, differences

BEFORE = {
    "status": "answered",
    "text": "Bakes.",
    "confidence": {"value": 0.95},
    "citations": [{"start": 0, "parts": [{"level": 0}]}],
}


def test_a_new_member_differs_only_where_it_says_something() -> None:
    silent = {
        **BEFORE,
        "nearest": [],
        "partial": None,
        "citations": [{"start": 0, "why": "", "parts": [{"level": 0, "best": False}]}],
    }
    assert differences(BEFORE, silent) == []
    assert differences(BEFORE, {**BEFORE, "citations": [{"start": 0, "parts": [{"level": 0, "best": True}]}]}) == ["citations"]
    assert differences(BEFORE, {**BEFORE, "citations": [{"start": 1, "parts": [{"level": 0}]}]}) == ["citations"]
    assert differences(BEFORE, {**BEFORE, "text": ""}) == ["text"]


def test_differences_are_counted_by_kind() -> None:
    table = {**BEFORE, "confidence": None, "basis": "table"}
    assert compare({"a": BEFORE, "b": BEFORE}, {"a": table, "b": {**BEFORE, "status": "not_found"}}) == [
        "0 of 2 answers are equal",
        "    1  basis: None -> table",
        "    1  confidence",
        "    1  status: answered -> not_found",
        "       a: basis: None -> table, confidence",
        "       b: status: answered -> not_found",
    ]
