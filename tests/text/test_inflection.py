"""Singulars and articles."""

import pytest

from rag.text.inflection import _engine, singularise, with_article
from tests.train.roles import known_careers


def test_plurals_are_made_singular() -> None:
    plurals = ["secretaries", "actresses", "coaches", "engineers", "craftsmen", "firemen", "nurses"]
    singular = ["secretary", "actress", "coach", "engineer", "craftsman", "fireman", "nurse"]
    assert [singularise(word) for word in plurals] == singular


@pytest.mark.parametrize("word", ["boss", "gas", "women", "Foremen", "nurse"])
def test_what_is_no_regular_plural_is_left(word: str) -> None:
    assert singularise(word) == word


@pytest.mark.parametrize(
    "said",
    [
        "an HR Manager",
        "a University Lecturer",
        "an SQL Developer",
        "an Hourly worker",
        "an X-ray technician",
        "an MLOps Engineer",
        "a UX researcher",
        "a UI Designer",
        "an R&D Manager",
        "a VP of Sales",
        "an Air Traffic Controller",
        "an Usher",
        "a Union Leader",
        "an Underwriter",
        "a European Buyer",
        "a Head of Analytics",
        "an IT Manager",
        "a Baker",
        "an A Level Teacher",
    ],
)
def test_the_article_fits_how_the_title_is_said(said: str) -> None:
    assert with_article(said.split(maxsplit=1)[1]) == said


def test_what_is_plain_is_as_the_library_has_it_and_does_not_load_it() -> None:
    titles = sorted({name.capitalize() for careers in known_careers().values() for name in careers.about})
    assert len(titles) > 100
    before = _engine.cache_info()
    plain = [title for title in titles if title[:2] not in ("Ho", "Ui", "Un", "Us", "Up", "Ux", "Yo")]
    said = [with_article(title) for title in plain]
    assert _engine.cache_info() == before
    assert said == [_engine().a(title) for title in plain]
