"""The one writer of a node: appends, folds and commits, in groups when several wait.

Whoever finds the writer idle runs its own job at once, on the writer's connection; whoever does not leaves
it to the writer's thread, which takes all that wait together. There is one job at a time either way.

A job runs in a savepoint of the group's transaction. Jobs are acknowledged only after the group's
own durable commit (SQLite synchronous=FULL, PostgreSQL synchronous_commit=on). Should anything fail,
a job or the whole group leaves nothing behind.
"""

from __future__ import annotations

import hashlib
import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from django.db import connections

from libertad.journal import folding, header, sealing
from libertad.journal.sql import Sql
from libertad.journal.tree import Frontier, Tile, leaf_hash
from libertad.vocabulary.body import Body, Verb

if TYPE_CHECKING:
    from libertad.journal.node import Node

T = TypeVar("T")
GROUP = 64
TICK = timedelta(milliseconds=1)
CHECKPOINT_PAGES = 8000  # 32 MB of WAL: pages that change often go into the database once
ENCODER = msgspec.json.Encoder()
INSERT = (
    "insert into journal_entry (idx, hash, device, compartment, seq, header, signature, body) "
    "values (?, ?, ?, ?, ?, ?, ?, ?)"
)
SIGNED = (
    "insert into journal_signed (size, text) values (?, ?) "
    "on conflict (size) do update set text = excluded.text"
)
SIGN_EVERY = 1.0
NEVER = datetime.min.replace(tzinfo=UTC)
FOLLOWED = timedelta(days=30)
LAST_SAID = "select idx from journal_entry where device = ? and body is not null order by idx desc limit 5"
UNHELD = "select idx from journal_entry where hash = ? and idx not in (select idx from journal_held)"
TOUCH = "insert into journal_touch (key, entry) values (?, ?) on conflict (key, entry) do nothing"

# Told in the same transaction when this node says a verb: withdrawing bears on entries that are here.
WATCHERS: dict[str, list[Callable[[Transaction, folding.Said], None]]] = {}


class NotStored(Exception):
    """The entry was not written; the message says why and what to do. Nothing is half written."""


