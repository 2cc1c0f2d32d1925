"""Asking for the keys of a file after a restore, for the tests of who is given them."""

from __future__ import annotations

from typing import Any

from libertad.access.actions.remove_reader import remove_reader
from libertad.exchange.control import dispatch, key_delivery, key_wrap, returned_keys, withheld_keys
from libertad.exchange.peering import peers
from libertad.exchange.protocol.messages import ControlMessage
from libertad.journal import sealing
from libertad.journal.header import decode
from tests.support.nodes import Party

Rows = list[tuple[Any, ...]]


def file_of(party: Party, person: str) -> str:
    ((place,),) = party.node.sql().all(
        "select id from access_compartment where kind = 'person' and about = ?", (person,)
    )
    return str(place)


def shut(party: Party) -> Rows:
    """(compartment, number of its log) of entries here that no ring opens."""
    rows = party.node.sql().all("select compartment, seq, header from journal_entry where body is not null")
    known = party.node.rings.known
    return sorted((place, seq) for place, seq, exact in rows if decode(bytes(exact)).key_id not in known)


def wraps(giver: Party, asker: Party, place: str) -> list[bytes]:
    """The keys that `giver` would send after the node of `asker` asked for those of a file."""
    authorities = peers.authorities(giver.node.sql(), asker.node.key.origin)
    name = returned_keys.blinded(giver.node.key.origin, bytes.fromhex(place))
    ask(giver, asker, [name])
    packed = key_delivery.wraps_for(giver.node, giver.node.sql(), authorities)
    return [wrap for wrap in packed if key_wrap.unpacked(wrap).compartment.hex() == place]


def ask(giver: Party, asker: Party, names: list[bytes]) -> None:
    origin = asker.node.key.origin
    peer = peers.get(giver.node.sql(), origin)
    assert peer is not None
    dispatch.dispatch(giver.node, peer, ControlMessage(missing=names), giver.exchange.memory(origin))


def name_at(party: Party, place: str) -> bytes:
    return returned_keys.blinded(party.node.key.origin, bytes.fromhex(place))


def forget(giver: Party) -> None:
    giver.node.writer.submit(lambda tx: tx.sql.run("delete from exchange_released"))


def removals(party: Party, place: str) -> int:
    return withheld_keys.removals(party.node, party.node.sql(), place)


def bring(party: Party, giver: Party, place: str, key: bytes, number: int) -> None:
    """A peer sends a key of its own accord."""
    peer = peers.get(party.node.sql(), giver.node.key.origin)
    assert peer is not None
    to = key_wrap.recipient_key(party.node.rings, party.authority)
    wrap = key_wrap.wrap(
        to.public,
        to.key_id,
        compartment=bytes.fromhex(place),
        kid=sealing.key_id(key),
        number=number,
        giver=giver.authority,
        reader=party.authority,
        key=key,
    )
    key_delivery.take_wraps(party.node, peer, [key_wrap.packed(wrap)])


def removed(party: Party, reader: Party, person: str) -> None:
    place = file_of(party, person)
    row = "select 1 from access_reader where compartment = ? and authority = ?"
    if party.node.sql().first(row, (place, reader.authority)):
        party.do("national-lead", remove_reader, compartment=place, readers=[reader.authority], reason="over")
