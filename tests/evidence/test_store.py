"""The exhibit store: its places, and a shelf that is moved in one deed."""

from __future__ import annotations

from typing import Any

import pytest

from libertad.access.acting import Act, Forbidden
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.evidence import queries
from libertad.evidence.actions.accept_custody import accept_custody
from libertad.evidence.actions.add_place import add_place, correct_place
from libertad.evidence.actions.audit_place import audit_place
from libertad.evidence.actions.move_exhibits import move_exhibits
from libertad.evidence.actions.offer_custody import offer_custody
from libertad.evidence.models import Exhibit, StoreAudit
from libertad.evidence.queries_store import exhibits_at, places
from libertad.journal.models import Entry
from libertad.vocabulary.values import Refused
from tests.evidence.storing import (
    KEEPER,
    _Killed,
    move,
    place,
    read,
    refuses,
    row,
    shelf,
    text,
)
from tests.support.shuffling import assert_order_free
from tests.support.world import World

__all__ = ["shelf"]


def test_a_place_is_told_with_the_places_that_it_lies_in(world: World, shelf: str) -> None:
    counts = {row.path: row.count for row in places(world.actor(KEEPER))}
    assert counts == {"Room 2": 0, "Room 2, Shelf B-14": 3}
    assert places(world.actor("prosecutor")) == [], "the store of another authority is not theirs"


def test_two_places_side_by_side_have_names_of_their_own(world: World) -> None:
    room = place(world, "Room 2")
    refuses(world, KEEPER, add_place, "name", "already", country="GY", kind="room", name=" room  2 ")
    place(world, "Room 2", within=room)


def test_a_place_cannot_lie_in_what_is_not_there_or_without_end(world: World) -> None:
    refuses(
        world,
        KEEPER,
        add_place,
        "within",
        "no such place",
        country="GY",
        kind="box",
        name="B",
        within="0" * 32,
    )
    inner = ""
    for depth in range(8):
        inner = place(world, f"Box {depth}", within=inner)
    refuses(world, KEEPER, add_place, "within", "deep", country="GY", kind="box", name="B", within=inner)


def test_a_name_is_corrected_with_its_reason_and_custody_keeps_what_was_said(
    world: World, shelf: str
) -> None:
    world.perform(KEEPER, correct_place, store=shelf, name="Shelf B-41", reasons="Digits swapped.")
    page = text(world.client(KEEPER), f"/exhibits/store/places/{shelf}/")
    assert "Room 2, Shelf B-41" in page and "Shelf B-14 (Digits swapped.)" in page
    exhibit = read(1)[0]["exhibit"]
    assert "Put at Shelf B-14 by" in text(world.client("prosecutor"), f"/exhibits/{exhibit}/")
    refuses(world, KEEPER, correct_place, "reasons", "wrong", store=shelf, name="C", reasons=" ")


def test_a_shelf_is_moved_in_one_deed_and_each_chain_has_its_own_signed_step(
    world: World, shelf: str
) -> None:
    safe = place(world, "Safe 1")
    deed = move(world, safe, 1, 2, 3)
    assert {exhibit.reference for exhibit in exhibits_at(world.actor(KEEPER), safe)} == {
        exhibit.reference for exhibit in queries.exhibits(world.actor(KEEPER))
    }
    assert not exhibits_at(world.actor(KEEPER), shelf)
    for exhibit in Exhibit.objects.values_list("pk", flat=True):
        record = queries.exhibit(world.actor("prosecutor"), exhibit)
        assert record is not None and record.holder_place == "Safe 1" and not record.conflicts
        steps = [event for event in record.chain.events if event.kind == "store"]
        assert [event.place for event in steps] == ["Shelf B-14", "Safe 1"]
        assert steps[-1].deed == deed and steps[-1].seal_read == record.seal
        assert len(record.chain.holds) == 1, "it stays in the same hands"
    assert_order_free(world)


