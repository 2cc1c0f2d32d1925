"""An appeal against a decision, in a browser: clean by axe, and on a phone."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from tests.care.test_appeals import end, lodge, ruling_of
from tests.care.test_closing import settled_person
from tests.support.browsing import PHONE, WIDE, faults_of, signed_in
from tests.support.world import World

SHOTS = os.environ.get("LIBERTAD_SHOTS", "")  # a folder for pictures to look at


@pytest.mark.look
@pytest.mark.usefixtures("ninth_of_april")
def test_pages_are_clean_and_fit_a_phone(
    world: World, live_server: Any, open_page: Callable[..., Page]
) -> None:
    person, fallen = settled_person(world, appeal_by="2018-05-09"), settled_person(world)
    ruling = ruling_of(person)
    entry = lodge(world, person, "unknown")
    end(world, fallen, lodge(world, fallen), "set-aside")
    other = settled_person(world)
    page = signed_in(world, "caseworker", open_page(viewport=WIDE), live_server.url)
    addresses = [
        reverse("care-appeal", args=[other, ruling_of(other)]),
        reverse("care-appeal-outcome", args=[person, ruling, entry]),
        reverse("care-return", args=[person]),
        reverse("care-return", args=[fallen]),
        reverse("care-close", args=[person]),
        "/",
    ]
    faults = []
    for number, address in enumerate(addresses):
        faults += faults_of(page, live_server.url + address)
        for size in (WIDE, PHONE) if SHOTS else ():
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.screenshot(path=f"{SHOTS}/{number}-{size['width']}.png", full_page=True)
    assert not faults, "\n".join(faults)
