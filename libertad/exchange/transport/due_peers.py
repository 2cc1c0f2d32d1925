"""Which peers a round of letters has to look at: those of whom anything changed since it last did.

To find out whether there is something to write, all that may be told is read: files, readers, keys, alarms.
Of most of two hundred peers nothing has changed in five seconds, and then nothing of theirs is read.

Rule: what a letter says depends on tables that `WATCHED` names, on rows about the peer that come with its own
messages (`Memory.dirty`), on how far both are, and on time. What nothing of this shows, as what another
process changed without an entry, is seen within a minute.
"""

from __future__ import annotations

from collections.abc import Hashable

from libertad.exchange.peering.peers import Peer, now_ms
from libertad.exchange.sync.endpoint import Exchange
from libertad.exchange.transport import letter_timing
from libertad.journal import trees
from libertad.journal.checkpoint import log_of
from libertad.journal.node import Node
from libertad.journal.sealing_rows import ELSEWHERE, SAID
from libertad.journal.sql import Sql

EVERY = 60_000  # ms
WATCHED = (
    SAID,
    ELSEWHERE,
    "access_reader",
    "access_removed",
    "access_member",
    "access_authority",
    "access_suspension",
    "access_compartment",
    "access_operation_file",
    "access_operationchange",
    "access_revocation",
    "access_device",
    "exchange_alarm",
    "exchange_erasure",
    "exchange_farewell",
    "exchange_offered",
    "exchange_peer_authority",
    "exchange_released",
    "exchange_succession",
    "exchange_withheld",
    "journal_succession",
)
# Changed by the peer's own messages, by our letters to it, or told by how far we are with it.
BY_PEER = (
    "exchange_asked",
    "exchange_heard",
    "exchange_mailed",
    "exchange_owed",
    "exchange_peer",
    "exchange_peer_tree",
    "exchange_recipient",
    "exchange_want",
    "exchange_bundle_key",
)
# Entries of others are not told to third nodes; devices, nodes and tiles only prove what is told.
JOURNAL = ("journal_entry", "journal_head", "journal_tile", "journal_device", "journal_touch")


class DuePeers:
    """What the rounds of one process have seen. `begin` each round, then ask `due` of each peer."""

    def __init__(self) -> None:
        self.seen: dict[str, tuple[Hashable, int]] = {}
        self.now = 0
        self.common: Hashable = None
        self.wants: dict[str, int] = {}
        self.trees: dict[str, list[tuple[object, ...]]] = {}

    def begin(self, node: Node, sql: Sql) -> None:
        """Read what concerns all peers, and of tables with a few rows a peer all at once."""
        self.now = now_ms()
        changes = node.changes
        self.common = (*(changes[name] for name in WATCHED), *sorted(node.rings.open), _elsewhere(node, sql))
        due = sql.all(
            "select origin, count(*) from exchange_want where again <= ? group by origin", (self.now,)
        )
        self.wants = dict(due)
        self.trees = {}
        for origin, *cursors in sql.all(
            "select origin, tree, taken, given from exchange_peer_tree order by 2"
        ):
            self.trees.setdefault(origin, []).append(tuple(cursors))

    def due(self, exchange: Exchange, peer: Peer) -> bool:
        """Whether to look at a peer now. Then what comes from now on makes it due again."""
        memory = exchange.memory(peer.origin)
        trees = self.trees.get(peer.origin, [])
        logs = [peer.origin, *(log_of(peer.origin, str(tree)) for tree, *_cursors in trees)]
        stamp = (
            self.common,
            peer.state,
            peer.address,
            peer.format,
            peer.taken,
            peer.given,
            *trees,
            *(exchange.seen.get(log, (0, 0))[0] for log in logs),
            *(self.wants.get(log, 0) for log in logs),
        )
        before, at = self.seen.get(peer.origin, (None, 0))
        waited = memory.unanswered and not 0 <= self.now - memory.unanswered < letter_timing.RECEIPT
        if before == stamp and not memory.dirty and not waited and 0 <= self.now - at < EVERY:
            return False
        memory.dirty = False
        self.seen[peer.origin] = stamp, self.now
        return True


def _elsewhere(node: Node, sql: Sql) -> int:
    """Entries in the database beyond those that this process's writer knows: another process wrote them."""
    writer = node.begun_writer
    frontier = writer.caches.frontier if writer is not None else None
    return trees.size(sql) - (frontier.size if frontier is not None else 0)
