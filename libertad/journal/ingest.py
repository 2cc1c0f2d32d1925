"""Taking in entries that another device wrote: checked one by one, stored and folded by the batch.

A batch is stored whole or not at all. What is known already is passed over, so a batch may come twice.
Without a judge, whoever calls has decided that these devices may write here. With one (the exchange has
one), what a device or an officer may not say is stored, passed on and folded into no row; what does not
follow what is here is left for later and named, and a fork is handed back as proof.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from libertad.journal import folding, guarded, header, sealing
from libertad.journal.checking import BadEntry, Checked, Foreign
from libertad.journal.header import Header, Malformed, bound
from libertad.journal.sealing import CannotOpen
from libertad.journal.transaction import INSERT, TOUCH, Transaction
from libertad.vocabulary.values import Refused


@dataclass(frozen=True)
class Ingested:
    """What a batch did: entries stored, already known, and rows computed."""

    stored: int
    known: int
    rows: int
    held: int = 0
    # Compartments with entries that came before what they build on, and were left; forked entries.
    gaps: frozenset[str] = frozenset()
    forks: tuple[Checked, ...] = ()


class Judge(Protocol):
    """Decides about entries of other authorities, one after the other."""

    def hold(self, entry: folding.Said, head: Header, owner: str | None) -> tuple[str, str] | None:
        """(reason, detail) when the entry must not be folded."""
        ...

    def accept(self, entry: folding.Said) -> None:
        """The entry is folded: what follows may build on it."""
        ...


@dataclass
class _Left:
    """What a judged batch could not take, and what it holds."""

    gaps: set[str] = field(default_factory=set)
    forks: list[Checked] = field(default_factory=list)
    held: list[tuple[int, str, str]] = field(default_factory=list)


UNKNOWN = "unknown", "of a kind that this version does not know: update this node"
HELD = "insert into journal_held (idx, reason, detail, since) values (?, ?, ?, ?)"


class Fork(BadEntry):
    """A second history of one log: the proof is this entry and the one that is here."""


class Unknown(Exception):
    """Opened, and of a kind or with a field that this version does not know."""


def publics(tx: Transaction) -> dict[bytes, bytes]:
    """Public keys of the enrolled devices, by device id."""
    return {device: public for device, (public, _) in guarded.devices(tx.sql).items()}


def enrol(tx: Transaction, public: bytes, authority: str) -> bytes:
    """Put a device's public key on file; a key of small order is refused. Returns the device's id."""
    from libertad.journal.checkpoint import refuse_small_order

    refuse_small_order(public)
    device = header.device_id(public)
    tx.sql.run(
        "insert into journal_device (id, public, authority) values (?, ?, ?) on conflict (id) do update "
        "set authority = excluded.authority where journal_device.authority = ''",  # '': what enrolled it fell
        (device, public, authority),
    )
    return device


def ingest(tx: Transaction, entries: Iterable[Checked], judge: Judge | None = None) -> Ingested:
    """Store, open and fold checked entries, in a job of the writer; each row is computed once a batch."""
    batch = list(entries)
    known = _stored_hashes(tx, [checked.name for checked in batch])
    rows: list[tuple[Any, ...]] = []
    touches: list[tuple[str, int]] = []
    dirty: dict[str, tuple[folding.Projection, str, list[folding.Said]]] = {}
    places: dict[bytes, bytes] = {}
    passed = 0
    left = _Left()
    keep = tx.caches.keep
    owners = guarded.owners(tx.sql)
    for place, incoming in enumerate(batch):
        entry, head, name = incoming
        if name in known or name in places:
            passed += 1
            continue
        compartment = head.compartment.hex()
        try:
            _follows(tx, place, head, compartment)
            for needed in head.depends:
                if places.get(needed) != head.compartment:
                    _depends(tx, place, needed, compartment)
        except Fork:
            if judge is None:
                raise
            left.forks.append(incoming)
            continue
        except BadEntry:
            if judge is None:
                raise
            left.gaps.add(compartment)
            continue
        idx = tx.frontier.size
        where = tx.grow(entry.header, head.type_class, owners.get(head.device, ""))
        rows.append(
            (idx, name, head.device, compartment, head.seq, entry.header, entry.signature, entry.body, where)
        )
        tx.caches.logs[head.device, compartment] = (head.seq, name)
        places[name] = head.compartment
        try:
            opened = None if entry.body is None else _open(tx, place, incoming, entry.body)
        except Unknown:
            left.held.append((idx, *UNKNOWN))
            continue
        except BadEntry as why:
            if judge is None:
                raise
            left.held.append((idx, "unreadable", why.rule))
            continue
        if opened is None:
            continue
        keep(idx, opened)
        if judge is None:
            if owners.get(head.device) != opened.body.authority:
                raise BadEntry(place, "it speaks for an authority whose device this is not")
        elif (reason := judge.hold(opened, head, owners.get(head.device))) is not None:
            left.held.append((idx, *reason))
            continue
        else:
            judge.accept(opened)
        tx.appended.append(opened)
        for projection, key in folding.touched(opened):
            touch = projection.touch(key)
            if key != opened.id:
                touches.append((touch, idx))
            if touch in dirty:
                dirty[touch][2].append(opened)
            else:
                dirty[touch] = (projection, key, [opened])
    _before(tx, dirty)
    tx.sql.run_many(INSERT, rows)
    touches.sort()  # neighbours in the table are written one after the other
    tx.sql.run_many(TOUCH, touches)
    for touch, idx in touches:
        tx.sealing.touched(touch, idx)
    _write(tx, dirty)
    tx.sql.run_many(HELD, [(*held, int(time.time() * 1000)) for held in left.held])
    tx.caches.rights.clear()  # others' entries may bear on rights and clocks as well
    return Ingested(len(rows), passed, len(dirty), len(left.held), frozenset(left.gaps), tuple(left.forks))


def _open(tx: Transaction, place: int, checked: Checked, body: bytes) -> folding.Said | None:
    head = checked.head
    key = tx.node.rings.known.get(head.key_id)
    if key is None:
        return None
    try:
        plain = sealing.open_body(body, key, bound(head))
        return folding.understand(plain, checked.name.hex(), head.compartment.hex(), head.key_id)
    except folding.Unreadable as why:
        raise BadEntry(place, f"body: it holds no statements ({why.kind})") from None
    except Refused as why:
        raise Unknown from why
    except (CannotOpen, Malformed) as why:
        raise BadEntry(place, f"body: does not open with the key it names ({why})") from None


def hold_unread(tx: Transaction, idx: int) -> None:
    """Hold a stored entry that a ring opens and that is none: keys came later than it did."""
    row = tx.sql.first("select header, signature, body from journal_entry where idx = ?", (idx,))
    if row is None or row[2] is None:
        return
    exact, signature, body = (bytes(part) for part in row)
    checked = Checked(Foreign(exact, signature, body), header.decode(exact), header.entry_hash(exact))
    reason: tuple[str, str] | None = None
    try:
        _open(tx, 0, checked, body)
    except Unknown:
        reason = UNKNOWN
    except BadEntry as why:
        reason = "unreadable", why.rule
    if reason is not None:
        tx.sql.run(HELD, (idx, *reason, int(time.time() * 1000)))


def _before(tx: Transaction, dirty: Mapping[str, tuple[folding.Projection, str, list[folding.Said]]]) -> None:
    """Put what touched each row before this batch to the batch's own entries, by few queries."""
    unknown_touches = []
    for touch, (projection, key, row_entries) in dirty.items():
        known = tx.caches.touches.pop(touch, None)
        if known is not None:
            row_entries += known
        elif key != row_entries[0].id or projection.joined:  # else a row of this entry alone
            unknown_touches.append(touch)
            if projection.joined:
                there = {entry.id for entry in row_entries}
                row_entries += [entry for entry in tx.entries_by_hash(key) if entry.id not in there]
    for chunk in folding.batches(unknown_touches):
        marks = ", ".join("?" * len(chunk))
        by_touch: dict[str, dict[int, folding.Said | None]] = {touch: {} for touch in chunk}
        for touch, idx in tx.sql.all(f"select key, entry from journal_touch where key in ({marks})", chunk):
            by_touch[touch][idx] = tx.entry(idx)
        for touch, entries in by_touch.items():
            tx.check(touch, entries)
            dirty[touch][2].extend(entry for entry in entries.values() if entry is not None)


