"""This room in a browser: clean by axe, nothing refused, no sideways scrolling at 360 px, by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from libertad.care.actions.decide_return import decide_return
from libertad.care.actions.plan_safety import plan_safety
from libertad.care.actions.record_wish import record_wish
from libertad.care.actions.refer import refer
from libertad.care.actions.screen import screen
from libertad.care.models import Screening
from libertad.vocabulary.values import Answer
from tests.care.people import CHILD, CLINIC, consent, identified, meet
from tests.support.browsing import faults_of, signed_in
from tests.support.closing import close_by_two
from tests.support.world import World

DELPHI = "ilo-ec-2009-labour-adults"


@pytest.mark.look
@pytest.mark.usefixtures("ninth_of_april")
def test_pages_are_clean_and_fit_a_phone(
    world: World, live_server: Any, open_page: Callable[..., Page]
) -> None:
    worker, deciding = "caseworker", "deciding-authority"
    person, child = meet(world), meet(world, CHILD, name="Thu P.")
    agreed = consent(world, person)
    consent(world, child)
    referral = world.perform(
        worker,
        refer,
        person=person,
        service="medical",
        to=CLINIC,
        consent=agreed,
        disclosed=("name",),
        needed_by="2018-04-10",
    )
    answers = [Answer(indicator="deception", answer="yes", evidence="Promised a shop, found a mine.")]
    done = world.perform(worker, screen, person=person, rule_set="ilo-11", answer=answers)
    identification = identified(world, person)
    world.perform(worker, record_wish, person=person, wish="stay", words="I want to stay and work.")
    world.perform(worker, plan_safety, person=person, reach="Through the duty line.", checked="2018-04-09")
    ruling = world.perform(
        deciding,
        decide_return,
        person=person,
        decision="stay",
        wish="stay",
        circumstances=("debt",),
        resources=("permit",),
        reasons="Wages are claimed.",
        together_with=(child,),
    )
    new, lost_person = meet(world, name="Minh H."), meet(world, name="Hoa T.")
    consent(world, lost_person)
    close_by_two(
        world,
        lost_person,
        worker,
        reason="contact-lost",
        afterwards="The duty line.",
        despite="She left.",
        contact_on="2018-05-07",
    )
    pages: dict[str, list[tuple[str, ...]]] = {
        worker: [
            ("care",),
            ("care-open", new),
            ("care-file", person),
            ("care-file", child),
            ("care-screening", person),
            ("care-screen", person, "ilo-11"),
            ("care-screen", person, DELPHI),
            ("care-answers", person, done),
            ("care-identify", person),
            ("care-reading", person, identification),
            ("care-consent", person),
            ("care-consent-new", person),
            ("care-consent-withdraw", person, agreed),
            ("care-referrals", person),
            ("care-referrals", child),
            ("care-refer", person),
            ("care-referral", person, referral),
            ("care-wish", person),
            ("care-return", person),
            ("care-return-reading", person, ruling),
            ("care-safety", person),
            ("care-safety-plan", person),
            ("care-close", child),
            ("care-file", lost_person),
            ("care-close", lost_person),
            ("care-reopen", lost_person),
        ],
        deciding: [("care",), ("care-file", person), ("care-return", person), ("care-decide", person)],
    }
    faults = []
    for role, routes in pages.items():
        page = signed_in(world, role, open_page(), live_server.url)
        for route, *args in routes:
            faults += faults_of(page, live_server.url + reverse(route, args=args))
        faults += page.console.errors + page.console.refused  # type: ignore[attr-defined]
    assert not faults, "\n".join(faults)


def test_a_screening_is_answered_by_keyboard_alone(
    world: World, live_server: Any, open_page: Callable[..., Page]
) -> None:
    person = meet(world)
    consent(world, person)
    page = signed_in(world, "caseworker", open_page(), live_server.url)
    page.goto(live_server.url + reverse("care-screen", args=[person, "ilo-11"]))
    page.locator("#id_deception_0").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.get_by_role("button", name="Record the answers").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/screening/")
    assert Screening.objects.filter(person=person).count() == 1
    assert "May suggest forced labour" in page.content()
