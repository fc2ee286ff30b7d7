"""The pages as a server sends them: one partial for page, fragment and export; static files; addresses that lead back."""

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from rag.pipeline import Pipeline
from rag.settings import Settings, read_settings
from tests.scenes import HERE, SEED, scenes
from web.app import create_app

QUESTION = "What does a Head of Analytics Engineering do?"
FOLLOW_UP = "What are the key responsibilities?"
HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return read_settings(index=tmp_path_factory.mktemp("index"))


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(scenes(), settings), base_url=HERE, headers=HTML, raise_server_exceptions=False) as client:
        yield client


def turn(html: str, number: int) -> str:
    """The article of a turn, without what differs from one rendering to the next: ids, and what only a last turn has."""
    (found,) = re.findall(rf'<article class="turn"[^>]*id="turn-{number}".*?</article>', html, re.DOTALL)
    found = re.sub(r'<p class="as">(?=<a)|<a class="t" data-edit.*?</a>', "", str(found), flags=re.DOTALL)
    found = re.sub(r"(</h2>)\s*</p>", r"\1", found)
    return re.sub(r'ans_\w+|<form class="acts.*?</form>|<nav class="next".*?</nav>|\s+', "", found, flags=re.DOTALL)


def test_page_fragment_and_export_show_the_same_turn(client: TestClient) -> None:
    both = {"q": [QUESTION, FOLLOW_UP]}
    page, fragment, export = (client.get(path, params=both).text for path in ("/ask", "/ask/turn", "/ask.html"))
    assert turn(page, 2) == turn(fragment, 2) == turn(export, 2)
    assert turn(page, 1) == turn(client.get("/ask", params={"q": QUESTION}).text, 1) == turn(export, 1)
    assert fragment.strip().startswith("<article") and fragment.strip().endswith("</article>")
    assert "<form" not in export and "<base href=" in export


