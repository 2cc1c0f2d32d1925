"""The exchange's pictures for `make screenshots`: four real nodes, the line from Guyana to Barbados cut."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from libertad.commands.nodes import NAMES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CENTRE = "Coordination centre, Barbados"
# Name of the picture: node, role, page, and the link on it that is followed.
SHOTS = {
    "coordinator-exchange": ("barbados", "Coordinator", "/peers/", ""),
    "coordinator-peer": ("barbados", "Coordinator", "/peers/", "INTERPOL centre, Lyon"),
    "national-lead-line-cut": ("guyana", "National lead", "/peers/", CENTRE),
    "national-lead-readers": ("guyana", "National lead", "/people/", "P-GY-001"),
}


def pages(browser: Browser, first: int, names: list[str], **options: object) -> Iterator[tuple[str, Page]]:
    """Each picture's page, opened by who would open it."""
    lead = _signed_in(browser, first, "guyana", "National lead", **options)
    at = f"http://localhost:{first + NAMES.index('guyana')}"
    lead.goto(at + "/peers/")
    cut = lead.get_by_role("button", name=f"Cut the line to {CENTRE}")
    if cut.count():
        cut.click()
        lead.wait_for_timeout(4000)  # until Barbados has noticed
    lead.context.close()
    for name in names:
        node, role, path, link = SHOTS[name]
        page = _signed_in(browser, first, node, role, **options)
        page.goto(f"http://localhost:{first + NAMES.index(node)}{path}")
        if link:
            page.get_by_role("link", name=link).first.click()
            page.wait_for_load_state()
        if name == "national-lead-readers":
            page.goto(page.url + "readers/")
        yield name, page
        page.context.close()


def _signed_in(browser: Browser, first: int, node: str, role: str, **options: object) -> Page:
    context: BrowserContext = browser.new_context(**options)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"http://localhost:{first + NAMES.index(node)}/demo/")
    page.locator("button").filter(has=page.locator("b", has_text=re.compile(f"^{role}$"))).first.click()
    page.wait_for_load_state()
    return page
