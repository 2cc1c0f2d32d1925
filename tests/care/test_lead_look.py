"""Who leads, in a browser, wide and narrow: two care authorities agree, by keyboard; clean by axe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from libertad.access.acting import perform
from libertad.care.actions.lead_person import offer_lead
from tests.access.test_attachments_look import clean
from tests.care.test_lead_person import WHY, Two, two  # noqa: F401
from tests.evidence.test_look import keep
from tests.support.browsing import PHONE, WIDE, signed_in
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")


@pytest.mark.look
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_two_care_authorities_agree(
    live_server: Any,
    world: World,
    two: Two,  # noqa: F811
    open_page: Callable[..., Any],
    size: dict[str, int],
) -> None:
    page = signed_in(world, "caseworker", open_page(viewport=size), live_server.url)
    page.goto(f"{live_server.url}/care/{two.mine}/leads/")
    clean(page, "nothing offered")
    keep(page, f"{size['width']}-lead-empty")
    page.get_by_role("link", name="Offer who leads").or_(
        page.get_by_role("button", name="Offer who leads")
    ).first.click()
    clean(page, "the form")
    keep(page, f"{size['width']}-lead-offer")
    assert page.locator("input:checked").count() == 0, "nothing is chosen beforehand"
    page.get_by_label("Care authority, Saint Vincent, record").focus()
    page.keyboard.press("Space")
    page.get_by_label("We do, from now on").focus()
    page.keyboard.press("Space")
    page.get_by_label("The person lives where it works").check()
    page.get_by_label("In one line").fill("12 april 2018")
    page.get_by_label("No agreement on file").check()
    page.get_by_role("button", name="Offer it").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Offered.").wait_for()
    perform(
        two.vincent,
        offer_lead,
        person=two.theirs,
        to=two.guyana.authority,
        leader=two.vincent.authority,
        linked=two.mine,
        **WHY,
    )
    page.goto(f"{live_server.url}/")
    page.get_by_text("do not agree who leads").first.wait_for()
    clean(page, "Today")
    keep(page, f"{size['width']}-lead-today")
    page.goto(f"{live_server.url}/care/{two.mine}/leads/")
    page.get_by_text("Not agreed").first.wait_for()
    clean(page, "the conflict")
    keep(page, f"{size['width']}-lead-conflict")
    assert not page.console.refused and not page.console.errors
