"""Every state of an answer, copying and saving, feedback, and the page without script."""

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit

HERE = Path(__file__).parent
JUDGEMENTS = HERE.parent / "judgements" / "career_dev.jsonl"
DEFINITION = "/ask?q=What+does+a+Head+of+Analytics+Engineering+do%3F"
LISTING = "/ask?q=Hello&q=What+are+the+key+responsibilities%3F"
LONG = "/ask?q=What+are+the+best+practices%3F"
COMPARISON = "/ask?q=Head+of+Analytics+Engineering+or+Director+of+Applied+Science%3F"
ACROSS = "/ask?q=Which+of+these+needs+no+degree%3F"
THREE = ("Director of Applied Science", "Head of Analytics Engineering", "Knowledge Engineer")
NEAR = "/ask?q=How+much+does+a+Head+of+Analytics+Engineering+earn%3F"


def test_e16_abstention_is_an_answer_of_its_own(visit: Visit) -> None:
    page = visit(NEAR)
    turn = page.locator(".turn")
    expect(turn.get_by_role("heading", level=3)).to_have_text("No answer found.")
    expect(turn).to_contain_text(
        "The guides describe the role of Head of Analytics Engineering, but nothing was found in them that answers this."
    )
    assert turn.locator(".c, .qt, .notes").count() == 0
    assert turn.locator("*").evaluate_all("all => all.every(e => !getComputedStyle(e).fontFamily.startsWith('\"Iowan'))")
    links = page.get_by_role("navigation", name="Questions with an answer").get_by_role("link")
    assert links.count() == 3
    for href in [str(link.get_attribute("href")) for link in links.all()]:
        page.goto(href)
        assert page.locator(".turn").last.locator(".c").count() >= 1


def test_e16_what_is_offered_by_the_real_index_is_answered(real_address: str) -> None:
    judged = [json.loads(line) for line in JUDGEMENTS.read_text(encoding="utf-8").splitlines()]
    offered: set[str] = set()
    for question in [one["question"] for one in judged if not one["answerable"] and not one["history"]]:
        (turn,) = httpx2.get(f"{real_address}/ask.json", params={"q": question}).json()["turns"]
        assert turn["status"] == "answered" or turn["answer"] is None
        offered |= {related["question"] for related in turn["related"]} if turn["status"] == "not_found" else set()
    assert len(offered) > 3
    for question in offered:
        (turn,) = httpx2.get(f"{real_address}/ask.json", params={"q": question}).json()["turns"]
        assert turn["status"] == "answered", question


def test_e17_list_keeps_the_guides_order(visit: Visit) -> None:
    page = visit(LISTING)
    answer = page.locator("#turn-2 .a")
    expect(answer.locator("p").first).to_have_text("Key responsibilities include:[1]")
    labels = answer.locator("li strong").all_inner_texts()
    assert labels[0] == "Leadership and Strategy" and labels[-1] == "Operational Oversight" and len(labels) == 7
    assert answer.locator("a.c").count() == 1


@pytest.mark.parametrize("width", [1280, 390])
def test_e18_comparison_is_a_table_and_stacks_on_a_phone(visit: Visit, width: int) -> None:
    page = visit(COMPARISON, width=width, height=844)
    table = page.get_by_role("table")
    assert table.get_by_role("columnheader").count() == 3
    assert table.get_by_role("rowheader").all_inner_texts() == ["In short", "People", "Education"]
    cells = table.get_by_role("cell")
    assert cells.count() == 6
    for cell in cells.all():
        said = cell.locator("a.c").count() == 1
        assert said or cell.inner_text().strip() == "not said"
    left, right = cells.nth(0).bounding_box(), cells.nth(1).bounding_box()
    assert left and right and (left["y"] < right["y"]) is (width == 390)


