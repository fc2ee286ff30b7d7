"""Accessibility, policy, themes, print, small screens, blocked storage, weight."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response, expect

from tests.browser.conftest import Visit
from web.page.assets import assets, static

TEMPLATES = Path(__file__).parent.parent.parent / "web" / "page" / "templates"
DEFINITION = "/ask?q=What+does+a+Head+of+Analytics+Engineering+do%3F"
GUIDE = "/guide/lead-data-science-engineer?at=24415-24695&n=1&at=25646-25743&n=2&q=Hello#q1"
STATES = {
    "start": "/",
    "blank": "/ask?q=",
    "answered": DEFINITION,
    "panel": DEFINITION + "&c=2",
    "follow-up": "/ask?q=Hello&q=What+are+the+key+responsibilities%3F",
    "figures": "/ask?q=How+much+does+a+Lead+Data+Science+Engineer+earn%3F",
    "comparison": "/ask?q=Head+of+Analytics+Engineering+or+Director+of+Applied+Science%3F",
    "long": "/ask?q=What+are+the+best+practices%3F",
    "table": "/ask?q=What+are+the+grades+of+pay%3F",
    "abstained": "/ask?q=How+much+does+a+Head+of+Analytics+Engineering+earn%3F",
    "nearest": "/ask?q=Can+I+work+from+home+on+Fridays%3F",
    "partly": "/ask?q=How+much+does+a+Lead+Data+Science+Engineer+earn+in+the+UK%3F",
    "best": "/ask?q=What+do+they+do+for+the+team%3F",
    "careers": "/ask?q=What+careers+do+you+have%3F",
    "clarify": "/ask?q=What+skills+are+needed%3F",
    "fault": "/ask?q=fail",
    "too long": "/ask?q=Hello&q=" + "x" * 401,
    "guide": GUIDE,
    "near in its guide": "/guide/lead-data-science-engineer?at=24415-24695&n=0&q=Hello#q0",
    "whole guide": "/guide/wind-turbine-technician",
    "coverage": "/coverage",
    "sure": "/sure",
    "editing": DEFINITION + "&edit=1",
    "one guide": DEFINITION + "&g=wind-turbine-technician",
    "offering": "/#offering",
    "lost": "/nowhere",
    "waiting": DEFINITION + "#waiting",
    "voted": DEFINITION + "#voted",
}


def arrive(page: Page, state: str) -> None:
    """Bring a page into the states that no address holds."""
    if state == "waiting":
        page.route("**/ask/turn?**", lambda route: None)
        page.locator("#q").fill("Hello")
        page.locator("#q").press("Enter")
        expect(page.locator(".wait")).to_be_visible()
    if state == "offering":
        page.locator("#q").press_sequentially("turbine")
        expect(page.locator(".offers a").first).to_be_visible()
    if state == "voted":
        page.get_by_role("button", name="No", exact=True).click()
        expect(page.get_by_text("What was wrong?")).to_be_visible()
    if state == "panel" and page.viewport_size and page.viewport_size["width"] > 1080:
        expect(page.locator(".panel mark")).to_be_visible()


def axe(page: Page, only: list[str]) -> str:
    """What axe finds wrong; of the rules `only`, or of all. Not what is right: that takes a third of the time."""
    found = Axe().run(page, options={"resultTypes": ["violations"]} | ({"runOnly": only} if only else {}))
    return found.generate_report() if found.violations_count else ""


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("state", STATES)
def test_e26_axe_finds_nothing_and_e27_targets_are_large(visit: Visit, state: str, width: int) -> None:
    page = visit(STATES[state], width=width, height=844, bypass_csp=True, reduced_motion="reduce")
    arrive(page, state)
    assert axe(page, []) == ""
    page.emulate_media(color_scheme="dark")
    assert axe(page, ["color-contrast", "link-in-text-block"]) == ""  # a theme changes nothing but colours
    assert page.evaluate("probes.small()") == []


@pytest.mark.parametrize("state", STATES)
def test_e27_nothing_is_wider_than_320_px(visit: Visit, state: str) -> None:
    page = visit(STATES[state], width=320, height=640)
    arrive(page, state)
    assert page.evaluate("probes.small()") == []
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 320


@pytest.mark.parametrize("state", ["start", "answered", "comparison", "abstained", "nearest", "careers", "guide"])
def test_e27_text_spacing_and_large_text_lose_nothing(visit: Visit, state: str) -> None:
    page = visit(STATES[state], width=390, height=844, bypass_csp=True)
    page.add_style_tag(
        content="*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}"
        "p{margin-bottom:2em!important}"
    )
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    assert page.evaluate("probes.cut()") == []
    large = visit(STATES[state], width=640, height=640, bypass_csp=True)
    large.add_style_tag(content="html{font-size:200%}")
    assert large.evaluate("document.scrollingElement.scrollWidth") <= 640
    assert large.evaluate("probes.cut()") == []


def test_e28_no_template_holds_inline_code_or_style() -> None:
    for path in TEMPLATES.iterdir():
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"<[^>]+\s(?:style|on\w+)=", source), path.name
        assert not re.search(r"<script(?![^>]*src=)", source), path.name
        assert ("<style" in source) is (path.name == "export.html")  # a file to keep, never a page of ours


def test_e28_every_page_has_the_policy(visit: Visit) -> None:
    page = visit("/")
    for path in [*STATES.values(), "/static/none", "/healthz", "/ask/turn"]:
        response = page.request.get(path.split("#")[0])
        policy = response.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'") and "unsafe" not in policy
        assert response.headers["referrer-policy"] == "same-origin"
        assert response.headers["cache-control"] == "private, no-store"


DARK, LIGHT = "rgb(23, 22, 19)", "rgb(252, 251, 248)"


def paper(page: Page) -> Any:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_e29_theme_follows_the_system_until_chosen(visit: Visit) -> None:
    assert paper(visit("/", theme="dark", java_script_enabled=True)) == DARK
    page = visit("/")
    assert paper(page) == LIGHT
    page.get_by_label("Dark").check()
    assert paper(page) == DARK
    page.goto(DEFINITION)
    assert paper(page) == DARK and page.evaluate("probes.paint") == "dark"
    expect(page.get_by_label("Dark")).to_be_checked()
    page.get_by_label("Auto").check()
    assert paper(page) == LIGHT
    page.reload()
    assert paper(page) == LIGHT
    head = page.content().split("</head>")[0]
    assert f'<script src="{static("theme.js")}"></script>' in head and len(assets()["theme.js"].content) < 300


def test_e30_nothing_moves_under_reduced_motion(visit: Visit) -> None:
    page = visit(DEFINITION, reduced_motion="reduce")
    arrive(page, "waiting")
    assert page.evaluate("document.getAnimations().length") == 0
    panel = visit(DEFINITION + "&c=1", reduced_motion="reduce")
    expect(panel.locator(".panel")).to_be_visible()
    assert panel.evaluate("document.getAnimations().length") == 0


def test_e31_print_has_notes_in_full_and_no_controls(visit: Visit) -> None:
    page = visit(STATES["long"])
    page.emulate_media(media="print")
    assert page.locator(".bar:visible, .foot:visible, .dock:visible, .acts:visible, .next:visible, .panel:visible").count() == 0
    note = page.locator(".notes a").first
    assert note.locator("span").evaluate("e => getComputedStyle(e).textOverflow") == "clip"
    assert "/guide/lead-data-science-engineer?at=" in note.evaluate("e => getComputedStyle(e, '::after').content")
    assert page.locator(".a a.c:visible").count() == 9
    guide = visit(GUIDE)
    guide.emulate_media(media="print")
    assert guide.locator("#q1").evaluate("e => getComputedStyle(e).borderBottomStyle") == "solid"
    assert guide.locator(".found:visible, .toc:visible").count() == 0


def test_e33_blocked_storage_breaks_nothing(visit: Visit) -> None:
    page = visit(
        "/",
        init="Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('blocked', 'SecurityError'); } })",
    )
    page.get_by_label("Dark").check()
    assert paper(page) == DARK
    page.get_by_label("Your question").fill("Hello")
    page.get_by_label("Your question").press("Enter")
    expect(page.locator("h2.q")).to_have_text("Hello")
    page.get_by_label("Ask a follow-up").fill("What are the key responsibilities?")
    page.get_by_role("button", name="Ask").click()
    expect(page.locator("#turn-2 .a")).to_be_visible()
    page.goto("/")
    expect(page.locator(".recent")).to_be_hidden()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(("state", "limit"), [("start", 50_000), ("answered", 50_000), ("guide", 160_000)])
def test_e34_budgets(visit: Visit, state: str, limit: int, width: int) -> None:
    page = visit("/coverage", width=width, height=844)
    loaded: list[Response] = []
    page.on("response", lambda response: loaded.append(response))
    for _ in range(3):
        page.goto("about:blank")  # from a guide to a place in it nothing would be loaded
        loaded.clear()
        page.goto(STATES[state])
        assert page.evaluate("probes.painted")  # how soon, `tests.benchmarks.page` prints
        page.wait_for_timeout(150)
        assert page.evaluate("probes.cls") == 0
        assert len([response for response in loaded if not response.url.startswith("data:")]) <= 4
    weights = {urlsplit(response.url).path: len(response.body()) for response in loaded if response.url.startswith("http")}
    assert len(weights) == 4 and sum(weights.values()) < limit, json.dumps(weights)
    sent = sum(response.request.sizes()["responseBodySize"] for response in loaded if response.url.startswith("http"))
    assert sent < sum(weights.values()) / 2
