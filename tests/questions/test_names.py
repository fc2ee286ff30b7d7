"""Names of careers and how they stand in a question."""

from rag.guides.outline import outline
from rag.questions.names import match_name, modifies, names_of, question_words
from tests.handmade import document

COOK = document(
    "cook.md", "# Pastry Cook\n\nAlso known as: sugar artist or confectioner\n\nA Pastry Cook makes cakes at night.\n"
)
NAMES = list(names_of(COOK, outline(COOK), "Pastry Cook", frozenset(["night"])))


def share(name: str, question: str) -> float:
    found = next(one for one in NAMES if " ".join(one.texts) == name)
    match = match_name(found, question_words(question), {})
    return match.coverage if match else 0.0


def test_a_career_goes_by_its_title_and_its_other_names() -> None:
    assert [" ".join(name.texts) for name in NAMES] == ["pastry cook", "sugar artist", "confectioner"]
    assert {name.career for name in NAMES} == {"Pastry Cook"} and [name.head for name in NAMES] == [1, 1, 0]


def test_a_name_stands_with_slips_in_any_order_and_not_around_a_conjunction() -> None:
    assert share("pastry cook", "what do pastery cooks earn") == share("pastry cook", "cook of pastry") == 1.0
    assert share("pastry cook", "pastry or cook") == share("pastry cook", "cook pay") == 0.0


def test_a_modifier_is_neither_a_number_nor_part_of_what_is_asked() -> None:
    words = question_words("replace 12 night salary the senior payroll")
    assert [word.text for word in words if modifies(word)] == ["night", "payroll"]