@pytest.mark.parametrize("width", [1280, 390])
def test_e18b_many_careers_under_one_topic_stand_under_each_other(visit: Visit, width: int) -> None:
    page = visit(ACROSS, width=width, height=844)
    table = page.get_by_role("table")
    assert [one.inner_text().split() for one in table.get_by_role("rowheader").all()] == [name.split() for name in THREE]
    heads, cells = table.get_by_role("rowheader"), table.get_by_role("cell")
    assert cells.count() == 3 and cells.nth(2).inner_text().strip() == "not said"
    for head, cell in zip(heads.all(), cells.all(), strict=True):
        left, right = head.bounding_box(), cell.bounding_box()
        assert left and right and (left["y"] < right["y"]) is (width == 390)
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.mark.parametrize("script", [True, False])
def test_e19_long_answer_folds(visit: Visit, script: bool) -> None:
    page = visit(LONG, java_script_enabled=script)
    assert page.locator(".a a.c:visible").count() < 9
    page.get_by_text("Show all 9 items").click()
    assert page.locator(".a a.c:visible").count() == 9
    assert page.locator(".notes a").count() == 9


def test_table_of_a_guide_is_a_table_with_headings(visit: Visit) -> None:
    page = visit("/ask?q=What+are+the+grades+of+pay%3F")
    region = page.get_by_role("region", name="Table: Grade, Experience, Hourly rate, Typical yearly pay")
    assert region.get_by_role("columnheader").all_inner_texts() == ["Grade", "Experience", "Hourly rate", "Typical yearly pay"]
    assert region.get_by_role("row").count() == 5


@pytest.mark.parametrize(
    ("question", "said", "label"),
    [
        ("What skills are needed?", "This could mean more than one thing. Pick one.", "Which do you mean?"),
        ("Hello", "Ask about a career", "Questions the guides answer well"),
        ("How do I become a nurse?", "No career in the guides is called “nurse”.", "Questions with an answer"),
    ],
)
def test_other_answers_without_quotes(visit: Visit, question: str, said: str, label: str) -> None:
    page = visit("/ask?" + str(httpx2.QueryParams({"q": question})))
    expect(page.locator(".none")).to_contain_text(said)
    expect(page.get_by_role("navigation", name=label)).to_be_visible()


def test_e23_copied_text_matches_the_golden_file_and_the_export(visit: Visit, scenes_address: str) -> None:
    page = visit(
        "/ask?q=What+does+a+Head+of+Analytics+Engineering+do%3F&q=What+are+the+key+responsibilities%3F",
        permissions=["clipboard-read", "clipboard-write"],
    )
    page.locator("#turn-2").get_by_role("button", name="Copy with sources").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()").replace(scenes_address, "http://localhost")
    assert copied == (HERE / "copied.md").read_text(encoding="utf-8")
    saved = httpx2.get(scenes_address + page.locator("#turn-2").get_by_role("link", name="Save").get_attribute("href"))  # type: ignore[operator]
    assert saved.text.replace(scenes_address, "http://localhost").endswith(copied)
    page.locator("#turn-1").get_by_role("button", name="Copy link").click()
    expect(page.locator("#turn-1").get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{scenes_address}{DEFINITION}#turn-1"


def test_a_blocked_clipboard_selects_the_answer(visit: Visit) -> None:
    page = visit(DEFINITION, init="delete Navigator.prototype.clipboard")
    page.get_by_role("button", name="Copy with sources").click()
    expect(page.get_by_role("button", name="Press Ctrl+C")).to_be_visible()
    selected = page.evaluate("String(getSelection())")
    assert (
        "within an organization.[1]" in re.sub(r"\s*\[", "[", selected)
        and "More Careers › Head of Analytics Engineering" in selected
    )


def rows(file: Path) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(file)) as database:
        return database.execute("SELECT vote, reason, question FROM feedback").fetchall()


@pytest.fixture
def no_feedback(feedback_file: Path) -> Path:
    if feedback_file.exists():
        with closing(sqlite3.connect(feedback_file)) as database, database:
            database.execute("DELETE FROM feedback")
    return feedback_file


def test_e24_feedback_with_script(visit: Visit, no_feedback: Path) -> None:
    page = visit(DEFINITION)
    yes, no = page.get_by_role("button", name="Yes"), page.get_by_role("button", name="No", exact=True)
    yes.click()
    expect(yes).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#say")).to_have_text("Thanks. Saved on this computer.")
    assert rows(no_feedback) == [("yes", "", "")]
    no.click()
    expect(no).to_have_attribute("aria-pressed", "true")
    expect(yes).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="Wrong source").click()
    expect(page.get_by_text("What was wrong?")).to_be_hidden()
    assert rows(no_feedback) == [("no", "Wrong source", "")]
    page.get_by_role("button", name="Save the question too").click()
    expect(page.get_by_text("Your question was not saved with it.")).to_be_hidden()
    assert rows(no_feedback) == [("no", "Wrong source", "What does a Head of Analytics Engineering do?")]
    no.click()
    expect(no).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#say")).to_have_text("Vote removed.")
    assert rows(no_feedback) == []


