"""Citations: numbers, notes, the panel, the preview and the source page."""

import json
import re
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Locator, Page, expect

from rag.pipeline import Pipeline
from tests.browser.conftest import Visit
from tests.scenes import scenes

DEFINITION = "/ask?q=What+does+a+Head+of+Analytics+Engineering+do%3F"
LONG = "/ask?q=What+are+the+best+practices%3F"
COMPARISON = "/ask?q=Head+of+Analytics+Engineering+or+Director+of+Applied+Science%3F"
TABLE = "/ask?q=What+are+the+grades+of+pay%3F"
JUDGEMENTS = Path(__file__).parent.parent / "judgements" / "career_dev.jsonl"
JUDGED = [json.loads(line) for line in JUDGEMENTS.read_text(encoding="utf-8").splitlines()]


def folded(text: str) -> str:
    return " ".join(text.split())


def letters(texts: list[str]) -> str:
    """Texts without white space: what stands where does not depend on how lines and cells are parted."""
    return "".join("".join(texts).split())


def check_serif(page: Page, texts: dict[int, str]) -> int:
    pieces = page.evaluate("probes.serif()")
    for piece, number in pieces:
        assert folded(piece) in folded(texts[number]), piece
    return len(pieces)


def check_marks(page: Page, quotes: dict[str, list[str]], links: list[str]) -> None:
    """Open each guide once, and compare what it marks with what the answer quoted."""
    marked: dict[str, list[str]] = {}
    for href in {link.split("#")[0] for link in links}:
        page.goto(href)
        marked |= page.evaluate("probes.marks()")
    assert {n: letters(found) for n, found in marked.items()} == {n: letters(found) for n, found in quotes.items()}


@pytest.mark.parametrize("path", [DEFINITION, LONG, COMPARISON, TABLE])
def test_e03_e04_e06_serif_is_the_guides_numbers_match_marks_equal_quotes(visit: Visit, path: str) -> None:
    page = visit(path)
    question = page.locator("h2.q").inner_text()
    citations = scenes().ask(question).citations
    assert check_serif(page, {c.number: c.document.text for c in citations}) >= len(citations)
    check_numbers(page, len(citations))
    check_marks(page, page.evaluate("probes.quotes()"), [str(a.get_attribute("href")) for a in page.locator(".notes a").all()])


def check_numbers(page: Page, count: int) -> None:
    numbers = [int(str(a.get_attribute("data-n"))) for a in page.locator("a.c").all()]
    assert numbers == list(range(1, count + 1))
    notes = page.locator(".notes a")
    assert [int(str(a.get_attribute("data-n"))) for a in notes.all()] == numbers
    hrefs = [str(a.get_attribute("href")) for a in page.locator("a.c").all()]
    assert [str(a.get_attribute("href")) for a in notes.all()] == hrefs
    assert all(re.match(rf"/guide/[\w-]+\?.*#q{n}$", href) for n, href in zip(numbers, hrefs, strict=True))


def test_e03_e06_over_all_judged_questions(visit: Visit, real_address: str, pipeline: Pipeline) -> None:
    page = visit("/", address=real_address, java_script_enabled=True)
    seen = 0
    for judged in JUDGED:
        asked = [*(turn["question"] if isinstance(turn, dict) else turn for turn in judged["history"]), judged["question"]]
        page.goto("/ask?" + str(httpx2.QueryParams([("q", question) for question in asked])))
        turn = page.locator(".turn").last
        last = {
            c["id"]: c
            for c in httpx2.get(f"{real_address}/ask.json", params=[("q", q) for q in asked]).json()["turns"][-1]["citations"]
        }
        if not last:  # what is near is shown without numbers; tests/browser/test_near.py looks at it
            continue
        page.evaluate("document.querySelectorAll('.turn:not(:last-child)').forEach(t => t.remove())")
        texts = {number: pipeline.index.documents[c["document_id"]].text for number, c in last.items()}
        seen += check_serif(page, texts)
        check_marks(
            page, page.evaluate("probes.quotes()"), [str(a.get_attribute("href")) for a in turn.locator(".notes a").all()]
        )
    assert seen > len(JUDGED)


