"""Care and the deciding authority decide at once: both decisions are shown, the protecting one holds."""

from __future__ import annotations

from libertad.care.actions.identify import identify
from libertad.care.actions.read_identification import read_identification
from libertad.care.models import CareFile
from tests.care.people import met
from tests.support.care_rows import care_row
from tests.support.shuffling import assert_order_free
from tests.support.unaware import unaware
from tests.support.world import World


def decide(world: World, person: str, role: str, reader: str, status: str, hour: int) -> None:
    done = world.perform(
        role, identify, person=person, status=status, reasons="What was said.", happened=world.at(6, hour)
    )
    world.perform(
        reader, read_identification, identification=done, agrees="yes", happened=world.at(6, hour + 1)
    )


def test_two_decisions_that_cross_are_shown_and_the_protecting_one_holds(world: World) -> None:
    person, _counting = met(world)
    decide(world, person, "caseworker", "deciding-authority", "presumed", 9)
    with unaware():
        decide(world, person, "deciding-authority", "caseworker", "not-a-victim", 12)
    assert care_row(CareFile, person=person).status == "presumed"
    page = world.client("caseworker").get(f"/care/{person}/").content.decode()
    assert page.count("Two conflicting decisions") == 2
    assert "Not a victim" in page and "Name caseworker" in page and "Name deciding-authority" in page
    assert_order_free(world)
    decide(world, person, "caseworker", "deciding-authority", "not-a-victim", 15)
    assert care_row(CareFile, person=person).status == "not-a-victim"
    settled = world.client("caseworker").get(f"/care/{person}/").content.decode()
    assert "Two conflicting decisions" not in settled
    assert_order_free(world)