def _write(tx: Transaction, dirty: Mapping[str, tuple[folding.Projection, str, list[folding.Said]]]) -> None:
    puts: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    known = {}
    find, own_authorities = tx.node.rings.sealing_key, tx.node.rings.authorities
    for projection, key, entries in dirty.values():
        values = folding.compute(projection, key, entries, find, own_authorities, tx.node.owner)
        if values is None:
            tx.write(projection, key, None)
        else:
            known[projection.label] = projection
            puts[projection.label].append(values)
            tx.sealing.folded(projection.label, key, values)
    for label, rows in puts.items():
        at = known[label].place["id"]
        rows.sort(key=lambda row, at=at: row[at])  # type: ignore[misc]
        tx.sql.run_many(known[label].upsert, rows)


def _stored_hashes(tx: Transaction, names: list[bytes]) -> set[bytes]:
    known_hashes: set[bytes] = set()
    for chunk in folding.batches(names):
        marks = ", ".join("?" * len(chunk))
        known_hashes.update(
            bytes(row[0])
            for row in tx.sql.all(f"select hash from journal_entry where hash in ({marks})", chunk)
        )
    return known_hashes


def _follows(tx: Transaction, place: int, head: Header, compartment: str) -> None:
    seq, previous = tx.head(head.device, compartment)
    if head.seq < seq:
        raise Fork(
            place,
            f"fork: device {head.device.hex()} has said something else at number {head.seq} of this log; "
            "its key was copied or restored. Withdraw the device and make it a new key",
        )
    if head.seq > seq:
        raise BadEntry(
            place, f"number {head.seq} of its log came before number {seq}: ask for what is missing"
        )
    if head.previous != previous:
        raise Fork(place, f"fork: number {head.seq} follows another history of this log than ours")


def _depends(tx: Transaction, place: int, needed: bytes, compartment: str) -> None:
    row = tx.sql.first("select compartment from journal_entry where hash = ?", (needed,))
    if row is None:
        raise BadEntry(place, "it builds on an entry that is not here: ask for what is missing")
    if row[0] != compartment:
        raise BadEntry(place, "it builds on an entry of another compartment, which no entry may")
