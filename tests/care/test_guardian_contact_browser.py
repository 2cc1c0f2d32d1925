"""The letter to a guardian and what comes before it, in a browser: clean by axe, and on a phone."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from tests.care.test_guardian_contact import child_in_shelter, clear, cleared, entry_of
from tests.support.browsing import PHONE, WIDE, faults_of, signed_in
from tests.support.world import World

SHOTS = os.environ.get("LIBERTAD_SHOTS", "")  # a folder for pictures to look at


@pytest.mark.look
@pytest.mark.usefixtures("ninth_of_april")
def test_pages_are_clean_and_fit_a_phone(
    world: World, live_server: Any, open_page: Callable[..., Page]
) -> None:
    person, waiting, new = (child_in_shelter(world) for _child in range(3))
    entry, unread = cleared(world, person), clear(world, waiting)
    page = signed_in(world, "second-caseworker", open_page(viewport=WIDE), live_server.url)
    addresses = [
        reverse("care-guardian-clear", args=[new, entry_of(world, new)]),
        reverse("care-guardian-read", args=[waiting, unread]),
        reverse("care-guardian-revoke", args=[person, entry]),
        reverse("care-guardian-letter", args=[person, entry]),
        reverse("care-family", args=[person]),
        reverse("care-family", args=[waiting]),
    ]
    faults = []
    for number, address in enumerate(addresses):
        faults += faults_of(page, live_server.url + address)
        for size in (WIDE, PHONE) if SHOTS else ():
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.screenshot(path=f"{SHOTS}/g{number}-{size['width']}.png", full_page=True)
    assert not faults, "\n".join(faults)
