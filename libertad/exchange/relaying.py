"""Relaying: a node carries files that it cannot open, for those who read them.

The owner's node gives the carrier's a slip for each file: which file, who reads it, when that was said,
signed by the owner's device. That is all a carrier knows of it. The newest slip counts; one that names no
reader ends the carrying. What an owner's and a reader's node must tell each other goes the
same way, as `letters`.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence

from libertad.exchange import signed
from libertad.exchange.guarded import SLIP as SLIPS
from libertad.exchange.guarded import standing_devices
from libertad.exchange.peers import now_ms
from libertad.exchange.signed import Publics, Wrong
from libertad.journal import guards
from libertad.journal.node import Node
from libertad.journal.rings import Rings
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction

logger = logging.getLogger("libertad.exchange")
SLIP = b"libertad relay slip v1\x00"
MOST_READERS = 500
MOST_SLIPS = 64
AGAIN = 60_000  # ms until what was not confirmed is told again
GIVEN = (
    'insert into exchange_relay_given (compartment, carrier, "by", state, at, digest, slip, taken) '
    "values (?, ?, ?, ?, ?, ?, ?, '') on conflict (compartment, carrier) do update set "
    '"by" = excluded."by", state = excluded.state, at = excluded.at, digest = excluded.digest, '
    "slip = excluded.slip, taken = ''"
)
KEPT = (
    'insert into exchange_relay_slip (compartment, "by", at, slip) values (?, ?, ?, ?) '
    'on conflict (compartment) do update set "by" = excluded."by", at = excluded.at, slip = excluded.slip'
)


class Slip(signed.Message, frozen=True):
    """`carrier` carries `compartment` for `readers`; none: no longer. `at` in ms since 1970."""

    carrier: str
    compartment: bytes
    readers: tuple[str, ...]
    at: int


def digest(data: bytes) -> bytes:
    """What a slip or a letter is confirmed by."""
    return hashlib.sha256(data).digest()[:16]


def marks(names: Sequence[object]) -> str:
    return ", ".join("?" * len(names)) or "null"


def believed(sql: Sql) -> Publics:
    """Devices whose signature counts now: enrolled, and not revoked."""
    return standing_devices(sql)


# -- the owner's node ----------------------------------------------------------------------


def write(rings: Rings, by: str, carrier: str, compartment: str, readers: Sequence[str], at: int) -> bytes:
    """A slip signed by the device of `by`."""
    return signed.write(rings, SLIP, Slip(b"", by, carrier, bytes.fromhex(compartment), tuple(readers), at))


def slips_for(node: Node, sql: Sql, origin: str, authorities: Sequence[str]) -> list[bytes]:
    """Slips of our authorities for those of a peer that it has not confirmed yet."""
    own = sorted(node.rings.open)
    if not authorities or not own:
        return []
    released = {
        (row[0], row[1]): row[2:]
        for row in sql.all(
            'select compartment, carrier, "by", state, at, slip, taken from exchange_relay_given '
            f"where carrier in ({marks(authorities)})",
            authorities,
        )
    }
    now = sql.all(
        'select r.compartment, r.authority, r."by" from access_relay r join access_compartment o '
        f'on o.id = r.compartment and o.owner = r."by" where r.authority in ({marks(authorities)}) '
        f'and r."by" in ({marks(own)}) order by 1, 2',
        (*authorities, *own),
    )
    slips = [bytes(slip) for by, state, at, slip, taker in released.values() if taker != origin and by in own]
    fresh: list[tuple[str, str, str, str, int, bytes, bytes]] = []

    def say(compartment: str, carrier: str, by: str, readers: list[str], state: str) -> None:
        old = released.get((compartment, carrier))
        if old is not None and old[1] == state:
            return
        at = max(now_ms(), old[2] + 1 if old else 0)
        slip = write(node.rings, by, carrier, compartment, readers, at)
        fresh.append((compartment, carrier, by, state, at, digest(slip), slip))
        slips.append(slip)

    for compartment, carrier, by in now:
        readers = [
            row[0]
            for row in sql.all(
                "select authority from access_reader where compartment = ? order by authority", (compartment,)
            )
        ][:MOST_READERS]
        say(compartment, carrier, by, readers, hashlib.sha256(" ".join(readers).encode()).hexdigest())
    standing = {(compartment, carrier) for compartment, carrier, _ in now}
    for (compartment, carrier), (by, *_) in released.items():
        if (compartment, carrier) not in standing and by in own:
            say(compartment, carrier, by, [], "")
    if fresh:
        node.writer.submit(lambda tx: tx.sql.run_many(GIVEN, fresh))
    return slips[-MOST_SLIPS:]


def due(messages: Sequence[bytes], posted: dict[bytes, int]) -> list[bytes]:
    """Those that were not sent a moment ago: what is confirmed stays silent, what was lost comes again."""
    now, unsent = now_ms(), []
    for message in messages:
        name = digest(message)
        if now - posted.get(name, 0) >= AGAIN:
            posted[name] = now
            unsent.append(message)
    return unsent


def confirm_delivery(tx: Transaction, origin: str, digests: Sequence[bytes]) -> None:
    """A carrier's node has these slips."""
    for slip_digest in digests:
        tx.sql.run("update exchange_relay_given set taken = ? where digest = ?", (origin, slip_digest))