def test_start_sends_no_question_to_the_start_page(client: TestClient) -> None:
    response = client.get("/ask", follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (303, "/")


KEPT = "g=wind-turbine-technician"


def test_a_conversation_that_keeps_to_a_guide_says_so_and_every_way_on_keeps_to_it(client: TestClient) -> None:
    start = client.get("/", params={"g": "wind-turbine-technician"}).text
    assert "About: <b>Wind Turbine Technician</b>" in start and 'name="g" value="wind-turbine-technician"' in start
    asks = re.findall(r'href="(/ask[^"]+)"', start)
    assert len(asks) > 4 and all(KEPT in address for address in asks)
    page = client.get("/ask", params={"q": [QUESTION, FOLLOW_UP], "g": "wind-turbine-technician", "edit": 1}).text
    (without,) = re.findall(r'<p class="only">.*?href="([^"]+)"', page)
    assert without.startswith("/ask?q=") and without.count("q=") == 2 and "g=" not in without
    ways = re.findall(r'(?:href|data-address|value)="(/(?:ask|guide)[^"]*q=[^"]+)"', page)
    assert len(ways) > 8 and [way for way in ways if KEPT not in way] == [without]
    assert page.count('name="g" value="wind-turbine-technician"') == 2  # in the box and where a question is edited
    guide = client.get(re.findall(r'class="c" data-n="1" href="([^"]+)"', page)[0].replace("&amp;", "&")).text
    assert KEPT in re.findall(r'class="back" href="([^"]+)"', guide)[0]


def test_guides_lead_to_where_they_are_asked_alone(client: TestClient) -> None:
    listed = client.get("/coverage").text
    assert listed.count("Ask this guide alone") == 7 and f'href="/?{KEPT}"' in listed
    assert f'<a href="/?{KEPT}">Ask this guide alone</a>' in client.get("/guide/wind-turbine-technician").text
    both = client.get("/", params={"g": ["wind-turbine-technician", SEED]}).text
    assert "About: <b>2 guides</b>" in both


@pytest.mark.parametrize("path", ["/", "/ask", "/ask/turn", "/ask.md"])
def test_a_guide_that_is_not_there_is_not_asked(client: TestClient, path: str) -> None:
    response = client.get(path, params={"q": QUESTION, "g": "nowhere"})
    assert response.status_code == 404 and "names a guide that is not here" in response.text


def test_completions_keep_to_the_guide(client: TestClient) -> None:
    some = client.get("/offers/000000000000.json", params={"g": "wind-turbine-technician"}).json()
    assert some and set(some) < set(client.get("/offers/000000000000.json").json())
    assert [question for question in some if "technician" not in question.lower()] == []


@pytest.mark.model
def test_answers_come_from_the_guide_that_is_kept_to(guides: Pipeline, settings: Settings) -> None:
    kept, other = list(guides.index.documents)[:2]
    with TestClient(create_app(guides, settings), base_url=HERE) as client:
        for question in ("What does it pay?", "What qualifications do I need?"):
            (turn,) = client.get("/ask.json", params={"q": question, "g": kept}).json()["turns"]
            assert turn["citations"] + turn["nearest"] and f"g={kept}" in turn["links"]["self"]
            assert {cited["document_id"] for cited in turn["citations"] + turn["nearest"]} == {kept}
        asked = client.post("/ask", json={"question": "What does it pay?", "documents": [kept, other]}).json()
        assert f"g={kept}&g={other}" in asked["links"]["self"]


def test_citation_links_mark_all_runs_and_lead_back(client: TestClient) -> None:
    page = client.get("/ask", params={"q": [QUESTION, QUESTION]}).text
    href = re.findall(r'class="c" data-n="3" href="([^"]+)"', page)[-1].replace("&amp;", "&")
    assert href.count("at=") == 3 and href.count("q=") == 2 and href.endswith("#q3")
    guide = client.get(href).text
    assert re.findall(r'<mark id="(q\d)"', guide) == ["q1", "q2", "q3"]
    back = re.findall(r'class="back" href="([^"]+)"', guide)[0].replace("&amp;", "&")
    assert back.endswith("#turn-2") and client.get(back).text.count('<article class="turn"') == 2


@pytest.mark.parametrize("query", ["at=5", "at=5-5", "at=9-5", "at=1-99999999", "at=-1-5", "at=1-5&n=100", "at=a-b", "at=12-14"])
def test_offsets_that_fit_no_words_mark_nothing(client: TestClient, query: str) -> None:
    for path in (f"/guide/{SEED}", f"/guide/{SEED}/excerpt"):
        response = client.get(f"{path}?{query}")
        assert response.status_code in (404, 422) and "<mark" not in response.text
    assert client.get("/guide/nurse").status_code == 404


def test_overlapping_marks_each_have_their_place(client: TestClient) -> None:
    start = scenes().index.documents[SEED].text.index("Base Salary Range")
    html = client.get(f"/guide/{SEED}?at={start}-{start + 30}&n=1&at={start}-{start + 40}&n=2").text
    assert '<mark id="q1" class="m1 m2"><span id="q2"></span>' in html
    assert html.count('id="q1"') == html.count('id="q2"') == 1


def test_static_files_are_named_by_content_and_kept(client: TestClient) -> None:
    names = re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/").text)
    assert sorted(re.sub(r"\.[0-9a-f]{10}\.", ".", name) for name in names) == [
        "/static/start.js",
        "/static/style.css",
        "/static/theme.js",
    ]
    for name in names:
        response = client.get(name)
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert response.headers["content-type"].startswith(("text/css", "text/javascript"))
    assert client.get("/static/style.css").status_code == 404


def test_errors_are_pages_for_browsers(client: TestClient) -> None:
    lost = client.get("/nowhere")
    assert lost.status_code == 404 and "<h1" in lost.text and "Nothing is kept at this address" in lost.text
    failed = client.get("/ask", params={"q": [QUESTION, "fail"]})
    assert failed.status_code == 500 and "The answer didn’t arrive" in failed.text
    assert failed.text.count('<article class="turn"') == 2 and ">fail</textarea>" in failed.text
    assert "ZeroDivision" not in failed.text


def test_a_full_page_leaves_out_the_first_question_and_says_so(client: TestClient) -> None:
    asked = ["What are the best practices?", *["Hello"] * 11]
    full = client.get("/ask", params={"q": asked}).text
    assert full.count('<article class="turn"') == 12 and "The next one leaves out the first." in full
    over = client.get("/ask", params={"q": [*asked, "Hello"]}).text
    assert over.count('<article class="turn"') == 12 and "best practices" not in over
    assert "The first questions of this conversation are left out: a page holds 12." in over
    assert 'id="turn-12"' in client.get("/ask/turn", params={"q": [*asked, "Hello"]}).text


def test_the_start_page_lists_the_careers(client: TestClient) -> None:
    html = client.get("/").text
    assert "Careers in the guides" in html and "Show all 19 careers" in html
    names = re.findall(r'data-ask="([^"]+)"', html)
    assert len(names) == 19 and names == sorted(names, key=str.casefold)
    assert '<a href="/ask?q=Wind+Turbine+Technician#turn-1"' in html


def test_an_export_holds_what_is_near_and_what_is_not_given(client: TestClient) -> None:
    near = client.get("/ask.md", params={"q": "Can I work from home on Fridays?"}).text
    assert "\nNearest in the guides, but not an answer:\n\n> Edge Computing and IoT: Edge computing" in near
    assert "[1]" not in near and "Pay · Wind Turbine Technician. http" in near and "&n=0#q0" in near
    partly = client.get("/ask.md", params={"q": "How much does a Lead Data Science Engineer earn in the UK?"}).text
    assert partly.index("no figures for the UK") < partly.index("Base Salary Range")
    assert "- Air Traffic Controller\n" in client.get("/ask.md", params={"q": "What careers do you have?"}).text


def test_an_unnumbered_mark_has_a_place_and_no_number(client: TestClient) -> None:
    html = client.get(f"/guide/{SEED}?at=24415-24695&n=0").text
    assert '<mark id="q0" class="m0">' in html and "<sup>" not in html and "marked passage – " in html


def test_what_is_in_the_guides_is_counted_and_linked(client: TestClient) -> None:
    html = client.get("/coverage").text
    assert "7 guides on" in html and "Index 000000000000, built 2026-01-15" in html
    assert "Salary Ranges (US Market, 2024)" in html and "collected 2025-03-11" in html
    assert 'href="/ask?q=What+does+a+paralegal+do%3F#turn-1"' in html and "judged questions" not in html


def test_how_sure_answers_are_is_told_on_a_page_of_its_own(client: TestClient) -> None:
    html = client.get("/sure").text
    assert "Measured on 200 judged questions about 7 guides (2026-01-15)" in html and "The bar in use is 0.50." in html


def test_what_has_an_answer_is_one_list_that_may_be_kept(client: TestClient) -> None:
    reply = client.get("/offers/000000000000.json")
    assert "What does a paralegal do?" in reply.json() and "max-age=86400" in reply.headers["cache-control"]
    assert client.get("/offers/another.json").headers["cache-control"] == "private, no-store"


def test_the_page_can_be_installed(client: TestClient) -> None:
    told = client.get("/manifest.webmanifest").json()
    assert told["start_url"] == "/" and told["name"] == "Verbatim"
    assert client.get(told["icons"][0]["src"]).headers["content-type"] == "image/svg+xml"
    assert client.get("/favicon.ico").content[:4] == b"\0\0\1\0"


def test_responses_are_compressed_where_the_client_can_read_them(client: TestClient) -> None:
    packed = client.get("/", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert packed.text == plain.text and int(packed.headers["content-length"]) < len(plain.content) / 2


def test_the_next_step_is_the_operators(settings: Settings) -> None:
    own = settings.model_copy(update={"next_step": "Talk to an adviser", "next_step_link": "tel:+4420"})
    with TestClient(create_app(scenes(), own), base_url=HERE, headers=HTML) as client:
        assert '<a href="tel:+4420" rel="noreferrer">Talk to an adviser</a>' in client.get("/ask", params={"q": "no such"}).text
        assert "Talk to an adviser" not in client.get("/ask", params={"q": QUESTION}).text


@pytest.mark.parametrize(
    "path", ["/", "/ask?q=Hello", "/ask.md?q=Hello", "/coverage", f"/guide/{SEED}", "/healthz", "/documents", "/nowhere"]
)
def test_head_says_what_get_would(client: TestClient, path: str) -> None:
    head, get = client.head(path), client.get(path)
    assert head.status_code == get.status_code and head.content == b""
    differing = {name for name, value in get.headers.items() if head.headers.get(name) != value}
    assert differing <= {"x-request-id", "content-length" if "Hello" in path else ""}


def test_an_address_marks_99_passages_at_most(client: TestClient) -> None:
    start = scenes().index.documents[SEED].text.index("Base Salary Range")
    marks = "&".join(f"at={start + at}-{start + at + 5}&n={at + 1}" for at in range(100))
    assert client.get(f"/guide/{SEED}?{marks}").status_code == 422
    assert client.get(f"/guide/{SEED}?{marks.rpartition('&at=')[0]}").text.count('id="q99"') == 1


def test_no_reference_to_feedback_fails_a_page(client: TestClient) -> None:
    for reference in (
        "9" * 5000 + ".ans_a",
        "\u0664.ans_a",
        "1.",
        ".",
        "-1.ans_a",
        "1.\ud800".encode(errors="surrogatepass").decode("latin-1"),
    ):
        assert client.get("/ask", params={"q": "Hello", "fb": reference}).status_code == 200
    assert client.get("/ask?q=Hello&fb=%00%ff").status_code == 200
