"""The owner's side: marks of its records, the parts in which they are published, and the epochs of its keys.

New records' marks come as additions. What is removed answers nothing from that moment on; its marks leave the
peers' filters with the next epoch, which has new keys and is made anew from the records. The seed of an epoch
lies in the ring alone, in no backup, and is destroyed when the next has begun: a restored ring begins one.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import threading
from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from libertad.access.actor import Actor
from libertad.access.membership import believed
from libertad.exchange.peering.peers import now_ms
from libertad.hits.matching.record import Record
from libertad.hits.private import rows
from libertad.hits.private.marking import Marking
from libertad.hits.private.oprf import SUITE, Key
from libertad.hits.private.tokens import KINDS, tokens_of
from libertad.journal.node import Node
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction
from libertad.vocabulary.values import Refused

PUBLISH_EVERY = 600_000  # ms between two parts: when a record came is not told more exactly
CHUNK = 500  # records that are written together
CONTACT = 200
SEED = 32  # bytes of an epoch's secret; what follows is the id of its operation
MARK = "insert into hits_private_mark (epoch, mark, record, proof) values (?, ?, ?, ?) on conflict do nothing"
WAITING = (
    "insert into hits_private_waiting (authority, epoch, mark) select ?, ?, ? "
    "where not exists (select 1 from hits_private_mark m join hits_private_kept k on k.id = m.record "
    "where m.epoch = ? and m.mark = ? and k.authority = ?) on conflict do nothing"
)
MET = (
    "select m.mark, k.ref, m.proof from hits_private_mark m join hits_private_kept k on k.id = m.record "
    "where m.epoch = ? and k.authority = ? and m.mark in "
)
BEGIN = (
    "insert into hits_private_owner "
    "(authority, contact, epoch, key_id, begun, published, officer, operation) "
    "values (?, ?, ?, ?, ?, 0, ?, ?) on conflict (authority) do update set contact = excluded.contact, "
    "epoch = excluded.epoch, key_id = excluded.key_id, begun = excluded.begun, officer = excluded.officer, "
    "operation = excluded.operation"
)
OWNER = "hits_private_owner"
NOTE = "update hits_private_owner set operation = ? where authority = ? and epoch = ?"


Marked = list[tuple[str, dict[int, bytes]]]


class Source(Protocol):
    """Where records are: in memory, opened by the authority's own ring, of one operation."""

    def first(self, authority: str) -> str:
        """The operation that an authority answers from where nobody chose another."""

    def readable_records(self, authority: str, refs: Sequence[str], operation: str) -> Mapping[str, Record]:
        """Those of the records that this authority may read now."""

    def every(self, authority: str, operation: str) -> Iterable[Record]:
        """All records that are to be found in private."""


class Keys(NamedTuple):
    """What comes of an epoch's seed: a key a kind of token, so that none is spent on another; one for us."""

    of: Mapping[str, Key]
    own: bytes

    @classmethod
    def from_seed(cls, seed: bytes) -> Keys:
        of: dict[str, Key] = {kind: SUITE.key(seed, b"libertad hits v1 " + kind.encode()) for kind in KINDS}
        return cls(of, hashlib.sha256(b"libertad hits digest v1\0" + seed).digest())

    def check(self, opening: bytes) -> bytes:
        """What is kept to know a token's opening again."""
        return hmac.digest(self.own, b"opening" + opening, "sha256")[:8]

    def digest(self, record: Record) -> bytes:
        """Changes with the record's tokens; tells nothing without the seed."""
        return hmac.digest(self.own, b"record" + repr(tokens_of(record)).encode(), "sha256")[:8]


class Epoch(NamedTuple):
    """An epoch that answers, from the records of one operation."""

    number: int
    contact: str
    made: Keys
    operation: str

    @property
    def keys(self) -> Mapping[str, Key]:
        return self.made.of


