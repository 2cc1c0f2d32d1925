"""The room's pages in a browser: clean by axe and by the security policy, wide and on a phone."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from libertad.figures.models import Release
from tests.figures.making import meet, small
from tests.support.accessibility import axe, violation_lines
from tests.support.browsing import PHONE, WIDE, signed_in
from tests.support.releasing import publish
from tests.support.world import World


@pytest.mark.look
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_pages_are_clean(
    live_server: Any, world: World, open_page: Callable[..., Any], size: dict[str, int]
) -> None:
    small(world)
    publish(world, as_of=world.at(4, 22).utc, provenance="generated")
    for day in (5, 6, 6):
        meet(world, day, provenance="generated")
    key = publish(world, as_of=world.at(6, 22).utc)
    entry = Release.objects.get(pk=key).entry
    page = signed_in(world, "coordinator", open_page(viewport=size), live_server.url)
    shots = os.environ.get("LIBERTAD_SHOTS")
    for place, path in {
        "figures": "/figures/",
        "entries": "/figures/entries/records/",
        "public": "/figures/public/",
        "release": f"/figures/releases/{key}/",
        "release-new": "/figures/releases/new/",
        "entry": f"/entries/{entry}/",
    }.items():
        answer = page.goto(live_server.url + path)
        assert answer is not None and answer.status == 200, path
        if shots:
            page.screenshot(path=Path(shots) / f"{place}-{size['width']}.png", full_page=True)
        violations = axe(page)
        assert not violations, f"{path}\n{violation_lines(violations)}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is too wide"
    assert not page.console.errors and not page.console.refused


@pytest.mark.look
def test_a_wide_table_scrolls_by_itself_and_keeps_each_line_s_name_in_sight(
    live_server: Any, world: World, open_page: Callable[..., Any]
) -> None:
    small(world)
    page = signed_in(world, "coordinator", open_page(viewport={"width": 360, "height": 740}), live_server.url)
    page.goto(live_server.url + "/figures/")
    region = page.get_by_role("region", name="By country or territory")
    assert region.get_attribute("tabindex") == "0"
    region.evaluate("part => { part.scrollLeft = part.scrollWidth }")
    moved, name, last, window = region.evaluate(
        """part => [part.scrollLeft, part.querySelector("tbody th").getBoundingClientRect().left,
          part.querySelector("tbody td:last-child").getBoundingClientRect().right, innerWidth]"""
    )
    assert moved > 0, "wider than the window"
    assert 0 <= name < window / 2 and last <= window + 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page itself does not"
