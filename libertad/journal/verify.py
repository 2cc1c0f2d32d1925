"""Verifying a journal: everything that can be checked, checked; each finding says what to do.

Reads one snapshot of the database, so it may run while the node writes. docs/journal-format.md is the rule;
`tests/journal/independent_verifier.py` checks the same from that page alone.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from multiprocessing import get_context
from typing import Any

import msgspec

from libertad.journal import checkpoint, folding, header, keys_missing, reading, sealing, trees
from libertad.journal.checking import Signature, wrong_signatures
from libertad.journal.header import Header, Malformed
from libertad.journal.node import BehindMark, Node
from libertad.journal.sealing import CannotOpen
from libertad.journal.sql import Sql
from libertad.journal.tree import EMPTY
from libertad.journal.verify_trees import Marks, TreeChecks
from libertad.journal.worded import REBUILD, RESTORE, octets, worded
from libertad.vocabulary.values import Refused

Progress = Callable[[int, int], None]
CHUNK = 1000
BATCH = 250
AHEAD = 40  # batches that wait for another process before this one takes a hand in them
NO_LOG = (-1, header.NO_PREVIOUS)


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: its kind, where, what, and what to do about it. No personal data."""

    kind: str
    where: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.kind}, {self.where}: {self.what}. {self.mend[0].upper()}{self.mend[1:]}."


@dataclass
class Report:
    """All findings. `opened` counts bodies that this node opens, `erased` those that were erased,
    `held` those in quarantine."""

    size: int = 0
    root: str = EMPTY.hex()
    opened: int = 0
    erased: int = 0
    held: int = 0
    rows: int = 0
    checkpoint: int = 0
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    locked: list[str] = field(default_factory=list)  # authorities whose rings stayed closed

    @property
    def clean(self) -> bool:
        return not self.findings

    def add(self, kind: str, where: str, fault: str, mend: str) -> None:
        self.findings.append(Finding(kind, where, fault, mend))

    def as_json(self) -> dict[str, Any]:
        report: dict[str, Any] = msgspec.to_builtins(self)
        return report | {"clean": self.clean}


class _Signatures:
    """Checks signatures here, or in other processes beside the rest of the work."""

    def __init__(self, report: Report, pool: ProcessPoolExecutor | None) -> None:
        self.report, self.pool = report, pool
        self.batch: list[Signature] = []
        self.waiting: deque[tuple[Future[list[int]], list[Signature]]] = deque()

    def add(self, signature: Signature) -> None:
        self.batch.append(signature)
        if len(self.batch) >= BATCH:
            self.flush()

    def flush(self) -> None:
        batch, self.batch = self.batch, []
        if self.pool is None:
            self._tell(wrong_signatures(batch))
            return
        self.waiting.append((self.pool.submit(wrong_signatures, batch), batch))
        while self.waiting and self.waiting[0][0].done():
            self._tell(self.waiting.popleft()[0].result())
        while len(self.waiting) > AHEAD:
            self._help()

    def finish(self) -> None:
        self.flush()
        while self.waiting:
            self._help()

    def _help(self) -> None:
        """Take the newest batch back that nobody began; if there is none, wait for the oldest."""
        future, batch = self.waiting.pop()
        if future.cancel():
            self._tell(wrong_signatures(batch))
        else:
            self.waiting.append((future, batch))
            self._tell(self.waiting.popleft()[0].result())

    def _tell(self, wrong: list[int]) -> None:
        for idx in wrong:
            self.report.add("signature", f"entry {idx}", "is not its device's over these bytes", RESTORE)


def verify(
    node: Node,
    *,
    processes: int = 1,
    progress: Progress = lambda done, of: None,
    models: bool = True,
    alias: str = "default",
) -> Report:
    """Check every entry, log, tree, mark, checkpoint and (with `models`) every row of a read model.

    `alias` names another database than the node's own: one that its store was moved into.
    """
    report = Report()
    node.rings.refresh()
    mark = _mark(node, report)
    sql = Sql(alias)
    pool = None
    if processes > 1:
        pool = ProcessPoolExecutor(processes - 1, mp_context=get_context("spawn"))
    try:
        with snapshot(sql), reading.calm():
            _check(node, sql, report, _Signatures(report, pool), mark, progress, models)
    finally:
        if pool is not None:
            pool.shutdown(cancel_futures=True)
    with worded(report.add, "rows"):  # not in the snapshot: the seals are those of now
        for finding in node.seals.findings(sql):
            fault = f"{finding.what} by somebody else than this node"
            report.add("row", f"{finding.table}:{finding.name}", fault, finding.mend)
    return report


