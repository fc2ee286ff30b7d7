"""What reads as a role, in a heading and in a question."""

import pytest

from rag.text.roles import FEATURES, GENERIC_ROLES, features, is_role_noun, is_role_title, role_logit, role_title, singular_title


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


def test_a_name_is_told_by_its_head_and_what_stands_around_it() -> None:
    one, other, apart = (set(features(name)) for name in ("director of sales", "sales director", "director of applied science"))
    assert len(one & apart) > len(one & other) > 0 and max(one | other | apart) < FEATURES
    assert features("…") == [] and features("data engineers") != features("data engineer")


@pytest.mark.parametrize("name", ["doula", "sommelier", "steward", "data protection officer", "night auditor", "head of sales"])
def test_what_is_likely_to_be_a_role(name: str) -> None:
    assert role_logit(name) > 0


@pytest.mark.parametrize("name", ["licence ladder", "ladder", "infection control", "time off", "shoulder", "pay and hours"])
def test_what_is_not_likely_to_be_one(name: str) -> None:
    assert role_logit(name) < 0


def test_a_role_noun_says_which_kind_of_worker() -> None:
    assert [word for word in ("nurses", "radiographer", "firemen", "geologist", "barista") if not is_role_noun(word)] == []
    assert [word for word in ("order", "career", "computers", "her", "salary", "later", "worker") if is_role_noun(word)] == []
    assert {"job", "role", "career"} <= GENERIC_ROLES


@pytest.mark.parametrize(
    ("plural", "singular"),
    [
        ("Registered Nurses", "Registered Nurse"),
        ("Heads of Sales", "Head of Sales"),
        ("Nurse Midwives", "Nurse Midwife"),
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
    "title", ["Farmers, Ranchers, and Other Managers", "Captains, Mates, and Pilots of Vessels", "Clergy", "Sales"]
)
def test_a_list_of_roles_and_what_is_no_regular_plural_are_left(title: str) -> None:
    assert singular_title(title) == title