class Transaction:
    """A group's transaction: what jobs append to. Lives only while the writer runs them."""

    def __init__(self, node: Node, sql: Sql, caches: Caches) -> None:
        self.node = node
        self.sql = sql
        self.caches = caches
        found = sql.one("select size, frontier from journal_head where id = 1")
        size = found[0] if found else 0
        if caches.frontier is None or caches.frontier.size != size:
            caches.clear()
            caches.frontier = Frontier.from_bytes(bytes(found[1])) if found else Frontier()
            node.rings.refresh()
            if caches.clock == NEVER:
                caches.clock = self._last_clock()
        self.frontier = caches.frontier.copy()
        self.start = self.frontier.size
        self.tiles: list[Tile] = []
        self.memo: dict[Any, Any] = {}
        # Random ids made in this transaction that no entry names yet: no row of theirs has to be looked up.
        self.fresh: set[str] = set()
        self.appended: list[folding.Said] = []
        # Run when the job is through, within its savepoint: what bears on all that it said.
        self.closing: list[Callable[[], object]] = []
        # Run after the durable commit and before it is acknowledged.
        self.after: list[Callable[[], None]] = []

    def _last_clock(self) -> datetime:
        """The device's clock at the last entry said here: a restart with a clock set back goes on after it.

        One that is more than a month ahead is not followed: others wait with such entries until then.
        """
        latest, limit = NEVER, now() + FOLLOWED
        for ring in self.node.rings.open.values():
            device = header.device_id(ring.device[0]) if ring.device else b""
            rows = self.sql.all(LAST_SAID, (device,))
            said = (self.entry(idx) for (idx,) in rows)
            latest = max([latest, *(one.clock for one in said if one is not None and one.clock <= limit)])
        return latest

    def append(
        self,
        authority: str,
        compartment: str,
        type_class: str,
        body: Body,
        what: Verb,
        depends: tuple[str, ...] = (),
    ) -> folding.Said:
        """Seal, sign, store and fold one entry. The caller has checked the right."""
        rings = self.node.rings
        place = bytes.fromhex(compartment)
        kid, key = rings.current(authority, place)
        public, secret = rings.device(authority)
        device = header.device_id(public)
        seq, previous = self.head(device, compartment)
        plain = ENCODER.encode(body)
        known = tuple(sorted({bytes.fromhex(d) for d in depends})) if depends else ()
        bound_to = header.beginning(device, place, seq, previous, known, type_class, kid)
        sealed = sealing.seal_bound(plain, key, bound_to)
        exact = header.whole(bound_to, hashlib.sha256(sealed).digest(), len(sealed))
        name = header.entry_hash(exact)
        idx = self.frontier.size
        self.sql.run(INSERT, (idx, name, device, compartment, seq, exact, header.sign(exact, secret), sealed))
        self.tiles += self.frontier.append(leaf_hash(exact))
        self.caches.logs[device, compartment] = (seq, name)
        entry = folding.said(name.hex(), body, what, compartment, kid)
        self.caches.keep(idx, entry)
        self.fold(idx, entry)
        self.appended.append(entry)
        for watcher in WATCHERS.get(body.verb, ()):
            watcher(self, entry)
        return entry

    def head(self, device: bytes, compartment: str) -> tuple[int, bytes]:
        """The next number of a log, and the hash of the header before it."""
        found = self.caches.logs.get((device, compartment))
        if found is None:
            row = self.sql.one(
                "select seq, hash from journal_entry where compartment = ? and device = ? "
                "order by seq desc limit 1",
                (compartment, device),
            )
            if row is None:
                return 0, header.NO_PREVIOUS
            found = (row[0], bytes(row[1]))
        return found[0] + 1, found[1]

    def fold(self, idx: int, entry: folding.Said) -> None:
        """Compute anew every row that the entry is part of."""
        run, known, find = self.sql.run, self.caches.touches, self.node.rings.sealing_key
        rows = folding.touched(entry)
        for projection, key in rows:
            if key == entry.id:  # a row of this entry alone: nothing else is ever looked up for it
                said = [entry]
            else:
                touch = projection.touch(key)
                run(TOUCH, (touch, idx))
                before = known.get(touch)
                if before is not None:
                    before.append(entry)
                    said = before
                else:
                    said = [entry] if key in self.fresh else self.entries(touch)
                    self.caches.remember(touch, said)
            folding.write(self.sql, projection, key, folding.compute(projection, key, said, find))
        if self.fresh:
            self.fresh.difference_update([key for _, key in rows])

    def refold(self, projection: folding.Projection, key: str, find: folding.KeyFinder | None = None) -> None:
        """Compute one row anew from all that the journal holds of it."""
        touch = projection.touch(key)
        self.caches.touches.pop(touch, None)
        find = find or self.node.rings.sealing_key
        values = folding.compute(projection, key, self.entries(touch), find)
        folding.write(self.sql, projection, key, values)

    def known(self, touch: str) -> list[folding.Said]:
        """All opened entries that touch a row so far, from memory where they are."""
        found = self.caches.touches.get(touch)
        return self.entries(touch) if found is None else found

    def entries(self, touch: str) -> list[folding.Said]:
        """All opened entries that touch a row."""
        label, _, key = touch.partition(":")
        if len(key) == 64:  # as long as an entry's hash: a row of one entry alone stands in no list
            rows = self.sql.all(UNHELD, (bytes.fromhex(key),))
            found = [e for e in (self.entry(row[0]) for row in rows) if e is not None]
            if found:
                return [e for e in found if (label, key) in ((p.label, k) for p, k in folding.touched(e))]
        rows = self.sql.all("select entry from journal_touch where key = ?", (touch,))
        return [e for e in (self.entry(row[0]) for row in rows) if e is not None]

    def rows_of(self, entries: Iterable[tuple[int, bytes]]) -> set[str]:
        """Rows that entries (index, hash) are or may be part of: what to `refold` when they come or go."""
        found: set[str] = set()
        for idx, name in entries:
            found.update(
                row[0] for row in self.sql.all("select key from journal_touch where entry = ?", (idx,))
            )
            # A row of one entry alone is not listed; where a model has none, there is nothing to compute.
            found.update(projection.touch(name.hex()) for projection in folding.PROJECTIONS)
        return found

    def entry(self, idx: int) -> folding.Said | None:
        """An entry opened by whichever ring of this node holds its key; None if erased."""
        found = self.caches.entries.get(idx)
        if found is None:
            row = self.sql.one("select header, body from journal_entry where idx = ?", (idx,))
            if row is None:
                return None
            found = self.node.understand(bytes(row[0]), row[1])
            if found is not None:
                self.caches.keep(idx, found)
        return found

    def finish(self) -> None:
        """Write head and tiles; called once before the group's commit."""
        if self.frontier.size == self.start:
            return
        self.sql.run(
            "insert into journal_head (id, size, frontier) values (1, ?, ?) "
            "on conflict (id) do update set size = excluded.size, frontier = excluded.frontier",
            (self.frontier.size, self.frontier.to_bytes()),
        )
        for tile in self.tiles:
            self.sql.run("insert into journal_tile (level, position, hash) values (?, ?, ?)", tile)
        if time.monotonic() >= self.caches.sign_again:
            self.sign()

    def sign(self) -> None:
        """Sign a checkpoint of the tree as it will be after this commit."""
        self.sql.run(SIGNED, (self.frontier.size, self.node.signed(self.frontier.size, self.frontier.root())))
        self.caches.sign_again = time.monotonic() + SIGN_EVERY
        self.caches.signed = self.frontier.size


