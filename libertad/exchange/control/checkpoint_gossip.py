"""What third nodes showed one of two peers, told to the other: whoever shows two histories is found out.

Each tells which checkpoints it was shown, has its own cosigned, and proves that what others saw of its tree
lies in the one that it shows now.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from libertad.exchange.authorization import equivocation, forgeries, impersonations
from libertad.exchange.peering import peers
from libertad.exchange.peering.peer_session import Memory
from libertad.exchange.peering.peers import Peer, now_ms
from libertad.exchange.protocol.messages import ControlMessage
from libertad.exchange.sending.sender import Outgoing
from libertad.journal import checkpoint, tree
from libertad.journal.checkpoint import log_of
from libertad.journal.guarded import devices
from libertad.journal.node import Node
from libertad.journal.sides import OPEN
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction

NOTES_EVERY = 30_000  # ms between what is told of third nodes
NOTES_SHARE = 5000  # ms for each peer: what a node tells of third ones does not grow with their number
MOST_NOTES = 8  # of one word


def add_alarms(sql: Sql, peer: Peer, memory: Memory, word: ControlMessage) -> None:
    """Proofs of forks, and of words of the peer's authorities that are held here as forgeries."""
    forks = equivocation.forks(sql)
    if len(forks) > memory.forks:
        word.forks = forks
        memory.forks = len(forks)
    lives = peers.authorities(sql, peer.origin)
    held = forgeries.proofs_for(sql, lives) + impersonations.proofs_for(sql, peer.origin, lives)
    if len(held) > memory.forged:
        word.forged = held
        memory.forged = len(held)


def add_evidence(node: Node, sql: Sql, peer: Peer, memory: Memory, word: ControlMessage) -> None:
    """Checkpoints that third nodes showed us, our cosignature of the peer's own, and both sides of proving
    that what others saw of a tree lies in the one that is shown now."""
    _add_notes(node, sql, peer, memory, word)
    word.prove = to_prove(sql, peer)
    word.proofs = proofs(node, sql, memory.prove, peer.tree)
    memory.prove = []


def compose(node: Node, sql: Sql, peer: Peer, memory: Memory) -> ControlMessage | None:
    """What is told with a tree of a side: of that tree, and of the same side's trees of third nodes."""
    word = ControlMessage()
    add_evidence(node, sql, peer, memory, word)
    return None if word == ControlMessage() else word


def pending(sql: Sql, peer: Peer, memory: Memory, known: Iterable[Peer]) -> bool:
    """Whether `add_evidence` would add anything."""
    return bool(
        memory.prove
        or (peer.note and peer.taken > memory.cosigned)
        or _new_notes(sql, peer, memory, known)
        or to_prove(sql, peer)
    )


def _add_notes(node: Node, sql: Sql, peer: Peer, memory: Memory, word: ControlMessage) -> None:
    """At most MOST_NOTES of those that grew since the peer was told of them: never told first, then whose
    telling is the longest ago. Where there are more, each node begins with others: so whoever shows two
    histories is met soon, though not everybody tells everything."""
    now = now_ms()
    if 0 <= now - memory.noted < NOTES_EVERY:
        return
    known = peers.every(sql)
    if 0 <= now - memory.noted < NOTES_SHARE * len(known):
        return
    memory.noted = now
    untold = _new_notes(sql, peer, memory, known)
    if len(untold) > MOST_NOTES:
        order = {log: place for place, log in enumerate(memory.told)}
        own = node.key.origin

        def turn(third_peer: Peer) -> tuple[int, bytes]:
            name = f"{own} {peer.log} {third_peer.log}"
            return order.get(third_peer.log, -1), blake2b(name.encode(), digest_size=8).digest()

        untold = sorted(untold, key=turn)[:MOST_NOTES]
    for third_peer in untold:
        word.notes.append(third_peer.note)
        memory.told.pop(third_peer.log, None)
        memory.told[third_peer.log] = third_peer.taken
    _cosign(node, peer, memory, word)


def _new_notes(sql: Sql, peer: Peer, memory: Memory, known: Iterable[Peer]) -> list[Peer]:
    """Third nodes, with their trees of the same side as the peer's, that grew since the peer was told."""
    third_peers = (peers.at_tree(sql, third_peer, peer.tree) for third_peer in known)
    return [
        third_peer
        for third_peer in third_peers
        if third_peer.note
        and third_peer.origin != peer.origin
        and memory.told.get(third_peer.log, -1) < third_peer.taken
    ]


def _cosign(node: Node, peer: Peer, memory: Memory, word: ControlMessage) -> None:
    if peer.note and peer.taken > memory.cosigned:
        word.cosigned = checkpoint.cosign(peer.note, log_of(node.key.origin, peer.tree), node.key.seed)
        memory.cosigned = peer.taken


