"""Each time that somebody was held is read once, for the clock that runs and for the parts that ended."""

from __future__ import annotations

import datetime as dt

from libertad.people.actions.confirm_limit import confirm_limit
from libertad.people.hours import BEFORE
from libertad.people.queries import DetentionSeen, detention
from libertad.vocabulary.values import Happened
from tests.people.test_hours import LIMIT, detain, detention_page, follows, now_is
from tests.support.custody import read_all, record, stage
from tests.support.shuffling import assert_order_free
from tests.support.world import World


def detention_view(world: World, key: str) -> DetentionSeen:
    shown_detention = detention(world.actor("prosecutor"), key)
    assert shown_detention is not None
    return shown_detention


def test_a_remand_without_the_charge_before_it_ends_nothing(world: World) -> None:
    """In Guyana a charge comes before a remand: skipped with a reason, the clock runs on."""
    key = detain(world, 1, 10, state="arrested")
    now_is(world, 20, 12)
    record(
        world,
        key,
        "remanded",
        happened=world.at(2, 10),
        court="",
        order="",
        skips="The charge is in Trinidad",
    )
    read_all(world, key)
    running = detention_view(world, key).running
    assert running is not None and running.kind == BEFORE
    assert "What comes before it is not recorded: the hours go on" in detention_page(world, key)
    follows(world, key, "charged", 5, 10)
    running = detention_view(world, key).running
    assert running is not None and running.kind == "after-charge"
    assert_order_free(world)


def test_who_was_on_bail_when_charged_was_not_held_after_the_charge(world: World) -> None:
    key = detain(world, 1, 10, state="arrested")
    now_is(world, 20, 12)
    stage(world, key, "bail", happened=world.at(2, 10))
    follows(world, key, "charged", 5, 10)
    stage(world, key, "remanded", happened=world.at(9, 10))
    assert [(period.kind, period.ended) for period in detention_view(world, key).periods] == [
        (BEFORE, "released")
    ]


def test_a_stage_known_to_the_day_ends_a_stretch_as_it_ends_the_clock(world: World) -> None:
    key = detain(world, 1, 14, state="arrested")
    world.perform("prosecutor", confirm_limit, **LIMIT)
    now_is(world, 20, 12)
    bail = Happened(at=dt.datetime(2018, 4, 1, 16, tzinfo=dt.UTC), zone="America/Guyana", precision="day")
    stage(world, key, "bail", happened=bail)
    assert detention_view(world, key).running is None
    follows(world, key, "released", 20, 10, reasons="The case was closed")
    (period,) = detention_view(world, key).periods
    assert (period.kind, period.ended) == (BEFORE, "released")
    assert period.until.utc.date() == bail.utc.date()
    assert "was passed" not in detention_page(world, key)
    assert_order_free(world)


def test_the_head_names_the_courts_last_stage_and_no_charge_after_it(world: World) -> None:
    key = detain(world, 1, 10, state="arrested")
    now_is(world, 20, 12)
    follows(world, key, "charged", 2, 10)
    for name, day in (("remanded", 3), ("committed", 5), ("charged", 8)):
        stage(world, key, name, happened=world.at(day, 10))
    head = detention_page(world, key).partition('class="status')[2]
    assert "Held by a court" in head
    cell = head[head.index("Held by a court") :][:400]
    assert "Committed for trial, 5 April 2018" in cell and "Charged" not in cell
    assert detention_view(world, key).held_by_court == world.at(1, 10)
