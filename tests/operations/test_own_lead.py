"""An officer corrects the lead that they reported, by its page; no page offers another's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from libertad.access.acting import Forbidden, perform
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.models import Account
from libertad.operations import queries
from libertad.operations.actions.correct_lead import correct_lead
from libertad.operations.actions.report_lead import report_lead
from tests.operations.test_leads import LEAD
from tests.support.shuffling import assert_order_free
from tests.support.world import World

WHY = "She said the upper mine."
NEW = "Women are kept at the upper mine."


@pytest.fixture(autouse=True)
def _another_officer(world: World) -> None:
    """A second officer of the same force."""
    officer = world.perform(
        "administrator",
        appoint_officer,
        name="Name second",
        service_number="N-second-officer",
        role="officer",
    )
    world.actors["second-officer"] = replace(world.actors["officer"], officer=officer)
    Account.objects.create_user("N-SECOND-OFFICER", "correct horse battery", officer)


def page(world: World, role: str, lead: str) -> str:
    return " ".join(world.client(role).get(f"/leads/{lead}/").content.decode().split())


def form_of(world: World, role: str, lead: str) -> dict[str, Any]:
    form = world.client(role).get(f"/leads/{lead}/correct/").context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value() is not None}


@pytest.mark.parametrize("role", ["officer", "exhibits-officer", "coordinator"])
def test_who_reported_it_corrects_it_on_its_page_and_both_are_visible(world: World, role: str) -> None:
    lead = world.perform(role, report_lead, **LEAD)
    address = f"/leads/{lead}/correct/"
    assert address in page(world, role, lead)
    data = form_of(world, role, lead) | {"summary": NEW, "origin": "hotline", "reasons": WHY}
    answer = world.client(role).post(address, data)
    assert answer.status_code == 302 and answer["Location"] == f"/leads/{lead}/"
    for reader in (role, "national-lead", "analyst"):
        text = page(world, reader, lead)
        assert f"<del>{LEAD['summary']}</del>" in text and NEW in text and WHY in text, reader
    again = form_of(world, role, lead) | {"summary": "At the lower mine.", "reasons": "It was the lower one."}
    assert world.client(role).post(address, again).status_code == 302
    row = queries.lead(world.actor(role), lead)
    assert row is not None and (row.summary, row.origin) == ("At the lower mine.", "hotline")
    assert (row.source_grade, row.information_grade) == (LEAD["source_grade"], LEAD["information_grade"])
    assert_order_free(world)


@pytest.mark.parametrize("role", ["second-officer", "exhibits-officer", "other-officer", "coordinator"])
@pytest.mark.parametrize("values", [{"summary": NEW}, {"origin": "hotline"}])
def test_another_s_lead_is_not_corrected_and_no_page_offers_it(
    world: World, role: str, values: dict[str, str]
) -> None:
    """Neither what was said nor what nobody had said yet."""
    lead = world.perform("officer", report_lead, **LEAD)
    with pytest.raises(Exception) as why:
        world.perform(role, correct_lead, lead=lead, reasons=WHY, **values)
    assert type(why.value).__name__ in ("Forbidden", "Refused")
    assert f"/leads/{lead}/correct/" not in page(world, role, lead)
    answers = [
        world.client(role).get(f"/leads/{lead}/correct/"),
        world.client(role).post(f"/leads/{lead}/correct/", {**values, "reasons": WHY}),
    ]
    assert {answer.status_code for answer in answers} <= {403, 404}
    row = queries.lead(world.actor("officer"), lead)
    assert row is not None and (row.summary, row.origin) == (LEAD["summary"], "")


def test_what_another_has_corrected_meanwhile_is_left_out_of_the_reporter_s_form(world: World) -> None:
    lead = world.perform("officer", report_lead, **LEAD)
    stale = form_of(world, "officer", lead)
    world.perform("national-lead", correct_lead, lead=lead, reasons="Read again.", summary="At the mouth.")
    form = world.client("officer").get(f"/leads/{lead}/correct/")
    assert "summary" not in form.context["form"].fields and "workplace" in form.context["form"].fields
    assert "Another officer has corrected" in form.content.decode()
    with pytest.raises(Forbidden):
        row = queries.lead(world.actor("officer"), lead)
        assert row is not None
        old = {"summary": tuple(row.shown["summary"])}
        perform(world.actor("officer"), correct_lead, lead=lead, reasons=WHY, summary=NEW, supersedes=old)
    # What was filled in before says nothing of the words that it no longer shows.
    data = stale | {"summary": NEW, "origin": "hotline", "reasons": WHY}
    assert world.client("officer").post(f"/leads/{lead}/correct/", data).status_code == 302
    row = queries.lead(world.actor("officer"), lead)
    assert row is not None and (row.summary, row.origin) == ("At the mouth.", "hotline")


def test_police_s_lead_goes_on_correcting_all_of_it(world: World) -> None:
    lead = world.perform("officer", report_lead, **LEAD)
    world.perform("officer", correct_lead, lead=lead, reasons=WHY, summary=NEW)
    form = world.client("national-lead").get(f"/leads/{lead}/correct/")
    assert "summary" in form.context["form"].fields
    world.perform("national-lead", correct_lead, lead=lead, reasons="Read again.", summary="At the mouth.")
    row = queries.lead(world.actor("officer"), lead)
    assert row is not None and row.summary == "At the mouth." and not row.disputed