class Holding:
    """All owners of one node. Thread-safe."""

    def __init__(self, node: Node, source: Source) -> None:
        self.node, self.source = node, source
        self.lock = threading.RLock()
        self.known: dict[tuple[str, bytes], tuple[Keys, str]] = {}
        self.marking = Marking()

    def close(self) -> None:
        self.marking.close()

    # -- epochs ----------------------------------------------------------------------------

    def epoch(self, authority: str) -> Epoch | None:
        """The authority's epoch; None where it does not answer, or the ring has no seed for it (any more).

        One from before there were several operations has none in its seed: it is of the first.
        """
        row = self.node.sql().first(
            "select epoch, contact, key_id from hits_private_owner where authority = ?", (authority,)
        )
        if row is None:
            return None
        name = (authority, bytes(row[2]))
        self.node.rings.ring(authority)  # Locked, though the keys were known
        keys_and_operation = self.known.get(name)
        if keys_and_operation is None:
            seed = self.node.rings.passing_secret(*name)
            if seed is None:
                return None
            keys_and_operation = self.known[name] = Keys.from_seed(seed[:SEED]), seed[SEED:].decode()
        keys, operation = keys_and_operation
        return Epoch(row[0], row[1], keys, operation or self.source.first(authority))

    def row(self, authority: str) -> dict[str, object] | None:
        """What is on file of an owner (its guard's columns), as this node wrote it; None for any other."""
        return believed(self.node.sql(), OWNER, authority) or None

    def note(self, authority: str, epoch: Epoch) -> None:
        """Keep an epoch's operation in its row, where that is from before rows named it."""
        row = self.row(authority)
        if row is not None and row["epoch"] == epoch.number and epoch.operation and not row["operation"]:
            self.node.writer.submit(lambda tx: tx.sql.run(NOTE, (epoch.operation, authority, epoch.number)))

    def begin(self, actor: Actor, contact: str = "") -> int:
        """Answer from now on, or begin the next epoch: new keys, all marks anew. Returns how many marks.

        From the records of the operation in which the actor works; where that is in none, of the same as
        before, also after a restore. Each epoch stays with one: a mark of another one never stands in the
        same filter.
        """
        authority = actor.authority
        row = self.node.sql().first(
            "select epoch, contact from hits_private_owner where authority = ?", (authority,)
        )
        contact = " ".join(contact.split()) or (row[1] if row else "")
        if not contact or len(contact) > CONTACT:
            raise Refused(
                "contact", "say whom to call after a hit, in 1 to %(most)s characters", most=CONTACT
            )
        with self.lock:
            return self._begin(actor, contact, row[0] if row else 0)

    def _begin(self, actor: Actor, contact: str, before: int) -> int:
        authority, key_id, seed = actor.authority, os.urandom(16), os.urandom(SEED)
        operation = actor.operation or self._operation(authority)
        # Later than any before, also after a restore: one number never has two keys.
        number = max(now_ms(), before + 1)
        # In the ring, beside the seed: nobody who writes the database moves an epoch to other records.
        self.node.rings.put_passing(authority, key_id, seed + operation.encode())
        keys, every = Keys.from_seed(seed), array("Q")
        self.node.writer.submit(lambda tx: rows.forget(tx, authority, before))
        refs: set[str] = set()
        for records in rows.chunks(self.source.every(authority, operation), CHUNK):
            marked = self.marks(keys, records)
            self._write(authority, number, keys, records, marked, new=True)
            refs.update(record.id for record in records)
            every.extend(mark for _, record_marks in marked for mark in record_marks)
        removed = refs - {record.id for record in self.source.every(authority, operation)}  # meanwhile
        marks = np.unique(np.array(every, np.uint64)).tolist()

        def switch(tx: Transaction) -> None:
            tx.sql.run(BEGIN, (authority, contact, number, key_id, now_ms(), actor.officer, operation))
            rows.drop(tx, authority, removed)
            rows.part(tx, authority, number, marks)
            rows.forget(tx, authority, number)

        self.node.writer.submit(switch)
        old = [secret.key_id for secret in self.node.rings.passing(authority) if secret.key_id != key_id]
        self.node.rings.destroy_passing(authority, old)
        self.known = {name: known for name, known in self.known.items() if name[0] != authority}
        return len(marks)

    def _operation(self, authority: str) -> str:
        """The operation that it answers from now or, where a restored ring has no seed, answered from by its
        row; for one that has not begun, the first."""
        epoch, row = self.epoch(authority), self.row(authority)
        before = epoch.operation if epoch else str(row["operation"]) if row else ""
        return before or self.source.first(authority)

    def end(self, authority: str) -> None:
        """Answer nobody any more; the keys are destroyed, and what peers hold opens nothing."""
        with self.lock:
            self.node.writer.submit(lambda tx: rows.end(tx, authority))
            old = [secret.key_id for secret in self.node.rings.passing(authority)]
            self.node.rings.destroy_passing(authority, old)
            self.known.clear()

    # -- records ---------------------------------------------------------------------------

    def upsert(self, authority: str, records: Iterable[Record]) -> None:
        """Records that are new or changed. They are found once their part is published."""
        with self.lock:
            epoch = self.epoch(authority)
            if epoch is None:
                return
            for chunk in rows.chunks(records, CHUNK):
                marked = self.marks(epoch.made, chunk)
                self._write(authority, epoch.number, epoch.made, chunk, marked, new=False)

    def keep(self, authority: str, records: Iterable[Record]) -> None:
        """These records and no others: what changed since is made anew, what is gone is dropped."""
        with self.lock:
            epoch = self.epoch(authority)
            if epoch is None:
                return
            rows = self.node.sql().all(
                "select ref, digest from hits_private_kept where authority = ? and epoch = ?",
                (authority, epoch.number),
            )
            before = {ref: bytes(digest) for ref, digest in rows}
            self.upsert(
                authority,
                (record for record in records if before.pop(record.id, b"") != epoch.made.digest(record)),
            )
            if before:
                self.drop(authority, before)

    def drop(self, authority: str, refs: Iterable[str]) -> None:
        """Records that may not be found any more: nothing is answered of them once this returns."""
        names = list(refs)
        self.node.writer.submit(lambda tx: rows.drop(tx, authority, names))

    def publish(self, authority: str, within: int = PUBLISH_EVERY) -> None:
        """Give out what is new, as a part; not before `within` ms have passed since the last."""
        row = self.node.sql().first(
            "select epoch, published from hits_private_owner where authority = ?", (authority,)
        )
        if row is None or now_ms() - row[1] < within:
            return
        if self.node.sql().first(
            "select 1 from hits_private_waiting where authority = ? limit 1", (authority,)
        ):
            self.node.writer.submit(lambda tx: rows.publish(tx, authority, row[0]))

    def marks(self, keys: Keys, records: Sequence[Record]) -> Marked:
        """(record, its marks with their proofs); on both cores where there are many."""
        inputs = [
            (record.id, keys.of[kind], data)
            for record in records
            for kind, values in tokens_of(record).items()
            for data in values
        ]
        marks_by_ref: dict[str, dict[int, bytes]] = {record.id: {} for record in records}
        marked = self.marking.all([(key, data) for _, key, data in inputs])
        for (ref, _, _), (mark, opening) in zip(inputs, marked, strict=True):
            marks_by_ref[ref][mark] = keys.check(opening)
        return list(marks_by_ref.items())

    @staticmethod
    def met(
        sql: Sql, authority: str, epoch: int, marks: Collection[int]
    ) -> dict[int, list[tuple[str, bytes]]]:
        """By mark: the records by which it is held, each with its proof."""
        by_mark: dict[int, list[tuple[str, bytes]]] = {}
        if marks:
            rows = sql.all(f"{MET}({', '.join('?' * len(marks))})", (epoch, authority, *marks))
            for mark, ref, proof in rows:
                by_mark.setdefault(mark, []).append((ref, bytes(proof)))
        return by_mark

    def _write(
        self, authority: str, epoch: int, keys: Keys, records: Sequence[Record], marked: Marked, new: bool
    ) -> None:
        """`new`: of an epoch that is being made, whose parts are made at its end."""
        digests = {record.id: keys.digest(record) for record in records}

        def job(tx: Transaction) -> None:
            ids = rows.ids(tx, authority, epoch, digests)
            for ref, proofs in () if new else marked:
                before = tx.sql.all("select mark from hits_private_mark where record = ?", (ids[ref],))
                tx.sql.run_many(
                    "delete from hits_private_mark where epoch = ? and mark = ? and record = ?",
                    [(epoch, row[0], ids[ref]) for row in before if row[0] not in proofs],
                )
                tx.sql.run_many(
                    WAITING, [(authority, epoch, mark, epoch, mark, authority) for mark in sorted(proofs)]
                )
            mark_rows = [
                (epoch, mark, ids[ref], proof) for ref, proofs in marked for mark, proof in proofs.items()
            ]
            tx.sql.run_many(MARK, sorted(mark_rows))

        self.node.writer.submit(job)
