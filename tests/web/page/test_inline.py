"""Inline markup is style, and every character that shows is the guide's own at its own offset."""

import pytest

from web.page.inline import styles


def shown(text: str, markdown: bool = True) -> list[tuple[str, bool, bool, str | None]]:
    return [(text[s.start : s.end], s.strong, s.emphasis, s.href) for s in styles(text, 0, len(text), markdown)]


def test_bold_is_read_in_any_format() -> None:
    expected = [("Lead", True, False, None), (": guide ", False, False, None), ("people", True, False, None)]
    assert shown("**Lead**: guide **people**", markdown=False) == expected


def test_links_lead_to_the_web_only() -> None:
    text = 'See [the page](https://a.example/x "T") or [this](../y) or [that](javascript:alert(1)).'
    assert [(words, href) for words, _, _, href in shown(text) if words in ("the page", "this", "that")] == [
        ("the page", "https://a.example/x"),
        ("this", None),
        ("that", None),
    ]


def test_emphasis_nests_and_escapes_are_dropped() -> None:
    found = shown("**bold *both* bold** 3\\*4 `code`")
    assert "".join(words for words, *_ in found) == "bold both bold 3*4 code"
    assert found[:3] == [("bold ", True, False, None), ("both", True, True, None), (" bold", True, False, None)]


@pytest.mark.parametrize(
    "text", ["2 * 3 * 4", "snake_case_name", "**", "a ** b ** c", "5* hotel and 4* food", "[x] done", "C:\\dir"]
)
def test_what_is_no_markup_is_left_alone(text: str) -> None:
    assert "".join(words for words, *_ in shown(text)) == text


def test_plain_text_keeps_its_stars_and_links() -> None:
    text = "*one* _two_ [three](https://x.example) `four`"
    assert shown(text, markdown=False) == [(text, False, False, None)]
