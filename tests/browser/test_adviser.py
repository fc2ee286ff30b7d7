"""A page that talks like a good adviser, by the numbers of the issue of that name; `test_near.py` has the rest of 2 to 4."""

from collections.abc import Iterator

import httpx2
import pytest
from playwright.sync_api import expect

from rag.answers.following import ends_open
from rag.datatypes import Answer
from rag.index.sections import headed
from rag.pipeline import Pipeline
from tests.browser.conftest import Visit

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
    assert len(answers) > 20
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
