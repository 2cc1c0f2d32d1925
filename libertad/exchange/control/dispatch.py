"""What two nodes tell each other besides entries: keys, checkpoints of third nodes, requests, receipts.

Everything is told again until the other confirms it, and taking it twice does no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from libertad.access.suspending import suspended
from libertad.exchange.control import (
    checkpoint_gossip,
    erasure_requests,
    key_delivery,
    key_succession,
    key_wrap,
    returned_keys,
)
from libertad.exchange.peering import bundle_peers, member_removal, peers
from libertad.exchange.peering.peer_session import Memory
from libertad.exchange.peering.peers import Peer, now_ms
from libertad.exchange.protocol.messages import ControlMessage
from libertad.exchange.receiving import receiver
from libertad.exchange.sending import late_readers
from libertad.journal import fence
from libertad.journal.node import Node
from libertad.journal.rings import Locked
from libertad.journal.sides import OPEN
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction

Job = Callable[[Transaction], object]
ROTATE = 12 * 3600 * 1000  # ms for which a recipient key is the newest; its secret lives as long again
TEND = 600  # seconds between looking after them
# (database, authority) -> ids of recipient keys whose secrets are kept for longer, as the room `field` asks.
KEPT: list[Callable[[Sql, str], frozenset[bytes]]] = []


def compose(
    node: Node,
    sql: Sql,
    peer: Peer,
    memory: Memory,
    after: int | None,
    kept: bool = False,
    evidence: bool = True,
) -> ControlMessage | None:
    """What is to be told to a peer now, or None. `after`: its cursor, when we are the one who answers.

    `kept`: the cursor is not as an ask states it but as we keep it ourselves. `evidence`: with what third
    nodes showed us and proofs about it; a letter adds that once it is known that it leaves.
    """
    if peer.tree != OPEN:
        return checkpoint_gossip.compose(node, sql, peer, memory)
    word = ControlMessage(confirms=memory.confirm)
    memory.confirm = 0
    authorities = peers.authorities(sql, peer.origin)
    if after is not None:
        word.opened = late_readers.unannounced_files(
            node, sql, peer, after, next_number(memory), kept or memory.proven
        )
    word.wraps = key_delivery.wraps_for(node, sql, authorities)
    word.got, memory.got = memory.got, []
    announce(node, sql, peer, memory, word)
    word.lacks = key_delivery.lacking(node, sql, authorities)
    word.missing = returned_keys.asked_of(node, sql, peer, memory, kept)
    checkpoint_gossip.add_alarms(sql, peer, memory, word)
    if evidence:
        checkpoint_gossip.add_evidence(node, sql, peer, memory, word)
    word.erase = erasure_requests.asked_of(sql, authorities)
    word.receipts, memory.receipts = memory.receipts, []
    if after is None and word.empty():
        return None
    if after is not None:
        if word == ControlMessage():
            return None
        if word.opened or word.recipients or word.successions:
            word.number = memory.sent = next_number(memory)
    return word


def next_number(memory: Memory) -> int:
    """The number of our next word: grows across starts of this process as well."""
    return max(memory.sent + 1, now_ms())


def announce(node: Node, sql: Sql, peer: Peer, memory: Memory, word: ControlMessage) -> None:
    """Our newest recipient keys, and who took whose place, until the peer has them."""
    latest = 0
    for authority in sorted(node.rings.open):
        try:
            key = key_wrap.recipient_key(node.rings, authority)
        except Locked:
            continue
        if key.made > memory.announced:
            word.recipients.append(key_wrap.announce(node.rings, authority))
            latest = max(latest, key.made)
    for at, slip in sql.all("select at, slip from journal_succession where origin = ?", (node.key.origin,)):
        if at > memory.announced:
            word.successions.append(bytes(slip))
            latest = max(latest, at)
    third_slips = key_succession.third_party_slips(
        sql, peers.authorities(sql, peer.origin), memory.successions
    )
    memory.telling = {name: memory.telling.get(name, next_number(memory)) for name in third_slips}
    word.successions += third_slips.values()
    if word.recipients:
        word.bundle = bundle_peers.own_key(node)
    memory.announcing = max(latest, memory.announcing)


# -- taking what was told ------------------------------------------------------------------


def dispatch(node: Node, peer: Peer, word: ControlMessage, memory: Memory) -> None:
    """Take what a peer told; durable on return. See `receive`."""
    run_together(node, receive(node, peer, word, memory))


def receive(node: Node, peer: Peer, word: ControlMessage, memory: Memory) -> list[Job]:
    """Take what a peer told; what is left to be written is returned, to be written in one commit with what
    came with it. Everything in a word is checked by its own signature or commitment.

    With a tree of a side nothing is told but of that tree.
    """
    memory.dirty = True
    jobs: list[Job] = []
    if peer.tree != OPEN:
        memory.prove = [size for size in word.prove[:9] if size > 0]
        if word.notes or word.proofs or word.cosigned:
            jobs.append(lambda tx: checkpoint_gossip.witness(tx, peer, word))
        return jobs
    if word.number:
        memory.confirm = word.number
    if word.confirms:
        jobs.append(apply_acknowledgement(peer, word.confirms, memory))
    memory.prove = [size for size in word.prove[:9] if size > 0]
    if word.successions:
        if fence.hear(node, word.successions):
            fence.hold(node)
        node.writer.submit(lambda tx: key_succession.take(tx, peer, word.successions))
    if set(word.lacks) & set(node.rings.open):
        memory.announced = memory.announcing = 0
    if word.recipients:
        jobs.append(lambda tx: key_delivery.recipients(tx, peer, word.recipients))
    if word.missing:
        sql = node.sql()
        authorities = peers.authorities(sql, peer.origin)
        may = sorted(set(authorities) - suspended(sql, authorities))
        returned_keys.owe(node, may, word.missing, node.key.origin)
    memory.fresh = memory.fresh or bool(word.wraps)
    if word.bundle and word.bundle != bundle_peers.key_of(node.sql(), peer.origin):
        jobs.append(lambda tx: bundle_peers.save_key(tx.sql, peer.origin, word.bundle))
    memory.called = memory.called or bool(word.wraps or word.opened)
    if word.wraps:
        memory.got += key_delivery.take_wraps(node, peer, word.wraps)
    if word.got:
        jobs.append(lambda tx: key_delivery.confirm_wraps(tx, peer, word.got))
    if word.opened:
        places = {place.hex() for place in word.opened[: late_readers.MOST] if len(place) == 16}
        jobs.append(lambda tx: receiver.record_want_in_all_trees(tx, peer.origin, places, 0))
    if word.notes or word.proofs or word.cosigned or word.forks or word.forged:
        jobs.append(lambda tx: checkpoint_gossip.witness(tx, peer, word))
    if word.erase:
        memory.receipts = erasure_requests.take_requests(node, peer, word.erase)
    if word.receipts:
        jobs.append(lambda tx: erasure_requests.take_receipts(tx, peer, word.receipts))
    return jobs


def run_together(node: Node, jobs: Sequence[Job]) -> None:
    """All in one commit, in their order."""
    if jobs:
        node.writer.submit(lambda tx: run_all(tx, jobs))


def run_all(tx: Transaction, jobs: Iterable[Job]) -> None:
    for job in jobs:
        job(tx)


def apply_acknowledgement(peer: Peer, number: int, memory: Memory) -> Job:
    memory.announced = max(memory.announced, memory.announcing)
    memory.proven = memory.proven or number == memory.sent
    memory.successions |= {name for name, told in memory.telling.items() if told <= number}

    def job(tx: Transaction) -> None:
        confirmed = "origin = ? and word > 0 and word <= ?"
        if tx.sql.first(f"select 1 from exchange_offered where {confirmed}", (peer.origin, number)):
            tx.sql.run(f"update exchange_offered set word = 0 where {confirmed}", (peer.origin, number))
        member_removal.record_acknowledgement(tx, peer.origin, number)

    return job


def tend(node: Node, now: int) -> None:
    """Change recipient keys, destroy the secrets of old ones, and bring the ring's backup up to date."""
    for authority in sorted(node.rings.open):
        if key_wrap.recipient_key(node.rings, authority).made < now - ROTATE:
            key_wrap.rotate(node.rings, authority)
        kept = frozenset[bytes]().union(*(keys(node.sql(), authority) for keys in KEPT))
        key_wrap.destroy_old(node.rings, authority, now - 2 * ROTATE, kept)
    node.rings.backup()
