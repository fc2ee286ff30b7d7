"""A real server, and Debian's chromium without a head. Where it is missing these tests fail in CI and are skipped elsewhere."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from rag.pipeline import Pipeline
from rag.settings import Settings, read_settings
from tests.scenes import scenes
from web.app import create_app

# Debian's chromium as it is built to run without a desktop, or else the whole of it: the same engine, in twice the time.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
FLAGS = "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run"
Theme = Literal["light", "dark"]
Visit = Callable[..., Page]
PROBES = Path(__file__).with_name("probes.js")


@contextmanager
def serving(pipeline: Pipeline, settings: Settings) -> Iterator[str]:
    """The address of an application that runs in a thread."""
    config = uvicorn.Config(create_app(pipeline, settings), port=0, log_config=None, access_log=False, lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://localhost:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's chromium, without a head."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(
            "chromium is not installed (apt-get install chromium-headless-shell)"
        )
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def feedback_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("feedback") / "feedback.sqlite3"


@pytest.fixture(scope="session")
def scenes_address(feedback_file: Path) -> Iterator[str]:
    """A server over the answers written by hand."""
    with serving(scenes(), read_settings(feedback=feedback_file)) as address:
        yield address


@pytest.fixture(scope="session")
def real_address(pipeline: Pipeline, settings: Settings) -> Iterator[str]:
    """A server over the real index."""
    with serving(pipeline, settings) as address:
        yield address


class Windows:
    """Windows of a browser, each in a context of its own; `faults` are what went wrong in them."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.faults: list[str] = []

    def open(self, width: int, height: int, theme: Theme, touch: bool | None = None, **options: Any) -> Page:
        """A window with nothing in it; the errors that a page throws there are faults. A narrow one is a phone's."""
        small = width <= 500 if touch is None else touch
        context = self._browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, has_touch=small, is_mobile=small, **options
        )
        self._contexts.append(context)
        context.add_init_script(path=PROBES)
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        return page

    def close(self) -> None:
        for context in self._contexts:
            for page in context.pages:
                page.unroute_all(behavior="ignoreErrors")
            context.close()


@pytest.fixture
def windows(browser: Browser) -> Iterator[Windows]:
    """However a test ends, its windows are closed, and it fails if there was a fault in one."""
    windows = Windows(browser)
    yield windows
    windows.close()
    assert windows.faults == []


@pytest.fixture
def visit(windows: Windows, scenes_address: str) -> Visit:
    """Opens an address of the server (of another with `address=`) in a window of its own.

    It is a fault if the page breaks the security policy or asks another origin."""
    faults = windows.faults

    def open_page(
        path: str,
        width: int = 1280,
        height: int = 800,
        theme: Theme = "light",
        address: str = scenes_address,
        init: str = "",
        touch: bool | None = None,
        **options: Any,
    ) -> Page:
        page = windows.open(width, height, theme, touch, base_url=address, **options)
        context = page.context
        if init:
            context.add_init_script(init)
        context.on("console", lambda message: faults.append(message.text) if message.text.startswith("CSP") else None)
        context.on(
            "request", lambda request: faults.append(request.url) if not request.url.startswith((address, "data:")) else None
        )
        page.goto(path)
        return page

    return open_page