def test_a_seal_is_read_before_its_exhibit_is_moved(world: World, shelf: str) -> None:
    safe, readings = place(world, "Safe 1"), read(1, 2)
    readings[1].pop("seal_read")
    reference = row(readings[1]["exhibit"]).reference
    refuses(
        world, KEEPER, move_exhibits, "things", f"{reference}: read its seal", store=safe, things=readings
    )
    world.perform(
        KEEPER,
        move_exhibits,
        store=safe,
        happened=world.at(5, 10),
        things=[{**readings[0], "seal_read": "GYP-9"}, {**readings[1], "seal_state": "missing"}],
    )
    records = [queries.exhibit(world.actor(KEEPER), reading["exhibit"]) for reading in readings]
    codes = {flaw.code for record in records if record for flaw in record.chain.conflicts}
    assert codes == {"seal-differs", "seal-not-intact"}


def test_what_was_handed_over_meanwhile_moves_nothing_at_all(world: World, shelf: str) -> None:
    exhibit, safe = read(2)[0]["exhibit"], place(world, "Safe 1")
    lead = world.actor("national-lead")
    offer = world.perform(
        KEEPER,
        offer_custody,
        exhibit=exhibit,
        to_officer=lead.officer,
        to_authority=lead.authority,
        happened=world.at(6, 9),
    )
    move(world, safe, 3)  # an offer alone holds nothing up
    world.perform("national-lead", accept_custody, exhibit=exhibit, offer=offer, happened=world.at(6, 10))
    assert row(exhibit).store == "", "who took it has not said where it is"
    refuses(
        world,
        KEEPER,
        move_exhibits,
        "things",
        f"{row(exhibit).reference}: only the officer",
        store=safe,
        things=read(1, 2),
        happened=world.at(6, 11),
    )
    assert row(read(1)[0]["exhibit"]).store == shelf


@pytest.mark.parametrize(
    ("things", "says"),
    [([], "at least one"), ([{"exhibit": "0" * 32}], "no such exhibit"), ("twice", "named twice")],
)
def test_a_move_of_nothing_and_of_what_is_not_there_is_refused(
    world: World, shelf: str, things: Any, says: str
) -> None:
    readings = read(1) * 2 if things == "twice" else things
    field = "exhibit" if says == "no such exhibit" else "things"
    refuses(world, KEEPER, move_exhibits, field, says, store=shelf, things=readings)


def test_nobody_moves_into_another_authoritys_store_and_prosecution_has_none(
    world: World, shelf: str
) -> None:
    refuses(world, KEEPER, move_exhibits, "store", "no such place", store="0" * 32, things=read(1))
    with pytest.raises(Forbidden):
        world.perform("prosecutor", add_place, country="GY", kind="shelf", name="Ours")
    with pytest.raises(Refused):
        world.perform("prosecutor", move_exhibits, store=shelf, things=read(1))


def test_a_withdrawn_officer_moves_and_audits_nothing(world: World, shelf: str) -> None:
    world.perform(
        "administrator", withdraw_officer, officer=world.actor(KEEPER).officer, reason="Left the force"
    )
    safe = place(world, "Safe 1", "national-lead")
    for action, arguments in (
        (move_exhibits, {"store": safe, "things": read(1)}),
        (audit_place, {"store": shelf, "listed": [], "confirmed": True}),
        (add_place, {"country": "GY", "kind": "box", "name": "Box"}),
    ):
        with pytest.raises(Forbidden):
            world.perform(KEEPER, action, **arguments)
    assert row(read(1)[0]["exhibit"]).store == shelf and not StoreAudit.objects.exists()


def test_a_move_that_is_killed_between_two_exhibits_has_moved_none(
    world: World, shelf: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    safe, spoken, say = place(world, "Safe 1"), [], Act.say

    def dies(self: Act, *args: Any, **kwargs: Any) -> str:
        spoken.append(args)
        if len(spoken) == 2:
            raise _Killed
        return say(self, *args, **kwargs)

    before = Entry.objects.count()
    monkeypatch.setattr(Act, "say", dies)
    with pytest.raises(_Killed):
        move(world, safe, 1, 2, 3)
    monkeypatch.setattr(Act, "say", say)
    assert len(spoken) == 2 and Entry.objects.count() == before
    assert len(exhibits_at(world.actor(KEEPER), shelf)) == 3
    move(world, safe, 1, 2, 3)
    assert len(exhibits_at(world.actor(KEEPER), safe)) == 3
