"""Passkeys in a browser, with Chromium's virtual authenticator: by keyboard, wide and at 320 px."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache

from tests.support.accessibility import assert_clean
from tests.support.browsing import WIDE
from tests.support.world import World

PASSWORD = "correct horse battery"
NARROW = {"width": 320, "height": 640}
KEY = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": False,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Plugged:
    """A key in the browser's port."""

    def __init__(self, page: Any) -> None:
        self.line = page.context.new_cdp_session(page)
        self.line.send("WebAuthn.enable")
        self.id = self.line.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})["authenticatorId"]

    def credentials(self) -> list[dict[str, Any]]:
        answer = self.line.send("WebAuthn.getCredentials", {"authenticatorId": self.id})
        return list(answer["credentials"])

    def set_back(self) -> None:
        """The key signs as a copy of it would that was made before it was used."""
        (credential,) = self.credentials()
        self.line.send("WebAuthn.clearCredentials", {"authenticatorId": self.id})
        credential = {**credential, "signCount": 0}
        self.line.send("WebAuthn.addCredential", {"authenticatorId": self.id, "credential": credential})


def give_password(page: Any, base: str) -> None:
    page.goto(f"{base}/sign-in/")
    page.get_by_label("Service number").fill("N-officer")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Any, base: str) -> None:
    page.goto(f"{base}/sign-out/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/")


@pytest.mark.parametrize(
    "size", [pytest.param(WIDE, id="1280"), pytest.param(NARROW, id="320", marks=pytest.mark.look)]
)
def test_the_way_in_with_a_passkey(
    world: World, live_server: Any, open_page: Callable[..., Any], settings: Any, size: dict[str, int]
) -> None:
    settings.LIBERTAD_REQUIRE_CODE = True
    cache.clear()
    page = open_page(viewport=size)
    base = re.sub(r"//[^:]+", "//localhost", live_server.url)
    key = Plugged(page)
    give_password(page, base)
    page.wait_for_url("**/codes/set-up/")
    page.get_by_role("link", name="Use a passkey instead").click()
    page.get_by_label("What do you call this passkey?").fill("key on my ring")
    assert_clean(page, "add")
    page.get_by_label("What do you call this passkey?").press("Enter")
    page.wait_for_url("**/codes/recovery/")
    assert len(re.findall(r"^\d{8}$", page.inner_text("main"), re.M)) == 10
    assert len(key.credentials()) == 1
    page.goto(f"{base}/codes/")
    assert "key on my ring" in page.inner_text("main") and "Not used yet" in page.inner_text("main")
    assert_clean(page, "index")

    sign_out(page, base)
    give_password(page, base)
    page.wait_for_url("**/sign-in/code/**")
    assert_clean(page, "second step")
    page.get_by_role("button", name="Use your passkey").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{base}/")
    page.get_by_role("link", name="Your sign-in").click()
    assert "Last used on" in page.inner_text("main")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Add the passkey").click()
    page.get_by_text("This device has a passkey of yours already").wait_for()

    key.set_back()
    sign_out(page, base)
    give_password(page, base)
    page.get_by_role("button", name="Use your passkey").click()
    page.get_by_text("there may be a copy of it").wait_for()
    assert_clean(page, "copied")
    page.goto(f"{base}/leads/")
    assert page.url.startswith(f"{base}/sign-in/")

    page.goto(f"{base}/sign-in/code/")
    page.evaluate(
        "() => { navigator.credentials.get = () => Promise.reject(new DOMException('', 'NotAllowedError')) }"
    )
    page.get_by_role("button", name="Use your passkey").click()
    page.get_by_text("No passkey answered").wait_for()
    assert_clean(page, "no passkey")


def test_at_another_name_and_without_webauthn_the_page_says_what_to_do(
    world: World, live_server: Any, open_page: Callable[..., Any]
) -> None:
    base = re.sub(r"//[^:]+", "//localhost", live_server.url)
    page = open_page()
    page.add_init_script("delete window.PublicKeyCredential")
    give_password(page, base)
    page.wait_for_url(f"{base}/")
    page.goto(f"{base}/codes/passkeys/add/")
    page.get_by_text("This browser has no passkeys").wait_for()
    assert not page.get_by_role("button", name="Add the passkey").is_visible()
    assert_clean(page, "without")
    other = base.replace("localhost", "127.0.0.1")
    elsewhere = open_page()
    give_password(elsewhere, other)
    elsewhere.wait_for_url(f"{other}/")
    elsewhere.goto(f"{other}/codes/passkeys/add/")
    elsewhere.get_by_text("At this address no passkey can be added").wait_for()
    assert_clean(elsewhere, "elsewhere")