def test_e05_each_of_many_citations_opens_its_own_source(visit: Visit) -> None:
    page = visit(LONG, width=900)
    quotes = page.evaluate("probes.quotes()")
    assert len(quotes) == 9
    for number, quote in quotes.items():
        page.goto(LONG)
        page.locator("summary").click()
        page.locator(f'a.c[data-n="{number}"]').click()
        page.wait_for_url(re.compile(rf"/guide/.*#q{number}$"))
        assert letters(page.evaluate("probes.marks()")[number]) == letters(quote)
        expect(page.locator(f"#q{number}")).to_be_in_viewport()


def test_e07_panel_opens_steps_closes_and_is_in_the_address(visit: Visit) -> None:
    page = visit(DEFINITION)
    page.locator('a.c[data-n="2"]').click()
    panel = page.get_by_role("complementary", name="Source 2 of 3")
    expect(panel).to_be_visible()
    expect(page.locator("#panel-h")).to_be_focused()
    expect(panel.locator("mark")).to_contain_text("This role requires a unique blend of technical knowledge")
    assert "&c=2" in page.url
    page.get_by_role("button", name="Next source").click()
    expect(page.get_by_role("complementary", name="Source 3 of 3")).to_be_visible()
    expect(page.get_by_role("button", name="Next source")).to_be_focused()
    assert page.locator("#say").inner_text() == "Source 3 of 3" and "&c=3" in page.url
    assert page.locator(".qt.on").get_attribute("data-c") == "3"
    page.reload()
    expect(page.get_by_role("complementary", name="Source 3 of 3")).to_be_visible()
    page.get_by_role("button", name="Previous source").click()
    expect(page.get_by_role("complementary", name="Source 2 of 3")).to_be_visible()
    page.get_by_role("button", name="Close source").click()
    expect(page.locator(".panel")).to_be_hidden()
    expect(page.locator('a.c[data-n="2"]')).to_be_focused()
    assert "c=" not in page.url.split("?")[1].replace("q=", "")


def test_panel_shows_the_mark_below_its_top_and_leads_to_the_guide(visit: Visit) -> None:
    page = visit(DEFINITION)
    page.locator('a.c[data-n="3"]').click()
    expect(page.locator(".panel mark")).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Next source").click()
    expect(page.get_by_role("complementary", name="Source 1 of 3")).to_be_visible()
    expect(page.locator(".panel .crumb")).to_have_text("Lead Data Science EngineerMore Careers › Head of Analytics Engineering")
    mark, top = page.locator(".panel mark").bounding_box(), page.locator(".panel .scroller").bounding_box()
    assert mark and top and 60 <= mark["y"] - top["y"] <= 120
    page.get_by_role("button", name="Previous source").click()
    page.get_by_role("link", name="Open the whole guide at this line").click()
    expect(page.locator("#q3")).to_be_in_viewport()
    assert page.locator(".text mark").count() == 3


def test_e08_keyboard_alone(visit: Visit) -> None:
    page = visit(DEFINITION)
    expect(page.locator("#turn-1")).to_be_focused()
    page.get_by_role("link", name="Skip to the question box").focus()
    first = page.locator('a.c[data-n="1"]')
    for _ in range(10):
        page.keyboard.press("Tab")
        if first.evaluate("e => e === document.activeElement"):
            break
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#panel-h")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_be_hidden()
    expect(first).to_be_focused()


@pytest.mark.parametrize("height", [800, 500])
def test_e09_nothing_covers_the_focus_while_the_panel_is_open(visit: Visit, height: int) -> None:
    page = visit(DEFINITION, height=height)
    page.locator('a.c[data-n="1"]').click()
    expect(page.locator("#panel-h")).to_be_focused()
    page.locator(".skip").first.focus()
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        name = page.evaluate("probes.focus()")
        if name is None:
            break
        seen.append(name)
    assert len(seen) > 12 and [name for name, visible in seen if not visible] == []


