"""Two care authorities' files of one person in a browser, for who decides: clean by axe, and on a phone."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from libertad.access.actor import Actor
from tests.care import test_several_files
from tests.care.test_several_files import DECIDING, file_of
from tests.support.browsing import PHONE, WIDE, faults_of, signed_in
from tests.support.world import World

SHOTS = os.environ.get("LIBERTAD_SHOTS", "")  # a folder for pictures to look at
second, person = test_several_files.second, test_several_files.person


@pytest.mark.look
@pytest.mark.usefixtures("ninth_of_april")
def test_pages_are_clean_and_fit_a_phone(
    world: World, second: Actor, person: str, live_server: Any, open_page: Callable[..., Page]
) -> None:
    page = signed_in(world, DECIDING, open_page(viewport=WIDE), live_server.url)
    query = f"?file={file_of(world.actor('caseworker'), person)}"
    addresses = [
        reverse("care"),
        reverse("care-return", args=[person]),
        reverse("care-file", args=[person]) + query,
        reverse("care-decide", args=[person]) + query,
    ]
    faults = []
    for number, address in enumerate(addresses):
        faults += faults_of(page, live_server.url + address)
        for size in (WIDE, PHONE) if SHOTS else ():
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.screenshot(path=f"{SHOTS}/{number}-{size['width']}.png", full_page=True)
    assert not faults, "\n".join(faults)