class Caches:
    """What the writer remembers between groups; dropped whenever somebody else wrote."""

    LIMIT = 50_000

    def __init__(self) -> None:
        self.frontier: Frontier | None = None
        self.logs: dict[tuple[bytes, str], tuple[int, bytes]] = {}
        self.entries: dict[int, folding.Said] = {}
        self.rights: dict[Any, Any] = {}
        # Opened entries by the row they touch. Never handed out: a fold sorts a copy.
        self.touches: dict[str, list[folding.Said]] = {}
        self.sign_again = 0.0
        self.signed = -1
        self.clock = NEVER

    def remember(self, touch: str, said: list[folding.Said]) -> None:
        if len(self.touches) >= self.LIMIT:
            self.touches.clear()
        self.touches[touch] = said

    def keep(self, idx: int, entry: folding.Said) -> None:
        if len(self.entries) >= self.LIMIT:
            self.entries.clear()
        self.entries[idx] = entry

    def tick(self) -> datetime:
        """The device's clock, later than at the entry before: of two acts one was the first."""
        moment = now()
        if moment <= self.clock:
            moment = self.clock + TICK
        self.clock = moment
        return moment

    def clear(self) -> None:
        self.logs.clear()
        self.entries.clear()
        self.touches.clear()
        self.rights.clear()
        self.frontier = None

    def undo(self, start: int, end: int) -> None:
        self.logs.clear()
        self.touches.clear()
        self.rights.clear()
        for idx in range(start, end):
            self.entries.pop(idx, None)


class Answer:
    """What became of a job that runs in its caller's own thread; as a Future, without its locks."""

    __slots__ = ("error", "value")

    def __init__(self) -> None:
        self.value: Any = None
        self.error: BaseException | None = None

    def set_result(self, value: Any) -> None:
        self.value = value

    def set_exception(self, error: BaseException) -> None:
        self.error = error


Job = tuple[Callable[[Transaction], Any], "Future[Any] | Answer"]
Queued = tuple[Callable[[Transaction], Any], "Future[Any]"]


