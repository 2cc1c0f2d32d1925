"""A raid at a mine by the field app, in a real browser, on a profile that is killed, against a real node.

The node is a process of its own; the phone reaches it over a link of its own, which is cut. What the phone
said it has kept is what must be at the node afterwards, each entry once.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from libertad.access.queries import officer_names
from libertad.evidence.models import Exhibit
from libertad.journal.node import node
from libertad.operations.models import Lead, Visit
from libertad.operations.on_site_models import Headcount, Room, WayIn
from libertad.people.models import Detention, Person, Property, Tally
from tests.support.daybook import Daybook, choose
from tests.support.raids import FRAMES, SAVE, Raid, name_of
from tests.support.raids import raid as raid

pytestmark = [pytest.mark.look, pytest.mark.sqlite_only]
PEOPLE, EXHIBITS, KILLS = 40, 25, 3
PLANTED = ("Quetzalcoatl", "Zapatablanca")
DAY = 24 * 3600


def test_a_raid_without_a_network_arrives_whole_and_once(raid: Raid) -> None:
    """40 people and 25 exhibits with the network cut; killed while saving, started again, its clock set back
    a day; then over a link that is cut three times."""
    with raid.phone() as app:
        app.enrol(raid.code())
        raid.link.cut()
        app.context.set_offline(True)  # type: ignore[union-attr]
        for number in range(PEOPLE):
            if number in range(10, 10 + KILLS):
                # The page and all its processes end while it saves: what it did not say it has kept may be
                # there or not, what it said is there.
                before = app.unsent()
                app.press("Meet a person", exact=False)
                app.answer_meeting(name_of(number))
                app.press("Save on this phone")
                app.page.wait_for_timeout(30 * (number - 10))
                app.kill()
                app.launch()
                app.context.set_offline(True)  # type: ignore[union-attr]
                app.unlock()
                if app.unsent() == before:
                    # What was typed is there again; the name may be the field that is lost.
                    app.press("Meet a person", exact=False)
                    app.page.locator("#name").fill(name_of(number))
                    app.press(SAVE)
                    expect(app.page.get_by_text("My task")).to_be_visible()
            else:
                app.meet(name_of(number), danger=number == 7)
            if number == 20:
                app.page.clock.set_system_time(dt.datetime.now() - dt.timedelta(days=1))
        assert app.page.console.refused == []  # type: ignore[attr-defined]
        app.seize([(f"Phone {number}, black", f"GY-{118000 + number}") for number in range(EXHIBITS)])
        captured = app.unsent()
        app.context.set_offline(False)  # type: ignore[union-attr]
        raid.link.restore()
        app.press("Hand over", exact=False)
        for _cut in range(3):
            app.press("Hand over now", exact=False)
            app.page.wait_for_timeout(400)
            raid.link.cut()
            app.page.wait_for_timeout(300)
            raid.link.restore()
        app.press("Hand over now", exact=False)
        expect(app.page.locator(".band")).to_contain_text("All handed over")
        assert captured >= PEOPLE + 2 * EXHIBITS
    node().rings.refresh()
    people = list(Person.objects.all())
    assert len(people) == PEOPLE
    assert len({person.reference for person in people}) == PEOPLE
    assert Tally.objects.count() == PEOPLE
    assert Exhibit.objects.count() == EXHIBITS


def test_a_half_typed_person_survives_a_kill(raid: Raid) -> None:
    """Typed and not saved, the browser killed: it is there again after unlocking, also what was typed while
    locked, and gone once it is saved or dropped."""
    name, locked = name_of(0), name_of(1)
    with raid.phone() as app:
        app.enrol(raid.code())
        app.press("Meet a person", exact=False)
        app.answer_meeting(name)
        app.page.wait_for_timeout(1000)
        app.kill()
        app.launch()
        app.press("Record a person", exact=False)
        expect(app.page.locator("#name")).to_have_value("")
        app.page.locator("#name").fill(locked)
        app.page.wait_for_timeout(1000)
        app.kill()
        app.launch()
        app.unlock()
        unsaved = app.page.locator("section", has_text="Not saved yet")
        expect(unsaved.get_by_role("listitem")).to_have_count(2)
        for typed in (name, locked):
            unsaved.get_by_role("button", name="Meet a person", exact=True).first.click()
            expect(app.page.locator("#name")).to_have_value(typed)
            if typed == name:
                app.press(SAVE)
                expect(app.page.get_by_text("Saved", exact=False).first).to_be_visible()
            else:
                app.page.go_back()
        unsaved.get_by_role("button", name="Drop it: Meet a person").click()
        unsaved.get_by_role("button", name="Drop it for good: Meet a person").click()
        expect(unsaved).to_have_count(0)
        app.kill()
        app.launch()
        app.unlock()
        expect(app.page.get_by_text("Not saved yet")).to_have_count(0)
        app.press("Meet a person", exact=False)
        expect(app.page.locator("#name")).to_have_value("")


def test_a_stolen_phone_s_profile_tells_nothing(raid: Raid) -> None:
    """Every byte of the profile, after the browser ended: no word that was typed, and none of the task.

    That the search finds what lies in clear is shown beside it.
    """
    with raid.phone() as app:
        app.enrol(raid.code())
        app.meet(" ".join(PLANTED))
        app.press("Lock")
        expect(app.page.get_by_text("Locked. You can still write.")).to_be_visible()
        app.page.evaluate("localStorage.setItem('control', 'Ixtaccihuatl')")
        app.page.wait_for_timeout(500)
        app.close()
        # Each word of the passphrase stands in the list from which it was drawn; no two stand together.
        six = app.passphrase.split()
        pairs = [f"{first} {second}" for first, second in itertools.pairwise(six)]
        words = [*PLANTED, "Mine GY-09", *pairs, officer_name(raid)]
        assert files_with(raid.folder / "one", "Ixtaccihuatl"), "the search finds nothing that lies in clear"
        in_clear = [word for word in words if files_with(raid.folder / "one", word)]
        assert in_clear == []


def officer_name(raid: Raid) -> str:
    actor = raid.world.actors["officer"]
    return officer_names(actor, [actor.officer])[actor.officer]


def files_with(folder: Path, word: str) -> list[str]:
    """Files in which the word stands, in any encoding that a browser stores text in."""
    forms = {word.encode(), word.encode("utf-16-le"), word.lower().encode(), word.encode("latin-1", "ignore")}
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and any(form in path.read_bytes() for form in forms if form)
    ]


def test_what_is_met_while_locked_is_kept_and_delivered(raid: Raid) -> None:
    with raid.phone() as app:
        app.enrol(raid.code())
        raid.link.cut()
        app.context.set_offline(True)  # type: ignore[union-attr]
        app.press("Lock")
        app.press("Record a person", exact=False)
        app.answer_meeting(name_of(1))
        app.press("Save on this phone")
        expect(app.page.get_by_text("Locked. You can still write.")).to_be_visible()
        expect(app.page.locator(".notice")).to_contain_text("Saved and sealed on this phone.")
        app.kill()
        app.launch()
        app.context.set_offline(True)  # type: ignore[union-attr]
        app.press("Record a person", exact=False)
        app.answer_meeting(name_of(2))
        app.press("Save on this phone")
        expect(app.page.get_by_text(re.compile("waits? for your signature")).first).to_be_visible()
        app.unlock()
        app.context.set_offline(False)  # type: ignore[union-attr]
        raid.link.restore()
        app.hand_over()
        expect(app.page.locator(".band")).to_contain_text("All handed over")
    node().rings.refresh()
    assert Person.objects.count() == 2


# (the way to it, what is given by the field's id, how it is saved)
WHO = ("person", "Ana")
EVERY_FORM = (
    (("Check in",), (("state", "On site"), ("position", "No position")), SAVE),
    (
        ("More", "Property taken from a person"),
        (WHO, ("kind", "Passport"), ("taken_by", "Employer"), ("state", "Taken, not found yet")),
        SAVE,
    ),
    (
        ("More", "Travel document"),
        (WHO, ("document_kind", "Passport"), ("document_number", "R1234567"), ("document_country", "PE")),
        SAVE,
    ),
    (
        ("More", "How do you see it now?"),
        (WHO, ("seen_as", "Potential victim"), ("reasons", "Her passport is with the manager.")),
        SAVE,
    ),
    (("More", "Note on a person"), (WHO, ("note", "Came by the river.")), SAVE),
    (("More", "Indicators, in private"), (("isolation", "Found"), ("debt-bondage", "Looked for")), SAVE),
    (
        ("More", "Arrest"),
        (("state", "Arrested"), ("name", "Clive Ramnarine"), ("grounds", "Keeps her passport")),
        SAVE,
    ),
    (("More", "Found empty"), (("note", "The kitchen is still warm."),), SAVE),
    (("More", "Leave the site"), (("outcome", "People found"), ("people", "1")), SAVE),
    (
        ("More", "Something reported"),
        (
            ("summary", "A second camp above the fall"),
            ("source_grade", "Untested"),
            ("information_grade", "D"),
            ("handling", "Sharing permitted"),
        ),
        SAVE,
    ),
    (
        ("Site, access routes", "Add an access route"),
        (("path", "By river"), ("note", "Land on the east bank.")),
        SAVE,
    ),
    (
        ("Conditions",),
        (("label", "Bunk house"), ("length_m", "6"), ("width_m", "4"), ("sleeping", "9")),
        "Save this room",
    ),
    (("Headcount",), (("women", "2"), ("left_before_spoken", "1")), "Save count and explanation"),
)


def test_every_form_arrives_at_the_node(raid: Raid) -> None:
    """Each saved once by the app's own core; the node takes all, waits with none, and each is on file."""
    with raid.phone() as app:
        app.enrol(raid.code())
        raid.link.cut()
        app.context.set_offline(True)  # type: ignore[union-attr]
        app.meet("Ana")
        for way, answers, save in EVERY_FORM:
            for step in way:
                app.press(step, exact=False)
            for field, answer in answers:
                app.give(field, answer)
            app.press(save)
            expect(app.page.get_by_text("My task"), " > ".join(way)).to_be_visible()
        app.context.set_offline(False)  # type: ignore[union-attr]
        raid.link.restore()
        app.hand_over()
        expect(app.page.locator(".band")).to_contain_text("All handed over")
        expect(app.page.locator(".notice"), "held or refused").to_have_count(0)
        app.press("Back")
        app.press("My records", exact=False)
        rows = app.page.locator(".list li")
        expect(rows.nth(len(EVERY_FORM))).to_be_visible()
        told = rows.all_inner_texts()
        assert [text for text in told if "handed over" not in text or "not" in text.split("\n")[-1]] == []
    node().rings.refresh()
    here = Person.objects.get()
    assert here.seen_as == "potential-victim"
    assert [(row.person, row.kind, row.state) for row in Property.objects.all()] == [
        (here.pk, "passport", "missing")
    ]
    assert Detention.objects.get().state == "arrested"
    assert sorted(Visit.objects.values_list("outcome", flat=True)) == [
        "found-empty",
        "people-found",
        "people-found",
    ]
    assert Lead.objects.count() == WayIn.objects.count() == Room.objects.count() == 1
    counted = Headcount.objects.get()
    assert (counted.total, counted.explained) == (2, 1)


