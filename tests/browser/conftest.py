"""A real Chromium for tests that need eyes: small screens, no JavaScript, axe.

Without a browser these tests fail with the sentence that says what to install; PEILSTOK_BROWSER=none leaves them out.
axe runs in contexts with JavaScript only: without it, it waits for ever.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tools import browser

HERE = Path(__file__).resolve().parent
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SHOTS = "PEILSTOK_SHOTS"
"""A folder to put screenshots in, to be looked at; without it none are made."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("browser")
            if browser.left_out():
                item.add_marker(pytest.mark.skip(reason="PEILSTOK_BROWSER=none"))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a module's tests; each test gets contexts of its own.

    Not for the session: playwright's event loop runs in this thread as long as it lives, and the tests of other rooms
    start loops of their own.
    """
    with sync_playwright() as playwright:
        path = browser.find()
        if path is None:
            pytest.fail(browser.ADVICE)
        started = playwright.chromium.launch(executable_path=path)
        # beside a running loop Django refuses its ORM: these tests use it on purpose
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        yield started
        os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
        started.close()


NewPage = Callable[..., Page]


@pytest.fixture
def new_page(chromium: Browser) -> Iterator[NewPage]:
    """Open a page: new_page(width=360, javascript=False, dark=True). All are closed after the test."""
    contexts: list[BrowserContext] = []

    def opened(*, width: int = 1280, height: int = 800, javascript: bool = True, dark: bool = False) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=javascript,
            color_scheme="dark" if dark else "light",
            locale="nl-NL",
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def page_360_nojs(new_page: NewPage) -> Page:
    """A phone without JavaScript."""
    return new_page(width=360, height=740, javascript=False)


@pytest.fixture
def page_wide(new_page: NewPage) -> Page:
    return new_page()


def sideways(page: Page) -> int:
    """How many pixels the page is wider than the screen."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def violations(page: Page) -> list[str]:
    """What axe has to say, one line each. For pages with JavaScript only."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {each['help']}: {node['html'][:200]}" for each in found for node in each["nodes"]]


def shoot(page: Page, name: str) -> None:
    """Keep a picture of the whole page when somebody wants to look (PEILSTOK_SHOTS=folder)."""
    folder = os.environ.get(SHOTS)
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
