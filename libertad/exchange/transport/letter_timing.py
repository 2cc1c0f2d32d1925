"""When a letter leaves: at once, some time later, or with the next one.

At once: entries, keys, what is asked for, forgeries, and what is to be said again because nobody confirmed
it. That we took what a peer said waits half a minute for a letter that leaves anyway; what third nodes showed
us, and proofs about it, ten minutes or more, the longer the more peers there are. So two nodes never write to
each other about nothing but each other's letters, and what a node writes of third ones in an hour does not
grow with their number.
"""

from __future__ import annotations

import hashlib

import msgspec

from libertad.exchange.control import checkpoint_gossip, key_wrap
from libertad.exchange.peering import peers
from libertad.exchange.peering.peer_session import Memory
from libertad.exchange.peering.peers import Peer
from libertad.exchange.protocol.messages import ControlMessage
from libertad.journal.sql import Sql

REPEATED = (
    "opened",
    "wraps",
    "recipients",
    "successions",
    "erase",
    "fills",
    "care_fills",
    "lacks",
    "missing",
)
RECEIPTS = ("number", "taken", "care_taken", "confirms", "bundle")
EVIDENCE = ("notes", "cosigned", "prove", "proofs")
RECEIPT = 30_000  # ms: who waits for a receipt sends all again after ten minutes (`mail.PATIENCE`)


def pressed(word: ControlMessage) -> bytes:
    """What a word repeats until the peer confirms it, in short; b'' for nothing. Wraps differ each time."""
    fields = msgspec.structs.asdict(word)
    fields["wraps"] = [(wrap.reader, wrap.kid) for wrap in map(key_wrap.unpacked, word.wraps)]
    repeated = [sorted(fields.get(name, [])) for name in REPEATED]
    return hashlib.sha256(msgspec.msgpack.encode(repeated)).digest() if any(repeated) else b""


def answers(word: ControlMessage) -> bool:
    """Whether a word says anything that is said once, and at once."""
    fields = msgspec.structs.asdict(word)
    return any(value for name, value in fields.items() if name not in (*REPEATED, *RECEIPTS, *EVIDENCE))


def receipt_due(memory: Memory, word: ControlMessage, now: int, again: int) -> bool:
    """Whether what we took from the peer has waited long enough for a letter that tells so."""
    if not word.confirms and word.taken + word.care_taken == memory.mailed:
        memory.unanswered = 0
        return False
    memory.unanswered = memory.unanswered or now
    return not 0 <= now - memory.unanswered < min(RECEIPT, again)


def evidence_due(sql: Sql, peer: Peer, memory: Memory, now: int, again: int) -> bool:
    """Whether what third nodes showed us has waited long enough for a letter to this peer: as long as all
    waits that is said again, and some seconds for each peer."""
    quiet = now - memory.pressed_at
    if 0 <= quiet < again:
        return False
    known = peers.every(sql)
    return not 0 <= quiet < checkpoint_gossip.NOTES_SHARE * len(known) and checkpoint_gossip.pending(
        sql, peer, memory, known
    )
