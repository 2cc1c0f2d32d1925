"""What a stage of a case does, and into which time of holding it falls where only its day is known."""

from __future__ import annotations

import datetime as dt

import pytest

from libertad.access.acting import Forbidden
from libertad.people.actions.correct_detention import correct_status
from libertad.people.actions.read_custody import read_custody
from libertad.people.actions.record_stage import record_stage
from libertad.people.actions.set_detention import set_detention
from libertad.people.models import Detention
from libertad.people.queries import detention
from libertad.vocabulary.values import Happened, Refused
from libertad.vocabulary.verbs.people import CustodyStatus
from tests.people.test_hours import detain, follows, now_is, stages, today
from tests.support.custody import COURT, read_all, record, release, stage
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
    stage(world, key, "charged", happened=on_day(6))
    stage(world, key, "remanded", happened=on_day(6))
    assert stands_still(world, key)
    # Free at ten and arrested again at three: what a court did on that day is of the first time.
    follows(world, again, "released", 6, 10, reasons="No grounds")
    world.perform(
        "officer", set_detention, detention=again, state="arrested", country="GY", happened=world.at(6, 15)
    )
    stage(world, again, "bail", happened=on_day(6))
    assert not stands_still(world, again)
    follows(world, again, "charged", 7, 9)
    # The day before is before the arrest, however little is known of its hour.
    stage(world, again, "bail", happened=on_day(4))
    assert not stands_still(world, again)


def stands_still(world: World, key: str) -> bool:
    seen = detention(world.actor("prosecutor"), key)
    assert seen is not None
    return seen.running is None


def test_a_court_known_to_the_month_stops_no_clock_that_began_later_in_it(world: World) -> None:
    """Told too early rather than too late: 'in April' may have been before the arrest."""
    key = detain(world, 6, 15, state="arrested")
    now_is(world, 8, 15)
    record(world, key, "bail", happened=on_day(1, "month"))
    assert not stands_still(world, key)


def test_a_stage_of_charging_charges_and_needs_an_arrest(world: World) -> None:
    """One fact, one truth: the head does not say 'Charged: No' beside the stage 'Charged'."""
    key, only = detain(world, state="arrested"), detain(world)
    now_is(world, 8, 15)
    stage(world, key, "charged", happened=world.at(7, 10))
    shown_detention = detention(world.actor("prosecutor"), key)
    assert (
        shown_detention is not None
        and shown_detention.state == "charged"
        and shown_detention.dates["charged"] == world.at(7, 10).utc
    )
    assert len(shown_detention.stages) == 1
    stage(world, key, "charged", charge="Another charge")
    with pytest.raises(Refused, match="record the arrest first"):
        world.perform("prosecutor", record_stage, detention=only, stage="charged")


def test_stages_stand_dated_for_each_charge_and_a_correction_shows_both(world: World) -> None:
    key = detain(world, state="arrested")
    client = world.client("prosecutor")
    with pytest.raises(Forbidden):
        record(world, key, "bail", role="officer")
    record(world, key, "bail", charge="Count 1", happened=world.at(7, 9))
    entry = stages(world, key)[0].entry
    with pytest.raises(Refused, match="reasons"):
        record(world, key, "bail", replaces=entry)
    corrected = {"charge": "Count 1", "replaces": entry, "happened": world.at(7, 9)}
    record(world, key, "bail", order="GD 13/2018", reasons="The number was misread.", **corrected)
    with pytest.raises(Refused, match="corrected already"):
        record(world, key, "bail", replaces=entry, reasons="Twice")
    record(world, key, "charged", charge="Count 2", happened=world.at(8, 9), role="national-lead")
    record(world, key, "dismissed", charge="Count 2", happened=world.at(8, 10))
    assert [(stage.stage, stage.charge, stage.stands) for stage in stages(world, key)] == [
        ("bail", "Count 1", False),
        ("bail", "Count 1", True),
        ("charged", "Count 2", True),
        ("dismissed", "Count 2", True),
    ]
    page = client.get(f"/detentions/{key}/").content.decode()
    assert "On bail" in page and "replaced: was 7 April 2018, 05:00 (UTC-4)" in page
    assert "The number was misread. Sgt. Name prosecutor" in page, "one full stop between them"
    assert client.get(f"/detentions/{key}/stage/").status_code == 200
    assert_order_free(world)


