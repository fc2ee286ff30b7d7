"""The questions offered next, from the index's table."""

from rag.answers.suggestions import MOST, Suggestions
from rag.index.sections import career_sections
from rag.questions.question import Question
from rag.questions.scope import Scope, Scopes
from rag.reply import Related
from tests.handmade import THREE, plan

BOTH = (
    "# Jobs at Sea\n\n## Diver\n\nA Diver dives.\n\n### Pay\n\nA Diver earns $50,000.\n\n### Education\n\nNo degree.\n\n"
    "## Fisher\n\nA Fisher fishes.\n\n### Pay\n\nA Fisher earns $40,000.\n"
)
SOURCE = plan({**THREE, "sea.md": BOTH}).source
SCOPES = Scopes({one.id: its for one, its in zip(SOURCE.documents, SOURCE.outlines, strict=True)}, SOURCE.passages)
OFFERS = Suggestions(career_sections(SOURCE.documents, SOURCE.passages))


def scope(*documents: str) -> Scope:
    return SCOPES.of(documents or None)


def asked(*careers: str, topics: tuple[str, ...] = (), typed: str = "?", earlier: tuple[str, ...] = ()) -> Question:
    return Question(typed, typed, earlier, careers, bool(careers), None, frozenset(topics), len(careers) > 1)


def questions(found: tuple[Related, ...]) -> list[str]:
    return [one.question for one in found]


def test_the_careers_are_those_of_the_guides() -> None:
    assert scope().careers == ("Baker", "Pilot", "Sailor", "Diver", "Fisher")


def test_an_offer_says_where_it_is_answered() -> None:
    [skills] = [one for one in OFFERS.after(asked("Sailor"), scope(), True) if "skills" in one.question]
    assert skills == Related("What skills does a Sailor need?", "sailor", "Skills")
    assert OFFERS.about(["Diver", "Nobody"], scope()) == (Related("What does a Diver do?", "sea"),)


def test_a_topic_is_offered_of_each_career_that_has_a_section_about_it() -> None:
    found = OFFERS.on_topic(frozenset(["salary"]), scope(), 9)
    assert [one.question for one in found] == [f"How much does a {role} earn?" for role in ("Pilot", "Sailor", "Diver", "Fisher")]
    assert OFFERS.on_topic(frozenset(["salary"]), scope(), 2) == found[:2]
    assert OFFERS.on_topic(frozenset(["salary"]), scope("baker"), 9) == OFFERS.on_topic(frozenset(["hours"]), scope(), 9) == ()


def test_after_an_answer_come_other_topics_of_its_career() -> None:
    found = questions(OFFERS.after(asked("Sailor", topics=("salary",)), scope(), True))
    assert found == ["What does a Sailor do?", "What skills does a Sailor need?"]
    duties = questions(OFFERS.after(asked("Baker", topics=("duties",)), scope(), True))
    assert duties == []


def test_after_an_abstention_what_was_asked_is_offered_of_other_careers() -> None:
    found = questions(OFFERS.after(asked("Baker", topics=("salary",)), scope(), False))
    assert found == ["What does a Baker do?", "How much does a Pilot earn?", "How much does a Sailor earn?"]
    assert len(found) == MOST


def test_a_career_is_set_apart_from_others_of_its_own_guide_only() -> None:
    found = OFFERS.after(asked("Fisher", topics=("salary",)), scope(), True)
    assert found[-1] == Related("How does a Fisher differ from a Diver?", "sea")
    assert not any("differ" in question for question in questions(OFFERS.after(asked("Pilot"), scope(), True)))
    assert not any("differ" in question for question in questions(OFFERS.after(asked("Fisher", "Diver"), scope(), True)))


def test_what_the_conversation_asked_is_not_offered_again() -> None:
    talk = asked("Sailor", typed="what does a sailor do?", earlier=("How much does a Sailor earn?",))
    assert questions(OFFERS.after(talk, scope(), True)) == ["What skills does a Sailor need?"]


def test_a_topic_that_the_conversation_asked_about_in_other_words_is_not_offered_again() -> None:
    talk = asked("Sailor", typed="what does a sailor do?", earlier=("what's the wage at sea",))
    assert questions(OFFERS.after(talk, scope(), True)) == ["What skills does a Sailor need?"]


def test_without_a_career_there_are_offers_after_an_abstention_only() -> None:
    assert OFFERS.after(asked(), scope(), False) == OFFERS.openers(scope(), MOST) != ()
    assert OFFERS.after(asked(), scope(), True) == ()


def test_openers_go_through_the_careers_before_any_comes_twice() -> None:
    found = questions(OFFERS.openers(scope(), 10))
    assert len(set(found)) == len(found) > 5
    assert [next(role for role in scope().careers if role in one) for one in found[:5]] == list(scope().careers)
    assert questions(OFFERS.openers(scope(), 2)) == found[:2]


def test_offers_come_from_the_documents_of_the_scope() -> None:
    assert {one.document_id for one in OFFERS.openers(scope("sailor", "sea"), 9)} == {"sailor", "sea"}
    assert {one.document_id for one in OFFERS.after(asked("Baker", topics=("salary",)), scope("baker", "sea"), False)} == {
        "baker",
        "sea",
    }
    assert OFFERS.about(["Baker"], scope("sea")) == () == OFFERS.openers(SCOPES.of([]), 4)
