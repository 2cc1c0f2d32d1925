"""The pages of the exhibit store: a keeper's day, forms sent twice, and who else sees them."""

from __future__ import annotations

import json

from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.actor import Actor
from libertad.access.models import Account
from libertad.access.submissions import FIELD, new_submission
from libertad.evidence import queries
from libertad.evidence.actions.accept_custody import accept_custody
from libertad.evidence.actions.move_exhibits import move_exhibits
from libertad.evidence.actions.offer_custody import offer_custody
from libertad.evidence.models import StoreAudit, StorePlace
from tests.evidence.storing import (
    KEEPER,
    audit_differences,
    audited,
    ids,
    place,
    read,
    refuses,
    row,
    seize_phone,
    shelf,
    text,
)
from tests.support.world import World

__all__ = ["shelf"]


def when(day: int) -> dict[str, str]:
    parts = zip(("day", "month", "year", "time"), (str(day), "4", "2018", "14:00"), strict=True)
    return {f"happened_{part}": value for part, value in parts}


def test_a_keeper_makes_a_store_moves_a_shelf_and_audits_it_on_the_pages(world: World) -> None:
    client = world.client(KEEPER)
    for number in (1, 2):
        seize_phone(world, number)
    first, second = ids(1)[0], ids(2)[0]
    assert client.post("/exhibits/store/add/", {"kind": "room", "name": "Room 2"}).status_code == 302
    room = StorePlace.objects.get().pk
    sent = {"kind": "shelf", "name": "Shelf 1", "within": room}
    shelf = client.post("/exhibits/store/add/", sent).headers["Location"]
    assert "Put away what you hold and is at no place: 2 exhibits" in text(client, "/exhibits/store/")
    page = text(client, "/exhibits/store/move/")
    assert "Its seal reads GYP-1" in page and "Its seal reads GYP-2" in page
    key = shelf.rstrip("/").rsplit("/", 1)[1]
    nothing = client.post("/exhibits/store/move/", {"store": key, **when(5)})
    assert nothing.status_code == 200 and "Tick at least one exhibit" in nothing.content.decode()
    moved = client.post(
        "/exhibits/store/move/", {"store": key, f"move_{first}": "on", f"move_{second}": "on", **when(5)}
    )
    assert moved.status_code == 302 and moved.headers["Location"] == shelf
    assert "Room 2, Shelf 1" in text(client, "/exhibits/store/") and "2 exhibits" in text(client, shelf)
    path = f"{shelf}audit/"
    listed = client.get(path).context["form"]["listed"].value()
    sent = {"listed": listed, f"there_{first}": "on", "read": "XX-1\r\n"}
    response = client.post(path, sent)
    answer_page = response.content.decode()
    assert (
        response.status_code == 200
        and f"missing: {row(second).reference}" in answer_page
        and "XX-1" in answer_page
    )
    assert 'name="confirmed"' in answer_page and not StoreAudit.objects.exists()
    assert f"These differ: missing: {row(second).reference}" in answer_page and "It is so" not in answer_page
    box = answer_page.partition('name="confirmed"')[2]
    assert box.partition("</label>")[0].endswith("Record the audit with these differences")
    audit = client.post(path, {**sent, "confirmed": "on"}).headers["Location"]
    assert "Not explained" in text(client, audit)
    explain = f"{audit}explain/?difference=0"
    about = client.get(explain).context["form"]["about"].value()
    sent = {"about": about, "outcome": "found-again", "reasons": "On the desk."}
    assert client.post(explain, sent).status_code == 302
    assert "On the desk." in text(client, audit)
    assert client.get(f"{audit}explain/?difference=9").status_code == 404


