"""A hit from the field to the board, on a served node: found by itself, decided by two, told at once."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from playwright.sync_api import Page, expect

from libertad.hits.models import Hit
from libertad.operations.models import Lead
from libertad.people.models import Person
from tests.e2e.test_thread import Walk, choose
from tests.e2e.test_thread import walk as walk
from tests.hits.making import phone_lead
from tests.operations.making import a_site
from tests.people.making import meet
from tests.support.browsing import PHONE

PHONE_NUMBER = "+592 611 4409"
WITHIN = 300.0


def until(condition: Callable[[], bool]) -> None:
    """Wait for the served node's own thread; a guard, nothing is measured by it."""
    end = time.monotonic() + WITHIN
    while not condition():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.1)


def test_who_was_moved_is_met_again_and_the_first_lead_turns_stale(walk: Walk) -> None:
    world = walk.world
    board = walk.as_("coordinator")
    walk.go(board, "/board/")
    lead = phone_lead(world, phone="+592 600 1111")
    first = a_site(world, lead=(lead,))
    second = a_site(world, name="Night club on the coast", reference="SITE-GY-77")
    first_person = meet(world, name="Yulimar Peña Díaz", site=first, happened=world.at(4, 9))
    second_person = meet(world, name="Yulimar Pena", site=second, happened=world.at(6, 9))
    officer = walk.as_("officer", PHONE)
    for person in (first_person, second_person):
        # Written by another process than the served one, which takes up new keys a moment later.
        until(lambda at=f"/people/{person}/state/": officer.request.get(walk.base + at).ok)  # type: ignore[misc]
        walk.go(officer, f"/people/{person}/state/")
        officer.locator("[name=phone]").first.fill(PHONE_NUMBER)
        choose(officer, "source", "said")
        walk.press(officer, "Record it", rf"/people/{person}/$")
    police = world.authorities["police"]
    until(lambda: Hit.objects.filter(authority=police, left__startswith="person:").exists())
    hit = Hit.objects.get(authority=police, left__startswith="person:", right__startswith="person:")

    walk.go(officer, "/hits/")
    officer.get_by_role("link", name=hit.reference).click()
    walk.look(officer)
    expect(officer.get_by_text("Both are called Yulimar")).to_be_visible()
    officer.get_by_role("link", name="It is one person").click()
    officer.get_by_label("What shows that it is the same?").fill("The same scar on the left hand")
    walk.press(officer, "Propose that it is one person", rf"/hits/{hit.pk}/$")
    assert Person.objects.get(pk=first_person).links == []

    reader = walk.as_("national-lead")
    walk.go(reader, "/")
    reader.get_by_role("link", name="Read it", exact=True).first.click()
    reader.get_by_role("link", name="Read it as the second reader").click()
    choose(reader, "agrees", "yes")
    reader.get_by_label("What did you compare?").fill("Both files and both photographs")
    walk.press(reader, "Record what you found", rf"/hits/{hit.pk}/$")
    assert Person.objects.get(pk=first_person).links == [second_person]
    assert Lead.objects.get(pk=lead).standing == "stale"

    # The board followed by itself, and names nobody.
    expect(board.locator("body")).to_contain_text(
        "A hit is confirmed: person in Guyana and person in Guyana."
    )
    assert "Yulimar" not in board.content() and "scar" not in board.content()
    walk.go(board, f"/leads/{lead}/")
    expect(board.get_by_text("Stale").first).to_be_visible()
    walk.go(officer, "/")
    expect(officer.get_by_text(re.compile("Confirmed: P-GY-")).first).to_be_visible()
    page: Page
    for page in walk.pages.values():
        assert page.console.errors == [] and page.console.refused == []  # type: ignore[attr-defined]
