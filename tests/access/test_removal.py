"""A removed reader: no row, no new key, nothing sealed for it any more; until somebody names it again."""

from __future__ import annotations

from typing import Any

import pytest

from libertad.access.acting import Act, Forbidden
from libertad.access.actions.enrol_device import enrol_device
from libertad.access.actions.remove_reader import remove_reader
from libertad.access.models import Compartment, Reader
from libertad.access.queries import open_row, readable
from libertad.journal import header
from libertad.journal.node import node
from libertad.journal.sql import Sql
from libertad.journal.verify import verify
from libertad.operations.actions.report_lead import report_lead
from libertad.operations.models import Lead
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import CompartmentReaders
from tests.support.shuffling import assert_order_free
from tests.support.world import World

SUMMARY = "Lights at night at the old mill."


def lead_of(world: World, role: str = "officer") -> str:
    lead: str = world.perform(
        role,
        report_lead,
        country="GY",
        summary=SUMMARY,
        source_grade="2",
        information_grade="C",
        handling="P",
    )
    return lead


def police_file(world: World) -> str:
    return str(Compartment.objects.get(kind="police", about=f"{world.operation}:GY").pk)


def remove(world: World, place: str, **overrides: Any) -> str:
    values = {"compartment": place, "readers": [world.authorities["centre"]], "reason": "left", **overrides}
    key_id: str = world.perform("national-lead", remove_reader, **values)
    return key_id


def key_of_last_entry(place: str) -> bytes:
    row = Sql().first(
        "select header from journal_entry where compartment = ? order by idx desc limit 1", (place,)
    )
    assert row is not None
    return header.decode(bytes(row[0])).key_id


def test_who_is_removed_opens_nothing_that_is_said_from_then_on(world: World) -> None:
    lead_of(world)
    place, centre, police = police_file(world), world.authorities["centre"], world.authorities["police"]
    assert Reader.objects.get(pk=f"{place}:{centre}").by == police
    old = key_of_last_entry(place)
    kid = remove(world, place)
    assert not Reader.objects.filter(pk=f"{place}:{centre}").exists()
    assert key_of_last_entry(place) == old, "who is removed reads that it was"
    later = lead_of(world)
    assert key_of_last_entry(place).hex() == kid
    rings = node().rings
    assert rings.key(centre, bytes.fromhex(kid)) is None
    assert rings.key(police, bytes.fromhex(kid)) is not None
    assert not readable(world.actor("coordinator"), Lead).exists()
    rows = list(readable(world.actor("officer"), Lead))
    assert len(rows) == 2 and later in {row.pk for row in rows}
    for row in rows:  # also those of before are sealed under the new key, and the lead's own ring opens them
        assert bytes(row.sealed)[:16] == bytes.fromhex(kid)[:16]
        assert open_row(world.actor("officer"), row)["summary"] == SUMMARY
    assert verify(node()).clean
    assert_order_free(world)


def test_who_is_named_again_reads_the_whole_file_again(world: World) -> None:
    lead_of(world)
    place, centre = police_file(world), world.authorities["centre"]
    kid = remove(world, place)
    lead_of(world)
    world.perform("national-lead", widen, place=place, reader=centre)
    row = Reader.objects.get(pk=f"{place}:{centre}")
    assert row.by == world.authorities["police"]
    assert node().rings.key(centre, bytes.fromhex(kid)) is not None
    assert node().rings.current(centre, bytes.fromhex(place))[0].hex() == kid
    assert readable(world.actor("coordinator"), Lead).count() == 2
    assert open_row(world.actor("coordinator"), readable(world.actor("coordinator"), Lead)[0])
    newer = remove(world, place)
    assert newer != kid and not Reader.objects.filter(pk=f"{place}:{centre}").exists()
    assert verify(node()).clean
    assert_order_free(world)


def widen(act: Act, *, place: str, reader: str) -> None:
    act.widen(place, [reader], "needed again", again=True)


