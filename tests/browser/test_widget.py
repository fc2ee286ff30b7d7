"""The widget in a page of another site under a strict policy, allowed and refused; the frame; the keyboard; its weight."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from rag.settings import read_settings
from tests.browser.conftest import Theme, Windows, serving
from tests.scenes import scenes

DOCS = (Path(__file__).parent.parent.parent / "docs" / "clients.md").read_text(encoding="utf-8")
COPIED, FRAMED = re.findall(r"```html\n(.*?)```", DOCS, re.DOTALL)
(POLICY,) = re.findall(r"Content-Security-Policy: (.*)", DOCS)
DOCUMENTED = "https://ask.example.org"
DEFINITION = "What does a Head of Analytics Engineering do?"
LISTING = "What are the key responsibilities?"
NEAR = "Can I work from home on Fridays?"
VIEWPORT = '<meta name="viewport" content="width=device-width">'
HOLDER = f'<!doctype html><html lang="en">{VIEWPORT}<title>Careers</title><main><h1>Careers</h1>{{}}'
TOPICS = "Head of Analytics Engineering or Director of Applied Science?"
ELEMENT = '<verbatim-ask base="{0}"></verbatim-ask></main><script src="{0}/widget.js"></script>'
Open = Callable[..., Page]


class Elsewhere(ThreadingHTTPServer):
    """Another site: one page, under its own policy. Its name differs too, so a browser holds it for another site's."""

    body, policy = "", ""

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class OnePage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Elsewhere)
        body = self.server.body.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", self.server.policy)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    server = Elsewhere(("127.0.0.1", 0), OnePage)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def site() -> Iterator[Elsewhere]:
    with elsewhere() as server:
        yield server


