"""The way in, walked in a browser: enrolment, password, one-time code, recovery codes; wide and narrow."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils.translation import get_language_info

from libertad.access import accounts
from tests.access.signing import code_for
from tests.support.accessibility import assert_clean
from tests.support.browsing import PHONE, WIDE, signed_in
from tests.support.world import World

PASSWORD = "lantern seven marsh"


@pytest.mark.parametrize(
    "size", [pytest.param(WIDE, id="1280"), pytest.param(PHONE, id="360", marks=pytest.mark.look)]
)
def test_the_way_in(
    world: World, live_server: Any, open_page: Callable[..., Any], settings: Any, size: dict[str, int]
) -> None:
    settings.LIBERTAD_REQUIRE_CODE = True
    cache.clear()
    appointment = accounts.appoint(
        world.actor("administrator"),
        name="C. Thistlewood",
        rank="Cpl.",
        service_number="GY-7741",
        role="officer",
    )
    page = open_page(viewport=size)
    page.goto(f"{live_server.url}/leads/")
    assert page.url.startswith(f"{live_server.url}/sign-in/")
    assert_clean(page, "sign-in")
    page.get_by_role("link", name="You were given an enrolment code").click()
    assert_clean(page, "enrol")
    page.get_by_label("Service number").fill("GY-7741")
    page.get_by_label("Enrolment code").fill(appointment.code)
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password again").fill("another one")
    page.get_by_role("button", name="Set the password").click()
    page.get_by_role("alert").wait_for()
    page.console.errors.clear()  # the browser logs every 4xx
    assert_clean(page, "enrol-errors")
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password again").fill(PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    page.wait_for_url(re.compile(r"/sign-in/(\?enrolled=1)?$"))
    page.get_by_label("Service number").fill("gy-7741")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/codes/set-up/")
    assert_clean(page, "set-up-codes")
    secret = re.search(r"[A-Z2-7]{32}", page.inner_text("main"))
    assert secret is not None
    page.locator("input[name=code]").fill(code_for(secret[0]))
    page.get_by_role("button", name="Turn on one-time codes").click()
    page.wait_for_url("**/codes/recovery/")
    assert_clean(page, "recovery-codes")
    codes = re.findall(r"^\d{8}$", page.inner_text("main"), re.M)
    assert len(codes) == 10
    page.goto(f"{live_server.url}/leads/")
    assert "Signed in until" in page.inner_text("body")
    assert_clean(page, "signed-in")
    page.get_by_role("link", name="Sign out").click()
    assert_clean(page, "sign-out")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile(r"/sign-in/(\?enrolled=1)?$"))
    page.get_by_label("Service number").fill("GY-7741")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/sign-in/code/**")
    assert_clean(page, "one-time-code")
    page.locator("input[name=code]").fill(codes[0])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(f"{live_server.url}/leads/")
    assert "Leads" in page.inner_text("h1")


@pytest.mark.look
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1280", "360"])
def test_the_administrators_pages(
    world: World, live_server: Any, open_page: Callable[..., Any], size: dict[str, int]
) -> None:
    page = signed_in(world, "administrator", open_page(viewport=size), live_server.url)
    page.goto(f"{live_server.url}/officers/")
    assert_clean(page, "officers")
    page.get_by_role("link", name="Appoint an officer").click()
    page.get_by_label("Name", exact=True).fill("C. Thistlewood")
    page.get_by_label("Service number").fill("GY-7741")
    page.get_by_label("Role").select_option("officer")
    assert_clean(page, "appoint")
    page.get_by_role("button", name="Appoint the officer").click()
    page.locator(".secret").wait_for()
    assert_clean(page, "code")
    page.get_by_role("link", name="I have written it down").click()
    page.get_by_role("row", name="C. Thistlewood").get_by_role("link").click()
    assert_clean(page, "withdraw")
    page.get_by_label("Why does access end?").fill("Left the service")
    page.get_by_role("button", name="Withdraw access").click()
    page.wait_for_url("**/officers/")
    assert "Withdrawn" in page.get_by_role("row", name="C. Thistlewood").inner_text()
    page.get_by_role("link", name="How this page was made up").click()
    assert_clean(page, "about")
    assert page.get_attribute("html", "lang") == "en"
    for code, name in settings.LANGUAGES[1:]:
        page.get_by_role("button", name=get_language_info(code)["name_local"], exact=False).click()
        page.wait_for_load_state()
        assert page.get_attribute("html", "lang") == code, name
