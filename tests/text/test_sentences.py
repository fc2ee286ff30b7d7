"""Sentences of a text, by their offsets."""

import pytest

from rag.text.sentences import sentences, trim


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


def test_sentences_do_not_end_at_abbreviations_or_decimals() -> None:
    assert split("Use tools (e.g. R) daily. It costs approx. 3.5 hours. Ask Dr. Lee.") == [
        "Use tools (e.g. R) daily.",
        "It costs approx. 3.5 hours.",
        "Ask Dr. Lee.",
    ]
    assert split("He works for Acme Inc. They pay well. He has a Ph.D. in art.") == [
        "He works for Acme Inc.",
        "They pay well.",
        "He has a Ph.D. in art.",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Why not? Because! “It cannot.” Done.", ["Why not?", "Because!", "“It cannot.”", "Done."]),
        ("One line\n\nAnother line", ["One line", "Another line"]),
        ("はい。いいえ。", ["はい。", "いいえ。"]),
        ("Wait... for it. Now", ["Wait...", "for it.", "Now"]),
        ("   \n\n  ", []),
    ],
)
def test_where_sentences_end(text: str, expected: list[str]) -> None:
    assert split(text) == expected


def test_sentences_of_a_stretch_have_offsets_of_the_whole() -> None:
    text = "Left out. One here.  Two here. Left out too."
    found = sentences(text, 9, 30)
    assert found == [(10, 19), (21, 30)]
    assert [text[start:end] for start, end in found] == ["One here.", "Two here."]


def test_trim_moves_past_white_space_only() -> None:
    assert trim(" \t bread\n", 0, 9) == (3, 8)
    assert trim("   ", 0, 3) == (3, 3)
