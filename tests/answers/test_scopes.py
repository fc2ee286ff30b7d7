"""The guides a question is put to."""

from collections.abc import Collection

import pytest

from rag.answers.scopes import Scopes
from rag.pipeline import Pipeline


@pytest.fixture(scope="module")
def scopes(guides: Pipeline) -> Scopes:
    return Scopes(guides.index, lambda question, documents: "")


def test_a_scope_holds_the_careers_of_its_documents(scopes: Scopes) -> None:
    some = scopes.of(["paralegal", "air-traffic-control", "no such guide"])
    assert some.profiles.careers == ("Air Traffic Controller", "Flight Dispatcher", "Paralegal")
    assert (some.documents, some.count) == (frozenset(["paralegal", "air-traffic-control"]), 2)
    assert (some.guides, scopes.of(["paralegal"]).guides, scopes.of(None).guides) == (
        "these 2 guides",
        "this guide",
        "the 6 guides",
    )


def test_a_scope_is_made_once_and_all_documents_are_the_whole(scopes: Scopes, guides: Pipeline) -> None:
    assert scopes.of(["paralegal", "school-librarian"]) is scopes.of(["school-librarian", "paralegal"])
    assert scopes.of(None) is scopes.of(list(guides.index.documents))
    assert scopes.of([]).count == 0 and not scopes.of([]).is_one


def test_rows_are_passages_of_the_scope(scopes: Scopes, guides: Pipeline) -> None:
    one = scopes.of(["paralegal"])
    rows = scopes.rows(one, ())
    assert rows is not None and {guides.index.passages[row].document_id for row in rows} == {"paralegal"}
    assert scopes.rows(scopes.of(None), ()) is None
    outside = scopes.rows(one, ["School Librarian"])
    assert outside is not None and outside.size == 0


def test_offers_are_checked_against_the_documents_of_the_scope(guides: Pipeline) -> None:
    asked: list[Collection[str] | None] = []

    def answers(question: str, documents: Collection[str] | None) -> str | None:
        asked.append(documents)
        return "Pay" if "Paralegal" in question else None

    offered = Scopes(guides.index, answers).of(["paralegal"]).offers.openers(1)
    assert offered[0].document_id == "paralegal" and set(asked) == {frozenset(["paralegal"])}
