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


def letters_for(
    node: Node, sql: Sql, peer: peers.Peer, authorities: Sequence[str], memory: Memory
) -> list[bytes]:
    """Letters to authorities at a peer that we carry, and our own that it is to carry."""
    own = sorted(node.rings.open)
    messages: list[bytes] = []
    pairs = carried_pairs(sql, own, authorities) if own and authorities else set()
    if pairs:
        rows = [*keys_for(node, sql, own, authorities), *recipients_for(node, sql, pairs)]
        if rows:
            node.writer.submit(lambda tx: tx.sql.run_many(PUT, rows))
    rows = sql.all(
        "select sender, reader, digest, data, taken from exchange_letter "
        f"where reader in ({marks(authorities)}) or sender in ({marks(own)}) order by at",
        (*authorities, *own),
    )
    now, size, out = now_ms(), 0, suspended(sql, authorities)
    for sender, reader, name, data, carriers in rows:
        first = (sender, reader) in pairs and peer.origin not in carriers.split()
        last = reader in authorities and sender not in authorities and sender not in own and reader not in out
        if not (first or last) or now - memory.posted.get(bytes(name), 0) < AGAIN:
            continue
        if len(messages) >= MOST_LETTERS or size > signed.MOST_BYTES:
            break
        memory.posted[bytes(name)] = now
        messages.append(bytes(data))
        size += len(data)
    return messages


def carried_pairs(sql: Sql, own: Sequence[str], authorities: Sequence[str]) -> set[tuple[str, str]]:
    """(our authority, another) that read a file which an authority at this peer carries."""
    rows = sql.all(
        "select distinct mine.authority, other.authority from access_relay r "
        'join access_compartment o on o.id = r.compartment and o.owner = r."by" '
        "join access_reader mine on mine.compartment = r.compartment "
        "join access_reader other on other.compartment = r.compartment "
        f"where r.authority in ({marks(authorities)}) and mine.authority in ({marks(own)}) "
        f"and other.authority not in ({marks([*own, *authorities])})",
        (*authorities, *own, *own, *authorities),
    )
    return {(sender, reader) for sender, reader in rows}


