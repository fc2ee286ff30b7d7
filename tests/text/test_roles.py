"""What reads as a role, in a heading and in a question."""

import pytest

from rag.text.roles import (
    GENERIC_ROLES,
    NOT_ROLES,
    ROLE_NOUNS,
    head_noun,
    is_role_noun,
    is_role_title,
    role_title,
    singular_title,
)


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("Wind Turbine Technician", "Wind Turbine Technician"),
        ("How to become a Nurse: FAQ", "Nurse"),
        ("Working in Law: Paralegal", "Paralegal"),
        ("School Librarian: your questions answered", "School Librarian"),
        ("Baker Career Guide", "Baker"),
        ("Careers in the control room", None),
        ("Bread and butter", None),
    ],
)
def test_the_role_a_title_names(title: str, role: str | None) -> None:
    assert role_title(title) == role


@pytest.mark.parametrize(
    "name", ["Head of Analytics Engineering", "Lead Data Science Engineers", "Nurse", "VP of Sales", "Foremen"]
)
def test_headings_that_name_a_role(name: str) -> None:
    assert is_role_title(name)


@pytest.mark.parametrize(
    "name",
    [
        "Career Prospects",
        "What is an engineer?",
        "nurse",
        "Engineers build things.",
        "Order",
        "One Two Three Four Five Six Seven Eight Engineer",
    ],
)
def test_headings_that_name_none(name: str) -> None:
    assert not is_role_title(name)


def test_the_head_of_a_noun_phrase() -> None:
    assert head_noun(["Director", "of", "Applied", "Science"]) == "Director"
    assert head_noun(["Full", "Stack", "AI", "Developer"]) == "Developer"
    assert head_noun(["Of", "Bakers"]) == "Bakers"
    assert head_noun(["Health", "and", "Safety", "Officer"]) == "Officer"


def test_the_lists_of_roles_agree() -> None:
    assert not ROLE_NOUNS & NOT_ROLES
    assert {"job", "role", "career"} <= GENERIC_ROLES


def test_a_role_noun_is_in_the_lists_or_formed_like_one() -> None:
    assert [word for word in ("nurses", "radiographer", "firemen", "CTO", "geologist") if not is_role_noun(word)] == []
    assert [word for word in ("order", "career", "computers", "her", "salary", "later", "seer") if is_role_noun(word)] == []


@pytest.mark.parametrize(
    ("plural", "singular"),
    [
        ("Registered Nurses", "Registered Nurse"),
        ("Heads of Sales", "Head of Sales"),
        ("Cooks, Restaurant", "Cook, Restaurant"),
        ("Physicians and Surgeons", "Physician and Surgeon"),
        ("First-Line Supervisors of Retail Sales Workers", "First-Line Supervisor of Retail Sales Workers"),
        (
            "Secretaries and Clerks, Except Legal, Medical, and Executive",
            "Secretary and Clerk, Except Legal, Medical, and Executive",
        ),
    ],
)
def test_a_title_is_made_singular_at_its_heads(plural: str, singular: str) -> None:
    assert singular_title(plural) == singular == singular_title(singular)


@pytest.mark.parametrize(
    "title", ["Farmers, Ranchers, and Other Managers", "Captains, Mates, and Pilots of Vessels", "Midwives", "Clergy", "Sales"]
)
def test_a_list_of_roles_and_what_is_no_regular_plural_are_left(title: str) -> None:
    assert singular_title(title) == title
