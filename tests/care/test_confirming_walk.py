"""A decision and an act of custody confirmed in a browser (Chromium's virtual authenticator), by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache

from tests.care.test_confirming import states
from tests.care.test_return import ready
from tests.evidence.test_confirming import taken
from tests.support.accessibility import assert_clean
from tests.support.browsing import WIDE
from tests.support.world import World
from tests.web.test_passkeys_walk import NARROW, PASSWORD, Plugged


def signed_in(page: Any, base: str, number: str) -> None:
    """With a passkey that was just added, which is not taken as a copy of another."""
    page.goto(f"{base}/sign-in/")
    page.get_by_label("Service number").fill(number)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{base}/")
    page.goto(f"{base}/codes/passkeys/add/")
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url("**/codes/recovery/")


def press(page: Any, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).focus()
    page.keyboard.press("Enter")


@pytest.mark.parametrize(
    "size", [pytest.param(WIDE, id="1280"), pytest.param(NARROW, id="320", marks=pytest.mark.look)]
)
def test_a_decision_is_confirmed_by_keyboard(
    world: World,
    ninth_of_april: None,
    live_server: Any,
    open_page: Callable[..., Any],
    size: dict[str, int],
) -> None:
    cache.clear()
    person = ready(world)
    page, base = open_page(viewport=size), re.sub(r"//[^:]+", "//localhost", live_server.url)
    Plugged(page)
    signed_in(page, base, "N-deciding-authority")
    page.goto(f"{base}/care/{person}/return/decide/")
    for box in ("decision", "circumstances", "resources"):
        value = {"decision": "stay", "circumstances": "debt", "resources": "permit"}[box]
        page.locator(f'input[name="{box}"][value="{value}"]').check()
    page.locator('textarea[name="reasons"]').fill("She is threatened at home.")
    press(page, "Record the decision")
    page.get_by_role("heading", name="Confirm with your passkey").wait_for()
    assert "She is threatened at home." in page.inner_text("main")
    assert_clean(page, "confirm")
    page.screenshot(path=f"/tmp/wc-confirm-{size['width']}.png", full_page=True)
    page.evaluate(
        "() => { window.kept = navigator.credentials.get.bind(navigator.credentials); "
        "navigator.credentials.get = () => Promise.reject(new DOMException('', 'NotAllowedError')) }"
    )
    press(page, "Confirm with your passkey")
    page.get_by_text("No passkey answered. Nothing is recorded yet.").wait_for()
    assert states(world) == []
    page.evaluate("() => { navigator.credentials.get = window.kept }")
    press(page, "Confirm with your passkey")
    page.wait_for_url(f"{base}/care/{person}/return/")
    assert "Confirmed with a passkey of" in page.inner_text("main")
    assert_clean(page, "confirmed")
    page.screenshot(path=f"/tmp/wc-confirmed-{size['width']}.png", full_page=True)
    assert states(world) == ["confirmed"]


def test_custody_is_confirmed_by_keyboard_and_without_scripts_it_is_marked(
    world: World, live_server: Any, open_page: Callable[..., Any]
) -> None:
    cache.clear()
    exhibit, other = taken(world), taken(world)
    page, base = open_page(viewport=WIDE), re.sub(r"//[^:]+", "//localhost", live_server.url)
    Plugged(page)
    signed_in(page, base, "N-officer")
    page.goto(f"{base}/exhibits/{exhibit}/release/")
    page.locator('input[name="to_whom"]').fill("The driver")
    page.locator("main form button.govuk-button").first.focus()
    page.keyboard.press("Enter")
    press(page, "Confirm with your passkey")
    page.wait_for_url(f"{base}/exhibits/{exhibit}/")
    assert "Confirmed with a passkey of" in page.inner_text("main")
    page.screenshot(path="/tmp/wc-custody.png", full_page=True)
    page.add_init_script("delete window.PublicKeyCredential")
    page.goto(f"{base}/exhibits/{other}/release/")
    page.locator('input[name="to_whom"]').fill("The driver")
    page.locator("main form button.govuk-button").first.click()
    page.get_by_text("This browser has no passkeys, or no scripts.").wait_for()
    assert not page.get_by_role("button", name="Confirm with your passkey").is_visible()
    press(page, "Record it without a passkey")
    page.wait_for_url(f"{base}/exhibits/{other}/")
    assert "Without the passkey that" in page.inner_text("main")
    page.goto(f"{base}/")
    assert "Recorded in your name without your passkey" in page.inner_text("main")
