"""What the page weighs and how fast it paints, over the real index; `--picture FILE` draws the README's picture instead.

`python -m tests.benchmarks.page` prints, for the start page, an answer and a source page: bytes as they are sent, requests, the
largest contentful paint, layout shift, and the longest time from a click to the next paint (medians of five visits)."""

import argparse
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Request

from rag.loading import build, load
from rag.settings import read_settings
from tests.browser.conftest import PROBES, chromium, serving

ROOT = Path(__file__).parent.parent.parent
QUESTION = "/ask?q=What+does+a+Head+of+Analytics+Engineering+do%3F"
PAGES = {"start": "/", "answer": QUESTION, "source": "/guide/lead-data-science-engineer"}
BUDGETS = {"start": 50_000, "answer": 50_000, "source": 160_000}
VISITS = 5


def main() -> None:
    """Print the table, or draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--picture", type=Path, help="draw an answer with its source beside it, as a PNG")
    flags = parser.parse_args()
    with chromium() as browser, _server() as address:
        if flags.picture:
            _draw(browser, address, flags.picture)
            print(f"{flags.picture}: {flags.picture.stat().st_size:,} bytes")
            return
        print(f"{'page':8}{'html':>8}{'rest':>8}{'total':>8}{'budget':>8}{'requests':>10}{'LCP ms':>8}{'CLS':>6}{'INP ms':>8}")
        for name, path in PAGES.items():
            seen = [_visit(browser, address + path) for _ in range(VISITS)]
            html, shared = seen[0]["html"], seen[0]["rest"]
            paint, shift, click = (statistics.median(one[key] for one in seen) for key in ("lcp", "cls", "inp"))
            sizes = f"{html:8,}{shared:8,}{html + shared:8,}{BUDGETS[name]:8,}"
            print(f"{name:8}{sizes}{seen[0]['requests']:10}{paint:8.0f}{shift:6.2f}{click:8.0f}")


@contextmanager
def _server() -> Iterator[str]:
    """The page over the real index, built afresh."""
    with tempfile.TemporaryDirectory(prefix="verbatim-page-") as folder:
        settings = read_settings(corpus=ROOT / "corpus", index=Path(folder))
        build(settings)
        with serving(load(settings), settings) as address:
            yield address


def _visit(browser: Browser, address: str) -> dict[str, Any]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_init_script(path=PROBES)
    page = context.new_page()
    requests: list[Request] = []
    page.on("requestfinished", lambda request: None if request.url.startswith("data:") else requests.append(request))
    page.goto(address)
    page.evaluate("probes.painted")
    page.wait_for_timeout(200)
    html, *rest = (request.sizes()["responseBodySize"] for request in requests)
    return {
        "requests": len(requests),
        "html": html,
        "rest": sum(rest),
        "inp": _click(page),
        "lcp": page.evaluate("probes.lcp"),
        "cls": page.evaluate("probes.cls"),
    }


def _click(page: Page) -> float:
    """Milliseconds from a click on the first number, the box or the contents to the next paint (0: under 16)."""
    number = page.locator("a.c")
    (number.first if number.count() else page.locator("#q, .toc a").first).click()
    page.wait_for_timeout(300)
    return float(page.evaluate("probes.inp"))


def _draw(browser: Browser, address: str, picture: Path) -> None:
    context = browser.new_context(viewport={"width": 1200, "height": 740})
    page = context.new_page()
    page.goto(f"{address}{QUESTION}&c=1")
    page.locator(".panel mark").first.wait_for()
    page.wait_for_timeout(400)
    page.screenshot(path=picture)


if __name__ == "__main__":
    main()