def test_two_phones_pass_custody_by_codes_and_cameras(raid: Raid, tmp_path: Path) -> None:
    """Without a network: one shows, the other's camera reads, and back. Both hand over; the custody moves."""
    with raid.phone("one") as first, raid.phone("two") as second:
        first.enrol(raid.code())
        second.enrol(raid.code("exhibits-officer"))
        raid.link.cut()
        first.seize([("Phone, black, cracked screen", "GY-118467")])
        first.press("More", exact=False)
        first.press("Offer custody", exact=False)
        first.page.locator("#to").select_option(value=raid.world.actors["exhibits-officer"].officer)
        first.page.locator("#exhibits label").first.click()
        first.page.locator("[id^='seal-']").first.fill("GY-118467")
        first.press("Sign the offer")
        expect(first.page.locator(".words li")).to_have_count(4)
        words = first.page.locator(".words li").all_inner_texts()
        film = pictures_of(first, tmp_path / "offer.mjpeg")
        second.kill()
        second.launch(camera=film)
        second.unlock()
        second.press("More", exact=False)
        second.press("Accept custody", exact=False)
        second.page.wait_for_timeout(500)
        if not second.page.locator("video").count():
            second.press("Read the offer")
        expect(second.page.get_by_text("Does the other phone show the same words?")).to_be_visible()
        assert second.page.locator(".words li").all_inner_texts() == words
        choose(second.page, "same", "Yes, all of them")
        second.page.locator("[id^='accepted-'] label").filter(has_text="Yes, I take it").click()
        second.page.locator("input[id^='seal-']").fill("GY-118467")
        second.page.locator("[id^='state-'] label").first.click()
        second.press("Sign the answer")
        expect(second.page.get_by_text("Show this to", exact=False)).to_be_visible()
        film = pictures_of(second, tmp_path / "answer.mjpeg")
        first.kill()
        first.launch(camera=film)
        first.unlock()
        first.press("More", exact=False)
        first.press("Offer custody", exact=False)
        first.read_by_camera("Read the answer")
        expect(first.page.get_by_text("answered", exact=False).first).to_be_visible()
        raid.link.restore()
        for app in (second, first):  # the answer first: it does not wait for the offer's phone
            app.page.reload()
            app.unlock()  # by itself it hands over, when it opens
            expect(app.page.locator(".band")).to_contain_text("All handed over")
    node().rings.refresh()
    exhibit = Exhibit.objects.get()
    assert exhibit.holder == raid.world.actors["exhibits-officer"].officer


def pictures_of(app: Daybook, path: Path) -> Path:
    """What another phone's camera sees of the code on the screen: a film of all its parts."""
    label = app.page.get_by_text(re.compile(r"^(Part \d+ of \d+|One code\.)$"))
    parts = int((re.findall(r"of (\d+)", label.inner_text()) or ["1"])[0])
    frames = []
    for _part in range(parts):
        frames += [app.page.screenshot(type="jpeg", quality=95)] * FRAMES
        if parts > 1:
            app.press("Next part")
    path.write_bytes(b"".join(frames))
    return path
