"""Which career a guide is about where neither its title nor a heading says so."""

import hashlib
from dataclasses import replace

from rag.datatypes import Document
from rag.formats.plaintext import plain_blocks
from rag.guides.outline import outline
from rag.guides.subjects import FEATURES, candidates, mentions_in, subject_of
from tests.train.roles import guides

DIARY = """Sugar, then sleep

I have been a pastry chef for nine years. Before that I washed pots. A pastry chef starts at four and the head chef at ten, so no
one tells me what to do. When I became a pastry chef my mother, a teacher, cried.

Hours and money

Pastry chefs here earn 2,300 a month. A baker earns less. The pastry chef's oven is hers.
"""


def test_roles_are_counted_with_the_words_before_them() -> None:
    found = mentions_in("A pastry chef asked the Head Chef. Become a baker! Bakers' hours. Data-entry clerks")
    assert found.counts["pastry chef"] == 1 and found.counts["chef"] == 2 and found.counts["baker"] == 2
    assert found.introduced["pastry chef"] == found.introduced["baker"] == 1
    assert found.first["pastry chef"] < found.first["baker"] < found.first["data-entry clerk"]
    assert "asked chef" not in found.counts and "become baker" not in found.counts


def test_what_a_guide_speaks_of_most_as_its_own_is_its_subject() -> None:
    assert subject_of(DIARY, "Sugar, then sleep", "diary-7.txt", ["Hours and money"]) == "Pastry chef"
    assert subject_of(DIARY.upper(), "SUGAR", "diary-7.txt", []) == "PASTRY CHEF"


def test_a_text_without_a_role_has_none() -> None:
    assert subject_of("The sea is blue. Rain falls on it.", "The sea", "sea.txt", []) is None
    assert subject_of("", "", "x.txt", []) is None


def test_a_file_name_tells_too() -> None:
    names, features = candidates(mentions_in("The work is hard."), "Notes", "tree_surgeon-notes.txt", [])
    assert "tree surgeon" in names and features.shape == (len(names), len(FEATURES))
    row = dict(zip(FEATURES, features[names.index("tree surgeon")], strict=True))
    assert row["file"] == row["unsaid"] == 1 and row["within"] == row["early"] == 0


def test_the_outline_takes_it_where_no_title_names_a_career() -> None:
    made = outline(_document("diary-7.md", "# Sugar, then sleep\n\n" + DIARY.partition("\n\n")[2]))
    assert made.careers == ("Pastry chef",) and {section.career for section in made.sections} == {"Pastry chef"}
    named = outline(_document("baker.md", "# Baker\n\n" + DIARY.partition("\n\n")[2]))
    assert named.careers == ("Baker",)


def test_what_the_file_says_of_its_careers_comes_first() -> None:
    made = outline(replace(_document("diary-7.txt", DIARY), careers=("Confectioner", "Baker")))
    assert made.careers == ("Confectioner", "Baker") and {section.career for section in made.sections} == {"Confectioner"}


def test_it_is_right_for_most_guides_whose_career_is_known() -> None:
    """The weights were fitted to them; fits on the others are right for 153 of 200 (`python -m tests.train.subjects`)."""
    told = []
    for careers, document in guides():
        found = outline(document)
        about = {name.replace("-", " ") for name in careers.about}
        told.append(any(career.lower().replace("-", " ") in about for career in found.careers))
    assert len(told) == 200 and sum(told) >= 153


def test_of_a_long_guide_only_the_beginning_is_read() -> None:
    plain = "The sea is blue, and rain falls on it. " * 4000
    assert subject_of(DIARY + plain, "Sugar", "x.txt", []) == subject_of(
        DIARY + plain + "A sailor rows. " * 9999, "Sugar", "x.txt", []
    )


def _document(name: str, text: str) -> Document:
    return Document("d", name, "", text, hashlib.sha256(text.encode()).hexdigest(), plain_blocks(text))
