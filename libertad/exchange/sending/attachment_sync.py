"""Attached files between nodes: chunk by chunk, the most important first, and never before reports.

A node wants the chunks of every attachment whose entry it reads. It asks for some only when the last answer
brought nothing new, and few where the line is slow; who answers lets a new entry go before the next chunk.
A chunk is whole or not at all: what arrived before a cut stays, and the rest is asked for again, of whoever
may have it.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from libertad.exchange.peering.peers import now_ms
from libertad.journal import chunks
from libertad.journal.node import Node
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction

if TYPE_CHECKING:
    from libertad.exchange.peering.peer_session import Memory
    from libertad.exchange.sending.sender import Outgoing

logger = logging.getLogger("libertad.exchange")
MOST_ASKED = 32  # chunks in one round trip, on the fastest line
AGAIN = 60_000  # ms until a peer that had not a chunk is asked for it again
PAUSE = 300_000  # ms without asking after the disk took none
QUICK, SLOW = 1.0, 4.0  # seconds of a round trip, between which the number stays
NEW = (
    "select distinct a.digest, a.compartment, a.priority from access_attachment a where not exists "
    "(select 1 from journal_chunk c where c.digest = a.digest)"
)
# What is missing here and a peer may have: its authorities read the file, and we do still.
MISSING = (
    "select c.hash from journal_chunk c where not c.here and exists (select 1 from access_reader r "
    "join exchange_peer_authority p on p.authority = r.authority where r.compartment = c.compartment "
    "and p.origin = ?) order by c.priority desc, c.since, c.digest, c.place limit ?"
)


class NotAsked(ValueError):
    """Bytes that are no chunk that was asked for: another one, or a changed one."""


# -- the node that wants -------------------------------------------------------------------


def sync(node: Node) -> None:
    """Put on file what newly readable attachments need; what is on the disk already is not wanted."""
    if not node.sql().all(NEW + " limit 1"):
        return

    def job(tx: Transaction) -> None:
        for digest, compartment, priority in tx.sql.all(NEW):
            here = chunks.present(node.home, digest)
            tx.sql.run(chunks.PUT, (digest, chunks.LIST, digest, compartment, priority, now_ms(), here))
            if here:
                listed(tx, node, digest)

    node.writer.submit(job)


def listed(tx: Transaction, node: Node, digest: str) -> None:
    """The list of a file's chunks is here: want those that are not."""
    row = tx.sql.first(
        "select compartment, priority, since from journal_chunk where digest = ? and place = ?",
        (digest, chunks.LIST),
    )
    if row is None:
        return
    try:
        names = chunks.listed(chunks.read(node.home, digest))
    except (ValueError, chunks.Missing, chunks.Damaged):
        logger.warning("an attachment's list of chunks is none: it cannot be fetched")
        return
    for chunk in chunks.rows(digest, names, row[0], row[1], row[2], False):
        here = chunks.present(node.home, str(chunk[2]))
        tx.sql.run(chunks.PUT, (*chunk[:-1], here))


def chunks_to_request(node: Node, sql: Sql, origin: str, memory: Memory) -> list[bytes]:
    """Chunks to ask a peer for now."""
    if memory.fresh:
        memory.fresh = False
        sync(node)
    now = now_ms()
    if not memory.quiet or now < memory.chunks_again:
        return []
    memory.missed = {name: until for name, until in memory.missed.items() if until > now}
    rows = sql.all(MISSING, (origin, memory.chunks + len(memory.missed)))
    return [bytes.fromhex(row[0]) for row in rows if row[0] not in memory.missed][: memory.chunks]


def take(node: Node, origin: str, requested: set[bytes], pieces: Sequence[bytes], memory: Memory) -> int:
    """Store chunks that came, each durable before it counts; NotAsked when one is a lie. How many."""
    for piece in pieces:
        name = hashlib.sha256(piece).digest()
        if name not in requested:
            raise NotAsked("a chunk that was changed on the way, or that was not asked for")
        requested.discard(name)
        try:
            chunks.store(node.home, piece)
        except OSError as why:
            memory.chunks_again = now_ms() + PAUSE
            logger.warning("exchange with %s: a chunk is not kept: %s", origin, why.strerror or "the disk")
            return 0
        node.writer.submit(lambda tx, name=name: arrived(tx, node, name.hex()))  # type: ignore[misc]
    return len(pieces)


def arrived(tx: Transaction, node: Node, name: str) -> None:
    """A chunk is on the disk."""
    tx.sql.run("update journal_chunk set here = ? where hash = ?", (True, name))
    for (digest,) in tx.sql.all(
        "select digest from journal_chunk where hash = ? and place = ?", (name, chunks.LIST)
    ):
        listed(tx, node, digest)


def adjust_requests(memory: Memory, left: set[bytes], came: int, seconds: float, new: bool) -> None:
    """After a round trip: what did not come is asked for later, and how many to ask for next."""
    until = now_ms() + AGAIN
    memory.missed.update({name.hex(): until for name in left})
    memory.quiet = not new
    memory.fresh = memory.fresh or new
    if came and seconds < QUICK:
        memory.chunks = min(memory.chunks * 2, MOST_ASKED)
    elif came and seconds > SLOW:
        memory.chunks = max(memory.chunks // 2, 1)


# -- the node that gives -------------------------------------------------------------------


def give(node: Node, outgoing: Outgoing, requested: Sequence[bytes]) -> Iterator[bytes]:
    """Chunks that the peer may hold, one after the other; the others it does not learn of."""
    places, values = outgoing.visible()
    for name in requested[:MOST_ASKED]:
        row = outgoing.sql.first(
            f"select c.compartment from journal_chunk c where c.hash = ? and c.here "
            f"and c.compartment in {places}",
            (name.hex(), *values),
        )
        if row is None or not outgoing.believed([row[0]]):
            continue
        try:
            yield chunks.read(node.home, name.hex())
        except (chunks.Missing, chunks.Damaged):
            lost(node, name.hex())


def lost(node: Node, name: str) -> None:
    """A chunk went, or was changed on the disk: it is wanted again."""
    logger.warning("an attachment's chunk is damaged or gone: it is fetched again from a peer that has it")
    node.writer.submit(
        lambda tx: tx.sql.run("update journal_chunk set here = ? where hash = ?", (False, name))
    )