@pytest.fixture(scope="module")
def asked(site: Elsewhere, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that the site may ask."""
    with serving(scenes(), read_settings(origins=site.origin, index=tmp_path_factory.mktemp("index"))) as address:
        yield address


@pytest.fixture
def open_site(windows: Windows, site: Elsewhere, asked: str) -> Open:
    """Opens the site's page with `body` in it, whose script asks `address`. It is a fault if a policy is broken."""

    def noted(text: str) -> None:
        broken = text.startswith("CSP") or "Content Security Policy" in text or "Trusted" in text
        if broken and "frame-ancestors" not in text:  # which is ours, and told by what the frame shows
            windows.faults.append(text)

    def open_page(
        body: str = ELEMENT, address: str = asked, width: int = 1280, theme: Theme = "light", frames: bool = False, **options: Any
    ) -> Page:
        site.body = (HOLDER.format(body) if body.startswith("<verbatim") else body).replace("{0}", address)
        site.policy = f"frame-src {address}" if frames else POLICY.replace(DOCUMENTED, address)
        page = windows.open(width, 844, theme, **options)
        page.context.on("console", lambda message: noted(message.text))
        page.goto(site.origin)
        return page

    return open_page


def ask(page: Any, question: str) -> Locator:
    """Ask, and wait for the answer; the turn it stands in."""
    count = page.locator(".turn").count()
    page.get_by_role("textbox").fill(question)
    page.get_by_role("textbox").press("Enter")
    expect(page.locator(".turn")).to_have_count(count + 1)
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    return page.locator(".turn").last  # type: ignore[no-any-return]


def violations(page: Page) -> list[Any]:
    """What axe finds wrong; its report knows no shadow roots."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [(one["id"], [node["target"] for node in one["nodes"]]) for one in found]


def focused(page: Page) -> str:
    """The text of what has the focus within the widget, else its tag."""
    return str(
        page.evaluate("(e => e ? e.innerText || e.tagName : '')(document.querySelector('verbatim-ask').shadowRoot.activeElement)")
    )


def test_a_listed_site_asks_goes_on_and_opens_a_source(open_site: Open, asked: str) -> None:
    page = open_site()
    turn = ask(page, DEFINITION)
    expect(turn.get_by_role("heading", level=2)).to_have_text(DEFINITION)
    expect(turn.locator(".qt").first).to_contain_text("is a senior leadership position")
    expect(turn.locator(".notes a").first).to_contain_text("Lead Data Science Engineer")
    number = turn.get_by_role("link", name="Source 2: ")
    assert number.get_attribute("rel") == "noopener"
    quote = turn.locator(".qt").nth(1).inner_text()
    with page.expect_popup() as opened:
        number.click()
    source = opened.value
    source.wait_for_load_state()
    expect(source.locator("#q2")).to_contain_text(quote)
    assert source.url.startswith(f"{asked}/guide/lead-data-science-engineer?at=") and source.evaluate("opener") is None
    source.get_by_role("link", name=DEFINITION).first.click()
    expect(source.locator(".turn")).to_have_count(1)

    follow_up = ask(page, LISTING)
    expect(follow_up.locator(".as b")).to_have_text("What are the key responsibilities of a Head of Analytics Engineering?")
    assert follow_up.locator("li strong").all_inner_texts()[0] == "Leadership and Strategy"
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Open the full page").click()
    expect(opened.value.locator("h2.q")).to_have_text([DEFINITION, LISTING])


def test_the_conversation_goes_along_and_so_does_the_career(open_site: Open) -> None:
    page = open_site('<verbatim-ask base="{0}" career=" Baker "></verbatim-ask></main><script src="{0}/widget.js"></script>')
    sent: list[Any] = []
    page.on("request", lambda request: sent.append(request.post_data_json) if request.method == "POST" else None)
    expect(page.get_by_text("Ask about: Baker")).to_be_visible()
    for _ in range(13):
        ask(page, "Hello")
    histories = [[before["question"] for before in body["history"]] for body in sent]
    assert histories[:2] == [["Baker"], ["Baker", "Hello"]]
    assert histories[-1] == ["Baker", *["Hello"] * 10] and len(histories) == 13
    ids = page.evaluate("[...document.querySelector('verbatim-ask').shadowRoot.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))


def test_a_blank_answer_shows_what_is_near(open_site: Open) -> None:
    page = open_site()
    turn = ask(page, NEAR)
    expect(turn.get_by_role("heading", name="No answer found.")).to_be_visible()
    assert turn.locator(".c, .qt").count() == 0
    expect(turn.locator(".near blockquote")).to_have_count(3)
    expect(turn.locator(".near mark").first).to_have_text("remote")
    with page.expect_popup() as opened:
        turn.locator(".near p > a").first.click()
    expect(opened.value.locator("#q0")).to_contain_text("remote monitoring scenarios.")
    expect(page.get_by_role("status")).to_contain_text("No answer found.")


def test_the_keyboard_is_enough(open_site: Open) -> None:
    page = open_site()
    page.keyboard.press("Tab")
    page.keyboard.type("What does a Head of Analytics Engineering")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("do?")
    page.keyboard.press("Enter")
    status = page.get_by_role("status")
    expect(status).to_have_text(re.compile("^Answer: The Head of Analytics Engineering is a senior"))
    assert focused(page) == "TEXTAREA" and page.get_by_role("textbox").input_value() == ""
    page.keyboard.press("Shift+Tab")
    assert focused(page) == "How is it different from a Director of Applied Science?"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(status).to_have_text(re.compile("^Answer: Key responsibilities include:"))
    assert focused(page).startswith(LISTING)  # the turn, from where its numbers are next
    expect(page.get_by_role("button", name="How is it different")).to_have_count(0)
    page.keyboard.press("Tab")
    with page.expect_popup() as opened:
        page.keyboard.press("Enter")
    expect(opened.value.locator("#q1")).to_be_visible()
    assert page.get_by_role("log").get_attribute("aria-live") == "off"
    page.get_by_role("textbox").press("Enter")
    expect(page.get_by_role("textbox")).to_have_accessible_description("Enter a question.")
    ask_button = page.get_by_role("button", name="Ask", exact=True)
    page.get_by_role("textbox").fill("x" * 401)
    ask_button.press("Enter")
    expect(page.get_by_role("textbox")).to_have_accessible_description("Shorten your question to 400 characters. It has 401.")
    assert focused(page) == "TEXTAREA"


def test_a_new_answer_opens_at_its_question_and_the_page_stays_where_it_is(open_site: Open) -> None:
    page = open_site(width=390)
    top = page.evaluate("scrollY")
    for question in (DEFINITION, LISTING, "Is there a pension?", NEAR):
        turn = ask(page, question)
        gap = turn.evaluate("e => e.parentNode.getBoundingClientRect().top - e.closest('.log').getBoundingClientRect().top")
        assert -2 < gap < 3 or question == "Is there a pension?"  # which is shorter than the box it stands in
    assert page.evaluate("scrollY") == top


def test_a_site_that_is_not_listed_is_told_so(open_site: Open, site: Elsewhere, tmp_path: Path) -> None:
    with serving(scenes(), read_settings(origins="https://college.example", index=tmp_path)) as address:
        page = open_site(address=address)
        turn = ask(page, DEFINITION)
        expect(turn.get_by_role("heading", level=3)).to_have_text("This site may not ask here")
        expect(turn).to_contain_text(f"{address.removeprefix('http://')} has to list {site.origin} among its origins.")
        assert page.get_by_role("textbox").input_value() == DEFINITION
        expect(page.get_by_role("status")).to_contain_text("This site may not ask here")
        own = page.context.new_page()
        own.goto(f"{address}/embed")  # with nothing set it works on its own origin
        expect(ask(own, DEFINITION).locator(".c")).to_have_count(3)


@pytest.mark.parametrize(
    ("status", "headers", "body", "words"),
    [
        (429, {"Retry-After": "24"}, "{}", "You can ask again in 24 seconds. Your question is back in the box below."),
        (503, {}, '{"detail": "Too many questions at once; ask again in a second."}', "Too many questions at once; ask again in"),
        (500, {}, "{}", "Something failed on the server."),
        (502, {}, "<html>", "Something failed on the server."),
        (401, {}, "{}", "Ask in the full page, which takes one."),
    ],
)
def test_a_failure_is_said_in_words(
    open_site: Open, site: Elsewhere, status: int, headers: dict[str, str], body: str, words: str
) -> None:
    page = open_site()
    ask(page, DEFINITION)
    shared = {"Access-Control-Allow-Origin": site.origin, "Access-Control-Expose-Headers": "Retry-After"}
    page.route("**/widget/turn", lambda route: route.fulfill(status=status, headers=shared | headers, body=body))
    turn = ask(page, LISTING)
    expect(turn.locator(".oops")).to_contain_text(words)
    expect(page.get_by_role("status")).to_contain_text(words)
    assert page.get_by_role("textbox").input_value() == LISTING
    expect(page.get_by_role("button", name=LISTING)).to_be_visible()  # what the last answer offered is offered again
    page.unroute_all()
    if status != 401:
        turn.get_by_role("button", name="Try again").click()
        expect(page.locator(".turn").last.locator(".c")).to_have_count(1)
        expect(page.locator(".turn")).to_have_count(2)


def test_without_a_server_it_says_which_one_is_missing(open_site: Open, asked: str) -> None:
    page = open_site()
    ask(page, DEFINITION)
    page.context.set_offline(True)
    turn = ask(page, LISTING)
    expect(turn.locator(".oops")).to_contain_text(f"Can’t reach the server{asked.removeprefix('http://')} doesn’t answer.")
    expect(page.locator(".turn").first.locator(".c")).to_have_count(3)


def test_a_slow_answer_can_be_stopped(open_site: Open) -> None:
    page = open_site()
    page.clock.install(time=0)
    page.clock.pause_at(1000)  # else a busy machine may be past the first second before it is looked at
    page.route("**/widget/turn", lambda route: None)
    page.get_by_role("textbox").fill(DEFINITION)
    page.get_by_role("textbox").press("Enter")
    expect(page.locator(".wait.late")).to_have_count(1)
    page.clock.run_for(1100)
    expect(page.locator(".wait.late")).to_have_count(0)
    expect(page.get_by_role("status")).to_have_text("Looking through the guides")
    expect(page.get_by_role("button", name="Asking")).to_have_attribute("aria-disabled", "true")
    page.clock.run_for(8000)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".turn")).to_have_count(0)
    assert page.get_by_role("textbox").input_value() == DEFINITION and focused(page) == "TEXTAREA"


def test_a_listed_site_frames_it_and_no_other_does(open_site: Open, asked: str, tmp_path: Path) -> None:
    framed = f'<!doctype html><html lang="en"><title>Careers</title>{FRAMED.replace(DOCUMENTED, "{0}")}'
    page = open_site(framed, frames=True)
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Ask about: Head of Analytics Engineering")).to_be_visible()
    expect(ask(frame, DEFINITION).locator(".c")).to_have_count(3)
    inner = page.frames[1]
    assert inner.evaluate("document.scrollingElement.scrollHeight") <= 640
    refused = open_site(framed.replace("/embed?", "/ask?q=Hello&"), frames=True)
    assert not refused.frames[1].url.startswith(asked)
    with serving(scenes(), read_settings(index=tmp_path)) as address:
        closed = open_site(framed, address=address, frames=True)
        assert not closed.frames[1].url.startswith(address)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(open_site: Open, width: int, theme: Theme) -> None:
    page = open_site(width=width, theme=theme, bypass_csp=True, reduced_motion="reduce")
    assert violations(page) == []
    questions = (DEFINITION, LISTING, NEAR, TOPICS)
    for question in (*questions, "What are the grades of pay?", "What careers do you have?", "What skills are needed?", "fail"):
        ask(page, question)
        assert violations(page) == []
    assert page.evaluate("document.getAnimations().length") == 0


def test_the_frame_too(open_site: Open, asked: str) -> None:
    page = open_site(bypass_csp=True)
    page.goto(f"{asked}/embed")
    ask(page, NEAR)
    assert violations(page) == []


def test_320_pixels_and_targets(open_site: Open) -> None:
    page = open_site(width=320)
    for question in (DEFINITION, NEAR, TOPICS, "What careers do you have?"):
        ask(page, question)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= 320
        log = page.get_by_role("log")
        assert log.evaluate("e => e.scrollWidth <= e.clientWidth")
        small = page.locator("verbatim-ask").evaluate(
            "e => [...e.shadowRoot.querySelectorAll('a,button,summary')].filter(x => x.checkVisibility()).filter(x => {"
            " const r = x.getBoundingClientRect(); return r.width < 24 || r.height < (x.tagName === 'BUTTON' ? 44 : 24);"
            "}).map(x => x.outerHTML)"
        )
        assert small == []


def test_a_site_gives_it_colours_and_nothing_else_of_the_page_gets_in(open_site: Open) -> None:
    page = open_site()
    element = page.locator("verbatim-ask")
    assert element.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(252, 251, 248)"
    page.evaluate(
        "const sheet = new CSSStyleSheet();"
        " sheet.replaceSync('body { text-transform: uppercase; letter-spacing: 1em; font: 40px cursive;"
        " --verbatim-paper: #003; --verbatim-ink: #fff; --verbatim-accent: rgb(255, 200, 0); --verbatim-on-accent: #000 }"
        " button, p { display: none }'); document.adoptedStyleSheets = [sheet]"
    )
    assert element.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(0, 0, 51)"
    button = page.get_by_role("button", name="Ask", exact=True)
    expect(button).to_be_visible()
    style = "e => (s => [s.backgroundColor, s.color, s.textTransform, s.letterSpacing, s.fontSize])(getComputedStyle(e))"
    assert button.evaluate(style) == ["rgb(255, 200, 0)", "rgb(0, 0, 0)", "none", "normal", "16px"]


def test_forced_colours_keep_marks_and_controls(open_site: Open) -> None:
    page = open_site(forced_colors="active")
    turn = ask(page, DEFINITION)
    assert turn.locator(".c").first.evaluate("e => getComputedStyle(e).borderTopStyle") == "solid"
    assert page.get_by_role("button", name="Ask", exact=True).evaluate("e => getComputedStyle(e).borderTopStyle") == "solid"
    mark = ask(page, NEAR).locator("mark").first
    assert mark.evaluate("e => getComputedStyle(e).forcedColorAdjust") == "none"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_of_the_docs_works_as_it_is_copied(open_site: Open, theme: Theme) -> None:
    page = open_site(COPIED.replace(DOCUMENTED, "{0}"), theme=theme)
    expect(page.get_by_text("Ask about: Head of Analytics Engineering")).to_be_visible()
    expect(page.get_by_role("link", name="Ask the career guides")).to_have_count(0)
    expect(ask(page, DEFINITION).locator(".c")).to_have_count(3)
    assert page.locator("verbatim-ask").evaluate("e => getComputedStyle(e).backgroundColor") == (
        "rgb(252, 251, 248)" if theme == "light" else "rgb(23, 22, 19)"
    )


def test_it_weighs_under_12_kb(open_site: Open, asked: str) -> None:
    page = open_site()
    loaded = page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
    assert loaded == [f"{asked}/widget.js"]
    assert 0 < len(page.request.get(f"{asked}/widget.js").body()) < 12_000
