"""Taking a succession: a restored node's new keys in place of its old ones, vouched for by the old.

Whoever stole the old keys can make a slip as well. So the authority's word ends it: a revoked device has no
successor, and each succession is shown on the Exchange page with its moment.
"""

from __future__ import annotations

from libertad.exchange import offered, peers, taking
from libertad.exchange.box import ASK, Channel, NotOurs, origin_of
from libertad.exchange.peers import Peer
from libertad.exchange.wire import Parcel, Word, pack
from libertad.journal import ingest, succession
from libertad.journal.header import device_id
from libertad.journal.node import Node
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction

MOST = 32
RECORD = (
    "insert into exchange_succession (id, device, before, authority, slip) values (?, ?, ?, ?, ?) "
    "on conflict (id) do update set slip = excluded.slip"
)


def take(tx: Transaction, peer: Peer, slips: list[bytes]) -> int:
    """Put new devices on file and let the peer's new node take the old one's place. Returns how many."""
    count = 0
    for slip in slips[:MOST]:
        try:
            replacement = succession.read(slip)
        except succession.BadSuccession:
            continue
        if peer.origin in (replacement.before, replacement.after):
            count += _one(tx, replacement, slip)
    return count


def _one(tx: Transaction, replacement: succession.Succession, slip: bytes) -> int:
    authority, old = replacement.authority.hex(), succession.device_before(replacement)
    filed = tx.sql.one("select authority from journal_device where id = ?", (old,))
    if filed is None or filed[0] != authority:
        return 0
    if tx.sql.one("select 1 from access_device where id = ? and revoked", (old.hex(),)):
        return 0
    lives = tx.sql.one("select origin from exchange_peer_authority where authority = ?", (authority,))
    if lives is None or lives[0] not in (replacement.before, replacement.after):
        return 0
    new = device_id(replacement.new_device).hex()
    row = (f"{new}:{old.hex()}", new, old.hex(), authority, slip)
    tx.sql.run(RECORD, row)
    if tx.sql.one(
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
        peers.put(tx.sql, replacement.after, replacement.new_node, before.address)
        # It remembers by its own names how far our asks had counted: we go on from there.
        peers.change(tx.sql, replacement.after, state=before.state, counter_out=before.counter_out)
    tx.sql.run(peers.LIVES, (authority, replacement.after))
    # What it lost with its disk comes back from whoever holds it: these files are offered to it whole.
    offered.inherited(tx, replacement.before, replacement.after, authority)
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
    rows = sql.all("select slip from exchange_succession where slip is not null order by id")
    slips = [bytes(row[0]) for row in rows]
    return [slip for slip in slips if succession.nodes_of(slip)[0] == origin][:MOST]


def tell_ended(node: Node, message: bytes) -> bytes | None:
    """The sealed answer to whoever still asks with keys that gave their place away: the slips, and nothing
    else (`fence.py`). None for anybody else's message.
    """
    sql, sealed = node.sql(), message[8:]
    peer = peers.get(sql, origin_of(message)) if len(message) <= taking.MOST_ASK else None
    if peer is None or peer.state != peers.ENDED or not (slips := slips_of(sql, peer.origin)):
        return None
    channel = Channel(node.key.seed, peer.public)
    try:
        channel.open(ASK, sealed)
    except NotOurs:
        return None
    return channel.answer(sealed, 0, pack(Parcel(word=Word(successions=slips))), last=True)


def introduce(tx: Transaction, slips: list[bytes]) -> int:
    """A node that nobody knows by its new key shows that it is one that we knew."""
    count = 0
    for slip in slips[:MOST]:
        try:
            replacement = succession.read(slip)
        except succession.BadSuccession:
            continue
        peer = peers.get(tx.sql, replacement.before)
        if peer is not None and peer.state == peers.ACTIVE:
            count += take(tx, peer, [slip])
    return count