def _check(
    node: Node,
    sql: Sql,
    report: Report,
    signatures: _Signatures,
    mark: Marks,
    progress: Progress,
    models: bool,
) -> None:
    """All checks. What was read is let go of at the end, before the garbage collector would walk over it."""
    with worded(report.add, "journal"):
        walk = _Walk(node, sql, report, signatures, mark, models)
        walk.run(progress)
        if models:
            with worded(report.add, "read models", REBUILD):
                _models(node, sql, report, walk)
    signatures.finish()


@contextmanager
def snapshot(sql: Sql) -> Iterator[None]:
    """One state of the database for all reads within."""
    sql.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if sql.postgres else "BEGIN")
    try:
        yield
    finally:
        sql.rollback()


def _mark(node: Node, report: Report) -> Marks:
    try:
        return node.marks()
    except BehindMark as why:
        report.add("mark", str(node.mark_path), "cannot be read", str(why).partition(": ")[2])
        return None


class _Walk:
    """One pass over all entries in order."""

    def __init__(
        self, node: Node, sql: Sql, report: Report, signatures: _Signatures, marks: Marks, keep: bool
    ) -> None:
        self.node, self.sql, self.report, self.signatures, self.keep = node, sql, report, signatures, keep
        self.devices = self._devices()
        self.erased = node.rings.erased()
        self.held = reading.held_indices(sql)
        notes = dict(sql.all("select size, text from journal_signed order by size"))
        self.trees = TreeChecks(report.add, marks, notes)
        self.logs: dict[tuple[bytes, bytes], tuple[int, bytes]] = {}
        self.places: dict[bytes, bytes] = {}
        self.said: list[tuple[int, folding.Said]] = []
        self.unopened = 0
        self.held_keys = keys_missing.held_keys(node)
        self.own = keys_missing.own_devices(node, sql)
        self.missing: dict[str, list[int]] = defaultdict(list)  # file -> its entries whose key is missing
        self.committed: set[bytes] = set()  # key ids whose key was seen to be the one they commit to

    def run(self, progress: Progress) -> None:
        sql, report = self.sql, self.report
        total, count = trees.size(sql), 0
        for entry in reading.stored(sql):
            if entry.idx != count:
                report.add("tree", f"entry {count}", f"is missing; the next one is {entry.idx}", RESTORE)
            count += 1
            with worded(report.add, f"entry {entry.idx}"):
                self._entry(entry)
            self.trees.grow(entry)
            if count % CHUNK == 0:
                progress(count, max(total, count))
        report.size, report.root = count, self.trees.root
        report.checkpoint = self.trees.finish(sql, self.node.mark_path, self.node.key)
        self._missing()

    def _missing(self) -> None:
        """Files of which this node holds entries and no key, or not all."""
        for place in sorted(set(self.missing) | keys_missing.unread(self.node, self.sql)):
            entries = self.missing.get(place, [])
            fault = "its key is in no ring of this node: nobody reads it here"
            if entries:
                fault = f"the key of {len(entries)} entries, from {entries[0]} on, is in no ring of this node"
            self.report.add("key", f"file {place}", fault, keys_missing.MEND)

    def _devices(self) -> dict[bytes, tuple[bytes, str]]:
        devices = {}
        for device, public, authority in self.sql.all("select id, public, authority from journal_device"):
            try:
                device, public = octets(device), octets(public)
            except (TypeError, ValueError):
                self.report.add("device", str(device), "its id or key is none", RESTORE)
                continue
            if header.device_id(public) != device:
                self.report.add("device", device.hex(), "its key is not the one of its id", RESTORE)
            try:
                checkpoint.refuse_small_order(public)
            except ValueError as why:
                self.report.add(
                    "device", device.hex(), str(why), "withdraw the device; it was never to be enrolled"
                )
            devices[device] = public, authority
        return devices

    def _wrong(self, kind: str, idx: int, fault: str, mend: str = RESTORE) -> None:
        self.report.add(kind, f"entry {idx}", fault, mend)

    def _entry(self, entry: reading.Stored) -> None:
        idx, exact = entry.idx, entry.header
        try:
            head = header.decode(exact)
        except Malformed as why:
            self._wrong("header", idx, str(why))
            return
        _, device, compartment, seq, before, depends, *_ = head
        name, place = sha256(exact).digest(), compartment.hex()
        if (entry.hash, entry.device, entry.compartment, entry.seq) != (name, device, place, seq):
            self._wrong("columns", idx, "hash, device, compartment or number are not those of its header")
        known = self.devices.get(device)
        if known is None:
            self._wrong(
                "device",
                idx,
                f"device {device.hex()} is not on file",
                "enrol the device again, or ask the authorities whose it is",
            )
        else:
            self.signatures.add((idx, octets(exact), octets(entry.signature), known[0]))
        log = device, compartment
        last, previous = self.logs.get(log, NO_LOG)
        if seq != last + 1 or before != previous:
            self._wrong("log", idx, f"number {seq} of its log does not follow number {last}")
        if depends and any(self.places.get(needed) != compartment for needed in depends):
            self._wrong("dependency", idx, "builds on what is not before it in its compartment")
        self.logs[log] = (seq, name)
        self.places[name] = compartment
        self.trees.check_side(idx, head.type_class, entry.place)
        self._body(entry, head, name.hex(), place, known)

    def _body(
        self, entry: reading.Stored, head: Header, name: str, place: str, device: tuple[bytes, str] | None
    ) -> None:
        report, idx, body = self.report, entry.idx, entry.body
        *_, kid, body_hash, length = head
        if body is None:
            report.erased += 1
            if kid not in self.erased:
                self._wrong("body", idx, "is gone, and nobody erased its file")
            return
        if len(body) != length or sha256(body).digest() != body_hash:
            self._wrong("body", idx, "is not the one that its header names")
            return
        key = self.node.rings.known.get(kid)
        if key is None:
            self.unopened += 1
            if kid in self.erased:
                self._wrong(
                    "body",
                    idx,
                    "its file was erased, and it is here again",
                    "this database is older than the erasure: run libertad doctor --accept-restore",
                )
            elif kid not in self.held_keys and head.device in self.own:
                self.missing[place].append(idx)
            return
        try:
            if kid not in self.committed:
                if sealing.key_id(key) != kid:
                    raise CannotOpen("body: this key is not the one that the header commits to")
                self.committed.add(kid)
            plain = sealing.open_body(body, key, header.bound(head))
            opened = folding.understand(plain, name, place, kid)
        except folding.Unreadable:
            self._unreadable(idx, "holds no statements")
            return
        except Refused:
            report.notes.append(
                f"entry {idx}: of a kind that this version does not know; kept and not folded"
            )
            return
        except (CannotOpen, Malformed):
            self._unreadable(idx, "does not open with the key that its header names")
            return
        report.opened += 1
        if idx in self.held:
            report.held += 1
            return
        if device is not None and opened.body.authority != device[1]:
            self._wrong("device", idx, "speaks for an authority whose device this is not")
        if self.keep:
            self.said.append((idx, opened))

    def _unreadable(self, idx: int, fault: str) -> None:
        """Held back, it is its author's fault: its bytes are those that its device signed."""
        if idx in self.held:
            self.report.held += 1
            self.report.notes.append(f"entry {idx}: {fault}; kept as it was signed and not folded")
        else:
            self._wrong("body", idx, fault)


def _models(node: Node, sql: Sql, report: Report, walk: _Walk) -> None:
    locked = [name for name in node.rings.authorities() if name not in node.rings.open]
    if locked:
        report.locked = locked
        report.notes.append(f"read models were not compared: locked rings of {', '.join(locked)}")
        return
    groups: reading.ByLabel = defaultdict(lambda: defaultdict(list))
    right: set[tuple[str, int]] = set()
    for idx, entry in walk.said:
        for projection, key in folding.touched(entry):
            groups[projection.label][key].append(entry)
            if key != entry.id:  # rows of one entry alone are not listed
                right.add((projection.touch(key), idx))
    report.rows, lines = reading.mismatches(node, sql, groups)
    for line in lines:
        where, _, columns = line.partition(": ")
        report.add("read model", where, f"is not what its entries say ({columns})", REBUILD)
    stated = set(sql.all("select key, entry from journal_touch"))
    for touch, idx in sorted(right ^ stated):
        columns = "is not listed" if (touch, idx) in right else "is listed without reason"
        report.add("touch", f"{touch} and entry {idx}", columns, REBUILD)