def keys_for(node: Node, sql: Sql, own: Sequence[str], authorities: Sequence[str]) -> list[tuple[Any, ...]]:
    """Letters with the keys of carried files, for readers that have not confirmed them."""
    but, values = but_shut(shut(sql))
    rows = sql.all(
        'select distinct r.compartment, r.authority, r."by", k.key_id, k.public from access_reader r '
        "join exchange_recipient k on k.authority = r.authority "
        "join access_relay c on c.compartment = r.compartment "
        f'where c.authority in ({marks(authorities)}) and r."by" in ({marks(own)}) '
        f"and r.authority not in ({marks([*own, *authorities])}) and not exists (select 1 from "
        "exchange_released x where x.authority = r.authority and x.compartment = r.compartment "
        f"and x.taken is not null) {but}limit {MOST_LETTERS}",
        (*authorities, *own, *own, *authorities, *values),
    )
    letters, released = [], []
    withheld = withholding.withheld(node, sql, [row[0] for row in rows])
    for compartment, reader, giver, key_id, public in rows:
        if compartment in withheld or not guarded.reads(sql, compartment, reader):
            continue
        held = epochs(node.rings, giver, compartment)[-MOST_PARTS:]
        kids = [key_id_of(key) for _, key in held]
        state = hashlib.sha256(bytes(key_id) + b"".join(kids)).hexdigest()
        old = sql.first(
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
        letters.append(write(node, giver, reader, KEYS, compartment, state, parts))
        released += [(reader, kid, compartment, now_ms()) for kid in kids]
    if released:
        node.writer.submit(lambda tx: tx.sql.run_many(GIVEN, released))
    return letters


def recipients_for(node: Node, sql: Sql, pairs: set[tuple[str, str]]) -> list[tuple[Any, ...]]:
    """Our newest recipient keys, for whoever gives us keys through a carrier."""
    letters = []
    for sender, reader in sorted(pairs):
        try:
            state = str(keys.recipient_key(node.rings, sender).made)
        except Locked:
            continue
        old = sql.first(
            "select state from exchange_letter where sender = ? and reader = ? and kind = ?",
            (sender, reader, RECIPIENT),
        )
        if old is None or old[0] != state:
            part = keys.announce(node.rings, sender)
            letters.append(write(node, sender, reader, RECIPIENT, bytes(16).hex(), state, [part]))
    return letters


# -- what came -----------------------------------------------------------------------------


def take_letters(node: Node, origin: str, messages: Sequence[bytes]) -> list[bytes]:
    """Act on letters for authorities here, keep those that we carry; returns what to confirm."""
    sql = node.sql()
    publics, here = believed(sql), set(node.rings.open)
    authorities = set(peers.authorities(sql, origin))
    received: list[bytes] = []
    wrong: list[Exception] = []
    for message in messages[:MOST_LETTERS]:
        try:
            letter = signed.read(message, LETTER, Letter, publics)
            signed.moment(letter.at, "letter")
            if len(letter.what) != 16 or len(letter.parts) > MOST_PARTS:
                raise Wrong("malformed", "it has parts of a wrong size")
            if letter.reader in here:
                act(node, letter)
            else:
                keep(node, letter, message, authorities)
        except (Wrong, Locked) as why:
            wrong.append(why)
            continue
        received.append(digest(message))
    if wrong:
        logger.warning("exchange with %s: a letter is refused (%d now): %s", origin, len(wrong), wrong[0])
    return received


def keep(node: Node, letter: Letter, message: bytes, authorities: set[str]) -> None:
    """Carry a letter between two readers of a file that we carry; it came from its sender's own node."""
    row = (
        letter.authority, letter.reader, letter.kind[:12], letter.what.hex(), "", letter.at, digest(message),
        message,
    )  # fmt: skip

    def job(tx: Transaction) -> None:
        both = tx.sql.first(
            "select 1 from exchange_relay a join exchange_relay b on b.compartment = a.compartment "
            "where a.authority = ? and b.authority = ?",
            (letter.authority, letter.reader),
        )
        if letter.authority not in authorities or both is None:
            raise Wrong("reader", f"nothing is carried here between {letter.authority} and its reader")
        count = tx.sql.first("select count(*) from exchange_letter where reader = ?", (letter.reader,))
        if count is not None and count[0] >= MOST_KEPT:
            raise Wrong("full", "too many letters wait here for its reader")
        tx.sql.run(PUT, row)

    node.writer.submit(job)


def act(node: Node, letter: Letter) -> None:
    """Take a letter for one of our authorities."""
    if letter.kind == KEYS:
        act_on_keys(node, letter)
    elif letter.kind == GOT:
        confirmations = [(now_ms(), letter.authority, kid) for kid in letter.parts]
        node.writer.submit(
            lambda tx: tx.sql.run_many(
                "update exchange_released set taken = ? where authority = ? and kid = ? and taken is null",
                confirmations,
            )
        )
    elif letter.kind == RECIPIENT:
        for part in letter.parts[:1]:
            node.writer.submit(partial(take_recipient, authority=letter.authority, part=part))
    else:
        raise Wrong("malformed", "a letter of a kind that this version does not know")


def take_recipient(tx: Transaction, authority: str, part: bytes) -> None:
    """The recipient key that an authority tells by letter, signed by a device that stands."""
    announced = keys.verify_announcement(part, believed(tx.sql))
    if announced.authority == authority:
        put_recipient(tx, announced)


def act_on_keys(node: Node, letter: Letter) -> None:
    """Put the keys into the reader's ring, fold what they open, and write back which arrived."""
    wraps = [keys.unpacked(part) for part in letter.parts]
    if any(
        (wrap.giver, wrap.reader, wrap.compartment) != (letter.authority, letter.reader, letter.what)
        for wrap in wraps
    ):
        raise Wrong("malformed", "it brings keys of another giver, reader or file than it says")
    refused: list[WrongWrap] = []
    fresh = [letter.what.hex()] if any(wrap.kid not in node.rings.known for wrap in wraps) else []
    taking.mark_opening(node, fresh)
    accepted = keys.take_keys(node.rings, wraps, lambda wrap, why: refused.append(why))
    if refused and not accepted:
        raise refused[0]
    kids = [kid for _, kid, _ in accepted]
    row = write(node, letter.reader, letter.authority, GOT, letter.what.hex(), "", kids)
    node.rings.refresh()

    def job(tx: Transaction) -> None:
        taking.open_compartments(tx, fresh)
        tx.sql.run(PUT, row)

    node.writer.submit(job)


def confirm_delivery(tx: Transaction, origin: str, digests: Sequence[bytes]) -> None:
    """A node has these letters: ours are not sent to it again, and those it is the end of are done with."""
    authorities = set(peers.authorities(tx.sql, origin))
    for letter_digest in digests:
        row = tx.sql.first(
            "select sender, reader, kind, what, taken from exchange_letter where digest = ?", (letter_digest,)
        )
        if row is None:
            continue
        if row[1] in authorities and row[0] not in tx.node.rings.open:
            tx.sql.run("delete from exchange_letter where digest = ?", (letter_digest,))
        else:
            tx.sql.run(
                "update exchange_letter set taken = ? where digest = ?",
                (f"{row[4]} {origin}".strip(), letter_digest),
            )
