"""A page that talks like a good adviser, by the numbers of the issue of that name; `test_near.py` has the rest of 2 to 4."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Locator, Page, expect

from rag.answers.following import ends_open
from rag.index.sections import headed
from rag.pipeline import Pipeline
from rag.reply import Answer
from rag.settings import read_settings
from tests.browser.conftest import Visit, serving
from tests.scenes import scenes

PAGE = Path(__file__).parent.parent.parent / "web" / "page"
BOTH = pytest.mark.parametrize("script", [True, False])
WIDTHS = pytest.mark.parametrize("width", [1280, 390])


def asking(*questions: str) -> str:
    return "/ask?" + str(httpx2.QueryParams([("q", question) for question in questions]))


def crawled(pipeline: Pipeline) -> Iterator[tuple[str, Answer]]:
    """Every question that an index offers, by itself, of each guide and after another, with its answer."""
    chosen = [None, *([id] for id in pipeline.index.documents)]
    queue = [one.question for ids in chosen for one in pipeline.suggested.openers(pipeline.scopes.of(ids), 9)]
    queue += [one.question for held in pipeline.index.sections for one in headed(held)]
    queue += [held.overview for held in pipeline.index.sections]
    told = {one.question for asked in ("pay?", "what careers do you have") for one in pipeline.ask(asked).related}
    seen: set[str] = set()
    while queue := [question for question in dict.fromkeys([*queue, *told]) if question not in seen]:
        seen.add(question := queue[0])
        answer = pipeline.ask(question)
        queue += [one.question for one in answer.related]
        yield question, answer


@pytest.mark.parametrize("corpus", ["pipeline", "guides"])
def test_1_everything_offered_is_answered_once_and_to_its_end(request: pytest.FixtureRequest, corpus: str) -> None:
    answers = dict(crawled(request.getfixturevalue(corpus)))
    assert len(answers) > 15
    assert [question for question, answer in answers.items() if answer.status != "answered"] == []
    assert [question for question, answer in answers.items() if ends_open(answer.text)] == []
    texts = [answer.text for answer in answers.values()]
    assert [question for question, answer in answers.items() if texts.count(answer.text) > 1] == []


@WIDTHS
def test_1_the_first_thing_offered_does_not_end_at_a_colon(visit: Visit, real_address: str, width: int) -> None:
    page = visit("/", address=real_address, width=width, height=844)
    offered = page.locator("#q").get_attribute("placeholder")
    page.locator("#q").fill(str(offered))
    page.locator("#q").press("Enter")
    expect(page.locator(".a")).to_be_visible()
    assert not page.locator(".a .qt").last.inner_text().rstrip().endswith(":")


HEAD = "What does a Head of Analytics Engineering do?"
DUTIES = "What are the key responsibilities?"
LONG = "What are the best practices?"
FAR = "Who won the cup?"


def ask(page: Page, question: str) -> None:
    page.wait_for_load_state()  # the key is the script's
    page.locator("#q").fill(question)
    page.locator("#q").press("Enter")


def heading(page: Page, text: str) -> Locator:
    return page.get_by_role("heading", level=2, name=text, exact=True).last


@WIDTHS
@BOTH
def test_2_what_it_knows_is_told_with_the_careers(visit: Visit, real_address: str, width: int, script: bool) -> None:
    for question, said in [
        ("what careers do you have", "The guides describe Lead Data Science Engineer"),
        ("who wrote this", "The answers are quoted from “Lead Data Science Engineer”."),
        ("how old is this", "The guide doesn’t say who published it or when."),
        ("summarise the guide", "The guides are quoted here, not summed up."),
    ]:
        page = visit(asking(question), address=real_address, width=width, height=844, java_script_enabled=script)
        expect(page.locator(".none")).to_contain_text(said)
        assert page.locator(".careers a:visible").count() == 7
    page.get_by_role("link", name="Knowledge Engineer", exact=True).click()
    expect(page.locator("#turn-2 .a .c").first).to_be_visible()


@WIDTHS
def test_2_each_career_and_section_leads_to_a_question_and_to_its_place(visit: Visit, real_address: str, width: int) -> None:
    page = visit("/coverage", address=real_address, width=width, height=844)
    page.get_by_role("link", name="Essential Skills", exact=True).click()
    expect(heading(page, "What skills does a Lead Data Science Engineer need?")).to_be_in_viewport()
    expect(page.locator(".a .c").first).to_be_visible()
    page.goto("/coverage")
    page.get_by_role("link", name="Read it in the guide: Essential Skills").click()
    expect(page.locator("#q0")).to_have_text("Essential Skills")
    expect(page.locator("#q0")).to_be_in_viewport()
    page.goto("/coverage")
    page.get_by_role("link", name="How sure are the answers?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How sure are the answers")
    assert page.get_by_role("table").get_by_role("row").count() > 3


@WIDTHS
@BOTH
def test_5_the_newest_answer_is_on_the_screen(visit: Visit, width: int, script: bool) -> None:
    page = visit(asking(HEAD, DUTIES), width=width, height=844, java_script_enabled=script)
    page.locator("#q").fill(LONG)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page).to_have_url(re.compile(r"#turn-3$"))
    expect(heading(page, LONG)).to_be_in_viewport()
    page.reload()
    expect(heading(page, LONG)).to_be_in_viewport()
    if script:
        shared = visit(asking(HEAD, DUTIES, LONG), width=width, height=844)
        expect(heading(shared, LONG)).to_be_in_viewport()


@WIDTHS
def test_5_a_conversation_of_twelve_forgets_its_first_and_says_so(visit: Visit, width: int) -> None:
    page = visit(asking(LONG, *["Hello"] * 10), width=width, height=844)
    ask(page, DUTIES)
    expect(page.locator("#turn-12")).to_be_visible()
    expect(page.locator("#say")).to_contain_text("Answer: Key responsibilities include:")
    expect(page.locator(".hint")).to_have_text("This page holds 12 questions. The next one leaves out the first.")
    ask(page, HEAD)
    expect(page.locator(".dropped")).to_have_text("The first questions of this conversation are left out: a page holds 12.")
    expect(heading(page, HEAD)).to_be_in_viewport()
    assert page.locator(".turn").count() == 12 and LONG not in page.locator("h2.q").all_inner_texts()


@WIDTHS
@BOTH
def test_6_a_question_is_edited_in_place_and_those_after_it_stay(visit: Visit, width: int, script: bool) -> None:
    page = visit(asking(HEAD, DUTIES), width=width, height=844, java_script_enabled=script)
    assert page.get_by_text("Understood as:").count() == 1
    page.locator("#turn-1").get_by_role("link", name="Edit").click()
    box = page.get_by_label("Edit your question")
    expect(box).to_have_value(HEAD)
    box.fill(LONG)
    page.get_by_role("button", name="Ask again").click()
    expect(page).to_have_url(re.compile(r"q=What\+are\+the\+best\+practices%3F&q=What\+are\+the\+key.*#turn-1$"))
    expect(page.locator("h2.q")).to_have_text([LONG, DUTIES])
    expect(heading(page, LONG)).to_be_in_viewport()


@WIDTHS
def test_7_sources_say_whose_words_they_are_and_what_stands_around(visit: Visit, width: int) -> None:
    page = visit(asking("What are the grades of pay?"), width=width, height=844)
    note = page.locator(".notes a").first
    expect(note).to_contain_text("Wind Turbine Technician · guides.example.org · collected 2025-03-11")
    assert page.locator(".notes q").count() == 0
    note.click()
    if width == 1280:
        around = page.locator(".panel .ex")
        expect(around.get_by_role("heading")).to_have_text("Pay")
        expect(around).to_contain_text("Offshore crews earn")
    page.goto("/guide/lead-data-science-engineer")
    shown = page.locator(".text").inner_text()
    assert "logoAiPathly" not in shown and "first image" not in shown and "Key Responsibilities" in shown


@WIDTHS
@BOTH
def test_8_long_answers_fold_by_items_and_print_open(visit: Visit, width: int, script: bool) -> None:
    page = visit(asking(LONG), width=width, height=844, java_script_enabled=script)
    shown = page.locator(".a li:visible").count()
    assert 0 < shown <= 8
    page.emulate_media(media="print")
    assert page.locator(".a li:visible").count() == 9
    page.emulate_media(media="screen")
    page.get_by_text("Show all 9 items").click()
    assert page.locator(".a li:visible").count() == 9


def test_8_what_is_compared_lines_up_by_topic(guides: Pipeline) -> None:
    answer = guides.ask("How does a Dental Hygienist differ from a Dental Laboratory Technician?")
    assert answer.comparison is not None and len(answer.comparison.rows) > 1
    offered = {one.question for held in guides.index.sections for one in guides.ask(held.overview).related}
    compared = [question for question in offered if "differ" in question]
    rows = {question: guides.ask(question).comparison for question in compared}
    assert all(table is not None and len(table.rows) > 1 for table in rows.values())


@WIDTHS
def test_10_the_next_step_stands_under_what_is_left_blank(visit: Visit, scenes_address: str, tmp_path: Path, width: int) -> None:
    own = read_settings(
        feedback=tmp_path / "f.sqlite3", next_step="Talk to an adviser: Room 12", next_step_link="mailto:adviser@example.org"
    )
    with serving(scenes(), own) as address:
        page = visit(asking(FAR), address=address, width=width, height=844)
        expect(page.get_by_role("link", name="Talk to an adviser: Room 12")).to_have_attribute(
            "href", "mailto:adviser@example.org"
        )
        page.goto(asking(HEAD))
        expect(page.get_by_text("Talk to an adviser")).to_have_count(0)
        page.close()
    assert visit(asking(FAR)).locator(".step").count() == 0


@WIDTHS
def test_11_lists_keep_their_bullets_in_forced_colours_and_print(visit: Visit, width: int) -> None:
    page = visit(asking(DUTIES), width=width, height=844, forced_colors="active")
    bullets = "e => getComputedStyle(e).listStyleType"
    assert page.locator(".a ul").evaluate(bullets) == "disc"
    page = visit(asking(DUTIES), width=width, height=844)
    assert page.locator(".a ul").evaluate(bullets) == "none"
    page.emulate_media(media="print")
    assert page.locator(".a ul").evaluate(bullets) == "disc"


def test_11_at_400_percent_the_box_leaves_the_answer_visible(visit: Visit) -> None:
    page = visit(asking(HEAD), width=320, height=200)
    assert page.locator(".dock").evaluate("e => getComputedStyle(e).position") == "static"
    page.locator(".a p").first.evaluate("e => e.scrollIntoView()")
    expect(page.locator(".a p").first).to_be_in_viewport()
    assert not page.locator(".dock").is_visible() or page.locator(".dock").bounding_box()["y"] > 150  # type: ignore[index]


@WIDTHS
def test_11_a_long_draft_stays_clear_of_its_label_and_counts_down(visit: Visit, width: int) -> None:
    page = visit(asking(HEAD), width=width, height=844)
    page.locator("#q").fill("why " * 90)
    label, box = page.locator("label[for=q]").bounding_box(), page.locator("#q").bounding_box()
    assert label and box and label["y"] + label["height"] <= box["y"] + 0.5
    expect(page.locator(".count")).to_have_text("41 characters left")
    expect(page.locator("#q")).to_have_attribute("aria-describedby", "q-count")
    page.locator("#q").fill("why " * 101)
    expect(page.locator(".count")).to_have_text("3 characters too many")


def test_11_faults_are_spoken_with_spaces_and_offer_buttons(visit: Visit) -> None:
    page = visit(asking(HEAD))
    page.route("**/ask/turn?**", lambda route: route.fulfill(status=500))
    ask(page, DUTIES)
    expect(page.locator("#say")).to_have_text(re.compile("The answer didn’t arrive Something failed on the server"))
    assert page.get_by_role("button", name="Try again").count() == 1
    plain = visit(asking("fail"), java_script_enabled=False)
    assert plain.get_by_role("button", name="Try again").count() == 1


@WIDTHS
def test_11_the_first_answer_has_the_focus_and_a_link_leads_to_the_newest(visit: Visit, width: int) -> None:
    page = visit("/", width=width, height=844)
    ask(page, HEAD)
    expect(page.get_by_role("article", name=HEAD)).to_be_focused()
    ask(page, DUTIES)
    expect(page.locator("#turn-2")).to_be_visible()
    skip = page.get_by_role("link", name="Skip to the newest answer")
    skip.focus()
    expect(skip).to_be_in_viewport()
    skip.press("Enter")
    expect(heading(page, DUTIES)).to_be_in_viewport()


def test_11_a_number_never_wraps_alone(visit: Visit) -> None:
    page = visit(asking(HEAD))
    for width in range(320, 420, 4):
        page.set_viewport_size({"width": width, "height": 844})
        alone = page.locator(".a p").evaluate_all(
            """all => all.filter(p => { const c = p.querySelector('.c'), t = c.previousSibling, r = document.createRange();
            r.setStart(t.lastChild, t.lastChild.length - 1); r.setEnd(t.lastChild, t.lastChild.length);
            return c.getBoundingClientRect().top > r.getBoundingClientRect().bottom; }).length"""
        )
        assert alone == 0, width


@WIDTHS
def test_12_whole_conversations_are_kept_found_and_removed(visit: Visit, width: int) -> None:
    page = visit(asking(HEAD), width=width, height=844)
    ask(page, DUTIES)
    expect(page.locator("#turn-2")).to_be_visible()
    for other in (LONG, FAR, "Hello", "What skills are needed?", "What are the grades of pay?"):
        page.goto(asking(other))
    page.goto("/")
    shelf = page.locator(".recent")
    assert shelf.get_by_role("listitem").count() == 6
    shelf.get_by_label("Find a conversation").fill("head of")
    assert shelf.get_by_role("listitem").locator("visible=true").count() > 0
    kept = shelf.get_by_role("link", name=re.compile(re.escape(HEAD)))
    expect(kept).to_contain_text("and 1 more")
    kept.click()
    expect(heading(page, DUTIES)).to_be_in_viewport()
    page.goto("/")
    shelf.get_by_role("button", name=f"Remove “{FAR}”").click()
    expect(shelf.get_by_role("link", name=FAR)).to_have_count(0)
    assert shelf.locator("li").count() == 5


@WIDTHS
def test_12_a_conversation_is_printed_saved_and_read_aloud(visit: Visit, width: int) -> None:
    init = (
        "window.spoken = []; window.printed = 0; print = () => { printed++; }; speechSynthesis.speak = u => spoken.push(u.text);"
    )
    page = visit(asking(HEAD), width=width, height=844, init=init)
    ask(page, DUTIES)
    expect(page.locator("#turn-2")).to_be_visible()
    keep = page.get_by_role("navigation", name="Keep this conversation")
    keep.get_by_role("button", name="Print or save as PDF").click()
    assert page.evaluate("printed") == 1
    for name, suffix in (("Save as a page", "html"), ("Save as text", "md")):
        href = str(keep.get_by_role("link", name=name).evaluate("a => a.pathname + a.search"))
        kept = page.request.get(href)
        assert href.startswith(f"/ask.{suffix}?") and HEAD in kept.text() and DUTIES in kept.text()
    page.locator("#turn-2").get_by_role("button", name="Listen").click()
    assert page.evaluate("spoken")[0].startswith("Key responsibilities include: Leadership and Strategy")
    expect(page.locator("#turn-2").get_by_role("button", name="Stop")).to_have_attribute("aria-pressed", "true")


@WIDTHS
def test_9_what_has_an_answer_is_offered_while_typing(visit: Visit, width: int) -> None:
    page = visit("/", width=width, height=844)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.locator("#q").press_sequentially("turbine tech", delay=5)
    offered = page.get_by_role("list", name="Questions with an answer").get_by_role("link")
    expect(offered.first).to_be_visible()
    expect(page.locator("#say")).to_have_text(re.compile(r"^\d+ questions? with an answer$"))
    assert [url for url in sent if "/offers/" not in url] == [] and len(sent) == 1
    page.locator("#q").press("ArrowDown")
    expect(offered.first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#q")).to_be_focused()
    expect(offered.first).to_be_hidden()


@WIDTHS
@BOTH
def test_9_a_chip_says_which_guide_a_conversation_keeps_to_and_lets_it_go(visit: Visit, width: int, script: bool) -> None:
    page = visit("/guide/wind-turbine-technician", width=width, height=844, java_script_enabled=script)
    page.get_by_role("link", name="Ask this guide alone").click()
    expect(page.get_by_text("About: Wind Turbine Technician")).to_be_in_viewport()
    for number, question in enumerate((HEAD, DUTIES), 1):
        page.locator("#q").fill(question)
        page.get_by_role("button", name="Ask", exact=True).click()
        expect(page).to_have_url(re.compile(rf"g=wind-turbine-technician.*#turn-{number}$"))
        expect(heading(page, question)).to_be_in_viewport()
    expect(page.get_by_text("About: Wind Turbine Technician")).to_be_visible()
    page.get_by_role("link", name="Ask all guides").click()
    expect(page.get_by_text("About: Wind Turbine Technician")).to_be_hidden()
    expect(page.locator("h2.q")).to_have_text([HEAD, DUTIES])


def test_13_every_word_of_the_page_is_in_one_file() -> None:
    used = {match for path in (PAGE / "templates").iterdir() for match in re.findall(r"\bw\.(\w+)\.(\w+)", path.read_text())}
    used |= {match for path in (PAGE / "static").glob("*.js") for match in re.findall(r"\bW\.(\w+)\.(\w+)", path.read_text())}
    used |= {
        match
        for path in PAGE.glob("*.py")
        for match in re.findall(r"\bsay\(\s*[\"'](\w+)[\"'], [\"'](\w+)[\"']", path.read_text())
    }
    held = {(section, name) for section, words in tomllib.loads((PAGE / "words.toml").read_text()).items() for name in words}
    assert used - held == set()
    for path in (PAGE / "templates").iterdir():
        bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<style.*?</style>|<svg.*?</svg>", "", path.read_text(), flags=re.DOTALL)
        texts = [text.strip() for text in re.findall(r">([^<>]+)<", bare.replace('lang=""', ""))]
        assert [text for text in texts if re.search(r"[A-Za-z]{3}", text)] == [], path.name
