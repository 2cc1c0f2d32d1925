"""'Now' and its change in a browser, wide and narrow: by keyboard, the error at its box; clean by axe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from libertad.people.models import Person
from tests.access.test_attachments_look import clean
from tests.evidence.test_look import keep
from tests.support.browsing import PHONE, WIDE, signed_in
from tests.support.world import World


@pytest.mark.look
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_now_is_changed_by_keyboard(
    live_server: Any, world: World, open_page: Callable[..., Any], size: dict[str, int]
) -> None:
    page = signed_in(world, "officer", open_page(viewport=size), live_server.url)
    page.goto(f"{live_server.url}/people/meet/")
    summary = page.locator("summary", has_text="Now, ")
    summary.scroll_into_view_if_needed()
    clean(page, "folded")
    keep(page, f"{size['width']}-now")
    assert not page.locator("[name=happened_time]").is_visible()
    summary.focus()
    page.keyboard.press("Enter")
    page.locator("[name=happened_time]").fill("25:00")
    clean(page, "open")
    keep(page, f"{size['width']}-now-open")
    page.get_by_role("button", name="Save").click()
    link = page.get_by_role("link", name="is no time of day")
    link.click()
    assert page.evaluate("document.activeElement.name") == "happened_time"
    clean(page, "refused")
    keep(page, f"{size['width']}-now-refused")
    assert not Person.objects.exists()
