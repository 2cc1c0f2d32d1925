"""The one writer of a node: appends, folds and commits, in groups when several wait.

Whoever finds the writer idle runs its own job at once, on the writer's connection; whoever does not leaves
it to the writer's thread, which takes all that wait together. There is one job at a time either way.

A job runs in a savepoint of the group's transaction. Jobs are acknowledged only after the group's
own durable commit (SQLite synchronous=FULL, PostgreSQL synchronous_commit=on). Should anything fail,
a job or the whole group leaves nothing behind.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import connections

from libertad.journal import key_copies, savepoints
from libertad.journal.caches import Caches
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction

if TYPE_CHECKING:
    from libertad.journal.node import Node

T = TypeVar("T")
GROUP = 64
CHECKPOINT_PAGES = 8000  # 32 MB of WAL: pages that change often go into the database once


class NotStored(Exception):
    """The entry was not written; the message says why and what to do. Nothing is half written."""


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
        self.began = 0.0  # when the group began that runs now (monotonic); 0.0 between two
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

    def busy_seconds(self) -> float:
        """How long the group that runs now has taken. Asked from any thread, without a lock."""
        began = self.began
        return time.monotonic() - began if began else 0.0

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
            changes = tx.sealing.changes()
            self.node.seals.prepare(changes)
            sql.commit()
            self.node.seals.settle(changes)
        except Exception:
            self._undo(sql)

    def _run(self, sql: Sql, group: Sequence[Job]) -> None:
        self.began = time.monotonic()
        try:
            self._commit(sql, group)
        finally:
            self.began = 0.0

    def _commit(self, sql: Sql, group: Sequence[Job]) -> None:
        results: list[tuple[Any, BaseException | None]] = []
        hooks: list[int] = []  # which job each of tx.after belongs to
        alone = len(group) == 1
        tx: Transaction | None = None
        try:
            with self.node.rings.lock:
                sql.begin()
                tx = Transaction(self.node, sql, self.caches)
                sql.watch, sql.sealed = tx.sealing.watch, tx.sealing
                for number, (job, _) in enumerate(group):
                    results.append((self._do(tx, job), None) if alone else self._run_job(sql, tx, job))
                    hooks += [number] * (len(tx.after) - len(hooks))
                tx.finish()
                sql.watch, sql.sealed = None, self.node.seals
                changes = tx.sealing.changes()
                self.node.seals.prepare(changes)
                copied = key_copies.copy_added(sql, self.node.rings)
                self.node.rings.commit()
                sql.commit()
                key_copies.forget(self.node.rings, copied)
                self.caches.frontier = tx.frontier
                self.node.seals.settle(changes)
        except BaseException as why:
            sql.watch, sql.sealed = None, self.node.seals
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
        self.node.changes.update(tx.sealing.written)
        for number, hook in zip(hooks, tx.after, strict=True):
            try:
                hook()
            except Exception as why:
                results[number] = (None, self.node.explain(why))
        try:
            if tx.frontier.size != tx.start:
                self.node.committed(tx)
            elif tx.appended:  # what was here before is folded now: its key has come, or it is believed now
                self.node.tell(tx)
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

    def _run_job(
        self, sql: Sql, tx: Transaction, job: Callable[[Transaction], Any]
    ) -> tuple[Any, BaseException | None]:
        start = savepoints.mark(tx)
        sql.run("savepoint job")
        try:
            value = self._do(tx, job)
        except Exception as why:
            if self.node.is_storage(why):
                raise
            sql.run("rollback to savepoint job")
            sql.run("release savepoint job")
            savepoints.back(tx, start)
            tx.closing.clear()
            return None, why
        sql.run("release savepoint job")
        return value, None
