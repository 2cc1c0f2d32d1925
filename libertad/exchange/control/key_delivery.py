"""Keys of files on their way to a peer's authorities, and from them: wrapped, taken, confirmed."""

from __future__ import annotations

from contextlib import suppress

from libertad.access.epochs import epochs
from libertad.access.suspending import but_shut, shut
from libertad.exchange.control import key_wrap, reader_proof, returned_keys, withheld_keys
from libertad.exchange.peering import guarded, peers
from libertad.exchange.peering.peers import Peer, now_ms
from libertad.exchange.receiving import receiver
from libertad.journal import sealing
from libertad.journal.node import Node
from libertad.journal.rings import Locked
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction

MOST_WRAPS = 100
AHEAD = 30 * 24 * 3600 * 1000  # ms: the clocks of two nodes differ by less
PUT = (
    "insert into exchange_recipient (authority, key_id, public, made) values (?, ?, ?, ?) "
    "on conflict (authority) do update set key_id = excluded.key_id, public = excluded.public, "
    "made = excluded.made where excluded.made > exchange_recipient.made or exchange_recipient.made > ?"
)
NOTED = "select 1 from exchange_released where authority = ? and kid = ?"
GIVEN = (
    "insert into exchange_released (authority, kid, compartment, given, taken) values (?, ?, ?, ?, null) "
    "on conflict (authority, kid) do nothing"
)


def wraps_for(node: Node, sql: Sql, authorities: list[str]) -> list[bytes]:
    """Keys of files that our authorities opened to the peer's, or that are given back to these after a
    restore, wrapped to their newest recipient keys."""
    own = sorted(node.rings.open)
    if not authorities or not own:
        return []
    mark, marks = ", ".join("?" * len(authorities)), ", ".join("?" * len(own))
    out = shut(sql, authorities)
    but, values = but_shut(out)
    rows = sql.all(
        f'select r.compartment, r.authority, r."by", k.key_id, k.public from access_reader r '
        f"join exchange_recipient k on k.authority = r.authority "
        f'where r.authority in ({mark}) and r."by" in ({marks}) and not exists (select 1 from '
        f"exchange_released x where x.authority = r.authority and x.compartment = r.compartment "
        f"and x.taken is not null) {but}limit {MOST_WRAPS}",
        (*authorities, *own, *values),
    )
    unsuspended = [name for name in authorities if name not in {authority for authority, _operation in out}]
    rows += returned_keys.due(node, sql, unsuspended, MOST_WRAPS) if unsuspended else []
    wraps: list[bytes] = []
    released: list[tuple[str, bytes, str, int]] = []
    withheld = withheld_keys.withheld(node, sql, [row[0] for row in rows])
    for compartment, reader, giver, key_id, public in rows:
        if compartment in withheld or not guarded.reads(sql, compartment, reader):
            continue
        place = bytes.fromhex(compartment)
        for number, key in epochs(node.rings, giver, compartment):
            kid = sealing.key_id(key)
            wrap = key_wrap.wrap(
                bytes(public),
                bytes(key_id),
                compartment=place,
                kid=kid,
                number=number,
                giver=giver,
                reader=reader,
                key=key,
            )
            wraps.append(key_wrap.packed(wrap))
            released.append((reader, kid, compartment, now_ms()))
    fresh = [row for row in released if sql.first(NOTED, row[:2]) is None]
    if fresh:
        node.writer.submit(lambda tx: tx.sql.run_many(GIVEN, fresh))
    # A file may have been erased since its key was read: then this reader is not asked to give it back.
    gone = node.rings.erased_places()
    return [
        wrap
        for wrap, (_reader, _kid, place, _at) in zip(wraps, released, strict=True)
        if bytes.fromhex(place) not in gone
    ]


def lacking(node: Node, sql: Sql, authorities: list[str]) -> list[str]:
    """The peer's authorities whose recipient key we need and do not know: its word may have been lost."""
    own = sorted(node.rings.open)
    if not authorities or not own:
        return []
    mark, marks = ", ".join("?" * len(authorities)), ", ".join("?" * len(own))
    rows = sql.all(
        f"select distinct r.authority from access_reader r where r.authority in ({mark}) "
        f'and (r."by" in ({marks}) or exists (select 1 from exchange_released o where o.taken is null '
        "and o.authority = r.authority and o.compartment = r.compartment)) "
        "and not exists (select 1 from exchange_recipient k where k.authority = r.authority)",
        (*authorities, *own),
    )
    return [row[0] for row in rows]


def recipients(tx: Transaction, peer: Peer, messages: list[bytes]) -> None:
    """Newest recipient keys of authorities that live at the peer, signed by their devices."""
    devices = guarded.standing_devices(tx.sql)
    authorities = set(peers.authorities(tx.sql, peer.origin))
    for message in messages[:64]:
        try:
            announced = key_wrap.verify_announcement(message, devices)
        except key_wrap.WrongWrap:
            continue
        if announced.authority in authorities:
            put_recipient(tx, announced)


def put_recipient(tx: Transaction, announced: key_wrap.Announced) -> None:
    """Keep another authority's recipient key if it is the newest; a moment far ahead keeps no place."""
    latest = now_ms() + AHEAD
    if announced.made > latest:
        return
    tx.sql.run(PUT, (announced.authority, announced.key_id, announced.public, announced.made, latest))


def take_wraps(node: Node, peer: Peer, messages: list[bytes]) -> list[tuple[str, bytes]]:
    """Put the keys that a peer's authorities gave into our rings, fold what they open, confirm."""
    sql = node.sql()
    authorities = set(peers.authorities(sql, peer.origin))
    accepted: list[key_wrap.Wrap] = []
    unproven: list[key_wrap.Wrap] = []
    for message in messages[:MOST_WRAPS]:
        with suppress(key_wrap.WrongWrap):
            wrap = key_wrap.unpacked(message)
            if wrap.giver in authorities:
                (accepted if gives(sql, wrap) else unproven).append(wrap)
    accepted += reader_proof.readers_by_them(node, sql, unproven) if unproven else []
    fresh = sorted({wrap.compartment.hex() for wrap in accepted if wrap.kid not in node.rings.known})
    if fresh:
        receiver.mark_opening(node, fresh)
        sound = [wrap for wrap in accepted if key_wrap.is_sound(node.rings, wrap)]
        numbers = [(wrap.compartment.hex(), wrap.number) for wrap in sound]
        node.writer.submit(lambda tx: returned_keys.ahead(tx, numbers))
    received: list[tuple[str, bytes]] = []
    for wrap in accepted:
        with suppress(key_wrap.WrongWrap, Locked):
            key_wrap.take_keys(node.rings, [wrap])
            received.append((wrap.reader, wrap.kid))
    if fresh:
        node.rings.refresh()
        node.writer.submit(lambda tx: receiver.open_compartments(tx, fresh))
    return received


def gives(sql: Sql, wrap: key_wrap.Wrap) -> bool:
    """Whether the giver reads the file, as far as we know; else it is the first key of a file new here."""
    place = wrap.compartment.hex()
    if sql.first("select 1 from access_compartment where id = ?", (place,)) is None:
        return True
    return guarded.reader(sql, place, wrap.giver)


def confirm_wraps(tx: Transaction, peer: Peer, received: list[tuple[str, bytes]]) -> None:
    authorities = set(peers.authorities(tx.sql, peer.origin))
    for reader, kid in received[:1000]:
        if reader in authorities:
            tx.sql.run(
                "update exchange_released set taken = ? where authority = ? and kid = ? and taken is null",
                (now_ms(), reader, kid),
            )