def test_an_audit_refused_for_another_reason_asks_nobody_to_confirm_what_is_not_told(
    world: World, shelf: str
) -> None:
    client, path = world.client(KEEPER), f"/exhibits/store/places/{shelf}/audit/"
    sent = {"listed": ",".join(ids(1, 2, 3)), f"seal_{ids(2)[0]}": "GYP-9"}
    for confirmed in ({}, {"confirmed": "on"}):
        page = client.post(path, {**sent, **confirmed}).content.decode()
        assert "it is there; tick it" in page and 'name="confirmed"' not in page
        assert not StoreAudit.objects.exists()


def test_a_move_of_what_was_handed_over_meanwhile_is_refused_on_the_page_by_name(
    world: World, shelf: str
) -> None:
    client, safe, exhibit = world.client(KEEPER), place(world, "Safe 1"), ids(1)[0]
    lead = world.actor("national-lead")
    offer = world.perform(
        KEEPER,
        offer_custody,
        exhibit=exhibit,
        to_officer=lead.officer,
        to_authority=lead.authority,
        happened=world.at(6, 9),
    )
    world.perform("national-lead", accept_custody, exhibit=exhibit, offer=offer, happened=world.at(6, 10))
    sent = {"store": safe, f"move_{exhibit}": "on", f"move_{ids(2)[0]}": "on", **when(6)}
    answer = client.post(f"/exhibits/store/move/?from={shelf}", sent)
    assert answer.status_code == 200
    assert f"{row(exhibit).reference}: only the officer" in answer.content.decode()
    assert row(ids(2)[0]).store == shelf


def test_a_move_and_an_audit_that_are_sent_twice_are_done_once(world: World, shelf: str) -> None:
    client, safe = world.client(KEEPER), place(world, "Safe 1")
    audit = {FIELD: new_submission(), "listed": json.dumps([])[1:-1], "read": "GYP-1\nGYP-2\nGYP-3"}
    once = client.post(f"/exhibits/store/places/{shelf}/audit/", audit)
    again = client.post(f"/exhibits/store/places/{shelf}/audit/", audit)
    assert once.status_code == again.status_code == 302
    assert once.headers["Location"] == again.headers["Location"] and StoreAudit.objects.count() == 1
    sent = {
        FIELD: new_submission(),
        "store": safe,
        **{f"move_{key}": "on" for key in ids(1, 2, 3)},
        **when(6),
    }
    path = f"/exhibits/store/move/?from={shelf}"
    assert client.post(path, sent).status_code == client.post(path, sent).status_code == 302
    for exhibit in ids(1, 2, 3):
        record = queries.exhibit(world.actor(KEEPER), exhibit)
        assert record is not None and sum(event.kind == "store" for event in record.chain.events) == 2


def test_pages_of_the_store_are_its_keepers_alone(world: World, shelf: str) -> None:
    audit = audited(world, shelf, there=ids(1, 2))
    for path in (f"places/{shelf}/", f"places/{shelf}/audit/", f"audits/{audit.id}/", f"move/?from={shelf}"):
        assert world.client("national-lead").get(f"/exhibits/store/{path}").status_code == 200
        assert world.client("other-lead").get(f"/exhibits/store/{path}").status_code == 404
        assert world.client("officer").get(f"/exhibits/store/{path}").status_code in (403, 404)


def test_a_second_keeper_does_not_move_what_the_first_one_holds(world: World, shelf: str) -> None:
    officer = world.perform(
        "administrator", appoint_officer, name="Second", rank="Sgt.", service_number="N-2", role=KEEPER
    )
    first = world.actor(KEEPER)
    world.actors["second"] = Actor(
        officer=officer, authority=first.authority, role=KEEPER, operation=first.operation, zone=first.zone
    )
    Account.objects.create_user("N-2", "correct horse battery", officer)
    page = text(world.client("second"), f"/exhibits/store/move/?from={shelf}")
    assert "You hold nothing here that could be moved." in page
    safe = place(world, "Safe 1", "second")
    refuses(world, "second", move_exhibits, "things", "only the officer", store=safe, things=read(1))
    assert audit_differences(audited(world, shelf, "second", there=ids(1, 2, 3))) == []