def test_a_new_reader_gets_the_keys_of_all_epochs(world: World) -> None:
    lead_of(world)
    place, other_police = police_file(world), world.authorities["other-police"]
    first = key_of_last_entry(place)
    kid = remove(world, place)
    world.perform("national-lead", widen, place=place, reader=other_police)
    rings = node().rings
    assert (
        rings.key(other_police, first) is not None and rings.key(other_police, bytes.fromhex(kid)) is not None
    )
    assert rings.current(other_police, bytes.fromhex(place))[0].hex() == kid


def test_a_removal_holds_when_something_is_reported_that_happened_before_it(world: World) -> None:
    """A lead's compartment lets in whoever joined; who was removed did not join."""
    lead_of(world)
    place, centre = police_file(world), world.authorities["centre"]
    remove(world, place)
    node().writer.submit(lambda tx: tx.caches.clear())
    lead_of(world, "national-lead")
    assert not Reader.objects.filter(pk=f"{place}:{centre}").exists()


def test_a_removal_told_of_the_past_still_counts(world: World) -> None:
    lead_of(world)
    place, centre = police_file(world), world.authorities["centre"]
    remove(world, place, happened=World.at(1, 8))
    assert not Reader.objects.filter(pk=f"{place}:{centre}").exists()
    world.perform("national-lead", widen, place=place, reader=centre, happened=World.at(1, 9))
    assert Reader.objects.filter(pk=f"{place}:{centre}").exists()


def test_of_two_words_the_later_counts_whoever_comes_first(world: World) -> None:
    """Said behind the action's back: a naming that happened before the removal changes nothing."""
    lead_of(world)
    place, centre = police_file(world), world.authorities["centre"]
    remove(world, place)

    def name(act: Act) -> None:
        act.say(place, CompartmentReaders(reader=(centre,), reason="old news"), subject=place)

    world.perform("national-lead", name, happened=World.at(1, 8))
    assert not Reader.objects.filter(pk=f"{place}:{centre}").exists()
    assert_order_free(world)


def test_neither_owner_nor_oneself_nor_a_stranger_is_removed_and_not_by_anybody(world: World) -> None:
    lead_of(world)
    place = police_file(world)
    police, other_police = world.authorities["police"], world.authorities["other-police"]
    with pytest.raises(Refused, match="owner nor your own"):
        remove(world, place, readers=[police])
    with pytest.raises(Refused, match="does not read"):
        remove(world, place, readers=[other_police])
    with pytest.raises(Refused, match="reason"):
        remove(world, place, reason=" ")
    with pytest.raises(Refused, match="name whom"):
        remove(world, place, readers=[])
    values = {"compartment": place, "readers": [police], "reason": "x"}
    with pytest.raises(Refused, match="owner nor your own"):
        world.perform("coordinator", remove_reader, **values)
    with pytest.raises(Refused, match="no such file"):
        world.perform("other-lead", remove_reader, **values)
    operation = str(Compartment.objects.get(kind="operation").pk)
    with pytest.raises(Forbidden):
        world.perform(
            "national-lead", remove_reader, compartment=operation, readers=[other_police], reason="x"
        )
    assert Reader.objects.filter(compartment=place).count() == 2


def test_a_locked_ring_of_who_stays_stops_a_removal(world: World) -> None:
    lead_of(world)
    operation = str(Compartment.objects.get(kind="operation").pk)
    rings = node().rings
    ring = rings.open.pop(world.authorities["care"])
    try:
        with pytest.raises(Refused, match="unlock first"):
            world.perform(
                "coordinator",
                remove_reader,
                compartment=operation,
                readers=[world.authorities["prosecution"]],
                reason="left",
            )
    finally:
        rings.open[world.authorities["care"]] = ring


def test_removed_from_the_operation_nothing_is_written_there_any_more(world: World) -> None:
    operation = str(Compartment.objects.get(kind="operation").pk)
    world.perform(
        "coordinator",
        remove_reader,
        compartment=operation,
        readers=[world.authorities["police"]],
        reason="left the operation",
    )
    with pytest.raises((Forbidden, Refused)):
        world.perform("administrator", enrol_device, public="11" * 32)
    assert_order_free(world)
