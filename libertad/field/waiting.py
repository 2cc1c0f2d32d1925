"""What comes from a phone after its access ended: kept sealed beside the journal until an officer decides.

Whether it was written before or after, no clock of the phone proves. Released, it is said again by this node,
so that every other node takes it as any entry: in the name of the phone's officer where that one still has
access, else of who releases it, as a document. What is left stays here, sealed, with who left it and why.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from libertad.access.acting import Act, Forbidden
from libertad.access.actions._receiving import receiving_care
from libertad.access.actor import Actor, itself
from libertad.exchange.control.key_wrap import Wrap
from libertad.exchange.peering.guarded import holds
from libertad.field import counts, phones
from libertad.field.guarded import WAITING
from libertad.field.parcels import Offered
from libertad.field.release_limits import NONE_SAYS, Claimed, may_say
from libertad.journal import clock, folding, header, sealing
from libertad.journal.fields import to_ms
from libertad.journal.folding import Said, Unreadable
from libertad.journal.guards import GUARDS
from libertad.journal.header import Header, Malformed
from libertad.journal.node import Node
from libertad.journal.savepoints import part
from libertad.journal.sealing import CannotOpen
from libertad.journal.sql import Sql, marks
from libertad.journal.transaction import Transaction
from libertad.vocabulary.body import Verb
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.decoding import prepared
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import CompartmentOpen

logger = logging.getLogger("libertad.field")
WAITS, RELEASED, LEFT = "waits", "released", "left"
FOLLOWS = (
    "follows"  # its phone goes on, and its log does not: an entry before it is here and not in the journal
)
MOST = 5000  # of one phone: whoever has its keys fills no disk
INFO = b"libertad field waiting v1"
WORDS = {
    phones.REVOKED: marked("the phone was ended: a lead looks at it and releases it"),
    phones.WITHDRAWN: marked("the officer's access has ended: a lead looks at it and releases it"),
    phones.ENDED: marked("the phone's time is over: a lead looks at it and releases it"),
    FOLLOWS: marked(
        "what this phone said before it in this file waits: ask your lead, who looks at both. For what comes "
        "next in this file ask your administrator for a new code"
    ),
}
STATES = "select entry, why, state from field_waiting where entry in ({})"
INSERT = (
    "insert into field_waiting (entry, place, device, authority, operation, why, received, kid, sealed, "
    "state, officer, reason, decided, said_as) values (?, ?, ?, ?, ?, ?, ?, ?, ?, 'waits', '', '', null, '') "
    "on conflict (entry) do nothing"
)
OF_DEVICE = (
    "select entry, why, received, kid, sealed, state from field_waiting where device = ? and authority = ? "
    "and state = ? order by place"
)
DECIDE = (
    "update field_waiting set state = ?, officer = ?, reason = ?, decided = ?, said_as = ? where entry = ?"
)


class Kept(NamedTuple):
    """An entry as it came, and the key that opens it; b'' where none came."""

    header: bytes
    signature: bytes
    body: bytes
    key: bytes


class Waits(NamedTuple):
    """An entry that waits. `report`: what it says; None where no key opens it, or nobody knows its kind.
    `head`: its header; None where the file in which it is kept cannot be opened."""

    entry: str
    why: str
    received: int
    report: Said | None
    head: Header | None


# -- keeping -------------------------------------------------------------------------------


def states(tx: Transaction, entries: Sequence[str]) -> dict[str, str]:
    """Of these entries those that came after an end: 'released', else why they wait."""
    rows = tx.sql.all(STATES.format(marks(entries)), tuple(entries))
    return {str(entry): RELEASED if state == RELEASED else str(why) for entry, why, state in rows}


def beside(tx: Transaction, phone: phones.Phone) -> dict[str, set[int]]:
    """By file the numbers in the phone's log that are here and not in the journal, whatever became of them:
    what was released was said again by this node, in its own log."""
    numbers: dict[str, set[int]] = {}
    for state in (WAITS, RELEASED, LEFT):
        for row in listed(tx.node, tx.sql, phone.authority, phone.device, state):
            if row.head is not None:
                numbers.setdefault(row.head.compartment.hex(), set()).add(row.head.seq)
    return numbers


def park(tx: Transaction, offer: Offered, keys: Sequence[tuple[Wrap, bytes]], why: str) -> bool:
    """Keep an entry until somebody decides; twice is once. False where the phone has no more room here."""
    phone, head = offer.phone, offer.checked.head
    row = tx.sql.first(
        "select count(*), coalesce(max(place), 0) from field_waiting where device = ?", (phone.device,)
    )
    count, last = row or (0, 0)
    if int(count) >= MOST:
        return False
    known = tx.node.rings.known.get(head.key_id, b"")
    key = next((raw for wrap, raw in keys if wrap.kid == head.key_id), known)
    act = Act(tx, itself(phone.authority, phone.operation, "UTC"))
    place = act.find_compartment("authority", phone.authority) or act.open("authority", phone.authority, ())
    kid, epoch = tx.node.rings.current(phone.authority, bytes.fromhex(place))
    stored = Kept(
        offer.checked.entry.header, offer.checked.entry.signature, offer.checked.entry.body or b"", key
    )
    nonce = os.urandom(12)
    sealed = nonce + _cipher(epoch).encrypt(nonce, msgspec.msgpack.encode(list(stored)), offer.entry.encode())
    ids = (phone.device, phone.authority, phone.operation, why, to_ms(clock.now()))
    tx.sql.run(INSERT, (offer.entry, int(last) + 1, *ids, kid, sealed))
    _vouch(tx, offer.entry)
    return True


def _vouch(tx: Transaction, entry: str) -> None:
    """A row is as this node has just written it (`journal/seals.py`)."""
    row = tx.sql.first(f"{GUARDS[WAITING].select} and entry = ?", (entry,))
    if row is not None:
        tx.sealing.wrote(WAITING, row)


def _decide(tx: Transaction, actor: Actor, row: Waits, state: str, reason: str, said_as: str = "") -> None:
    now = to_ms(clock.now())
    tx.sql.run(DECIDE, (state, actor.officer, reason.strip(), now, said_as, row.entry))
    _vouch(tx, row.entry)


def _cipher(epoch: bytes) -> AESGCM:
    return AESGCM(sealing.derive(epoch, bytes(32), INFO))


def _unseal(here: Node, authority: str, entry: str, kid: bytes, sealed: bytes) -> Kept | None:
    epoch = here.rings.key(authority, bytes(kid))
    if epoch is None:
        return None
    data = bytes(sealed)
    header_, signature, body, key = msgspec.msgpack.decode(
        _cipher(epoch).decrypt(data[:12], data[12:], entry.encode()),
        type=prepared(tuple[bytes, bytes, bytes, bytes]),
    )
    return Kept(header_, signature, body, key)


def listed(here: Node, sql: Sql, authority: str, device: str, state: str = WAITS) -> list[Waits]:
    """What waits of one phone, in the order in which it came, opened. A row that was changed in the database
    is left out: `libertad doctor` names it."""
    rows = []
    for entry, why, received, kid, sealed, _state in sql.all(OF_DEVICE, (device, authority, state)):
        if not holds(sql, WAITING, entry):
            continue
        stored = _unseal(here, authority, entry, kid, sealed)
        head = header.decode(stored.header) if stored else None
        report = _read(stored, head, entry) if stored and head else None
        rows.append(Waits(str(entry), str(why), int(received), report, head))
    return rows


def _read(stored: Kept, head: Header, entry: str) -> Said | None:
    try:
        plain = sealing.open_body(stored.body, stored.key, header.bound(head))
        return folding.understand(plain, entry, head.compartment.hex(), head.key_id)
    except (CannotOpen, Malformed, Unreadable, Refused, ValueError):
        return None


# -- deciding ------------------------------------------------------------------------------


def leave(tx: Transaction, actor: Actor, device: str, reason: str, chosen: Collection[str]) -> int:
    """Leave these entries (hex) of a phone where they are, for good; returns how many were waiting."""
    _check(Act(tx, actor), reason)
    waits = [row for row in listed(tx.node, tx.sql, actor.authority, device) if row.entry in chosen]
    for row in waits:
        _decide(tx, actor, row, LEFT, reason)
    return len(waits)


def release(
    tx: Transaction, actor: Actor, device: str, reason: str, chosen: Collection[str]
) -> tuple[int, dict[str, str]]:
    """Say again these entries (hex) of a phone: how many were said, and why the others of them still wait.

    Only what its reader has seen: more may have come from the phone since the page was made. And only what
    the phone could have said (`release_limits.py`): a lead's role says more, and its keys may be stolen.
    """
    _check(Act(tx, actor), reason)
    phone = phones.find(tx.sql, device)
    if phone is None or (phone.authority, phone.operation) != (actor.authority, actor.operation):
        raise Refused("phone", "there is no such phone of your authority")
    own = phones.actor_of(tx.sql, phone)
    speaker = own if own.role and Act(tx, own).active() else actor
    names = _said_before(tx, actor.authority, device)
    left: dict[str, str] = {}
    count = 0
    for row in _with_their_files(listed(tx.node, tx.sql, actor.authority, device), chosen):
        if row.report is None or row.head is None:
            left[row.entry] = marked("no key that is here opens it")
            continue
        try:
            if not may_say(tx, phone, Claimed(row.report, row.head), set(names)):
                left[row.entry] = NONE_SAYS
                continue
            with part(tx):
                entry = _say(tx, speaker, row.report, names, is_own=speaker is own)
        except (Refused, Forbidden) as why:
            left[row.entry] = str(why)
            continue
        except (
            ArithmeticError,
            LookupError,
            TypeError,
            ValueError,
        ) as why:  # by its content, which is a thief's
            logger.warning("an entry of a phone cannot be said again: %s", type(why).__name__)
            left[row.entry] = NONE_SAYS
            continue
        names[row.entry] = entry
        if isinstance(row.report.content, CompartmentOpen):
            names[row.report.compartment] = entry
        _decide(tx, actor, row, RELEASED, reason, entry)
        count += 1
    return count, left


def _with_their_files(rows: Sequence[Waits], chosen: Collection[str]) -> list[Waits]:
    """The chosen ones, and before them the openings of the files that they stand in."""
    files = {row.report.compartment for row in rows if row.entry in chosen and row.report is not None}
    return [
        row
        for row in rows
        if row.entry in chosen
        or (
            row.report is not None
            and isinstance(row.report.content, CompartmentOpen)
            and row.report.compartment in files
        )
    ]


def _said_before(tx: Transaction, authority: str, device: str) -> dict[str, str]:
    """Of entries and files of a phone that were released before: as they came -> as they were said again."""
    rows = tx.sql.all(
        "select entry, said_as from field_waiting where device = ? and state = ?", (device, RELEASED)
    )
    names = {str(entry): str(said_as) for entry, said_as in rows if said_as}
    for row in listed(tx.node, tx.sql, authority, device, RELEASED):
        if row.report is not None and isinstance(row.report.content, CompartmentOpen) and row.entry in names:
            names[row.report.compartment] = names[row.entry]
    return names


def release_counted(
    tx: Transaction, actor: Actor, device: str, reason: str, chosen: Collection[str]
) -> tuple[int, int]:
    """As `release`: how many were said, and how many of them still wait."""
    count, left = release(tx, actor, device, reason, chosen)
    return count, len(left)


def _check(act: Act, reason: str) -> None:
    if not act.active():
        raise Forbidden("this officer's access has ended")
    if not reason.strip():
        raise Refused("reason", "say why: what you know of it, and from whom")


def _say(tx: Transaction, speaker: Actor, report: Said, names: dict[str, str], is_own: bool) -> str:
    """One entry again, about the same subject; of entries of the phone the names of now."""
    source = report.source if is_own or report.source != "saw" else "document"
    act = Act(tx, speaker, report.happened, source, report.interpreter, provenance=report.provenance)  # type: ignore[arg-type]
    if isinstance(report.content, CompartmentOpen):
        return _open(act, report, names)
    place = names.get(report.compartment, report.compartment)
    superseded = {
        statement.field: tuple(names.get(entry, entry) for entry in statement.supersedes)
        for statement in report.statements
        if statement.supersedes
    }
    content = renamed(report.content, names)
    entry = act.say(
        place,
        content,
        subject=report.subject,
        supersedes=superseded,
        nonce=report.body.nonce,
        proof=report.body.proof,
    )
    again = act.find_entry(entry)
    if again is not None:
        counts.write(tx, again, speaker)
    return entry


def _open(act: Act, report: Said, names: dict[str, str]) -> str:
    """A person's file opens anew, for its readers of today. Returns the file's id in place of an entry's."""
    content = report.content
    if not isinstance(content, CompartmentOpen) or content.kind != "person":
        raise Refused("compartment", "a phone opens files of people alone")
    own = act.member(act.actor.authority)
    if own is None:
        raise Refused("compartment", "there is no such file")
    if report.compartment in names or act.find_compartment("person", content.about) is not None:
        raise Refused("compartment", NONE_SAYS)  # one file for each, and none that somebody else opened
    return act.open("person", content.about, receiving_care(act, own))


def renamed(content: Verb, names: Mapping[str, str]) -> Verb:
    """The same words, with other names of entries where they name one."""

    def anew(value: Any) -> Any:
        if isinstance(value, str):
            return names.get(value, value)
        return tuple(map(anew, value)) if isinstance(value, tuple) else value

    changed = {
        name: anew(value)
        for name in content.__struct_fields__
        if isinstance(value := getattr(content, name), (str, tuple))
    }
    return msgspec.structs.replace(content, **changed)
