"""Two who edit one thing: who saves second is told what the first said meanwhile, before saving."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from libertad.operations.models import Site
from tests.operations.making import a_site, a_team
from tests.support.browsing import signed_in
from tests.support.forms import database, forms_of
from tests.support.world import World
from tests.web.test_every_form import filled
from tests.web.test_lists import a_lead

WHY = "The owner's paper has another name."


def shown_form(client: Client, address: str) -> dict[str, Any]:
    answer = client.get(address)
    return filled(forms_of(answer.content.decode(), address)[0], address, answer.context).fields


def made(world: World, kind: str) -> tuple[str, str, str, str, str]:
    """Address of a form that corrects, a field of it, its two new values, and its words."""
    if kind == "site":
        return f"/sites/{a_site(world)}/correct/", "name", "Upper mine", "Lower mine", "Upper mine"
    if kind == "team":
        team = a_team(world, a_site(world))
        return f"/teams/{team}/correct/", "officers", "5", "6", ": 5."
    lead = a_lead(world, "Told by a driver")
    if kind == "grade":
        return f"/leads/{lead}/grade/", "information_grade", "C", "D", ": "
    return f"/leads/{lead}/correct/", "summary", "Told by a guard", "Told by a cook", "Told by a guard"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["site", "team", "lead", "grade"])
def test_who_saves_second_is_told_what_the_first_said_and_may_save_all_the_same(
    world: World, kind: str
) -> None:
    address, field, first_value, second_value, words = made(world, kind)
    first, second = world.client("national-lead"), world.client("national-lead")
    one, two = shown_form(first, address), shown_form(second, address)
    assert first.post(address, {**one, field: first_value, "reasons": WHY}).status_code == 302
    before = database()
    sent = {**two, field: second_value, "reasons": WHY}
    told = second.post(address, sent)
    assert told.status_code == 200 and database() == before
    page = told.content.decode()
    reasons = str(told.context["form"].non_field_errors())
    assert "while you were writing" in reasons and "Name national-lead" in reasons and words in reasons
    assert second_value in page  # what was typed is still there
    again = forms_of(page, address)[0]
    assert second.post(address, {**sent, "despite": "0" * 16}).status_code == 200
    saved = second.post(address, {**sent, "despite": again.offered["despite"][0]})
    assert saved.status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_form_that_comes_twice_is_in_no_conflict_with_itself(world: World) -> None:
    address, field, value, _other, _words = made(world, "site")
    client = world.client("national-lead")
    sent = {**shown_form(client, address), field: value, "reasons": WHY}
    first, again = client.post(address, sent), client.post(address, sent)
    assert (first.status_code, again.status_code) == (302, 302)
    assert first["Location"] == again["Location"]


@pytest.mark.django_db(transaction=True)
def test_what_the_second_may_not_read_is_not_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    address, field, value, other, _words = made(world, "site")
    first, second = world.client("national-lead"), world.client("national-lead")
    two = shown_form(second, address)
    assert (
        first.post(address, {**shown_form(first, address), field: value, "reasons": WHY}).status_code == 302
    )
    monkeypatch.setattr("libertad.access.meanwhile.entry", lambda _actor, _name: None)
    answer = second.post(address, {**two, field: other, "reasons": WHY})
    assert answer.status_code == 302


def test_two_browsers(world: World, live_server: Any, open_page: Callable[..., Page]) -> None:
    key, url = a_site(world), live_server.url
    lead = signed_in(world, "national-lead", open_page(), url)
    officer = signed_in(world, "officer", open_page(viewport={"width": 360, "height": 740}), url)
    for page, name in ((lead, "Upper mine"), (officer, "Lower mine")):
        page.goto(f"{url}/sites/{key}/correct/")
        page.fill("#id_name", name)
        page.fill("#id_reasons", WHY)
    lead.get_by_role("button", name="Record the correction").click()
    lead.wait_for_url(f"{url}/sites/{key}/")
    expect(lead.locator(".flash")).to_contain_text("Correction recorded.")
    officer.get_by_role("button", name="Record the correction").click()
    box = officer.get_by_role("checkbox", name="Save mine all the same")
    expect(box).not_to_be_checked()
    expect(officer.locator(".govuk-error-summary")).to_contain_text("Upper mine")
    officer.screenshot(path="/tmp/meanwhile-p.png", full_page=True)
    assert Site.objects.get(pk=key).pk and officer.input_value("#id_name") == "Lower mine"
    box.check()
    officer.get_by_role("button", name="Record the correction").click()
    officer.wait_for_url(f"{url}/sites/{key}/")
    officer.screenshot(path="/tmp/saved-p.png")
    lead.goto(f"{url}/sites/{key}/")
    lead.screenshot(path="/tmp/site-w.png")
