"""What is said where the guides do not answer."""

import pytest

from rag.answers.abstention import abstain, decline
from rag.answers.chances import Chances
from rag.answers.citation import quotes
from rag.questions.question import Question
from rag.questions.scope import Scope, Scopes
from tests.handmade import THREE, group_of, plan

SOURCE = plan(THREE).source
FEW = Chances(answerable=0.1)
SCOPES = Scopes({one.id: its for one, its in zip(SOURCE.documents, SOURCE.outlines, strict=True)}, SOURCE.passages)
BLANK = "Rather than guess, this answer is left blank."


def scope(*documents: str) -> Scope:
    return SCOPES.of(documents or None)


def question(*careers: str, topics: tuple[str, ...] = (), named: bool = True, unheld: str | None = None) -> Question:
    return Question("typed", "text", (), careers, named and bool(careers), unheld, frozenset(topics))


@pytest.mark.parametrize(
    ("asked", "chosen", "cause", "message"),
    [
        (
            question("Pilot"),
            (),
            "near",
            f"The guides describe the role of Pilot, but nothing was found in them that answers this. {BLANK}",
        ),
        (
            question("Pilot"),
            ("pilot",),
            "near",
            f"This guide describes the role of Pilot, but nothing was found in it that answers this. {BLANK}",
        ),
        (
            question("Pilot", topics=("education",)),
            (),
            "near",
            f"The guides describe the role of Pilot, but nothing was found in them that answers this. {BLANK}",
        ),
        (
            question("Baker", "Pilot", "Sailor"),
            (),
            "near",
            f"The guides describe the roles of Baker, Pilot and Sailor, but nothing was found in them that answers this. {BLANK}",
        ),
        (question("Pilot"), ("baker",), "role", "This guide doesn’t describe the role of Pilot."),
        (question("Pilot"), ("baker", "sailor"), "role", "These guides don’t describe the role of Pilot."),
        (question(unheld="dental nurse"), (), "role", "No career in the guides is called “dental nurse”."),
        (question(), (), "far", "Nothing in the 3 guides answers this. They cover Baker, Pilot and Sailor."),
        (question(), ("sailor",), "far", "Nothing in this guide answers this. It covers Sailor."),
    ],
)
def test_what_is_missing_is_told_of_the_guides_asked(asked: Question, chosen: tuple[str, ...], cause: str, message: str) -> None:
    draft = abstain(asked, FEW, (), scope(*chosen))
    assert (draft.status, draft.cause, draft.message) == ("not_found", cause, message)
    assert (draft.basis, draft.confidence, draft.quotes) == ("score", 0.1, ())


@pytest.mark.parametrize(
    ("asked", "chosen", "message"),
    [
        (question("Pilot"), (), "The guides describe the role of Pilot and may answer this"),
        (question("Pilot", topics=("education",)), ("pilot",), "This guide describes the role of Pilot and may answer this"),
        (question("Pilot"), ("pilot", "baker"), "These guides describe the role of Pilot and may answer this"),
    ],
)
def test_what_is_likely_enough_is_not_said_to_be_missing(asked: Question, chosen: tuple[str, ...], message: str) -> None:
    near = tuple(quotes(group_of(THREE["pilot.md"]), [0], 0.5))
    draft = abstain(asked, Chances(answerable=0.2, unsure=True), near, scope(*chosen))
    assert (draft.cause, draft.nearest) == ("unsure", near)
    assert draft.message == f"{message}; what comes nearest is not sure enough to be given as the answer."
    assert abstain(asked, Chances(unsure=True), (), scope(*chosen)).cause != "unsure"
    assert abstain(asked, FEW, near, scope(*chosen)).cause != "unsure"


def test_of_no_career_or_one_that_no_guide_describes_nothing_is_likely() -> None:
    near = tuple(quotes(group_of(THREE["pilot.md"]), [0], 0.5))
    draft = abstain(question(unheld="dental nurse"), Chances(unsure=True), near, scope())
    assert draft.cause == "role"
    assert draft.message == "No career in the guides is called “dental nurse”. What comes nearest is about Pilot."
    assert abstain(question(), Chances(unsure=True), near, scope()).cause == "far"


def test_a_career_talked_of_that_the_chosen_guides_lack_is_not_said_to_be_asked_for() -> None:
    draft = abstain(question("Pilot", named=False), FEW, (), scope("baker"))
    assert (draft.cause, draft.message) == ("far", "Nothing in this guide answers this. It covers Baker.")


def test_of_some_careers_those_held_are_told() -> None:
    message = abstain(question("Pilot", "Baker"), FEW, (), scope("baker")).message
    assert message == f"This guide describes the role of Baker, but nothing was found in it that answers this. {BLANK}"


def test_where_nothing_was_weighed_there_is_no_probability() -> None:
    draft = abstain(question(), None, (), SCOPES.of(["no such guide"]))
    assert (draft.basis, draft.confidence) == ("none", None)
    assert (draft.cause, draft.message) == ("far", "None of the guides asked for is here.")
    assert abstain(question("Pilot"), None, (), SCOPES.of([])).message == draft.message


def test_careers_beyond_the_fourth_are_counted() -> None:
    many = Scope(None, 6, tuple(f"Role {number}" for number in range(6)), None)
    told = abstain(question(), FEW, (), many).message
    assert told == "Nothing in the 6 guides answers this. They cover Role 0, Role 1, Role 2, Role 3 and 2 more."
    none = abstain(question(), FEW, (), Scope(None, 1, (), None)).message
    assert none == "Nothing in the guide answers this."


def test_a_question_in_another_language_is_told_so() -> None:
    draft = decline("Welsh")
    assert (draft.status, draft.cause, draft.basis) == ("not_found", "language", "routing")
    assert draft.message is not None and draft.message.startswith("This seems to be Welsh.")