def test_e10_phone_tap_opens_the_source_page_below_its_bar(visit: Visit) -> None:
    page = visit(DEFINITION, width=390, height=844)
    page.locator('a.c[data-n="2"]').tap()
    page.wait_for_url(re.compile(r"/guide/.*#q2$"))
    mark, bar = page.locator("#q2").bounding_box(), page.locator(".found").bounding_box()
    assert mark and bar and bar["y"] + bar["height"] <= mark["y"] < 500
    expect(page.locator('.found a[aria-current="true"]')).to_have_text("2")
    assert color(page.locator("#q2")) != color(page.locator("#q1"))
    page.get_by_role("link", name="Back to the answer").tap()
    expect(page.locator("h2.q")).to_have_text("What does a Head of Analytics Engineering do?")


def color(locator: Locator) -> str:
    return str(locator.evaluate("e => getComputedStyle(e).backgroundColor"))


def test_every_piece_of_the_current_passage_is_highlighted(visit: Visit) -> None:
    page = visit("/ask?q=Hello&q=What+are+the+key+responsibilities%3F", width=900)
    page.locator('a.c[data-n="1"]').click()
    page.wait_for_url("**/guide/**")
    colors = page.locator(".text mark").evaluate_all("marks => marks.map(m => getComputedStyle(m).backgroundColor)")
    assert len(colors) >= 8 and len(set(colors)) == 1
    assert page.locator(".toc a.has").count() == 1


@pytest.mark.parametrize("modifier", ["Control", "Shift", "Middle"])
def test_e11_modified_clicks_open_elsewhere(visit: Visit, modifier: str) -> None:
    page = visit(DEFINITION)
    with page.context.expect_page() as opened:
        if modifier == "Middle":
            page.locator('a.c[data-n="1"]').click(button="middle")
        else:
            page.locator('a.c[data-n="1"]').click(modifiers=[modifier])  # type: ignore[list-item]
    expect(opened.value.locator("#q1")).to_be_visible()
    expect(page.locator(".panel")).to_be_hidden()


def test_e12_preview_by_pointer_and_by_keyboard(visit: Visit) -> None:
    page = visit(DEFINITION, width=900)
    number, card = page.locator('a.c[data-n="1"]'), page.get_by_role("tooltip")
    number.hover()
    expect(card).to_contain_text("The Head of Analytics Engineering is a senior leadership position")
    expect(card).to_contain_text("Head of Analytics Engineering · Lead Data Science Engineer")
    card.hover()
    page.wait_for_timeout(400)
    expect(card).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    page.mouse.move(5, 5)
    page.get_by_role("link", name="Edit").focus()
    page.keyboard.press("Tab")
    expect(number).to_be_focused()
    expect(card).to_be_visible()
    assert number.get_attribute("aria-describedby") == "peek"
    page.keyboard.press("Tab")
    expect(number).not_to_have_attribute("aria-describedby", "peek")


def test_e12_wide_screens_light_the_note_touch_shows_nothing(visit: Visit) -> None:
    page = visit(DEFINITION)
    page.locator('a.c[data-n="2"]').hover()
    expect(page.locator('.notes a.hot[data-n="2"]')).to_have_count(1)
    assert page.locator(".qt.on").get_attribute("data-c") == "2" and page.get_by_role("tooltip").count() == 0
    phone = visit(DEFINITION, width=390, height=844)
    phone.locator('a.c[data-n="2"]').focus()
    phone.wait_for_timeout(400)
    assert phone.get_by_role("tooltip").count() == 0


def test_source_page_copies_a_link_to_the_words(visit: Visit) -> None:
    page = visit(DEFINITION, permissions=["clipboard-read", "clipboard-write"], width=900)
    page.locator('a.c[data-n="1"]').click()
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith(
        "#q1:~:text=The%20Head%20of%20Analytics%20Engineering%20is,of%20data%20analytics%20within%20an%20organization."
    )


def test_bad_source_links_mark_nothing(visit: Visit) -> None:
    page = visit("/guide/lead-data-science-engineer?at=5-99999999&n=1#q1")
    expect(page.get_by_role("heading", level=1)).to_have_text("That passage isn’t in this guide any more")
    page.get_by_role("link", name="Open the whole guide").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lead Data Science Engineer")
    assert page.locator("mark").count() == 0
