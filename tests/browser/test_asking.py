"""Asking: the box, follow-ups, history, waiting, faults. Tests are numbered as in the page's specification."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visit

DEFINITION = "/ask?q=What+does+a+Head+of+Analytics+Engineering+do%3F"


def follow_up(page: Page, question: str) -> None:
    page.wait_for_load_state()  # the key is the script's
    page.get_by_label("Ask a follow-up").fill(question)
    page.get_by_label("Ask a follow-up").press("Enter")


@pytest.mark.parametrize("server", ["scenes_address", "real_address"])
def test_e01_start_page(visit: Visit, request: pytest.FixtureRequest, server: str) -> None:
    page = visit("/", address=request.getfixturevalue(server))
    expect(page.get_by_label("Your question")).to_be_focused()
    links = page.get_by_role("navigation", name="Questions the guides answer well").get_by_role("link")
    assert links.count() == 4
    for href in [link.get_attribute("href") for link in links.all()]:
        page.goto(str(href))
        assert page.locator(".a .c").count() >= 1 and page.locator(".none").count() == 0


def test_e02_button_and_enter_ask_shift_enter_breaks_the_line(visit: Visit) -> None:
    page = visit("/")
    box = page.get_by_label("Your question")
    box.fill("Hello")
    box.press("Shift+Enter")
    assert box.input_value() == "Hello\n" and page.url.endswith("/")
    box.fill("Hello")
    box.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    box.dispatch_event("keydown", {"key": "Enter", "keyCode": 229})
    assert page.url.endswith("/")
    page.get_by_role("button", name="Ask").click()
    expect(page.locator("h2.q")).to_have_text("Hello")
    follow_up(page, "What are the key responsibilities?")
    expect(page).to_have_url("/ask?q=Hello&q=What+are+the+key+responsibilities%3F#turn-2")


def test_e13_follow_up_says_how_it_was_read_and_the_address_rebuilds_it(visit: Visit) -> None:
    page = visit(DEFINITION)
    page.get_by_role("link", name="What are the key responsibilities?").click()
    reading = page.locator("#turn-2 .as")
    expect(reading).to_contain_text("Understood as: What are the key responsibilities of a Head of Analytics Engineering?")
    again = visit(page.url)
    assert [turn.inner_text() for turn in again.locator("h2.q").all()] == [
        turn.inner_text() for turn in page.locator("h2.q").all()
    ]
    assert again.locator("#turn-2 .a").inner_text() == page.locator("#turn-2 .a").inner_text()
    again.close()  # only the page in front can have the focus
    reading.get_by_role("link").click()
    box = page.get_by_label("Edit your question")
    expect(box).to_have_value("What are the key responsibilities of a Head of Analytics Engineering?")
    expect(box).to_be_focused()


def test_e14_back_and_forward(visit: Visit) -> None:
    page = visit(DEFINITION)
    follow_up(page, "What are the key responsibilities?")
    expect(page.locator("#turn-2")).to_be_visible()
    page.go_back()
    expect(page.locator(".turn")).to_have_count(1)
    page.go_forward()
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.locator("#turn-2 .as")).to_be_visible()


def test_e15_new_question_clears(visit: Visit) -> None:
    page = visit(DEFINITION)
    page.get_by_role("link", name="New question").click()
    expect(page.locator(".turn")).to_have_count(0)
    page.get_by_label("Your question").fill("Hello")
    page.get_by_role("button", name="Ask").click()
    expect(page.locator(".turn")).to_have_count(1)


def test_e20_waiting_shows_after_150_ms_and_moves_nothing(visit: Visit) -> None:
    page = visit(DEFINITION)
    page.evaluate("probes.delay = 1500")
    follow_up(page, "What are the key responsibilities?")
    wait = page.locator(".wait")
    assert page.locator("h2.q").count() == 2
    expect(wait).to_be_visible()
    assert wait.bounding_box()["height"] >= 120  # type: ignore[index]
    assert page.get_by_role("button", name="Asking").get_attribute("aria-disabled") == "true"
    expect(page.locator("#turn-2 .a")).to_be_visible()
    assert page.evaluate("probes.waited") >= 145
    assert page.evaluate("probes.cls") == 0


def test_slow_answer_can_be_stopped(visit: Visit) -> None:
    page = visit(DEFINITION)
    page.route("**/ask/turn?**", lambda route: None)
    page.clock.install()
    follow_up(page, "Hello")
    page.clock.run_for(9000)
    expect(page.locator(".wait").get_by_text("Still looking.")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".turn")).to_have_count(1)
    expect(page.get_by_label("Ask a follow-up")).to_have_value("Hello")
    follow_up(page, "Hello")
    page.clock.run_for(22000)
    expect(page.locator(".oops")).to_contain_text("The answer didn’t arrive")


@pytest.mark.parametrize(
    ("reply", "heading", "sentence"),
    [
        ({"status": 500, "body": "{}"}, "The answer didn’t arrive", "Something failed on the server."),
        ({"status": 200, "body": "<p>nothing of ours"}, "The answer didn’t arrive", "Something failed on the server."),
        ({"status": 429, "headers": {"Retry-After": "24"}}, "That’s a lot of questions", "You can ask again in 24 seconds."),
        (None, "Can’t reach the server", "Verbatim runs on localhost:"),
    ],
)
def test_e21_faults_keep_the_question_and_retry(
    visit: Visit, reply: dict[str, object] | None, heading: str, sentence: str
) -> None:
    def fail(route: Route) -> None:
        route.abort() if reply is None else route.fulfill(**reply)  # type: ignore[arg-type]

    page = visit(DEFINITION)
    page.route("**/ask/turn?**", fail)
    follow_up(page, "Hello")
    oops = page.locator(".oops")
    expect(oops.get_by_role("heading")).to_have_text(heading)
    expect(oops).to_contain_text(sentence)
    box = page.get_by_label("Ask a follow-up")
    expect(box).to_have_value("Hello")
    expect(box).to_be_focused()
    assert page.url.endswith(DEFINITION) and len(page.evaluate("probes.said")) == 1
    page.unroute("**/ask/turn?**")
    retry = oops.get_by_role("button", name="Try again")
    retry.click() if retry.count() else box.press("Enter")
    expect(page.locator("#turn-2 .none")).to_be_visible()
    expect(oops).to_have_count(0)


@pytest.mark.parametrize("script", [True, False])
def test_e22_blank_and_long_questions(visit: Visit, script: bool) -> None:
    for path in ("/", DEFINITION):
        page = visit(path, java_script_enabled=script)
        for typed, said in (("  ", "Enter a question."), ("é" * 436, "Shorten your question to 400 characters. It has 436.")):
            page.locator("#q").fill(typed)
            page.get_by_role("button", name="Ask").click()
            box = page.locator("#q")
            expect(page.locator(".err")).to_have_text(said)
            expect(box).to_have_attribute("aria-invalid", "true")
            expect(box).to_have_attribute("aria-describedby", str(page.locator(".err").get_attribute("id")))
            expect(box).to_be_focused()
            assert page.title().startswith("Error: ") is not script
            assert page.locator(".a").count() == (1 if path == DEFINITION else 0)


@pytest.mark.parametrize("question", ["<script>alert(1)</script> & \"quotes\" 'too'", "א" * 400, "{{ 7 * 7 }}</textarea>"])
def test_e32_questions_are_text(visit: Visit, question: str) -> None:
    page = visit("/")
    page.get_by_label("Your question").fill(question)
    page.get_by_role("button", name="Ask").click()
    expect(page.locator("h2.q")).to_have_text(question)
    follow_up(page, question)
    expect(page.locator("#turn-2 h2.q")).to_have_text(question)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    page.goto("/")
    expect(page.locator(".recent a").first).to_contain_text(question)


def test_e35_status_speaks_once_an_answer(visit: Visit) -> None:
    page = visit(DEFINITION)
    log = page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "off")
    follow_up(page, "What are the key responsibilities?")
    expect(page.locator("#turn-2")).to_be_visible()
    follow_up(page, "How much does a Head of Analytics Engineering earn?")
    expect(page.locator("#turn-3")).to_be_visible()
    first, second = page.evaluate("probes.said")
    assert first.startswith("Answer: Key responsibilities include:") and len(first) <= 408
    assert re.match(r"No answer found\. The guides describe the role", second)


def test_e36_the_page_never_scrolls_by_itself(visit: Visit) -> None:
    page = visit(DEFINITION)
    page.evaluate("probes.delay = 800")
    follow_up(page, "What are the best practices?")
    expect(page.locator("h2.q").nth(1)).to_be_in_viewport()
    top = page.locator("h2.q").nth(1).bounding_box()["y"]  # type: ignore[index]
    assert 20 <= top <= 80
    page.mouse.wheel(0, -150)
    page.wait_for_timeout(300)
    before = page.evaluate("scrollY")
    expect(page.locator("#turn-2")).to_be_visible()
    page.wait_for_timeout(200)
    assert page.evaluate("scrollY") == before
    expect(page.get_by_label("Ask a follow-up")).to_be_focused()