def test_e24_feedback_without_script(visit: Visit, no_feedback: Path) -> None:
    page = visit(LISTING, java_script_enabled=False)
    turn = page.locator("#turn-2")
    turn.get_by_role("button", name="No", exact=True).click()
    expect(turn.get_by_role("button", name="No", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(turn).to_contain_text("Thanks. Saved on this computer.")
    turn.get_by_role("button", name="Too little").click()
    expect(turn.get_by_role("button", name="Too little")).to_be_hidden()
    assert rows(no_feedback) == [("no", "Too little", "")]
    turn.get_by_role("button", name="No", exact=True).click()
    expect(turn.get_by_role("button", name="No", exact=True)).to_have_attribute("aria-pressed", "false")
    assert rows(no_feedback) == []
    page.goto(NEAR)
    page.get_by_role("button", name="The guides should cover this").click()
    assert rows(no_feedback) == [("gap", "", "")]


def test_e25_without_script_everything_is_there(visit: Visit) -> None:
    page = visit("/", java_script_enabled=False)
    page.get_by_label("Your question").fill("What does a Head of Analytics Engineering do?")
    page.get_by_role("button", name="Ask").click()
    page.get_by_label("Ask a follow-up").fill("What are the key responsibilities?")
    page.get_by_role("button", name="Ask").click()
    expect(page.locator("h2.q")).to_have_text(
        ["What does a Head of Analytics Engineering do?", "What are the key responsibilities?"]
    )
    expect(page.locator("#turn-2 .as")).to_be_visible()
    assert page.locator(".js:visible").count() == 0 and page.locator(".next").count() <= 1
    page.locator("#turn-1 a.c").nth(1).click()
    expect(page.locator("#q2")).to_be_in_viewport()
    page.get_by_role("link", name="Back to the answer").click()
    expect(page.locator("h2.q")).to_have_text(["What does a Head of Analytics Engineering do?"])
    page.goto(NEAR)
    expect(page.get_by_role("heading", name="No answer found.")).to_be_visible()
    page.goto("/ask?q=fail")
    expect(page.get_by_role("heading", name="The answer didn’t arrive")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page).to_have_url("/ask?q=fail#turn-1")
    expect(page.locator("textarea")).to_have_value("fail")
    page.goto("/ask?q=Hello&draft=Hello+again")
    expect(page.locator("textarea")).to_have_value("Hello again")


def test_coverage_tells_what_there_is(visit: Visit) -> None:
    page = visit("/coverage")
    guide = page.locator(".guide", has=page.get_by_role("heading", name="Wind Turbine Technician"))
    expect(guide).to_contain_text("Blade Repair Technician")
    expect(guide).to_contain_text("collected 2025-03-11")
    expect(page.locator("main")).to_contain_text("There is no account and no cookie.")
    guide.get_by_role("heading").get_by_role("link", name="Wind Turbine Technician").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wind Turbine Technician")


def test_recent_questions_are_kept_here_only_and_can_be_cleared(visit: Visit) -> None:
    page = visit(DEFINITION)
    page.goto(NEAR)
    page.goto("/")
    recent = page.locator(".recent")
    assert recent.get_by_role("link").all_inner_texts() == [
        "How much does a Head of Analytics Engineering earn?",
        "What does a Head of Analytics Engineering do?",
    ]
    recent.get_by_role("button", name="Clear").click()
    expect(recent).to_be_hidden()
    page.goto(DEFINITION)
    page.goto("/")
    recent.get_by_role("button", name="Don’t keep").click()
    page.goto(DEFINITION)
    page.goto("/")
    expect(recent.get_by_role("link")).to_have_count(0)
    recent.get_by_role("button", name="Keep recent conversations").click()
    page.goto(DEFINITION)
    page.goto("/")
    expect(recent.get_by_role("link")).to_have_count(1)
