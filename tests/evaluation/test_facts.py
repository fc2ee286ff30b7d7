"""Facts in answers."""

import pytest

from rag.evaluation.facts import holds, plain


def test_plain_drops_markup_and_list_marks() -> None:
    assert plain("  • **Data** Mesh [1]\n  2. [Tools](https://a.example/b) | `R`") == "data mesh tools r"


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("It pays between $20,000 and $30,000.", "$20,000 - $30,000"),
        ("10% to 20% of base salary", "10-20%"),
        ("the Master’s “degree”", 'master\'s "degree"'),
        ("3 – 5 years", "3-5 years"),
        ("401(k) matching , and more", "401(k) matching, and"),
    ],
)
def test_one_fact_written_in_several_ways(text: str, fact: str) -> None:
    assert holds(plain(text), fact)


@pytest.mark.parametrize(("text", "fact"), [("135%", "35%"), ("$500,000", "$500,00"), ("a salary", ""), ("half", "halves")])
def test_what_is_not_the_fact(text: str, fact: str) -> None:
    assert not holds(plain(text), fact)
