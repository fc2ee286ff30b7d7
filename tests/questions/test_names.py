"""Names of careers and how they stand in a question."""

import pytest

from rag.guides.outline import outline
from rag.questions.names import Name, is_same, names_of, parted, placed, question_words
from tests.handmade import document

COOK = document("cook.md", "# Pastry Cook\n\nAlso known as: sugar artist or confectioner\n\nA Pastry Cook makes cakes.\n")
DIRECTOR = document("lead.md", "# Director of Applied Science\n\nA Director of Applied Science leads.\n")
MANAGER = document("rd.md", "# Research and Development Manager\n\nA Research and Development Manager plans.\n")


def names(of: str) -> list[Name]:
    held = {"Pastry Cook": COOK, "Director of Applied Science": DIRECTOR}.get(of, MANAGER)
    return list(names_of(held, outline(held), of))


def at(name: Name, question: str, spoken: frozenset[str] = frozenset(), taken: tuple[int, ...] = ()) -> list[int]:
    return sorted(placed(name, question_words(question), spoken, taken) or ())


def test_a_questions_words_have_offsets_and_parts() -> None:
    text = "Baker’s full-stack pay/perks"
    found = question_words(text)
    assert [word.text for word in found] == ["baker", "full", "stack", "pay", "perks"]
    assert [text[word.start : word.end] for word in found] == ["Baker’s", "full", "stack", "pay", "perks"]


def test_a_career_goes_by_its_title_and_its_other_names() -> None:
    assert [(" ".join(name.texts), name.title) for name in names("Pastry Cook")] == [
        ("pastry cook", True),
        ("sugar artist", False),
        ("confectioner", False),
    ]
    assert {name.career for name in names("Pastry Cook")} == {"Pastry Cook"}


def test_a_long_title_goes_by_its_initials_with_and_without_small_words() -> None:
    _, *initials = names("Director of Applied Science")
    assert [(name.texts, name.initials) for name in initials] == [(("doas",), True), (("das",), True)]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("the pastry cooks", [1, 2]),
        ("cook of pastry", [0, 2]),
        ("pastry and sweet things for a cook", []),
        ("pastry or cook", []),
        ("cook pay", []),
        ("a cook met a pastry cook", [4, 5]),
    ],
)
def test_a_name_stands_together_in_any_order_and_not_around_a_conjunction(question: str, found: list[int]) -> None:
    assert at(names("Pastry Cook")[0], question) == found


def test_a_name_stands_among_the_words_that_are_free() -> None:
    title = names("Pastry Cook")[0]
    assert at(title, "pastry cook or pastry cook") == [0, 1]
    assert at(title, "pastry cook or pastry cook", taken=(0,)) == [3, 4]
    assert at(title, "pastry cook", taken=(1,)) == []


def test_a_conjunction_of_the_name_itself_may_stand_in_it() -> None:
    title = names("Research and Development Manager")[0]
    words = question_words("research and development manager or research, development versus manager")
    assert not parted(title, words, [0, 2, 3]) and parted(title, words, [5, 6, 8])


def test_initials_stand_as_they_are_and_are_no_word_that_guides_use() -> None:
    das = names("Director of Applied Science")[2]
    assert at(das, "what do DAS earn") == [2]
    assert at(das, "what do DAS earn", frozenset(["das"])) == at(das, "what do dases earn") == []


def test_a_word_is_the_same_in_its_other_forms() -> None:
    [bakers, baking, baron] = question_words("bakers baking baron")
    assert is_same(bakers, "baker", "baker") and not is_same(baron, "baker", "baker")
    assert is_same(baking, "bake", "bake")
