"""The page 'How far a score can be trusted': the curve, the decisions behind it, and for whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page

from libertad.hits import reliability
from libertad.hits.plot import BOTTOM, LEFT, RIGHT, TOP, across, down, steps
from tests.hits.test_reliability import decided
from tests.hits.test_screens import page
from tests.support.accessibility import axe, violation_lines
from tests.support.browsing import PHONE, WIDE, signed_in
from tests.support.world import World

PLACE = "/hits/trust/"


@given(st.lists(st.tuples(st.floats(-60, 60), st.booleans()), max_size=50))
def test_every_decision_is_counted_once(decisions: list[tuple[float, bool]]) -> None:
    listed = steps(decisions, lambda bits: 0.5)
    assert sum(step.decided for step in listed) == len(decisions)
    assert sum(step.same for step in listed) == sum(same for _bits, same in decisions)


@given(st.floats(-100, 100), st.floats(0, 1))
def test_nothing_is_drawn_outside_the_figure(bits: float, chance: float) -> None:
    assert LEFT <= across(bits) <= RIGHT and TOP <= down(chance) <= BOTTOM


def test_bits_taken_at_their_word_are_a_straight_line() -> None:
    middle = down(0.5)
    for bits in (2, 6, 9):
        chance = 2**bits / (1 + 2**bits)
        assert middle - down(chance) == pytest.approx(bits / 20 * (BOTTOM - TOP), abs=0.1)


def test_the_queue_leads_to_the_page_and_it_tells_what_was_decided(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = world.client("officer")
    assert f'href="{PLACE}"' in page(client, "/hits/")
    told_before = page(client, PLACE)
    assert "No decision" not in told_before and "0 decisions stand." in told_before
    assert "measured on a synthetic population" in told_before and "<circle" not in _figure(told_before)
    monkeypatch.setattr(reliability, "ENOUGH", 2)
    decided(world, 1, same=True)
    decided(world, 2)
    decided(world, 3, "other-officer")
    text = page(client, PLACE)
    assert "3 decisions stand." in text and "Hits between your own records" in text
    assert "Hits with records of " in text and "all decisions of your authority" in text
    assert "<circle" in _figure(text) and "+12 to +14 bits" in text and "33%" in text
    assert "Ana 1" not in text, "counts alone"
    assert "0 decisions stand." in page(world.client("other-officer"), PLACE), "decisions are one's own"
    page(world.client("press"), PLACE, world.client("press").get("/hits/").status_code)


def _figure(text: str) -> str:
    return text.partition('<svg class="plot"')[2].partition("</svg>")[0]


@pytest.mark.look
def test_it_is_clean_and_fits_a_phone(
    world: World, live_server: Any, open_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reliability, "ENOUGH", 2)
    for n, same in enumerate((True, False, True)):
        decided(world, n, same=same)
    for size in (WIDE, PHONE):
        screen = signed_in(world, "officer", open_page(viewport=size), live_server.url)
        answer = screen.goto(live_server.url + PLACE)
        assert answer is not None and answer.status == 200
        assert screen.locator("svg.plot").count() == 2
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert screen.evaluate(wide) <= 0, size
        problems = axe(screen)
        assert not problems, f"at {size['width']}:\n{violation_lines(problems)}"
        assert not screen.console.errors and not screen.console.refused  # type: ignore[attr-defined]
