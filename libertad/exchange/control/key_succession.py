"""Taking a succession: a restored node's new keys in place of its old ones, vouched for by the old.

Whoever stole the old keys can make a slip as well. So the authority's word ends it: a revoked device has no
successor, and each succession is shown on the Exchange page with its moment.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

from libertad.exchange.peering import guarded, peers
from libertad.exchange.peering.peers import Peer
from libertad.exchange.protocol.messages import ControlMessage, Parcel, pack
from libertad.exchange.protocol.secure_channel import ASK, Channel, NotOurs, origin_of
from libertad.exchange.receiving import receiver
from libertad.exchange.sending import late_readers
from libertad.journal import guards, ingest, succession
from libertad.journal.header import device_id
from libertad.journal.node import Node
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction

MOST = 32
TAKEN = "exchange_succession"
STANDS = "not exists (select 1 from access_device d where d.id = exchange_succession.before and d.revoked)"
RECORD = (
    "insert into exchange_succession (id, device, before, authority, slip) values (?, ?, ?, ?, ?) "
    "on conflict (id) do update set slip = excluded.slip"
)


def take(tx: Transaction, peer: Peer, slips: list[bytes]) -> int:
    """Put new devices on file and let new nodes take the old ones' places: the peer's own, and those of third
    nodes that it passes on. Returns how many.
    """
    count = 0
    for slip in slips[: 2 * MOST]:
        try:
            replacement = succession.read(slip)
        except succession.BadSuccession:
            continue
        if peer.origin in (replacement.before, replacement.after) or _is_active(tx.sql, replacement.before):
            count += _take_slip(tx, replacement, slip)
    return count


def _is_active(sql: Sql, origin: str) -> bool:
    peer = peers.get(sql, origin)
    return peer is not None and peer.state == peers.ACTIVE


def _take_slip(tx: Transaction, replacement: succession.Succession, slip: bytes) -> int:
    authority, old = replacement.authority.hex(), succession.device_before(replacement)
    filed = tx.sql.first("select authority from journal_device where id = ?", (old,))
    if filed is None or filed[0] != authority:
        return 0
    if tx.sql.first("select 1 from access_device where id = ? and revoked", (old.hex(),)):
        return 0
    if guarded.phones(tx.sql) & {old.hex(), device_id(replacement.new_device).hex()}:
        return 0
    lives = tx.sql.first("select origin from exchange_peer_authority where authority = ?", (authority,))
    if lives is None or lives[0] not in (replacement.before, replacement.after):
        return 0
    new = device_id(replacement.new_device).hex()
    row = (f"{new}:{old.hex()}", new, old.hex(), authority, slip)
    tx.sql.run(RECORD, row)
    if tx.sql.first(
        "select 1 from journal_device where id = ?", (ingest.enrol(tx, replacement.new_device, authority),)
    ):
        tx.sql.run("update exchange_want set again = 0")
    if replacement.before != replacement.after:
        _move(tx, replacement, authority)
    return 1


def _move(tx: Transaction, replacement: succession.Succession, authority: str) -> None:
    before = peers.get(tx.sql, replacement.before)
    if before is None or before.state == peers.ENDED:
        return
    if peers.get(tx.sql, replacement.after) is None:
        peers.save_peer(tx.sql, replacement.after, replacement.new_node, before.address)
        # It remembers by its own names how far our asks had counted: we go on from there.
        peers.change(tx.sql, replacement.after, state=before.state, counter_out=before.counter_out)
    tx.sql.run(peers.LIVES, (authority, replacement.after))
    # What it lost with its disk comes back from whoever holds it: these files are offered to it whole.
    late_readers.inherited(tx, replacement.before, replacement.after, authority)
    tx.sql.run(
        "insert into exchange_want (origin, compartment, since, again) select ?, compartment, 0, 0 "
        "from exchange_want where origin = ? on conflict (origin, compartment) do nothing",
        (replacement.after, replacement.before),
    )
    if not peers.authorities(tx.sql, replacement.before):
        for log in peers.logs(tx.sql, replacement.before):
            tx.sql.run("delete from exchange_want where origin = ?", (log,))
        peers.change(
            tx.sql,
            replacement.before,
            state=peers.ENDED,
            address="",
            error="succeeded by another key after a restore",
        )


def slips_of(sql: Sql, origin: str) -> list[bytes]:
    """The slips by which a node's place went to another; none that an older version took."""
    rows = guards.rows(sql, guards.GUARDS[TAKEN], " and slip is not null order by id")
    slips = [bytes(row[4]) for row in rows if sql.believes(TAKEN, row)]
    return [slip for slip in slips if succession.nodes_of(slip)[0] == origin][:MOST]


def third_party_slips(sql: Sql, authorities: Sequence[str], known: Set[str]) -> dict[str, bytes]:
    """Slips of authorities that do not live at a peer, by id, the oldest first; without those that it has.

    Where two nodes get new names at once, each knows the other by a name under which nobody reads letters
    any more. Whoever knows both new names passes them on: a slip's signatures say all, whoever carries it.
    None of a device that was revoked since: of such an authority the journal says where it lives.
    """
    rows = guards.rows(sql, guards.GUARDS[TAKEN], f" and slip is not null and {STANDS}")
    slips = {
        str(row[0]): bytes(row[4])
        for row in rows
        if row[3] not in authorities and row[0] not in known and sql.believes(TAKEN, row)
    }
    return dict(sorted(slips.items(), key=lambda pair: succession.moment(pair[1]))[:MOST])


def tell_ended(node: Node, message: bytes) -> bytes | None:
    """The sealed answer to whoever still asks with keys that gave their place away: the slips, and nothing
    else (`fence.py`). None for anybody else's message.
    """
    sql, sealed = node.sql(), message[8:]
    peer = peers.get(sql, origin_of(message)) if len(message) <= receiver.MOST_ASK else None
    if peer is None or peer.state != peers.ENDED or not (slips := slips_of(sql, peer.origin)):
        return None
    try:
        channel = Channel(node.key.seed, peer.public)
        channel.open(ASK, sealed)
    except NotOurs:
        return None
    return channel.answer(sealed, 0, pack(Parcel(word=ControlMessage(successions=slips))), last=True)


def introduce(tx: Transaction, slips: list[bytes]) -> int:
    """A node that nobody knows by its new key shows that it is one that we knew."""
    count = 0
    for slip in slips[:MOST]:
        try:
            replacement = succession.read(slip)
        except succession.BadSuccession:
            continue
        if _is_active(tx.sql, replacement.before):
            count += _take_slip(tx, replacement, slip)
    return count
