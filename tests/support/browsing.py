"""Browser fixtures: one Chromium a worker, a fresh context for each page that is opened."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support.accessibility import Console, axe, violation_lines
from tests.support.chromium import ARGUMENTS, NoChromium, chromium

if TYPE_CHECKING:
    from tests.support.world import World

WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}
HUNG = 180_000  # ms; so that nothing waits for ever, nothing is measured by it
expect.set_options(timeout=HUNG)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, driven by Playwright."""
    try:
        path = chromium()
    except NoChromium as none:
        pytest.fail(str(none), pytrace=False)
    # Playwright's loop runs in this thread, and Django would take every query of the test for one inside a
    # coroutine. The node under test is another process or thread, where Django's check stays on.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS), headless=True)
        yield running
        running.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def signed_in(world: World, role: str, page: Page, url: str) -> Page:
    """The page, from now on an officer's in this role at the address of a server."""
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": world.client(role).cookies[name].value, "url": url}])
    return page


def faults_of(page: Page, url: str) -> Iterator[str]:
    """What axe finds on the page at `url`, and what is wider than the window: wide and on a phone.

    Loaded once: the window becomes narrow around the page, and axe need not be read in anew.
    """
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    page.goto(url)
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > size["width"]:
            yield f"{url} at {size['width']} is {wide} px wide"
        if violations := axe(page):
            yield f"{url} at {size['width']}: {violation_lines(violations)}"


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page in a context of its own (own cookies): `open_page(viewport=PHONE, color_scheme="dark")`.

    `page.console` tells what the console said: `.errors` and `.refused` (by the security policy).
    """
    contexts = []

    def make_page(**options: Any) -> Page:
        options = {"viewport": WIDE, "locale": "en-GB", "timezone_id": "America/Barbados"} | options
        context = browser.new_context(**options)
        context.set_default_timeout(HUNG)
        contexts.append(context)
        page = context.new_page()
        page.console = Console(page)  # type: ignore[attr-defined]
        return page

    yield make_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """One page at 1280 px."""
    return open_page()


@pytest.fixture
def phone(open_page: Callable[..., Page]) -> Page:
    """One page at 360 px, with touch."""
    return open_page(viewport=PHONE, has_touch=True, is_mobile=True)
