"""The guides a question is put to, and the passages about a career among them."""

import pytest

from rag.questions.scope import Scopes
from tests.handmade import plan

SOURCE = plan().source


@pytest.fixture
def scopes() -> Scopes:
    outlines = {document.id: outline for document, outline in zip(SOURCE.documents, SOURCE.outlines, strict=True)}
    return Scopes(outlines, SOURCE.passages)


def test_a_scope_holds_the_careers_and_rows_of_its_documents(scopes: Scopes) -> None:
    some = scopes.of(["pilot", "no such guide"])
    assert (some.careers, some.documents, some.count) == (("Pilot",), frozenset(["pilot"]), 1)
    assert some.rows is not None and {SOURCE.passages[row].document_id for row in some.rows} == {"pilot"}
    assert scopes.of(None).careers == ("Baker", "Pilot") and scopes.of(None).rows is None


def test_a_scope_is_made_once_and_all_documents_are_the_whole(scopes: Scopes) -> None:
    assert scopes.of(["pilot"]) is scopes.of(["pilot"])
    assert scopes.of(["baker", "pilot"]) is scopes.of(None)


def test_rows_about_a_career_lie_in_the_scope(scopes: Scopes) -> None:
    rows = scopes.about(scopes.of(None), ["Baker"])
    assert {SOURCE.passages[row].career for row in rows} == {"Baker"}
    assert scopes.about(scopes.of(["pilot"]), ["Baker"]).tolist() == []
    assert scopes.about(scopes.of(None), ["Astronaut"]).tolist() == []


def test_a_career_that_is_a_column_of_a_table_is_held_by_its_guide() -> None:
    table = "| Duty | Staff Nurse | Charge Nurse |\n|---|---|---|\n| Rota | Keeps it | Writes it |\n"
    ladder = f"# Nursing grades\n\nWho does what.\n\n{table}"
    source = plan({"ladder.md": ladder, "pilot.md": "# Pilot\n\nA Pilot flies.\n"}).source
    outlines = {document.id: outline for document, outline in zip(source.documents, source.outlines, strict=True)}
    scopes = Scopes(outlines, source.passages)
    assert scopes.of(["ladder"]).careers == ("Nursing grades", "Staff Nurse", "Charge Nurse")
    rows = scopes.about(scopes.of(None), ["Staff Nurse"])
    assert {source.passages[row].document_id for row in rows} == {"ladder"} and len(rows) == 2