def to_prove(sql: Sql, peer: Peer) -> list[int]:
    """Sizes at which others saw this peer's tree, which it is to show to be ours."""
    rows = sql.all(
        'select distinct size from exchange_heard where origin = ? and size <= ? and not "right" '
        "order by size limit 8",
        (peer.log, peer.taken),
    )
    return [*(row[0] for row in rows), peer.taken] if rows else []


def proofs(node: Node, sql: Sql, sizes: list[int], name: str = OPEN) -> list[tuple[int, int, list[bytes]]]:
    """(size, asker's cursor, consistency proof) of our own tree; the cursor stands last in `sizes`."""
    if len(sizes) < 2:
        return []
    outgoing, whole = Outgoing(node, sql, "", name), sizes[-1]
    return [
        (size, whole, tree.consistency_proof(size, whole, outgoing.source))
        for size in sizes[:-1]
        if 0 < size <= whole <= outgoing.size
    ]


def witness(tx: Transaction, peer: Peer, word: ControlMessage) -> None:
    """Compare what third nodes showed others with what they showed us; keep cosignatures of our own."""
    own_key = tx.node.key
    for note in word.notes[:64]:
        hear(tx, peer, note)
    for size, whole, proof in word.proofs[:8]:
        compare(tx, peer, size, whole, proof)
    if word.cosigned:
        cosigned(tx, peer, word.cosigned, own_key)
    if word.forks:
        publics = {device: public for device, (public, _) in devices(tx.sql).items()}
        for fork in word.forks[:64]:
            if equivocation.check_fork(fork, publics):
                equivocation.put_fork(tx, fork)
    for part in word.forged[:64]:
        if len(part) == 3:
            impersonations.hear(tx, peer.origin, part)
        else:
            forgeries.hear(tx, part)


def hear(tx: Transaction, peer: Peer, note: str) -> None:
    try:
        origin = checkpoint.parse(note).checkpoint.origin
        third_origin, tree_name = peers.split_log(origin)
        known = peers.get(tx.sql, third_origin) if tree_name == peer.tree else None
        third = peers.at_tree(tx.sql, known, tree_name) if known is not None else None
        if third is None or third.note == note:
            return  # nobody we know, or ourselves: only our own key can have signed it; or what we were shown
        stated = checkpoint.verify(note, {origin: third.public}).checkpoint
    except (checkpoint.BadCheckpoint, ValueError):
        return
    if stated.size == third.taken and third.note:
        if stated.root != tree.Frontier.from_bytes(third.peaks).root():
            equivocation.two_histories(tx, origin, third.note, note, "one size, two roots")
        return
    tx.sql.run(
        'insert into exchange_heard (origin, size, root, note, via, asked, "right") '
        "values (?, ?, ?, ?, ?, 0, ?) on conflict (origin, size, root) do nothing",
        (origin, stated.size, stated.root.hex(), note, peer.origin, False),
    )


def compare(tx: Transaction, peer: Peer, size: int, whole: int, proof: list[bytes]) -> None:
    """The peer shows that a size at which others saw it lies in its tree."""
    now = peers.get(tx.sql, peer.origin, peer.tree)
    if now is None or whole != now.taken or not now.peaks:
        return  # the tree grew meanwhile: it is asked again
    root = tree.Frontier.from_bytes(now.peaks).root()
    rows = tx.sql.all(
        'select root, note from exchange_heard where origin = ? and size = ? and not "right"',
        (peer.log, size),
    )
    for heard_root, note in rows:
        if tree.verify_consistency(size, whole, proof, bytes.fromhex(heard_root), root):
            tx.sql.run(
                "delete from exchange_heard where origin = ? and size = ? and root = ?",
                (peer.log, size, heard_root),
            )
        else:
            why = f"it does not show that its tree of {whole} grew from the one of {size} that it signed"
            equivocation.two_histories(tx, peer.log, note, now.note, why)


def cosigned(tx: Transaction, peer: Peer, note: str, own_key: checkpoint.Signer) -> None:
    """Keep our newest checkpoint that the peer cosigned."""
    log, peer_log = log_of(own_key.origin, peer.tree), peer.log
    try:
        verified = checkpoint.verify(note, {log: own_key.public})
    except (checkpoint.BadCheckpoint, ValueError):
        return
    if verified.checkpoint.origin != log or peer_log not in checkpoint.signers(
        verified, [(peer_log, peer.public)]
    ):
        return
    tx.sql.run(
        "insert into exchange_cosigned (origin, size, note, at) values (?, ?, ?, ?) "
        "on conflict (origin) do update set size = excluded.size, note = excluded.note, at = excluded.at",
        (peer_log, verified.checkpoint.size, note, now_ms()),
    )
