"""At 1280 px the rooms of every role stand on one line, and nothing above a page's text lies on anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from libertad.operations.actions.close_operation import close_operation
from libertad.web import shell
from tests.operations.test_screens import clock_at
from tests.support.browsing import WIDE, signed_in
from tests.support.world import World
from tests.web.test_seen_and_printed import OVERLAPS

pytestmark = [pytest.mark.look, pytest.mark.django_db(transaction=True)]
WIDEST = {"width": 1920, "height": 900}  # the bar is no wider there, and its gaps may be
WAITING = 147  # as after a busy day: three digits, where a room counts what waits
LINES = """async () => {
  await document.fonts.ready;
  const boxes = selector => [...document.querySelectorAll(selector)].map(at => at.getBoundingClientRect());
  return [boxes(".bar__item").length, new Set(boxes(".bar__item").map(box => Math.round(box.top))).size,
    Math.round(boxes(".bar")[0].height)];
}"""
# Texts of the status strip that leave their cell; each time is one of the longest that there are.
BEYOND = """() => [...document.querySelectorAll(".strip__cell")].flatMap(cell => {
  for (const time of cell.querySelectorAll("time"))
    time.textContent = "30 September 2018, about 22:00 (UTC+5:30)";
  const range = document.createRange(), style = getComputedStyle(cell);
  range.selectNodeContents(cell);
  const edge = cell.getBoundingClientRect().right - parseFloat(style.paddingRight);
  const out = [...range.getClientRects()].some(box => box.right > edge + 0.5);
  return out ? [`beyond its cell: ${cell.innerText}`] : [];
})"""


def test_rooms_stand_on_one_line_and_nothing_overlaps_in_a_closed_operation(
    world: World, live_server: Any, open_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock_at(world, 10, 12)
    world.perform("coordinator", close_operation, reasons="The last action day is over")
    monkeypatch.setattr(shell, "counts", lambda _actor: {"people": WAITING, "hits": WAITING})
    faults = []
    for role in world.actors:
        page = signed_in(world, role, open_page(viewport=WIDE), live_server.url)
        for path in ("/", "/operation/"):
            answer = page.goto(live_server.url + path)
            if answer is None or answer.status == 404:  # an administrator sees no operation
                assert path != "/", role
                continue
            for size in (WIDE, WIDEST):
                page.set_viewport_size(size)  # type: ignore[arg-type]
                rooms, lines, height = page.evaluate(LINES)
                assert rooms > 1, (role, path)  # a partner has Today and the operation
                where = f"{role} {path} at {size['width']}: "
                faults += [where + words for words in page.evaluate(BEYOND)]
                texts, overlaps = page.evaluate(OVERLAPS)
                assert texts > 15, (role, path)
                if lines > 1 or height > 60:
                    faults.append(f"{where}{rooms} rooms on {lines} lines")
                skip = "Skip to main content"  # seen with the focus alone
                faults += [where + overlap for overlap in overlaps if skip not in overlap]
    assert not faults, "\n".join(faults)
