"""What has the focus is never covered, and what is printed never overlaps: in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from libertad.access.matrix import matrix, roles
from tests.support.browsing import signed_in
from tests.support.populated import RULES, Populated, opening_keys
from tests.support.serving import server
from tests.web.test_every_form import writing

pytestmark = pytest.mark.look
SIZES = ({"width": 390, "height": 844}, {"width": 320, "height": 640})
STOPS = 600  # so that it ends
PAPER = 680  # px between the margins of A4

# What has the focus as it is seen (a chip's own box is its label), and how much of it is covered or outside.
COVERED = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const own = at.getBoundingClientRect(), label = at.labels && at.labels[0];
  const box = label && getComputedStyle(at).opacity === "0" ? label.getBoundingClientRect() : own;
  const name = at.id || at.name || `${at.tagName} ${(at.innerText || "").slice(0, 30)}`;
  if (box.height > innerHeight - 200) return {name, covered: ""};  // taller than what is free
  const bars = ".meet__save, .bar, .meet__bar, .exit-hint";
  for (const right of [0.02, 0.5, 0.98]) for (const down of [0.05, 0.5, 0.95]) {
    const x = box.left + box.width * right, y = box.top + box.height * down;
    if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight)
      return {name, covered: `outside, ${Math.round(box.top)} to ${Math.round(box.bottom)}`};
    const above = document.elementFromPoint(x, y), bar = above && above.closest(bars);
    if (bar && !bar.contains(at)) return {name, covered: `under .${bar.className}`};
  }
  return {name, covered: ""};
}"""

# Pairs of texts that lie on one another, and texts beyond the paper's edge.
OVERLAPS = """() => {
  const boxes = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode, within = text.parentElement;
    if (!text.textContent.trim() || within.closest(".govuk-visually-hidden, script, style")) continue;
    if (getComputedStyle(within).visibility !== "visible") continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const box of range.getClientRects())
      if (box.width > 1 && box.height > 1)
        boxes.push({text, box, words: text.textContent.trim().slice(0, 40)});
  }
  const found = [], wide = document.documentElement.clientWidth;
  boxes.forEach((one, n) => {
    if (one.box.left < -1 || one.box.right > wide + 1) found.push(`beyond the edge: ${one.words}`);
    for (const two of boxes.slice(n + 1)) {
      if (one.text === two.text) continue;
      const across = Math.min(one.box.right, two.box.right) - Math.max(one.box.left, two.box.left);
      const down = Math.min(one.box.bottom, two.box.bottom) - Math.max(one.box.top, two.box.top);
      if (across > 1.5 && down > 0.3 * Math.min(one.box.height, two.box.height))
        found.push(`${one.words} | ${two.words}`);
    }
  });
  return [boxes.length, found];
}"""


@pytest.fixture(scope="module")
def base(populated: Populated) -> Iterator[str]:
    """The address of a node with a file of every kind."""
    with server(populated.world.home) as address:
        yield address


def stops(page: Page, key: str) -> Iterator[dict[str, str]]:
    """What has the focus, from one end of the page to the other."""
    for _ in range(STOPS):
        page.keyboard.press(key)
        stop = page.evaluate(COVERED)
        if stop is None:
            return
        yield stop
    raise AssertionError("the focus never leaves the page")


def covered(page: Page, address: str) -> list[str]:
    """Both ways through a page: each place where what has the focus is not seen."""
    hidden = []
    for key in ("Tab", "Shift+Tab"):
        answer = page.goto(address)
        assert answer is not None and answer.status == 200, address
        passed = list(stops(page, key))
        assert len(passed) > 8, f"{address}: the focus goes nowhere"
        hidden += [f"{address} {key}: {stop['name']} {stop['covered']}" for stop in passed if stop["covered"]]
    return hidden


def forms_by_role(populated: Populated) -> dict[str, list[str]]:
    """The pages with the longest and the barred forms."""
    ids = populated.ids
    return {
        "officer": [
            reverse("person-new"),
            reverse("exhibit-new") + "?kind=mobile-phone",
            reverse("visit-new", args=[ids["site"]]),
            reverse("team-check-in", args=[ids["team"]]),
            reverse("lead-new"),
        ],
        "caseworker": [reverse("care-screen", args=[ids["victim"], RULES])],
    }


def test_what_has_the_focus_is_never_covered(
    populated: Populated, base: str, open_page: Callable[..., Page]
) -> None:
    hidden = []
    for role, paths in forms_by_role(populated).items():
        for size in SIZES:
            page = signed_in(populated.world, role, open_page(viewport=size), base)
            for path in paths:
                hidden += [f"{size['width']}: {fault}" for fault in covered(page, base + path)]
    assert not hidden, "\n".join(hidden)


@pytest.mark.soak
def test_what_has_the_focus_is_never_covered_on_any_form(
    populated: Populated, base: str, open_page: Callable[..., Page]
) -> None:
    overlapping, walked = [], 0
    pages: dict[str, Any] = {}
    for route in writing():
        readers = matrix().routes[route.name].get("get", ())
        role = next(
            (
                candidate
                for candidate in roles()
                if candidate in readers and opening_keys(populated, route, candidate) is not None
            ),
            "",
        )
        if not role:
            continue
        keys = opening_keys(populated, route, role) or ()
        if populated.world.client(role).get(route.address(*keys)).status_code != 200:
            continue
        walked += 1
        for size in SIZES:
            name = f"{role} {size['width']}"
            if name not in pages:
                pages[name] = signed_in(populated.world, role, open_page(viewport=size), base)
            overlapping += [
                f"{size['width']}: {fault}" for fault in covered(pages[name], base + route.address(*keys))
            ]
    assert walked > 60
    assert not overlapping, "\n".join(overlapping)


def test_nothing_that_is_printed_overlaps(
    populated: Populated, base: str, open_page: Callable[..., Page]
) -> None:
    ids = populated.ids
    page = signed_in(populated.world, "officer", open_page(viewport={"width": PAPER, "height": 1000}), base)
    page.emulate_media(media="print")
    for path in (
        reverse("site", args=[ids["site"]]),
        reverse("person", args=[ids["person"]]),
        reverse("exhibit", args=[ids["exhibit"]]),
        reverse("exhibits"),
        reverse("release", args=[ids["release"]]),
        reverse("detention", args=[ids["detention"]]),
    ):
        answer = page.goto(base + path)
        assert answer is not None and answer.status == 200, path
        count, overlaps = page.evaluate(OVERLAPS)
        assert count > 20 and not overlaps, (path, overlaps)
        assert not page.locator(".govuk-skip-link, .bar, .exit").first.is_visible(), path
        paper = page.inner_text("body")
        assert "Sign out" not in paper and "Change" not in page.inner_text(".who"), path
        assert "What you can do" not in paper, path
        assert page.locator(".govuk-button:visible").count() == 0, path
        assert re.search(r"This page as it stood on \d{1,2} \w+ \d{4}, \d{2}:\d{2}", paper), path
    page.emulate_media(media="screen")
    assert page.locator(".as-of").count() == 1 and not page.locator(".as-of").is_visible()
