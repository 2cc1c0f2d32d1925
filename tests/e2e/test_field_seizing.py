"""Seizing on the phone as an officer does it, in a real browser, against a real node: the seal read and the
photos taken first, then what it is; what goes on to the next item, also after a kill; an age in years."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from libertad.access.attaching import attached
from libertad.evidence.models import Exhibit
from libertad.evidence.queries import exhibits
from libertad.hits.record_builder import interval
from libertad.journal.node import node
from libertad.look.square import square
from libertad.people.models import Person
from libertad.people.queries import person
from tests.support.daybook import SEIZED, choose
from tests.support.raids import FRAMES, SAVE, Raid
from tests.support.raids import raid as raid
from tests.support.world import World

pytestmark = [pytest.mark.look, pytest.mark.sqlite_only]
SEAL = "GY-118467"
HOW = {"where_found": "Office, top drawer", "taken_from": "The foreman", "witness": "Sgt. M. Adams"}


def film_of(browser: Browser, text: str, path: Path) -> Path:
    """What a camera sees that is held over a code."""
    page = browser.new_page(viewport={"width": 640, "height": 480})
    page.set_content(f"<img src='{square(text)}' style='width:20rem;margin:2rem 8rem'>")
    path.write_bytes(page.screenshot(type="jpeg", quality=95) * FRAMES)
    page.close()
    return path


def test_items_in_a_row_are_sealed_first_and_arrive_with_all_their_photos(
    raid: Raid,
    browser: Browser,
    tmp_path: Path,
) -> None:
    with raid.phone(camera=film_of(browser, SEAL, tmp_path / "seal.mjpeg")) as app:
        app.enrol(raid.code())
        raid.link.cut()
        page = app.page
        app.press("Seize", exact=False)
        app.press("Scan the seal")
        expect(page.locator("#seal")).to_have_value(SEAL)
        expect(page.locator("video"), "the camera ends with what it read").to_have_count(0)
        app.press("Take photo")
        for count in (1, 2, 3):
            app.press("Take photo")
            expect(page.locator("figure")).to_have_count(count)
        app.press("Close the camera")
        page.wait_for_timeout(1000)
        app.kill()
        app.launch()
        app.unlock()
        unsaved = page_part(app, "Not saved yet")
        expect(unsaved.get_by_role("listitem"), "one form, its photos with it").to_have_count(1)
        unsaved.get_by_role("button", name="Seize and seal", exact=True).click()
        page = app.page
        expect(page.locator("figure")).to_have_count(3)
        expect(page.locator("#seal")).to_have_value(SEAL)
        choose(page, "kind", SEIZED)
        app.give("description", "Phone, black")
        for name, text in HOW.items():
            app.give(name, text)
        app.press("go on to item", exact=False)
        expect(
            page.get_by_text("Carried over: Office, top drawer; The foreman; Sgt. M. Adams")
        ).to_be_visible()
        expect(page.locator("figure")).to_have_count(0)
        app.kill()
        app.launch()
        app.unlock()
        expect(app.page.get_by_text("Not saved yet")).to_have_count(0)
        app.press("Seize", exact=False)
        page = app.page
        for name, text in HOW.items():
            expect(page.locator(f"#{name}"), "also after a kill").to_have_value(text)
        app.give("seal", "GY-118468")
        choose(page, "kind", "Other")
        app.give("description", "Ledger, green")
        app.give("where_found", "Kitchen, behind the stove")
        app.press("Finish")
        expect(page.get_by_text("My task")).to_be_visible()
        raid.link.restore()
        app.hand_over()
        expect(page.locator(".band")).to_contain_text("All handed over")
    node().rings.refresh()
    lead = raid.world.actor("national-lead")
    phone, ledger = sorted(exhibits(lead), key=lambda exhibit: exhibit.reference)
    assert [each.seal for each in (phone, ledger)] == [SEAL, "GY-118468"]
    assert (phone.where_found, phone.taken_from, phone.witness) == tuple(HOW.values())
    assert (ledger.where_found, ledger.taken_from) == ("Kitchen, behind the stove", "The foreman")
    pictures = attached(lead, phone.id)
    assert [each.here for each in pictures] == [True] * 3 and attached(lead, ledger.id) == []
    shown = raid.world.client("national-lead").get(f"/exhibits/{phone.id}/").content.decode()
    assert "The foreman" in shown and all(each.name in shown for each in pictures)
    assert Exhibit.objects.count() == 2


def page_part(app, heading: str):  # type: ignore[no-untyped-def]
    return app.page.locator("section", has_text=heading)


def test_an_estimated_age_arrives_as_a_range_on_the_page_and_in_what_hits_compare(
    raid: Raid,
    world: World,
) -> None:
    with raid.phone() as app:
        app.enrol(raid.code())
        app.press("Meet a person", exact=False)
        app.answer_meeting("Ana Lucía")
        choose(app.page, "age", "Not sure")
        app.give("age-from", "15")
        app.give("age-to", "17")
        app.press(SAVE)
        expect(app.page.get_by_text("My task")).to_be_visible()
        app.hand_over()
        expect(app.page.locator(".band")).to_contain_text("All handed over")
    node().rings.refresh()
    [(birth, _entry)] = person(world.actor("national-lead"), Person.objects.get().pk).births
    assert (birth.age_from, birth.age_to, birth.date) == (15, 17, "")
    days = interval(birth)
    assert days is not None and days.latest.year - days.earliest.year in (3, 4)
    shown = world.client("national-lead").get(f"/people/{Person.objects.get().pk}/").content.decode()
    assert "Age 15 to 17" in shown
