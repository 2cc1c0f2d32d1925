"""Disclosures in a browser: clean by axe, and on a phone; the whole walk by its forms."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from libertad.care.actions.withdraw_consent import withdraw_consent
from libertad.care.queries_disclosing import disclosures
from libertad.people.queries_disclosed import disclosed
from tests.care.disclosing import a_person, agrees, propose, send
from tests.support.accessibility import axe, violation_lines
from tests.support.browsing import PHONE, WIDE, signed_in
from tests.support.forms import Form, forms_of
from tests.support.world import World

SHOTS = os.environ.get("LIBERTAD_SHOTS", "")  # a folder for pictures to look at
ORDER = {
    "ground": "order",
    "order": "Order 17 of the High Court",
    "informed": "By the caseworker",
}


@pytest.mark.look
@pytest.mark.usefixtures("ninth_of_april")
def test_pages_are_clean_and_fit_a_phone(
    world: World, live_server: Any, open_page: Callable[..., Page]
) -> None:
    person = a_person(world)
    consent = agrees(world, person, withheld=("name",))
    waits = propose(world, person, **ORDER)
    sent, file = send(world, person, "police", **ORDER)
    gone = agrees(world, person, "police")
    dropped, _file = send(world, person, "police", consent=gone)
    world.perform("caseworker", withdraw_consent, consent=gone)
    pages: dict[str, list[tuple[str, ...]]] = {
        "caseworker": [
            ("care-disclosures", person),
            ("care-disclose", person, consent),
            ("care-disclose", person, world.authorities["police"]),
            ("care-disclosure", person, waits),
            ("care-disclosure", person, dropped),
            ("care-disclosure-end", person, sent),
        ],
        "second-caseworker": [("home",), ("care-disclosure", person, waits)],
        "national-lead": [("home",), ("disclosed",), ("disclosed-file", file), ("person", person)],
    }
    faults = []
    for role, routes in pages.items():
        for size in (WIDE, PHONE):
            page = signed_in(world, role, open_page(viewport=size), live_server.url)
            for number, (route, *args) in enumerate(routes):
                page.goto(live_server.url + reverse(route, args=args))
                violations = violation_lines(axe(page))
                wide = page.evaluate("document.documentElement.scrollWidth")
                if violations or wide > size["width"]:
                    faults.append(f"{route} at {size['width']} ({wide}): {violations}")
                if SHOTS:
                    page.screenshot(path=f"{SHOTS}/{role}-{number}-{size['width']}.png", full_page=True)
            errors = page.console.errors + page.console.refused  # type: ignore[attr-defined]
            faults += errors
    assert not faults, "\n".join(faults)


@pytest.mark.usefixtures("ninth_of_april")
def test_from_the_agreement_to_what_the_prosecutor_reads_by_the_forms(world: World) -> None:
    person = a_person(world)
    consent = agrees(world, person, withheld=("name",))
    worker = world.client("caseworker")
    listed = worker.get(reverse("care-disclosures", args=[person])).content.decode()
    way = reverse("care-disclose", args=[person, consent])
    assert way in listed
    form = worker.get(way).content.decode()
    assert "What the person does not want told" in form and 'value="name"' not in form
    keys = _form(form).offered["items"]
    assert [key.partition(":")[0] for key in keys] == ["told", "status", "forced-to"]
    values = {
        "purpose": "non-punishment",
        "items": keys,
        "until_day": "9",
        "until_month": "10",
        "until_year": "2018",
    }
    assert "When did it happen?" not in form
    shown = worker.post(way, {**_form(form).fields, **values, "preview": "1"})
    page = unescape(shown.content.decode())
    told = re.search(r'id="preview".*?</section>', page, re.DOTALL)
    assert shown.status_code == 200 and told is not None and not disclosures(world.actor("caseworker"))
    assert "carry the bag" in told[0] and "Lan T. N." not in told[0] and "withheld: Name" in told[0]
    assert "9 October 2018" in told[0] and told[0].count("<li>") == len(keys)
    answer = worker.post(way, {**_form(form).fields, **values})
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    (view,) = disclosures(world.actor("caseworker"))
    page = reverse("care-disclosure", args=[person, view.id])
    assert "You proposed this" in worker.get(page).content.decode()
    reader = world.client("second-caseworker")
    form = reader.get(page).content.decode()
    answer = reader.post(page, {**_form(form).fields, "proposal": view.proposal, "agrees": "yes"})
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    (told,) = disclosed(world.actor("prosecutor"))
    prosecutor = world.client("prosecutor")
    assert "disclosed something" in prosecutor.get("/").content.decode()
    shown = prosecutor.get(reverse("disclosed-file", args=[told.id])).content.decode()
    assert "carry the bag" in shown and "Lan T. N." not in shown
    assert "disclosed something" not in prosecutor.get("/").content.decode()
    opened = worker.get(page).content.decode()
    assert "Opened there" in opened
    end = reverse("care-disclosure-end", args=[person, view.id])
    form = worker.get(end).content.decode()
    assert worker.post(end, {**_form(form).fields, "reasons": "Not needed"}).status_code == 302
    assert prosecutor.get(reverse("disclosed-file", args=[told.id])).status_code == 404
    assert "It had been opened there before" in worker.get(page).content.decode()
    assert "Withdrawn and erased" in worker.get(page).content.decode()


def _form(page: str) -> Form:
    """The form of the page, with the moment that it begins with."""
    (form,) = [
        form
        for form in forms_of(page, "/x/")
        if any(name.startswith(("when", "until")) for name in form.fields)
    ]
    return form
