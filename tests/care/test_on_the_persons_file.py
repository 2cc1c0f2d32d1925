"""The person's file tells of a decision of care what the protection file tells: whether it counts."""

from __future__ import annotations

import pytest

from libertad.access.acting import Act
from libertad.care.models import CareFile
from libertad.vocabulary.verbs.care import IdentificationDecide, IdentificationRead
from tests.care.people import meet
from tests.care.test_correcting import WHY, corrected, decided, standing_entries, status
from tests.operations.test_screens import text
from tests.support.care_rows import care_row
from tests.support.lawless import lawless
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("end_of_april")


def timeline_text(world: World, person: str) -> str:
    return text(world.client("caseworker"), f"/people/{person}/?all=1")


def reads(world: World, person: str, key: str, agrees: str, hour: int, decision: str = "") -> None:
    """A reading as another node may send it: no action is asked."""
    place = care_row(CareFile, person=person).compartment
    content = IdentificationRead(person=person, agrees=agrees, reasons="Read", decision=decision)
    with lawless():
        world.perform(
            "deciding-authority", lambda act: act.say(place, content, subject=key), happened=world.at(8, hour)
        )


def test_of_two_readings_the_first_holds_on_both_files(world: World) -> None:
    person = meet(world)
    key = decided(world, person, read=False)
    assert "No second reader yet: it does not count." in timeline_text(world, person)
    reads(world, person, key, "no", 9)
    reads(world, person, key, "yes", 10)
    assert status(person) == ""
    assert "The second reader did not agree: it does not count." in timeline_text(world, person)


def test_corrections_that_cross_do_not_count_though_both_were_read(world: World) -> None:
    person = meet(world)
    key = decided(world, person)
    assert "does not count" not in timeline_text(world, person)
    entry, place = standing_entries(world, key), care_row(CareFile, person=person).compartment
    old = dict.fromkeys(("status", "reasons", "review_on", "person"), (entry,))
    for n, value in enumerate(("presumed", "not-a-victim")):
        content = IdentificationDecide(person=person, status=value, reasons="Crossed", correction=WHY)
        with lawless():
            decision = world.perform(
                "caseworker",
                lambda act, content=content: Act.say(act, place, content, subject=key, supersedes=old),
                happened=world.at(8, 9 + n),
            )
        reads(world, person, key, "yes", 12 + n, decision)
    assert status(person) == ""
    page = timeline_text(world, person)
    assert page.count("Two corrections of it are on file. It counts once a third has settled them.") == 2
    assert "Two corrections of it are on file" in text(world.client("caseworker"), f"/care/{person}/")
    third = corrected(world, key, day=9)
    reads(world, person, key, "yes", 20, third)
    page = timeline_text(world, person)
    assert "Two corrections" not in page and status(person) == "presumed"
    assert page.count("Other words stand in its place: it does not count.") == 3


def test_a_decision_taken_back_says_so(world: World) -> None:
    person = meet(world)
    key = decided(world, person)
    corrected(world, key, taken_back=True)
    assert "Taken back: nothing is decided by it." in timeline_text(world, person)