def test_convicted_without_charge_or_court_ends_no_clock(world: World) -> None:
    """What a stranger recorded of a suspect arrested that morning, and the hours fell silent."""
    key = detain(world, 6, 9, state="arrested")
    now_is(world, 8, 15)
    convicted: dict[str, object] = {"detention": key, "stage": "convicted"}
    with pytest.raises(Refused, match="before this comes one of: Charged"):
        world.perform("prosecutor", record_stage, **convicted)
    with pytest.raises(Refused, match="name the offences"):
        world.perform("prosecutor", record_stage, detention=key, stage="charged")
    stage(world, key, "charged", happened=world.at(7, 9))
    with pytest.raises(Refused, match="name the court"):
        world.perform("prosecutor", record_stage, **convicted)
    with pytest.raises(Refused, match="number of the order"):
        world.perform("prosecutor", record_stage, **convicted, court="High Court")
    world.perform("prosecutor", record_stage, **convicted, skips="The file is with the court")
    read_all(world, key)
    assert not stands_still(world, key)
    record(world, key, "convicted")
    assert not stands_still(world, key), "nobody second has read it"
    read_all(world, key)
    assert stands_still(world, key)
    assert_order_free(world)


def test_a_release_and_a_stage_wait_on_today_for_who_did_not_say_them(world: World) -> None:
    key = detain(world, 6, 9, state="arrested")
    now_is(world, 8, 15)
    release(world, key, happened=world.at(7, 9))
    assert not stands_still(world, key)
    lead, court = (today(world, role) for role in ("national-lead", "prosecutor"))
    assert "To be read: Released without charge" in lead and "To be read" not in court
    assert "Released without charge: Not read by a second officer: the hours go on" in court
    (word,) = detention(world.actor("prosecutor"), key).unheard  # type: ignore[union-attr]
    own = {"detention": key, "entry": word.entry, "agrees": "yes"}
    for role in ("prosecutor", "officer"):
        with pytest.raises(Forbidden):
            world.perform(role, read_custody, **own)
    client = world.client("national-lead")
    address = f"/detentions/{key}/read/{word.entry}/"
    assert world.client("prosecutor").get(address).status_code == 404
    assert "say what does not agree" in client.post(address, {"agrees": "no"}).content.decode()
    assert client.post(address, {"agrees": "no", "reasons": "Another man"}).status_code == 302
    assert not stands_still(world, key) and "To be read" not in today(world, "national-lead")
    assert client.post(address, {"agrees": "yes"}).status_code == 302
    assert stands_still(world, key)
    with pytest.raises(Refused, match="load the page again"):
        world.perform("national-lead", read_custody, **own)
    assert_order_free(world)


def test_how_somebody_is_released_is_said_and_a_court_is_named(world: World) -> None:
    key = detain(world, 6, 9)
    page = world.client("national-lead").get(f"/detentions/{key}/next/").content.decode()
    assert "Handed over to another authority" in page and 'value="charged"' not in page
    said = {"detention": key, "state": "released", "country": "GY", "reasons": "A ruling"}
    with pytest.raises(Refused, match="say how"):
        world.perform("officer", set_detention, **said)
    with pytest.raises(Refused, match="name the court"):
        world.perform("officer", set_detention, **said, release="bail")
    world.perform("officer", set_detention, **said, release="bail", **COURT)
    read_all(world, key)
    assert stands_still(world, key)


def test_one_charge_dismissed_frees_nobody_of_whom_another_stands(world: World) -> None:
    key = detain(world, 6, 9, state="arrested")
    now_is(world, 8, 15)
    for charge in ("Count 1", "Count 2"):
        stage(world, key, "charged", charge=charge, happened=world.at(7, 9))
    stage(world, key, "dismissed", charge="Count 1", happened=world.at(7, 12))
    assert not stands_still(world, key)
    stage(world, key, "dismissed", charge="Count 2", happened=world.at(7, 13))
    assert stands_still(world, key)
    with pytest.raises(Refused, match="before this comes one of"):
        record(world, key, "convicted", charge="Count 2", happened=world.at(8, 9))
    assert_order_free(world)


def test_a_release_of_before_without_its_kind_ends_no_hours_until_it_is_recorded_anew(world: World) -> None:
    key = detain(world, 6, 9)
    now_is(world, 8, 15)
    place = Detention.objects.get(pk=key).compartment
    content = CustodyStatus(state="released", reasons="No grounds")
    entry = world.perform(
        "officer", lambda act: act.say(place, content, subject=key), happened=world.at(7, 9)
    )
    assert not stands_still(world, key) and Detention.objects.get(pk=key).state == "released"
    assert "It names no court or no order: the hours go on" in today(world, "prosecutor")
    taken_back = {"detention": key, "entry": entry, "how": "none", "reasons": "Its kind was not said"}
    world.perform("national-lead", correct_status, **taken_back)
    release(world, key, happened=world.at(7, 9))
    read_all(world, key)
    assert stands_still(world, key)