class Writer:
    """Takes jobs from any thread; runs them one after the other; groups their commits."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.jobs: queue.SimpleQueue[Queued | None] = queue.SimpleQueue()
        self.caches = Caches()
        self.busy = threading.Lock()  # held by whoever runs jobs
        self.turn = False  # the thread waits for its turn: nobody overtakes it
        self.sql: Sql | None = None
        self.lends = False  # whether `sql` is open and Django's: another thread can take it
        self.thread = threading.Thread(target=self._loop, name="libertad-writer", daemon=True)
        self.thread.start()

    def submit(self, job: Callable[[Transaction], T]) -> T:
        """Run a job and wait for the durable commit; raises what the job raised."""
        if self.lends and not self.turn and self.jobs.empty() and self.busy.acquire(blocking=False):
            try:
                if self.lends and self.sql is not None:
                    answer = self._at_once(self.sql, job)
                    if answer.error is not None:
                        raise answer.error
                    value: T = answer.value
                    return value
            finally:
                self.busy.release()
        return self.send(job).result()

    def send(self, job: Callable[[Transaction], T]) -> Future[T]:
        """As `submit`, without waiting: for who has other work to do until it is durable."""
        done: Future[T] = Future()
        self.jobs.put((job, done))
        return done

    def close(self) -> None:
        self.jobs.put(None)
        self.thread.join(timeout=30)

    def _at_once(self, sql: Sql, job: Callable[[Transaction], Any]) -> Answer:
        """Run one job in the caller's thread, in which the writer's connection is the only one meanwhile."""
        answer = Answer()
        own = connections[sql.alias]
        connections[sql.alias] = sql.django
        try:
            self._run(sql, [(job, answer)])
        except BaseException:
            self._let_go()
            raise
        finally:
            connections[sql.alias] = own
        return answer

    def _loop(self) -> None:
        while True:
            first = self.jobs.get()
            self.turn = True
            with self.busy:
                self.turn = False
                if first is None or not self._together(first):
                    break
        with self.busy:
            if self.sql is not None:
                self._sign_last(self.sql)
                self._let_go()

    def _together(self, first: Queued) -> bool:
        """Run all that wait, in groups of a commit each; False when the writer is to close."""
        group = [first]
        stop = False
        while len(group) < GROUP and not self.jobs.empty():
            following = self.jobs.get()
            if following is None:
                stop = True
                break
            group.append(following)
        try:
            if self.sql is None:
                self.sql = self._open()
                self.lends = bool(self.sql.alias)
            self._run(self.sql, group)
        except BaseException as why:
            for _, done in group:
                if not done.done():
                    done.set_exception(why)
            self._let_go()
        return not stop

    def _let_go(self) -> None:
        """Close the connection; the next job opens another."""
        sql, self.sql, self.lends = self.sql, None, False
        if sql is not None:
            sql.close()

    def _sign_last(self, sql: Sql) -> None:
        """At closing: the checkpoint of the last commits, which were too close together to be signed each."""
        frontier = self.caches.frontier
        if frontier is None or self.caches.signed == frontier.size or not frontier.size:
            return
        try:
            sql.begin()
            tx = Transaction(self.node, sql, self.caches)
            if tx.frontier.size == frontier.size:  # else somebody else wrote since, and signs what it wrote
                tx.sign()
            sql.commit()
        except Exception:
            self._undo(sql)

    def _run(self, sql: Sql, group: Sequence[Job]) -> None:
        results: list[tuple[Any, BaseException | None]] = []
        hooks: list[int] = []  # which job each of tx.after belongs to
        alone = len(group) == 1
        tx: Transaction | None = None
        try:
            with self.node.rings.lock:
                sql.begin()
                tx = Transaction(self.node, sql, self.caches)
                for number, (job, _) in enumerate(group):
                    results.append((self._do(tx, job), None) if alone else self._one(sql, tx, job))
                    hooks += [number] * (len(tx.after) - len(hooks))
                tx.finish()
                self.node.rings.commit()
                sql.commit()
                self.caches.frontier = tx.frontier
        except BaseException as why:
            failure = self.node.explain(why)
            if alone and failure is why and tx is not None:  # refused: what was known before still holds
                sql.rollback()
                self.caches.undo(tx.start, tx.frontier.size)
            else:
                self._undo(sql)
            for _, done in group:
                done.set_exception(failure)
            return
        # Durable from here on: nothing below may take it back.
        for number, hook in zip(hooks, tx.after, strict=True):
            try:
                hook()
            except Exception as why:
                results[number] = (None, self.node.explain(why))
        try:
            if tx.frontier.size != tx.start:
                self.node.committed(tx)
        finally:
            for (value, error), (_, done) in zip(results, group, strict=True):
                if error is None:
                    done.set_result(value)
                else:
                    done.set_exception(error)

    def _open(self) -> Sql:
        sql = self.node.sql()
        if sql.alias:
            sql.django.inc_thread_sharing()
        if not sql.postgres:
            sql.run(f"pragma wal_autocheckpoint = {CHECKPOINT_PAGES}")
        return sql

    def _undo(self, sql: Sql) -> None:
        self.caches.clear()
        try:
            sql.rollback()
        except Exception:
            sql.close()
            sql.django.ensure_connection()
            sql.raw = sql.django.connection

    @staticmethod
    def _do(tx: Transaction, job: Callable[[Transaction], Any]) -> Any:
        value = job(tx)
        while tx.closing:
            tx.closing.pop(0)()
        return value

    def _one(
        self, sql: Sql, tx: Transaction, job: Callable[[Transaction], Any]
    ) -> tuple[Any, BaseException | None]:
        start, tiles, said, after = tx.frontier.copy(), len(tx.tiles), len(tx.appended), len(tx.after)
        sql.run("savepoint job")
        try:
            value = self._do(tx, job)
        except Exception as why:
            if self.node.is_storage(why):
                raise
            sql.run("rollback to savepoint job")
            sql.run("release savepoint job")
            self.caches.undo(start.size, tx.frontier.size)
            tx.frontier = start
            del tx.tiles[tiles:], tx.appended[said:], tx.after[after:]
            tx.memo.clear()
            tx.fresh.clear()
            tx.closing.clear()
            return None, why
        sql.run("release savepoint job")
        return value, None


def now() -> datetime:
    """The device's clock, in UTC, to the millisecond."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
