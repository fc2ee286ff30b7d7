"""Answers that are less than an answer, or more: near passages, part answers, the best words of a quote, careers to choose from.

Numbers are those of the issue "A page that talks like a good adviser"."""

import json
import re

import httpx2
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Theme, Visit
from tests.browser.test_citing import check_serif
from tests.scenes import scenes

NEAR = "Can I work from home on Fridays?"
PARTLY = "How much does a Lead Data Science Engineer earn in the UK?"
BEST = "What do they do for the team?"
CAREERS = "What careers do you have?"
BOTH = pytest.mark.parametrize("script", [True, False])
WIDTHS = pytest.mark.parametrize("width", [1280, 390])


def asking(*questions: str) -> str:
    return "/ask?" + str(httpx2.QueryParams([("q", question) for question in questions]))


@WIDTHS
@BOTH
def test_3_near_passages_stand_under_an_abstention_and_open_their_place(visit: Visit, width: int, script: bool) -> None:
    page = visit(asking("Hello", NEAR), width=width, height=844, java_script_enabled=script)
    expect(page.get_by_role("heading", name="No answer found.")).to_be_visible()
    near = page.get_by_role("region", name="Nearest in the guides, but not an answer")
    passages = near.get_by_role("blockquote")
    assert passages.count() == 3 and near.locator("mark").all_inner_texts() == ["remote", "yearly pay"]
    assert near.locator(".c").count() == 0 and page.locator(".turn .notes, .next").count() == 0
    near.get_by_role("link", name="Director of Applied Science · Lead Data Science Engineer").click()
    expect(page.locator("#q0")).to_be_in_viewport()
    expect(page.locator("#q0")).to_contain_text("Lead teams of scientists")
    page.get_by_role("link", name="Back to the answer").click()
    expect(page.get_by_role("heading", name=NEAR)).to_be_in_viewport()


def test_3_near_passages_are_the_guides_own_words(visit: Visit) -> None:
    page = visit(asking(NEAR))
    texts = [citation.document.text for citation in scenes().ask(NEAR).nearest]
    assert check_serif(page, {0: " ".join(texts)}) > 3


def test_3_near_passages_are_announced_once_with_the_abstention(visit: Visit) -> None:
    page = visit(asking("Hello"))
    page.get_by_label("Ask a follow-up").fill(NEAR)
    page.get_by_label("Ask a follow-up").press("Enter")
    expect(page.locator("#say")).to_have_text(
        re.compile(r"^No answer found\. The guides .* Nearest in the guides, but not an answer$")
    )


def test_3_what_was_asked_is_not_offered_again(visit: Visit) -> None:
    first, then = "What does a Head of Analytics Engineering do?", "What are the key responsibilities?"
    page = visit(asking(first))
    expect(page.get_by_role("navigation", name="Ask next").get_by_role("link", name=then)).to_be_visible()
    page.goto(asking(then, first))
    offered = page.get_by_role("navigation", name="Ask next").get_by_role("link")
    assert offered.all_inner_texts() == ["How is it different from a Director of Applied Science?"]


@WIDTHS
@BOTH
def test_4_what_is_not_given_is_said_above_the_quotes(visit: Visit, width: int, script: bool) -> None:
    page = visit(asking(PARTLY), width=width, height=844, java_script_enabled=script)
    line = page.get_by_text("The guides give no figures for the UK. They give these for the US market, 2024.")
    above, below = line.bounding_box(), page.locator(".qt").first.bounding_box()
    assert above and below and above["y"] + above["height"] <= below["y"]
    assert not line.evaluate("e => getComputedStyle(e).fontFamily").startswith('"Iowan')
    assert page.locator(".a .c").count() == 2


@WIDTHS
@BOTH
def test_4_where_nothing_is_of_the_place_asked_for_the_one_there_is_stands_above_what_is_near(
    visit: Visit, real_address: str, width: int, script: bool
) -> None:
    page = visit(asking(PARTLY), address=real_address, width=width, height=844, java_script_enabled=script)
    line = page.get_by_text("The guides give no figures for the UK. They give these for the US Market, 2024.")
    near = page.get_by_role("region", name="Nearest in the guides, but not an answer").get_by_role("blockquote")
    above, below = line.bounding_box(), near.first.bounding_box()
    assert above and below and above["y"] + above["height"] <= below["y"]
    expect(near.first).to_contain_text("Base Salary Range: $137,000 - $401,000 per year")


@WIDTHS
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_best_words_are_marked_and_only_on_the_page(visit: Visit, width: int, theme: Theme) -> None:
    page = visit(asking(BEST), width=width, height=844, theme=theme)
    best = page.locator(".best")
    said = "".join(best.all_inner_texts())
    assert said == "Team Management: Leading, mentoring, and developing a team of analytics and data engineers."
    assert "gradient" in best.first.evaluate("e => getComputedStyle(e).backgroundImage")
    kept = page.request.get(asking(BEST).replace("/ask?", "/ask.html?")).text()
    page.set_content(kept)
    assert page.locator(".best").first.evaluate("e => getComputedStyle(e).backgroundImage") == "none"


@WIDTHS
@BOTH
def test_2_careers_are_links_that_ask_about_them(visit: Visit, width: int, script: bool) -> None:
    page = visit(asking(CAREERS), width=width, height=844, java_script_enabled=script)
    expect(page.locator(".none")).to_contain_text("The guides describe 19 careers.")
    assert page.locator(".careers a:visible").count() == 12
    page.get_by_text("Show all 19 careers").click()
    assert page.locator(".careers a:visible").count() == 19
    page.get_by_role("link", name="Wind Turbine Technician", exact=True).click()
    expect(page.locator("#turn-2 h2")).to_have_text("What does the Wind Turbine Technician do?")
    assert page.url.count("q=") == 2


def test_2_the_start_page_finds_a_career_among_many(visit: Visit) -> None:
    page = visit("/")
    careers = page.get_by_role("navigation", name="Careers in the guides")
    careers.get_by_label("Find a career").fill("turb")
    assert careers.locator("a:visible").all_inner_texts() == ["Wind Turbine Technician"]
    expect(page.locator("#say")).to_have_text("1 career")
    careers.get_by_label("Find a career").fill("")
    assert careers.locator("a:visible").count() == 12
    plain = visit("/", java_script_enabled=False)
    expect(plain.get_by_label("Find a career")).to_be_hidden()


def test_2_each_career_of_the_start_page_has_an_answer(real_address: str) -> None:
    names = re.findall(r'data-ask="([^"]+)"', httpx2.get(real_address).text)
    assert len(names) > 3
    for name in names:
        (turn,) = json.loads(httpx2.get(f"{real_address}/ask.json", params={"q": name}).text)["turns"]
        assert turn["status"] == "answered", name
