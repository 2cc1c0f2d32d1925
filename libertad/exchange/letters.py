"""Letters: what two nodes that never meet tell each other through a carrier.

A letter is signed by its sender's device for one reader: keys of a file, wrapped to the reader's recipient
key; which keys arrived; the newest recipient key. The carrier reads who writes to whom about which file, and
opens none of the keys. A newer letter of the same matter takes an older one's place.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from libertad.access.epochs import epochs
from libertad.access.suspending import but_shut, shut, suspended
from libertad.exchange import guarded, keys, peers, signed, taking, withholding
from libertad.exchange.keys import WrongWrap
from libertad.exchange.peers import now_ms
from libertad.exchange.relaying import AGAIN, believed, digest, marks
from libertad.exchange.signed import Wrong
from libertad.exchange.wrapping import GIVEN, put_recipient
from libertad.journal.node import Node
from libertad.journal.rings import Locked
from libertad.journal.sealing import key_id as key_id_of
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction

if TYPE_CHECKING:
    from libertad.exchange.memory import Memory

logger = logging.getLogger("libertad.exchange")
LETTER = b"libertad letter v1\x00"
KEYS, GOT, RECIPIENT = "keys", "got", "recipient"
MOST_LETTERS = 64
MOST_PARTS = 40
MOST_KEPT = 5000  # for one reader
PUT = (
    "insert into exchange_letter (sender, reader, kind, what, state, at, digest, data, taken) "
    "values (?, ?, ?, ?, ?, ?, ?, ?, '') on conflict (sender, reader, kind, what) do update set "
    "state = excluded.state, at = excluded.at, digest = excluded.digest, data = excluded.data, taken = '' "
    "where excluded.at > exchange_letter.at"
)


class Letter(signed.Message, frozen=True):
    """`what`: the file it is about (16 bytes; zeros for a recipient key). `at` in ms since 1970."""

    reader: str
    kind: str
    what: bytes
    at: int
    parts: tuple[bytes, ...]


def write(
    node: Node, sender: str, reader: str, kind: str, what: str, state: str, parts: Sequence[bytes]
) -> tuple[Any, ...]:
    """The row of a letter of one of our authorities."""
    at = now_ms()
    data = signed.write(
        node.rings, LETTER, Letter(b"", sender, reader, kind, bytes.fromhex(what), at, tuple(parts))
    )
    return (sender, reader, kind, what, state, at, digest(data), data)


# -- what is sent --------------------------------------------------------------------------


def letters_for(node: Node, sql: Sql, peer: peers.Peer, theirs: Sequence[str], memory: Memory) -> list[bytes]:
    """Letters to authorities at a peer that we carry, and our own that it is to carry."""
    own = sorted(node.rings.open)
    found: list[bytes] = []
    pairs = carried_pairs(sql, own, theirs) if own and theirs else set()
    if pairs:
        rows = [*keys_for(node, sql, own, theirs), *recipients_for(node, sql, pairs)]
        if rows:
            node.writer.submit(lambda tx: tx.sql.many(PUT, rows))
    rows = sql.all(
        "select sender, reader, digest, data, taken from exchange_letter "
        f"where reader in ({marks(theirs)}) or sender in ({marks(own)}) order by at",
        (*theirs, *own),
    )
    now, size, out = now_ms(), 0, suspended(sql, theirs)
    for sender, reader, name, data, taken in rows:
        first = (sender, reader) in pairs and peer.origin not in taken.split()
        last = reader in theirs and sender not in theirs and sender not in own and reader not in out
        if not (first or last) or now - memory.posted.get(bytes(name), 0) < AGAIN:
            continue
        if len(found) >= MOST_LETTERS or size > signed.MOST_BYTES:
            break
        memory.posted[bytes(name)] = now
        found.append(bytes(data))
        size += len(data)
    return found


def carried_pairs(sql: Sql, own: Sequence[str], theirs: Sequence[str]) -> set[tuple[str, str]]:
    """(our authority, another) that read a file which an authority at this peer carries."""
    rows = sql.all(
        "select distinct mine.authority, other.authority from access_relay r "
        'join access_compartment o on o.id = r.compartment and o.owner = r."by" '
        "join access_reader mine on mine.compartment = r.compartment "
        "join access_reader other on other.compartment = r.compartment "
        f"where r.authority in ({marks(theirs)}) and mine.authority in ({marks(own)}) "
        f"and other.authority not in ({marks([*own, *theirs])})",
        (*theirs, *own, *own, *theirs),
    )
    return {(mine, other) for mine, other in rows}


def keys_for(node: Node, sql: Sql, own: Sequence[str], theirs: Sequence[str]) -> list[tuple[Any, ...]]:
    """Letters with the keys of carried files, for readers that have not confirmed them."""
    but, values = but_shut(shut(sql))
    rows = sql.all(
        'select distinct r.compartment, r.authority, r."by", k.key_id, k.public from access_reader r '
        "join exchange_recipient k on k.authority = r.authority "
        "join access_relay c on c.compartment = r.compartment "
        f'where c.authority in ({marks(theirs)}) and r."by" in ({marks(own)}) '
        f"and r.authority not in ({marks([*own, *theirs])}) and not exists (select 1 from "
        "exchange_released x where x.authority = r.authority and x.compartment = r.compartment "
        f"and x.taken is not null) {but}limit {MOST_LETTERS}",
        (*theirs, *own, *own, *theirs, *values),
    )
    found, given = [], []
    withheld = withholding.withheld(node, sql, [row[0] for row in rows])
    for compartment, reader, giver, key_id, public in rows:
        if compartment in withheld or not guarded.reads(sql, compartment, reader):
            continue
        held = epochs(node.rings, giver, compartment)[-MOST_PARTS:]
        kids = [key_id_of(key) for _, key in held]
        state = hashlib.sha256(bytes(key_id) + b"".join(kids)).hexdigest()
        old = sql.one(
            "select state from exchange_letter where sender = ? and reader = ? and kind = ? and what = ?",
            (giver, reader, KEYS, compartment),
        )
        if old is not None and old[0] == state:
            continue
        parts = [
            keys.packed(
                keys.wrap(
                    bytes(public), bytes(key_id), compartment=bytes.fromhex(compartment), kid=kid,
                    number=number, giver=giver, reader=reader, key=key,
                )
            )
            for kid, (number, key) in zip(kids, held, strict=True)
        ]  # fmt: skip
        found.append(write(node, giver, reader, KEYS, compartment, state, parts))
        given += [(reader, kid, compartment, now_ms()) for kid in kids]
    if given:
        node.writer.submit(lambda tx: tx.sql.many(GIVEN, given))
    return found


def recipients_for(node: Node, sql: Sql, pairs: set[tuple[str, str]]) -> list[tuple[Any, ...]]:
    """Our newest recipient keys, for whoever gives us keys through a carrier."""
    found = []
    for mine, other in sorted(pairs):
        try:
            state = str(keys.recipient_key(node.rings, mine).made)
        except Locked:
            continue
        old = sql.one(
            "select state from exchange_letter where sender = ? and reader = ? and kind = ?",
            (mine, other, RECIPIENT),
        )
        if old is None or old[0] != state:
            part = keys.announce(node.rings, mine)
            found.append(write(node, mine, other, RECIPIENT, bytes(16).hex(), state, [part]))
    return found


# -- what came -----------------------------------------------------------------------------


def take_letters(node: Node, origin: str, messages: Sequence[bytes]) -> list[bytes]:
    """Act on letters for authorities here, keep those that we carry; returns what to confirm."""
    sql = node.sql()
    publics, here = believed(sql), set(node.rings.open)
    theirs = set(peers.authorities(sql, origin))
    taken: list[bytes] = []
    wrong: list[Exception] = []
    for message in messages[:MOST_LETTERS]:
        try:
            said = signed.read(message, LETTER, Letter, publics)
            signed.moment(said.at, "letter")
            if len(said.what) != 16 or len(said.parts) > MOST_PARTS:
                raise Wrong("malformed", "it has parts of a wrong size")
            if said.reader in here:
                act(node, said)
            else:
                keep(node, said, message, theirs)
        except (Wrong, Locked) as why:
            wrong.append(why)
            continue
        taken.append(digest(message))
    if wrong:
        logger.warning("exchange with %s: a letter is refused (%d now): %s", origin, len(wrong), wrong[0])
    return taken


def keep(node: Node, said: Letter, message: bytes, theirs: set[str]) -> None:
    """Carry a letter between two readers of a file that we carry; it came from its sender's own node."""
    row = (
        said.authority, said.reader, said.kind[:12], said.what.hex(), "", said.at, digest(message), message,
    )  # fmt: skip

    def job(tx: Transaction) -> None:
        both = tx.sql.one(
            "select 1 from exchange_relay a join exchange_relay b on b.compartment = a.compartment "
            "where a.authority = ? and b.authority = ?",
            (said.authority, said.reader),
        )
        if said.authority not in theirs or both is None:
            raise Wrong("reader", f"nothing is carried here between {said.authority} and its reader")
        count = tx.sql.one("select count(*) from exchange_letter where reader = ?", (said.reader,))
        if count is not None and count[0] >= MOST_KEPT:
            raise Wrong("full", "too many letters wait here for its reader")
        tx.sql.run(PUT, row)

    node.writer.submit(job)