# -- the carrier's node --------------------------------------------------------------------


def take_slips(tx: Transaction, origin: str, messages: Sequence[bytes]) -> list[bytes]:
    """Keep slips that are right; returns what to confirm. Wrong ones are left, with one line for all."""
    publics = believed(tx.sql)
    here = set(tx.node.rings.authorities())
    received: list[bytes] = []
    wrong: list[Wrong] = []
    for message in messages[:MOST_SLIPS]:
        try:
            take(tx, signed.read(message, SLIP, Slip, publics), message, here)
        except Wrong as why:
            wrong.append(why)
            continue
        received.append(digest(message))
    if wrong:
        logger.warning("exchange with %s: a slip is refused (%d now): %s", origin, len(wrong), wrong[0])
    return received


def take(tx: Transaction, slip: Slip, message: bytes, here: set[str]) -> None:
    """One slip whose signature is right; Wrong where this authority may not say it."""
    if len(slip.compartment) != 16 or len(slip.readers) > MOST_READERS:
        raise Wrong("malformed", "it names no file, or more readers than a file has")
    signed.moment(slip.at, "slip")
    if slip.carrier not in here:
        raise Wrong("reader", "it asks an authority to carry a file that does not live here")
    compartment = slip.compartment.hex()
    rows = guards.rows(tx.sql, guards.GUARDS[SLIPS])
    if compartment in tx.sql.wrong(SLIPS, rows):
        raise Wrong("owner", "the slip before it was changed in the database of the carrier")
    known = tx.sql.first('select "by", at from exchange_relay_slip where compartment = ?', (compartment,))
    refuse_others(tx, compartment, slip.authority, known[0] if known else None)
    if known is not None and slip.at <= known[1]:
        return  # older than what counts, or the same again
    tx.sql.run(KEPT, (compartment, slip.authority, slip.at, message))
    tx.sql.run("delete from exchange_relay where compartment = ?", (compartment,))
    for reader in sorted(set(slip.readers)):
        tx.sql.run("insert into exchange_relay (compartment, authority) values (?, ?)", (compartment, reader))
    # Whoever is told of the file anew gets all of it, whoever wrote it.
    tx.sql.run("delete from exchange_offered where compartment = ?", (compartment,))


def refuse_others(tx: Transaction, compartment: str, authority: str, before: str | None) -> None:
    """Wrong unless the signer may be the file's owner, by all that is known of the file here."""
    if before is not None and before != authority:
        raise Wrong("owner", f"{before} has said before who reads this file, and {authority} is not it")
    row = tx.sql.first("select owner from access_compartment where id = ?", (compartment,))
    if row is not None and row[0] != authority:
        raise Wrong("owner", f"the file is not {authority}'s")
    if row is None and before is None:
        writers = {
            writer[0]
            for writer in tx.sql.all(
                "select distinct d.authority from journal_entry e join journal_device d on d.id = e.device "
                "where e.compartment = ?",
                (compartment,),
            )
        }
        if writers and authority not in writers:
            raise Wrong(
                "owner", f"others have written in this file, and {authority} has not: ask again later"
            )
