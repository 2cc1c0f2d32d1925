"""The exhibit store: a shelf is moved in one deed, audited, and what differs stays until it is explained."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from libertad.access.acting import Act, Forbidden
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.access.actor import Actor
from libertad.access.models import Account
from libertad.access.submissions import FIELD, new_submission
from libertad.evidence import queries
from libertad.evidence.actions.accept_custody import accept_custody
from libertad.evidence.actions.add_place import add_place, correct_place
from libertad.evidence.actions.audit_place import audit_place
from libertad.evidence.actions.explain_difference import explain_difference
from libertad.evidence.actions.move_exhibits import move_exhibits
from libertad.evidence.actions.offer_custody import offer_custody
from libertad.evidence.actions.seal import seal
from libertad.evidence.actions.seize import seize
from libertad.evidence.models import Exhibit, StoreAudit, StorePlace
from libertad.evidence.queries_store import audit as read_audit
from libertad.evidence.queries_store import audits, exhibits_at, places
from libertad.journal.models import Entry
from libertad.vocabulary.values import Refused
from libertad.web.waiting import waiting
from tests.support.shuffling import assert_order_free
from tests.support.world import World

KEEPER = "exhibits-officer"


def taken(world: World, number: int, role: str = KEEPER, *, sealed: bool = True) -> str:
    """An exhibit in the custody of this officer, with the seal GYP-number."""
    exhibit = str(world.perform(
        role, seize, country="GY", kind="mobile-phone", description=f"Phone {number}",
        happened=world.at(4, 10),
    ))  # fmt: skip
    if sealed:
        world.perform(role, seal, exhibit=exhibit, number=f"GYP-{number}", happened=world.at(4, 11))
    return exhibit


def place(world: World, name: str, role: str = KEEPER, **more: Any) -> str:
    return str(world.perform(role, add_place, country="GY", kind="shelf", name=name, **more))


def read(*numbers: int) -> list[dict[str, str]]:
    """The things of a move, by what each seal reads."""
    rows = Exhibit.objects.filter(seal__in=[f"GYP-{number}" for number in numbers])
    return [{"exhibit": row.pk, "seal_read": row.seal} for row in rows]


def move(world: World, store: str, *numbers: int, role: str = KEEPER) -> str:
    return str(
        world.perform(role, move_exhibits, store=store, things=read(*numbers), happened=world.at(5, 9))
    )


def row(exhibit: str) -> Exhibit:
    return Exhibit.objects.get(pk=exhibit)


def refuses(world: World, role: str, action: Any, field: str, says: str, **given: Any) -> None:
    before = Entry.objects.count()
    with pytest.raises(Refused) as why:
        world.perform(role, action, **given)
    assert (why.value.field, says in why.value.rule) == (field, True), why.value
    assert Entry.objects.count() == before, "a refused act leaves no entry"


@pytest.fixture
def shelf(world: World) -> str:
    """A shelf with three phones of the exhibits officer: GYP-1, GYP-2, GYP-3."""
    store = place(world, "Shelf B-14", within=place(world, "Room 2"))
    for number in (1, 2, 3):
        taken(world, number)
    move(world, store, 1, 2, 3)
    return store


# -- places ----------------------------------------------------------------------------------------


def test_a_place_is_told_with_the_places_that_it_lies_in(world: World, shelf: str) -> None:
    told = {found.path: found.count for found in places(world.actor(KEEPER))}
    assert told == {"Room 2": 0, "Room 2, Shelf B-14": 3}
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


# -- moving ----------------------------------------------------------------------------------------


def test_a_shelf_is_moved_in_one_deed_and_each_chain_has_its_own_signed_step(
    world: World, shelf: str
) -> None:
    safe = place(world, "Safe 1")
    deed = move(world, safe, 1, 2, 3)
    assert {found.reference for found in exhibits_at(world.actor(KEEPER), safe)} == {
        found.reference for found in queries.exhibits(world.actor(KEEPER))
    }
    assert not exhibits_at(world.actor(KEEPER), shelf)
    for exhibit in Exhibit.objects.values_list("pk", flat=True):
        seen = queries.exhibit(world.actor("prosecutor"), exhibit)
        assert seen is not None and seen.holder_place == "Safe 1" and not seen.conflicts
        steps = [event for event in seen.chain.events if event.kind == "store"]
        assert [event.place for event in steps] == ["Shelf B-14", "Safe 1"]
        assert steps[-1].deed == deed and steps[-1].seal_read == seen.seal
        assert len(seen.chain.holds) == 1, "it stays in the same hands"
    assert_order_free(world)


def test_a_seal_is_read_before_its_exhibit_is_moved(world: World, shelf: str) -> None:
    safe, things = place(world, "Safe 1"), read(1, 2)
    things[1].pop("seal_read")
    reference = row(things[1]["exhibit"]).reference
    refuses(world, KEEPER, move_exhibits, "things", f"{reference}: read its seal", store=safe, things=things)
    world.perform(
        KEEPER, move_exhibits, store=safe, happened=world.at(5, 10),
        things=[{**things[0], "seal_read": "GYP-9"}, {**things[1], "seal_state": "missing"}],
    )  # fmt: skip
    seen = [queries.exhibit(world.actor(KEEPER), thing["exhibit"]) for thing in things]
    codes = {flaw.code for found in seen if found for flaw in found.chain.conflicts}
    assert codes == {"seal-differs", "seal-not-intact"}


def test_what_was_handed_over_meanwhile_moves_nothing_at_all(world: World, shelf: str) -> None:
    exhibit, safe = read(2)[0]["exhibit"], place(world, "Safe 1")
    lead = world.actor("national-lead")
    offer = world.perform(
        KEEPER, offer_custody, exhibit=exhibit, to_officer=lead.officer, to_authority=lead.authority,
        happened=world.at(6, 9),
    )  # fmt: skip
    move(world, safe, 3)  # an offer alone holds nothing up
    world.perform("national-lead", accept_custody, exhibit=exhibit, offer=offer, happened=world.at(6, 10))
    assert row(exhibit).store == "", "who took it has not said where it is"
    refuses(
        world, KEEPER, move_exhibits, "things", f"{row(exhibit).reference}: only the officer", store=safe,
        things=read(1, 2), happened=world.at(6, 11),
    )  # fmt: skip
    assert row(read(1)[0]["exhibit"]).store == shelf


@pytest.mark.parametrize(
    ("things", "says"),
    [([], "at least one"), ([{"exhibit": "0" * 32}], "no such exhibit"), ("twice", "named twice")],
)
def test_a_move_of_nothing_and_of_what_is_not_there_is_refused(
    world: World, shelf: str, things: Any, says: str
) -> None:
    given = read(1) * 2 if things == "twice" else things
    field = "exhibit" if says == "no such exhibit" else "things"
    refuses(world, KEEPER, move_exhibits, field, says, store=shelf, things=given)


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
    for action, given in (
        (move_exhibits, {"store": safe, "things": read(1)}),
        (audit_place, {"store": shelf, "listed": [], "confirmed": True}),
        (add_place, {"country": "GY", "kind": "box", "name": "Box"}),
    ):
        with pytest.raises(Forbidden):
            world.perform(KEEPER, action, **given)
    assert row(read(1)[0]["exhibit"]).store == shelf and not StoreAudit.objects.exists()


class _Killed(BaseException):
    """What ends the process in the middle."""


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


# -- auditing --------------------------------------------------------------------------------------


def ids(*numbers: int) -> list[str]:
    return [thing["exhibit"] for thing in read(*numbers)]


def audited(world: World, store: str, role: str = KEEPER, **given: Any) -> Any:
    given = {"listed": ids(1, 2, 3), "confirmed": True} | given
    return read_audit(world.actor(role), world.perform(role, audit_place, store=store, **given))


def found(audit: Any) -> list[tuple[str, str]]:
    return [(one.kind, one.reference or one.thing) for one in audit.differences]


def test_an_audit_says_what_is_missing_what_is_too_much_and_which_seals_differ(
    world: World, shelf: str
) -> None:
    elsewhere = taken(world, 7)
    first, second, third = ids(1), ids(2), ids(3)
    audit = audited(
        world, shelf, there=first, read=["gyp-7", row(second[0]).reference.lower(), "XX-99"],
        seals={first[0]: "GYP-1B"},
    )  # fmt: skip
    assert found(audit) == [
        ("missing", row(third[0]).reference), ("unexpected", row(elsewhere).reference), ("unknown", "XX-99"),
        ("seal", row(first[0]).reference),
    ]  # fmt: skip
    assert (audit.differences[3].on_file, audit.differences[3].read) == ("GYP-1", "GYP-1B")
    assert len(audit.expected) == 3 and audit.open == 4
    assert row(third[0]).store == shelf and not row(first[0]).conflicts, "it moves nothing"
    assert_order_free(world)


def test_an_audit_in_which_all_is_there_has_nothing_to_explain(world: World, shelf: str) -> None:
    audit = audited(world, shelf, there=ids(1), read=["GYP-2", "GYP-3", ""], confirmed=False)
    assert found(audit) == [] and audit.open == 0
    assert not audits(world.actor(KEEPER), only_open=True)


def test_what_differs_is_shown_before_it_is_recorded(world: World, shelf: str) -> None:
    reference = row(ids(3)[0]).reference
    refuses(
        world, KEEPER, audit_place, "confirmed", f"missing: {reference}.", store=shelf, listed=ids(1, 2, 3),
        there=ids(1, 2),
    )  # fmt: skip


def test_a_broken_seal_that_is_scanned_is_found_on_its_exhibit(world: World, shelf: str) -> None:
    exhibit = ids(2)[0]
    world.perform(
        KEEPER,
        seal,
        exhibit=exhibit,
        number="GYP-2B",
        opened="GYP-2",
        why="Looked at",
        happened=world.at(5, 12),
    )
    audit = audited(world, shelf, listed=[*ids(1, 3), exhibit], there=ids(1, 3), read=["GYP-2"])
    assert found(audit) == [("seal", row(exhibit).reference)]
    assert (audit.differences[0].on_file, audit.differences[0].read) == ("GYP-2B", "GYP-2")


def test_what_left_or_came_while_it_was_audited_is_not_missing(world: World, shelf: str) -> None:
    """The page was opened with three; one was moved away, one handed over and still lies there, one came."""
    listed = ids(1, 2, 3)
    gone, handed = ids(1)[0], ids(2)[0]
    move(world, place(world, "Safe 1"), 1)
    lead = world.actor("national-lead")
    offer = world.perform(
        KEEPER, offer_custody, exhibit=handed, to_officer=lead.officer, to_authority=lead.authority,
        happened=world.at(6, 9),
    )  # fmt: skip
    world.perform("national-lead", accept_custody, exhibit=handed, offer=offer, happened=world.at(6, 10))
    taken(world, 4)
    move(world, shelf, 4)
    audit = audited(world, shelf, listed=listed, there=[handed, *ids(3)])
    assert found(audit) == [("unexpected", row(handed).reference)]
    assert gone not in audit.expected and ids(4)[0] not in audit.expected


def test_a_seal_that_was_read_is_of_something_that_is_there(world: World, shelf: str) -> None:
    refuses(
        world, KEEPER, audit_place, "seals", "tick it", store=shelf, listed=ids(1, 2, 3), there=ids(1),
        seals={ids(2)[0]: "GYP-8"},
    )  # fmt: skip


def test_what_another_country_holds_is_as_unknown_as_what_is_nowhere(world: World, shelf: str) -> None:
    world.perform(
        "other-officer", seize, country="VC", kind="document", description="Ledger", happened=world.at(4, 10)
    )
    foreign = Exhibit.objects.get(country="VC")
    world.perform("other-officer", seal, exhibit=foreign.pk, number="VCP-1", happened=world.at(4, 11))
    audit = audited(world, shelf, there=ids(1, 2, 3), read=["VCP-1", foreign.reference, "NONE-1"])
    assert found(audit) == [("unknown", "VCP-1"), ("unknown", foreign.reference), ("unknown", "NONE-1")]
    refuses(
        world, KEEPER, audit_place, "there", "not on file here", store=shelf, listed=[], there=[foreign.pk]
    )


# -- until it is explained -------------------------------------------------------------------------


def waits(world: World, role: str) -> list[str]:
    return [item.title for item in waiting(world.actor(role)) if "/exhibits/store/" in item.href]


def test_a_difference_stands_on_today_until_it_is_explained(world: World, shelf: str) -> None:
    audit = audited(world, shelf, there=ids(1, 2))
    title = f"{row(ids(3)[0]).reference} is missing"
    assert waits(world, KEEPER) == waits(world, "national-lead") == [title]
    for role in ("officer", "prosecutor", "other-lead"):
        assert waits(world, role) == []
    about = audit.differences[0].about
    refuses(
        world, KEEPER, explain_difference, "reasons", "say why", audit=audit.id, about=about,
        outcome="found-again", reasons=" ",
    )  # fmt: skip
    refuses(
        world, KEEPER, explain_difference, "outcome", "came out", audit=audit.id, about=about,
        outcome="read-again", reasons="x",
    )  # fmt: skip
    refuses(
        world, KEEPER, explain_difference, "about", "no such difference", audit=audit.id,
        about=f"missing:{ids(1)[0]}", outcome="found-again", reasons="x",
    )  # fmt: skip
    world.perform(
        "national-lead", explain_difference, audit=audit.id, about=about, outcome="found-again",
        reasons="It lay behind the shelf.",
    )  # fmt: skip
    assert waits(world, KEEPER) == waits(world, "national-lead") == []
    page = text(world.client("prosecutor"), f"/exhibits/{ids(3)[0]}/")
    assert title in page and "It lay behind the shelf." in page, "the difference stays, with the words"
    assert_order_free(world)


def test_of_many_differences_today_shows_the_first(world: World) -> None:
    store = place(world, "Shelf 1")
    audited(world, store, listed=[], read=[f"X-{n}" for n in range(12)])
    titles = waits(world, KEEPER)
    assert len(titles) == 11 and "2 more differences of an audit" in titles


def test_an_audit_of_others_is_explained_by_nobody_else(world: World, shelf: str) -> None:
    audit = audited(world, shelf, there=ids(1, 2))
    given = {"audit": audit.id, "about": audit.differences[0].about, "outcome": "found-again", "reasons": "x"}
    refuses(world, "other-lead", explain_difference, "audit", "no such audit", **given)
    with pytest.raises((Refused, Forbidden)):
        world.perform("prosecutor", explain_difference, **given)


# -- pages -----------------------------------------------------------------------------------------


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def when(day: int) -> dict[str, str]:
    parts = zip(("day", "month", "year", "time"), (str(day), "4", "2018", "14:00"), strict=True)
    return {f"happened_{part}": value for part, value in parts}


def test_a_keeper_makes_a_store_moves_a_shelf_and_audits_it_on_the_pages(world: World) -> None:
    client = world.client(KEEPER)
    for number in (1, 2):
        taken(world, number)
    one, two = ids(1)[0], ids(2)[0]
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
        "/exhibits/store/move/", {"store": key, f"move_{one}": "on", f"move_{two}": "on", **when(5)}
    )
    assert moved.status_code == 302 and moved.headers["Location"] == shelf
    assert "Room 2, Shelf 1" in text(client, "/exhibits/store/") and "2 exhibits" in text(client, shelf)
    path = f"{shelf}audit/"
    listed = client.get(path).context["form"]["listed"].value()
    sent = {"listed": listed, f"there_{one}": "on", "read": "XX-1\r\n"}
    asked = client.post(path, sent)
    told = asked.content.decode()
    assert asked.status_code == 200 and f"missing: {row(two).reference}" in told and "XX-1" in told
    assert 'name="confirmed"' in told and not StoreAudit.objects.exists()
    audit = client.post(path, {**sent, "confirmed": "on"}).headers["Location"]
    assert "Not explained" in text(client, audit)
    explain = f"{audit}explain/?difference=0"
    about = client.get(explain).context["form"]["about"].value()
    sent = {"about": about, "outcome": "found-again", "reasons": "On the desk."}
    assert client.post(explain, sent).status_code == 302
    assert "On the desk." in text(client, audit)
    assert client.get(f"{audit}explain/?difference=9").status_code == 404


def test_a_move_of_what_was_handed_over_meanwhile_is_refused_on_the_page_by_name(
    world: World, shelf: str
) -> None:
    client, safe, exhibit = world.client(KEEPER), place(world, "Safe 1"), ids(1)[0]
    lead = world.actor("national-lead")
    offer = world.perform(
        KEEPER, offer_custody, exhibit=exhibit, to_officer=lead.officer, to_authority=lead.authority,
        happened=world.at(6, 9),
    )  # fmt: skip
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
        seen = queries.exhibit(world.actor(KEEPER), exhibit)
        assert seen is not None and sum(event.kind == "store" for event in seen.chain.events) == 2


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
    assert found(audited(world, shelf, "second", there=ids(1, 2, 3))) == []
