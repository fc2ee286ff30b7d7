"""Words and stems of a text."""

from rag.text.words import content_words, stem, stems, words


def test_words_keep_what_belongs_together() -> None:
    assert words("A Ph.D. in C++ or C#, real-time R&D: 401(k)") == [
        "a",
        "ph.d",
        "in",
        "c++",
        "or",
        "c#",
        "real-time",
        "r&d",
        "401",
        "k",
    ]
    assert words("It’s Naïve Bayes") == ["it's", "naïve", "bayes"]
    assert words("_under_ — 🙂 !") == ["under"]


def test_content_words_leave_out_grammar() -> None:
    assert content_words("What does the nurse do in a day?") == ["nurse", "day"]
    assert content_words("to be or not to be") == []


def test_stems_split_hyphens_and_slashes() -> None:
    assert stems("decision-making") == stems("Decision making") == [stem("decision"), stem("making")]
    assert stems("Scientist/Engineer") == ["scientist", "engin"]
    assert stems("state-of-the-art") == ["state", "art"]
