"""Asking a deciding authority, in a browser: clean by axe, and on a phone."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from tests.care.test_asking_decision import ask, ready
from tests.care.test_closing import END
from tests.support.browsing import PHONE, WIDE, faults_of, signed_in
from tests.support.closing import close_by_two
from tests.support.world import World

SHOTS = os.environ.get("LIBERTAD_SHOTS", "")  # a folder for pictures to look at


@pytest.mark.look
@pytest.mark.usefixtures("ninth_of_april")
def test_pages_are_clean_and_fit_a_phone(
    world: World, live_server: Any, open_page: Callable[..., Page]
) -> None:
    world.lets_in = False
    person, closed = ready(world), ready(world)
    for asked in (person, closed):
        ask(world, asked)
    close_by_two(world, closed, despite="Nothing waits", **END)
    unasked = ready(world)
    page = signed_in(world, "caseworker", open_page(viewport=WIDE), live_server.url)
    addresses = [
        reverse("care-ask", args=[unasked]),
        reverse("care-file", args=[person]),
        reverse("care-ask-end", args=[closed, world.authorities["deciding"]]),
        "/",
    ]
    faults = []
    for number, address in enumerate(addresses):
        faults += faults_of(page, live_server.url + address)
        for size in (WIDE, PHONE) if SHOTS else ():
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.screenshot(path=f"{SHOTS}/{number}-{size['width']}.png", full_page=True)
    assert not faults, "\n".join(faults)
