"""A superuser of the database gives a suspended authority nothing: no changed row lifts a suspension."""

from __future__ import annotations

import pytest

from libertad.access.actions.suspend_member import suspend_member
from libertad.exchange.control import key_delivery
from libertad.exchange.peering import peers
from libertad.exchange.sending.sender import Outgoing
from libertad.journal.header import decode
from libertad.people.actions.meet_person import meet_person
from tests.exchange.conftest import Three
from tests.exchange.conftest import three as three
from tests.support.nodes import Party
from tests.support.sharing import share_person

pytestmark = [pytest.mark.django_db]
CHANGES = (
    "update access_compartment set operation = 'x'",
    "delete from access_compartment",
    "update access_reader set operation = 'x'",
    "update access_reader set kind = 'x'",
)


def robbed(three: Three, *, suspended: bool = True) -> tuple[Party, Party, str]:
    """(who gives, who was robbed, a file that both read): the second's police are suspended."""
    giver, receiver = three.guyana, three.trinidad
    person = giver.do("officer", meet_person, country="GY")
    giver.do("officer", share_person, person=person, authority=receiver.authority, reason="helps")
    if suspended:
        three.centre.do("coordinator", suspend_member, authority=receiver.authority, reason="robbed")
        giver.pull(three.centre)
    sql = giver.node.sql()
    sql.sealed = giver.node.seals  # as a node's own sessions have it
    place = sql.first("select compartment from people_person where id = ?", (person,))
    assert place is not None
    return giver, receiver, str(place[0])


def entries(giver: Party, receiver: Party) -> set[str]:
    """The files of which entries go out to a node."""
    outgoing = Outgoing(giver.node, giver.node.sql(), receiver.node.key.origin)
    return {
        decode(entry.header).compartment.hex()
        for parcel in outgoing.parcels(0, 65536, 64)
        for entry in parcel.entries
    }


def keys(giver: Party, receiver: Party) -> list[bytes]:
    sql = giver.node.sql()
    return key_delivery.wraps_for(giver.node, sql, peers.authorities(sql, receiver.node.key.origin))


def test_who_is_not_suspended_is_given_both(three: Three) -> None:
    giver, receiver, place = robbed(three, suspended=False)
    assert place in entries(giver, receiver) and keys(giver, receiver) != []


@pytest.mark.parametrize("change", CHANGES)
def test_no_changed_row_of_a_file_lifts_a_suspension(three: Three, change: str) -> None:
    giver, receiver, _place = robbed(three)
    assert entries(giver, receiver) == set() and keys(giver, receiver) == []
    giver.node.sql().run(change)
    assert entries(giver, receiver) == set(), change
    assert keys(giver, receiver) == [], change


def test_a_reader_whom_somebody_wrote_into_the_database_is_given_no_entry(three: Three) -> None:
    giver, receiver = three.guyana, three.trinidad
    person = giver.do("officer", meet_person, country="GY")
    sql = giver.node.sql()
    sql.sealed = giver.node.seals
    (place,) = sql.first("select compartment from people_person where id = ?", (person,)) or ("",)
    sql.run(
        'insert into access_reader (id, compartment, operation, provenance, authority, kind, "by") '
        "values (?, ?, ?, '', ?, 'person', ?)",
        (f"{place}:{receiver.authority}", place, giver.operation, receiver.authority, giver.authority),
    )
    assert place not in entries(giver, receiver)
