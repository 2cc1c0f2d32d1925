"""What a stage of a case does, and into which time of holding it falls where only its day is known."""

from __future__ import annotations

import datetime as dt

import pytest

from libertad.access.acting import Forbidden
from libertad.people.actions.record_stage import record_stage
from libertad.people.actions.set_detention import set_detention
from libertad.people.queries import detention
from libertad.vocabulary.values import Happened, Refused
from tests.people.test_hours import detain, follows, now_is, stages
from tests.support.shuffling import assert_order_free
from tests.support.world import World


def on_day(day: int, precision: str = "day") -> Happened:
    """A moment of which the day alone is known, or less."""
    at = dt.datetime(2018, 4, day, 4, tzinfo=dt.UTC)
    return Happened(at=at, zone="America/Guyana", precision=precision)  # type: ignore[arg-type]


def test_a_court_of_the_day_of_an_afternoon_s_arrest_ends_the_clock(world: World) -> None:
    """'Remanded on 6 April', of who was arrested on it at three, is no stage of before the arrest."""
    key, again = detain(world, 6, 15, state="arrested"), detain(world, 5, 9, state="arrested")
    now_is(world, 8, 15)
    world.perform("prosecutor", record_stage, detention=key, stage="remanded", happened=on_day(6))
    assert stands_still(world, key)
    # Free at ten and arrested again at three: what a court did on that day is of the first time.
    follows(world, again, "released", 6, 10, reasons="No grounds")
    world.perform(
        "officer", set_detention, detention=again, state="arrested", country="GY", happened=world.at(6, 15)
    )
    world.perform("prosecutor", record_stage, detention=again, stage="remanded", happened=on_day(6))
    assert not stands_still(world, again)
    follows(world, again, "charged", 7, 9)
    # The day before is before the arrest, however little is known of its hour.
    world.perform("prosecutor", record_stage, detention=again, stage="remanded", happened=on_day(4))
    assert not stands_still(world, again)


def stands_still(world: World, key: str) -> bool:
    seen = detention(world.actor("prosecutor"), key)
    assert seen is not None
    return seen.running is None


def test_a_court_known_to_the_month_stops_no_clock_that_began_later_in_it(world: World) -> None:
    """Told too early rather than too late: 'in April' may have been before the arrest."""
    key = detain(world, 6, 15, state="arrested")
    now_is(world, 8, 15)
    world.perform("prosecutor", record_stage, detention=key, stage="remanded", happened=on_day(1, "month"))
    assert not stands_still(world, key)


def test_a_stage_of_charging_charges_and_needs_an_arrest(world: World) -> None:
    """One fact, one truth: the head does not say 'Charged: No' beside the stage 'Charged'."""
    key, only = detain(world, state="arrested"), detain(world)
    now_is(world, 8, 15)
    world.perform("prosecutor", record_stage, detention=key, stage="charged", happened=world.at(7, 10))
    shown_detention = detention(world.actor("prosecutor"), key)
    assert (
        shown_detention is not None
        and shown_detention.state == "charged"
        and shown_detention.dates["charged"] == world.at(7, 10).utc
    )
    assert len(shown_detention.stages) == 1
    world.perform("prosecutor", record_stage, detention=key, stage="charged", charge="Another charge")
    with pytest.raises(Refused, match="record the arrest first"):
        world.perform("prosecutor", record_stage, detention=only, stage="charged")


def test_stages_stand_dated_for_each_charge_and_a_correction_shows_both(world: World) -> None:
    key = detain(world)
    client = world.client("prosecutor")
    with pytest.raises(Forbidden):
        world.perform("officer", record_stage, detention=key, stage="bail")
    world.perform(
        "prosecutor", record_stage, detention=key, stage="bail", charge="Count 1", happened=world.at(7, 9)
    )
    entry = stages(world, key)[0].entry
    with pytest.raises(Refused, match="reasons"):
        world.perform("prosecutor", record_stage, detention=key, stage="remanded", replaces=entry)
    world.perform(
        "prosecutor",
        record_stage,
        detention=key,
        stage="remanded",
        charge="Count 1",
        replaces=entry,
        reasons="Bail was refused.",
        happened=world.at(7, 9),
    )
    with pytest.raises(Refused, match="corrected already"):
        world.perform(
            "prosecutor", record_stage, detention=key, stage="bail", replaces=entry, reasons="Twice"
        )
    world.perform(
        "prosecutor",
        record_stage,
        detention=key,
        stage="dismissed",
        charge="Count 2",
        happened=world.at(8, 9),
    )
    assert [(stage.stage, stage.charge, stage.stands) for stage in stages(world, key)] == [
        ("bail", "Count 1", False),
        ("remanded", "Count 1", True),
        ("dismissed", "Count 2", True),
    ]
    page = client.get(f"/detentions/{key}/").content.decode()
    assert "On bail" in page and "replaced: was 7 April 2018, 05:00 (UTC-4)" in page
    assert "Bail was refused. Sgt. Name prosecutor" in page, "one full stop between them"
    assert client.get(f"/detentions/{key}/stage/").status_code == 200
    assert_order_free(world)
