"""The road from a question to its answer, over guides made by hand: real stores, and words in the place of networks."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.answers.comparison import MOST_COMPARED
from rag.errors import QuestionError
from rag.pipeline import Pipeline
from rag.questions.checking import check_question
from rag.reply import Answer
from tests.handmade import THREE, pipeline_of
from tests.pipeline.invariants import ask

DIVER = (
    "# Diver\n\nA Diver dives for pearls.\n\n## Wage (2024 survey)\n\nA Diver has a wage of $50,000. A trainee has $20,000.\n\n"
    "## Gear\n\nTo be carried:\n\n- a mask of glass\n- a rope of hemp\n- a knife of steel\n"
)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    return pipeline_of(tmp_path_factory.mktemp("index"), {**THREE, "diver.md": DIVER})


THEIRS = ("Baker", "Diver", "Pilot", "Sailor")


def quotes(answer: Answer) -> list[str]:
    return [citation.quote for citation in answer.citations]


def questions(answer: Answer) -> list[str]:
    return [one.question for one in answer.related]


def test_an_answer_is_the_likeliest_part_of_the_likeliest_passage(asked: Pipeline) -> None:
    answer = ask(asked, "Does a diver have a rope of hemp?")
    assert (answer.status, answer.basis, answer.standalone) == ("answered", "score", "Does a diver have a rope of hemp?")
    assert quotes(answer)[-1] == "a rope of hemp"
    assert answer.text == "a rope of hemp" and answer.remarks == ("Listed under “To be carried”.",)
    assert {citation.passage.path for citation in answer.citations} == {("Diver", "Gear")}


def test_a_citation_is_scored_by_its_passage_and_the_answer_by_its_confidence(asked: Pipeline) -> None:
    answer = ask(asked, "How much does a Pilot earn?")
    assert answer.confidence is not None and answer.confidence.calibration == asked.weigher.fit.id
    assert answer.confidence.value >= answer.confidence.threshold == asked.weigher.fit.threshold
    assert [0 < citation.score <= 1 for citation in answer.citations] == [True]


def test_what_was_typed_is_kept_and_what_is_asked_is_mended(asked: Pipeline) -> None:
    answer = ask(asked, "how mcuh does a pliot earn?")
    assert answer.question == "how mcuh does a pliot earn?" and "pilot" in answer.standalone
    assert {citation.passage.career for citation in answer.citations} == {"Pilot"}


def test_a_date_over_figures_is_remarked(asked: Pipeline) -> None:
    answer = ask(asked, "What is the wage of a diver?")
    assert "$50,000" in answer.text and answer.remarks == ("The guide heads these figures “2024 survey”.",)


def test_an_abstention_shows_what_came_nearest(asked: Pipeline) -> None:
    answer = ask(asked, "What degree does a Pilot hold?")
    assert (answer.status, answer.cause, answer.basis) == ("not_found", "unsure", "score")
    assert answer.message is not None and answer.message.startswith("The guides describe the role of Pilot and may answer this")
    assert answer.confidence is not None and answer.confidence.value < answer.confidence.threshold
    assert 1 <= len(answer.nearest) <= 3 and answer.nearest[0].passage.career == "Pilot"


@pytest.mark.parametrize(
    ("text", "cause", "message"),
    [
        ("who won the world cup", "far", "Nothing in the 4 guides answers this. They cover Baker, Diver, Pilot and Sailor."),
        ("Which school teaches a nurse?", "role", "No career in the guides is called “nurse”."),
    ],
)
def test_what_the_guides_do_not_say_is_not_said(asked: Pipeline, text: str, cause: str, message: str) -> None:
    answer = ask(asked, text)
    assert (answer.status, answer.cause, answer.message) == ("not_found", cause, message)


def test_careers_are_compared_in_a_row_of_quotes(asked: Pipeline) -> None:
    answer = ask(asked, "Compare the wage of a Diver and a Sailor")
    assert answer.comparison is not None and answer.basis == "table" and answer.confidence is None
    assert answer.comparison.columns == (("diver", "Diver"), ("sailor", "Sailor"))
    assert answer.comparison.rows == (("Salary", (1, 2)),)
    assert [citation.passage.career for citation in answer.citations] == ["Diver", "Sailor"]


def test_only_so_many_careers_are_compared(tmp_path: Path) -> None:
    roles = ["Baker", "Pilot", "Sailor", "Nurse", "Barber", "Plumber"]
    six = pipeline_of(tmp_path, {f"{one}.md": f"# {one}\n\nA {one} has a wage of $50,000.\n" for one in roles})
    question = f"Compare the wage of {', '.join(roles)}"
    assert len(six.reader.read(question).careers) == 6
    answer = ask(six, question)
    assert answer.comparison is not None and len(answer.comparison.columns) == MOST_COMPARED == 4


def test_what_is_not_said_of_a_career_is_an_empty_cell(asked: Pipeline) -> None:
    answer = ask(asked, "Does a Diver or a Baker have a rope of hemp?")
    assert answer.comparison is not None and answer.comparison.rows == (("In the guides’ words", (1, None)),)
    assert quotes(answer) == ["a rope of hemp"]  # not the lead-in that it stands under
    assert answer.remarks == ("The guides don’t say this of the role of Baker.",)


def test_a_comparison_of_what_no_guide_says_is_left_blank_for_both(asked: Pipeline) -> None:
    answer = ask(asked, "Do a Baker and a Pilot share hobbies or differ?")
    assert (answer.status, answer.comparison) == ("not_found", None)
    assert answer.message is not None and "the roles of Baker and Pilot, but nothing was found in them" in answer.message


def test_a_comparison_is_drawn_from_the_guides_asked_for(asked: Pipeline) -> None:
    answer = ask(asked, "Compare the wage of a Diver and a Sailor", documents=["diver", "baker"])
    assert {citation.document.id for citation in answer.citations} == {"diver"}
    assert answer.comparison is not None and answer.comparison.rows[0][1] == (1, None)


def test_a_question_about_all_careers_is_put_to_each(asked: Pipeline) -> None:
    answer = ask(asked, "which of these pays the most")
    assert (answer.status, answer.basis) == ("answered", "table")
    assert answer.comparison is not None and sorted(title for _, title in answer.comparison.columns) == list(THEIRS)
    [(topic, cells)] = answer.comparison.rows
    said = {title: cell for (_, title), cell in zip(answer.comparison.columns, cells, strict=True)}
    assert topic == "Salary" and said["Pilot"] is not None and len(answer.citations) > 1
    assert {citation.passage.career: citation.number for citation in answer.citations} == {k: v for k, v in said.items() if v}
    some = ask(asked, "which of these pays the most", documents=["pilot", "sailor"])
    assert {citation.document.id for citation in some.citations} <= {"pilot", "sailor"}


def test_a_topic_of_all_careers_is_asked_in_its_own_words_where_the_readers_find_nothing(asked: Pipeline) -> None:
    question = asked.reader.read("which of these careers needs no degree")
    own = asked.best(question.of("Sailor"), asked.scopes.of(None), only=True)
    assert (own.status, asked.of_one(question, "Sailor", asked.scopes.of(None)).status) == ("not_found", "answered")
    answer = ask(asked, question.text)
    assert answer.remarks == ("Only 1 of 4 careers have an answer here.",) and answer.comparison is not None
    assert answer.comparison.columns[0] == ("sailor", "Sailor")
    assert answer.comparison.rows == (("Education", (1, None, None, None)),)


def test_a_question_about_all_careers_that_none_answers_is_told_of_the_guides(asked: Pipeline) -> None:
    answer = ask(asked, "which of the jobs lets me work outdoors")
    assert (answer.status, answer.cause) == ("not_found", "far")
    assert answer.message is not None and answer.message.startswith("Nothing in the 4 guides answers this.")


@pytest.mark.parametrize(
    ("text", "status", "cause"),
    [
        ("hello", "routed", "greeting"),
        ("what careers do you have", "routed", None),
        ("who wrote this", "routed", None),
        ("why?", "clarify", "unclear"),
        ("¿Cuánto gana una enfermera?", "not_found", "language"),
    ],
)
def test_what_needs_no_search_is_told_by_the_service(asked: Pipeline, text: str, status: str, cause: str | None) -> None:
    answer = ask(asked, text)
    assert (answer.status, answer.cause, answer.nearest, answer.confidence) == (status, cause, (), None)
    assert "search" not in answer.timings_ms and len(answer.related) > 1


def test_a_follow_up_is_answered_in_its_conversation(asked: Pipeline) -> None:
    for text, career, words in (("and what do they earn?", "Pilot", "$90,000"), ("and the wage?", "Diver", "$50,000")):
        answer = ask(asked, text, f"What does a {career} do?")
        assert {citation.passage.career for citation in answer.citations} == {career} and words in answer.text


def test_a_question_of_its_own_is_not_changed_by_the_conversation(asked: Pipeline) -> None:
    alone, after = ask(asked, "Does a diver have a rope of hemp?"), ask(asked, "Does a diver have a rope of hemp?", "hello")
    assert quotes(alone) == quotes(after)


@pytest.mark.parametrize("documents", [["pilot"], ["pilot", "no such guide"]])
def test_answers_come_from_the_guides_asked_for(asked: Pipeline, documents: list[str]) -> None:
    answer = ask(asked, "What is the pay?", documents=documents)
    assert {citation.document.id for citation in answer.citations} == {"pilot"}
    other = ask(asked, "What does a Baker bake?", documents=documents)
    assert (other.cause, other.message) == ("role", "This guide doesn’t describe the role of Baker.")
    assert {citation.document.id for citation in other.nearest} == {"pilot"}


@pytest.mark.parametrize(
    "text", ["bread", "what careers do you have", "which of these pays the most", "Compare a Baker and a Pilot"]
)
def test_of_no_guide_nothing_is_answered(asked: Pipeline, text: str) -> None:
    for documents in ([], ["no such guide"]):
        answer = ask(asked, text, documents=documents)
        assert (answer.status, answer.nearest, answer.related) == ("not_found", (), ())


def test_all_guides_by_name_are_as_none(asked: Pipeline) -> None:
    every = ask(asked, "nurse pay", documents=[*asked.index.documents, "another"])
    assert replace(every, timings_ms={}) == replace(ask(asked, "nurse pay"), timings_ms={})


def test_what_is_offered_is_of_the_career_answered_about(asked: Pipeline) -> None:
    answer = ask(asked, "Who has charts, knots and patience?")
    assert {citation.passage.career for citation in answer.citations} == {"Sailor"}
    assert questions(answer) == ["What does a Sailor do?", "How much does a Sailor earn?", "What skills does a Sailor need?"]


def test_what_the_conversation_asked_is_not_offered(asked: Pipeline) -> None:
    answer = ask(asked, "How much does a Sailor earn?", "What does a Sailor do?")
    assert questions(answer) == ["What skills does a Sailor need?"]


def test_questions_to_begin_with_are_of_every_career(asked: Pipeline) -> None:
    begin = asked.suggestions(4)
    assert {one.document_id for one in begin} == {"baker", "diver", "pilot", "sailor"} and asked.suggestions(2) == begin[:2]


def test_only_a_careers_own_passages_are_evidence_where_that_is_asked(asked: Pipeline) -> None:
    question = asked.reader.read("What does a Sailor earn?")
    scope = asked.scopes.of(None)
    found, evidence = asked.evidence(question, scope, only=True)
    assert [one.hit for one in evidence] == found.hits and {one.passage.career for one in evidence} == {"Sailor"}
    assert {one.passage.document_id for one in asked.evidence(question, scope)[1]} == {"sailor"}


def test_passages_are_ranked_before_they_are_read(asked: Pipeline) -> None:
    hits = asked.rank("the rope of hemp and the mask of glass", 3)
    assert len(hits) == 3 and hits[0].passage.path == ("Diver", "Gear")


@pytest.mark.parametrize("typed", ["", " \n\t", "?!", "\u200b\U000e0041", "🙂", "x" * 401])
def test_what_is_no_question_is_refused(asked: Pipeline, typed: str) -> None:
    with pytest.raises(QuestionError, match=r"^Enter a question\.$|^Shorten your question to 400 characters\. It has 401\.$"):
        asked.ask(typed)


def test_an_answer_says_what_it_was_drawn_from_and_what_took_its_time(asked: Pipeline) -> None:
    answer = ask(asked, "How much does a Pilot earn?")
    assert answer.index is asked.index.info
    assert {"search", "weigh", "total"} <= set(answer.timings_ms) <= {"encode", "search", "weigh", "total"}


def test_the_same_question_has_the_same_answer(asked: Pipeline) -> None:
    for text in ("What is the wage?", "Baker vs Pilot", "nurse", "which of these pays the most"):
        first, second = ask(asked, text), ask(asked, text)
        assert replace(first, timings_ms={}) == replace(second, timings_ms={})


WORDS = """
    what does do how much earn wage pay skills compare between and or vs a the of in is it they why which these careers most hello
    Baker Pilot Sailor Diver nurse bakers knots rope dough $90,000 2024 slary pliot ¿cuánto? 薪水 <b> \u202e 💰 ? ! .. other
    """.split()  # noqa: SIM905
QUESTIONS = st.one_of(st.text(max_size=410), st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join))
CHOICES = st.one_of(st.none(), st.lists(st.sampled_from(["baker", "diver", "pilot", "sailor", "none"]), max_size=3))


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(question=QUESTIONS, history=st.lists(QUESTIONS, max_size=2), documents=CHOICES)
def test_every_answer_to_any_text_holds_the_invariants(
    asked: Pipeline, question: str, history: list[str], documents: list[str] | None
) -> None:
    try:
        typed = check_question(question)
    except QuestionError:
        with pytest.raises(QuestionError):
            asked.ask(question)
        return
    answer = ask(asked, question, *history, documents=documents)
    assert answer.question == typed
    chosen = set(asked.index.documents if documents is None else documents)
    assert {citation.document.id for citation in (*answer.citations, *answer.nearest)} <= chosen
    assert {one.document_id for one in answer.related} <= chosen


def test_two_guides_of_one_career_are_both_quoted_the_newer_first(tmp_path: Path) -> None:
    guide = "---\ntitle: Diver\ndate: {}\n---\n\n# Diver\n\nA Diver dives for {}.\n\n## Pay\n\nA Diver earns ${} a year.\n"
    guides = {"a.md": guide.format("2021-05-01", "pearls", "20,000"), "b.md": guide.format("2024-03-01", "wrecks", "30,000")}
    pipeline = pipeline_of(tmp_path / "index", {**guides, "pilot.md": THREE["pilot.md"]})
    for question in ("How much does a diver earn?", "What does a diver do?"):
        answer = ask(pipeline, question)
        assert [citation.document.id for citation in answer.citations] == ["b", "a"]
        assert (
            answer.remarks[0] == "2 guides describe this career, and they differ. The newer comes first: 2024-03-01, 2021-05-01."
        )
    assert {citation.document.id for citation in ask(pipeline, "How much does a diver earn?", documents=["a"]).citations} == {"a"}


def test_a_guide_that_the_scorer_is_not_sure_of_is_quoted_beside_one_that_it_is(tmp_path: Path) -> None:
    guide = "# Diver\n\nThe sea holds {}.\n\n## Pay\n\n{}.\n"
    guides = {
        "a.md": guide.format("pearls", "A diver does earn this salary"),
        "b.md": guide.format("wrecks", "$30,000 in a good year"),
    }
    answer = ask(pipeline_of(tmp_path / "index", guides), "What wage and salary does a diver earn?")
    assert quotes(answer) == ["A diver does earn this salary.", "$30,000 in a good year."]


def test_a_section_is_found_by_a_heading_that_is_no_topic(asked: Pipeline) -> None:
    draft = asked.headed.by_name(
        asked.reader.read("What is the gear of a diver?"),
        asked.evidence(asked.reader.read("diver gear"), asked.scopes.of(None))[1],
    )
    assert draft is not None and draft.quotes[0].text.startswith("To be carried:") and draft.basis == "section"
    far = asked.reader.read("What is the gear and the hat of a diver?")
    assert asked.headed.by_name(far, asked.evidence(far, asked.scopes.of(None))[1]) is None
