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
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS.split())
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if shutil.which("chromium") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("chromium is not installed (apt-get install chromium)")
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


@pytest.fixture
def visit(browser: Browser, scenes_address: str) -> Iterator[Visit]:
    """Opens an address of the server (of another with `address=`) in a context of its own.

    However it ends, a test fails if the page broke the security policy, asked another origin or threw an error."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

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
        small = width <= 500 if touch is None else touch
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=theme,
            has_touch=small,
            is_mobile=small,
            base_url=address,
            **options,
        )
        contexts.append(context)
        context.add_init_script(path=PROBES)
        if init:
            context.add_init_script(init)
        page = context.new_page()
        context.on("console", lambda message: faults.append(message.text) if message.text.startswith("CSP") else None)
        context.on(
            "request", lambda request: faults.append(request.url) if not request.url.startswith((address, "data:")) else None
        )
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        for page in context.pages:
            page.unroute_all(behavior="ignoreErrors")
        context.close()
    assert faults == []