def act(node: Node, said: Letter) -> None:
    """Take a letter for one of our authorities."""
    if said.kind == KEYS:
        act_on_keys(node, said)
    elif said.kind == GOT:
        got = [(now_ms(), said.authority, kid) for kid in said.parts]
        node.writer.submit(
            lambda tx: tx.sql.many(
                "update exchange_released set taken = ? where authority = ? and kid = ? and taken is null",
                got,
            )
        )
    elif said.kind == RECIPIENT:
        for part in said.parts[:1]:
            node.writer.submit(partial(take_recipient, authority=said.authority, part=part))
    else:
        raise Wrong("malformed", "a letter of a kind that this version does not know")


def take_recipient(tx: Transaction, authority: str, part: bytes) -> None:
    """The recipient key that an authority tells by letter, signed by a device that stands."""
    found = keys.heard(part, believed(tx.sql))
    if found.authority == authority:
        put_recipient(tx, found)


def act_on_keys(node: Node, said: Letter) -> None:
    """Put the keys into the reader's ring, fold what they open, and write back which arrived."""
    wraps = [keys.unpacked(part) for part in said.parts]
    if any(
        (one.giver, one.reader, one.compartment) != (said.authority, said.reader, said.what) for one in wraps
    ):
        raise Wrong("malformed", "it brings keys of another giver, reader or file than it says")
    refused: list[WrongWrap] = []
    fresh = [said.what.hex()] if any(one.kid not in node.rings.known for one in wraps) else []
    taking.opening(node, fresh)
    put = keys.take_keys(node.rings, wraps, lambda wrap, why: refused.append(why))
    if refused and not put:
        raise refused[0]
    kids = [kid for _, kid, _ in put]
    row = write(node, said.reader, said.authority, GOT, said.what.hex(), "", kids)
    node.rings.refresh()

    def job(tx: Transaction) -> None:
        taking.opened(tx, fresh)
        tx.sql.run(PUT, row)

    node.writer.submit(job)


def confirmed(tx: Transaction, origin: str, digests: Sequence[bytes]) -> None:
    """A node has these letters: ours are not sent to it again, and those it is the end of are done with."""
    theirs = set(peers.authorities(tx.sql, origin))
    for one in digests:
        row = tx.sql.one(
            "select sender, reader, kind, what, taken from exchange_letter where digest = ?", (one,)
        )
        if row is None:
            continue
        if row[1] in theirs and row[0] not in tx.node.rings.open:
            tx.sql.run("delete from exchange_letter where digest = ?", (one,))
        else:
            tx.sql.run(
                "update exchange_letter set taken = ? where digest = ?", (f"{row[4]} {origin}".strip(), one)
            )
