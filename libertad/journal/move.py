"""Moving a node's store to another database, SQLite or PostgreSQL, and back.

The source is read under its own write lock and never written. The target is empty at first, gets its tables
by migrations, and is marked as unfinished until everything in it was verified there: a node refuses to work
on it before. Rows are copied in batches, by their keys, so memory does not grow with the journal.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, connections

from libertad.journal import moving, trees
from libertad.journal.node import Node
from libertad.journal.rings import Locked
from libertad.journal.sql import MOVING, Sql, unfinished
from libertad.journal.verify import Report, verify

Progress = Callable[[int, int, str], None]
SOURCE, TARGET = "default", "move-target"
BATCH = 1000
OTHERS = ("django_migrations", "sqlite_sequence", MOVING)


class CannotMove(Exception):
    """The store was not moved, and the source is as it was; the message says why and what to do."""


@dataclass(frozen=True)
class Moved:
    """What stands in the target: entries and their root, and rows of all tables."""

    entries: int
    root: str
    tables: int
    rows: int
    seconds: float


def move(
    node: Node,
    config: dict[str, Any],
    *,
    again: bool = False,
    progress: Progress = lambda done, of, phase: None,
) -> Moved:
    """Copy the node's store into an empty database and verify it there.

    `config` is Django's for the target. `again` starts over where a move of this node's was cut off.
    CannotMove, NotAlone, BehindMark or Locked with the reason; the source stays as it is in every case.
    """
    _ready(node)
    try:
        return _move(node, config, again, progress)
    except Exception as why:
        if not node.is_storage(why):
            raise
        raise CannotMove(
            f"the move was cut off ({_first_line(why)}); the source is untouched. Mend that, then run it "
            "with --again"
        ) from why


def _move(node: Node, config: dict[str, Any], again: bool, progress: Progress) -> Moved:
    began = time.monotonic()
    with node.presence.alone(), _source() as source, _target(config) as target:
        size = trees.size(source)
        if not size:
            raise CannotMove("there is nothing to move: this journal has no entry yet")
        _only_ours(source)
        _prepare(node, target, again)
        copied = _copy(progress)
        for statement in target.django.ops.sequence_reset_sql(no_style(), moving.tables()):
            target.run(statement.replace("%", "%%") if target.postgres else statement)
        _compare(copied, progress)
        report = _verified(node, progress)
        if report.size != size:
            raise CannotMove(f"{report.size} of {size} entries are in the target")
        target.run(f"drop table {MOVING}")  # the last thing written: from here on it is a node's store
        if not target.postgres:
            target.run("pragma wal_checkpoint(truncate)")
        rows = sum(count for count, _ in copied.values())
        return Moved(report.size, report.root, len(copied), rows, time.monotonic() - began)


def _ready(node: Node) -> None:
    """Refuse what would not arrive whole, before anything is made."""
    node.check_mark()
    locked = [name for name in node.rings.authorities() if name not in node.rings.open]
    if locked:
        raise Locked(
            "moving needs every ring of this node unlocked, or its rows could not be verified; locked: "
            + ", ".join(locked)
        )
    if node.rings.intended():
        raise CannotMove("an erasure was cut off: start the node once, which finishes it, then stop it")


@contextmanager
def _source() -> Iterator[Sql]:
    """The node's own database, locked against all writers, and let go of as it was."""
    sql = Sql(SOURCE)
    busy = "another program writes to this node's database: stop it, then try again"
    try:
        if sql.postgres:
            sql.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            free = sql.first("select pg_try_advisory_xact_lock(7215)")
            if free is None or not free[0]:
                raise CannotMove(busy)
        else:
            sql.run("pragma busy_timeout = 2000")
            try:
                sql.begin()
            except Exception as why:
                raise CannotMove(busy) from why
        yield sql
    finally:
        sql.rollback()
        sql.close()


@contextmanager
def _target(config: dict[str, Any]) -> Iterator[Sql]:
    """The target's connection, under an alias of its own."""
    if config["ENGINE"].endswith("sqlite3"):
        _file(Path(config["NAME"]))
    filled = connections.configure_settings({SOURCE: {"ENGINE": "django.db.backends.dummy"}, TARGET: config})
    connections.settings[TARGET] = filled[TARGET]
    try:
        try:
            sql = Sql(TARGET)
        except DatabaseError as why:
            raise CannotMove(
                f"the target cannot be reached ({_first_line(why)}): check host, name, user and password of "
                "--to, and that the database was created"
            ) from None
        with closing(sql):
            yield sql
    finally:
        del connections.settings[TARGET]
        if hasattr(connections._connections, TARGET):  # type: ignore[attr-defined]
            del connections[TARGET]


def _file(path: Path) -> None:
    """A new SQLite file is this user's alone; SQLite gives its companions the same mode."""
    if not path.is_absolute() or not path.parent.is_dir():
        raise CannotMove(f"{path.parent} is no folder: write --to sqlite:///folder/file with a whole path")
    try:
        path.touch(0o600)  # one that is there is not opened: closing it would give up SQLite's locks on it
    except OSError as why:
        raise CannotMove(f"{path} cannot be written ({why.strerror}): choose another place") from None


def _only_ours(source: Sql) -> None:
    """Refuse to leave anything behind that this version does not know."""
    known = {model._meta.db_table for model in moving.tables()} | set(OTHERS)
    strange = [
        name
        for name in source.django.introspection.table_names()
        if name not in known and not name.startswith("beside_")
    ]
    if strange:
        raise CannotMove(
            f"this database has tables that this version does not know ({', '.join(sorted(strange)[:3])}): "
            "install the version that made them, then move"
        )


def _prepare(node: Node, target: Sql, again: bool) -> None:
    """Mark an empty target as being moved into, and make its tables."""
    names = set(target.django.introspection.table_names())
    origin = node.key.origin
    unfinished_origin = unfinished(target)
    if unfinished_origin is None and names:
        size = trees.size(target) if "journal_head" in names else 0
        held = f"a journal of {size} entries" if size else f"{len(names)} tables"
        raise CannotMove(f"the target already holds {held}: give the URL of an empty database")
    if unfinished_origin is not None:
        _again(target, names, unfinished_origin, origin, again)
    target.run("BEGIN")
    target.run(f"create table if not exists {MOVING} (origin varchar(64) primary key)")
    target.run(f"insert into {MOVING} values (?) on conflict do nothing", (origin,))
    target.commit()
    call_command("migrate", database=TARGET, verbosity=0, interactive=False)
    # Migrating writes a few rows of its own; ours come with their numbers.
    for model in reversed(moving.tables()):
        target.run(f'delete from "{model._meta.db_table}"')


def _again(target: Sql, names: set[str], unfinished_origin: str, origin: str, again: bool) -> None:
    if unfinished_origin != origin:
        raise CannotMove("another node's move into the target was cut off: give the URL of an empty database")
    if not again:
        raise CannotMove("a move into the target was cut off: --again empties it and starts over")
    known = {model._meta.db_table for model in moving.tables()} | set(OTHERS)
    if names - known:
        strange = ", ".join(sorted(names - known)[:3])
        raise CannotMove(f"the target also holds tables that are not ours ({strange}): give an empty one")
    if not target.postgres:
        target.run("pragma foreign_keys = off")
    for name in names - {MOVING, "sqlite_sequence"}:  # the mark goes last, and only when all is verified
        target.run(f'drop table "{name}"' + (" cascade" if target.postgres else ""))
    if not target.postgres:
        target.run("pragma foreign_keys = on")


Copied = dict[str, tuple[int, int]]


def _copy(progress: Progress) -> Copied:
    """Copy every table; returns (rows, digest) by table, of what was read from the source."""
    target = Sql(TARGET)
    models = moving.tables()
    total = sum(model._base_manager.using(SOURCE).count() for model in models)
    done = 0
    copied: Copied = {}
    for model in models:
        table = model._meta.db_table
        insertion = moving.insert(model)
        count = digest = 0
        for rows in moving.batches(model, SOURCE, BATCH):
            values = moving.prepared(model, rows, target.django)
            target.run("BEGIN")
            try:
                target.run_many(insertion, values)
                target.commit()
            except BaseException:
                target.rollback()
                raise
            count += len(rows)
            digest = moving.added(digest, rows)
            done += len(rows)
            progress(done, total, f"Copying {table}")
        copied[table] = count, digest
    return copied


def _compare(copied: Copied, progress: Progress) -> None:
    """Read every table of the target again: as many rows, and the same ones."""
    total, done = sum(count for count, _ in copied.values()), 0
    for model in moving.tables():
        table = model._meta.db_table
        count = digest = 0
        for rows in moving.batches(model, TARGET, BATCH):
            count += len(rows)
            digest = moving.added(digest, rows)
            done += len(rows)
            progress(done, total, f"Comparing {table}")
        if (count, digest) != copied[table]:
            raise CannotMove(
                f"the rows of {table} in the target are not those of the source: nothing is lost, the source "
                "is untouched; check the target's disk, then run it with --again"
            )


def _verified(node: Node, progress: Progress) -> Report:
    """Everything that `journal verify` checks, in the target."""
    report = verify(node, alias=TARGET, progress=lambda done, of: progress(done, of, "Verifying the target"))
    if not report.clean:
        raise CannotMove(
            f"the target does not verify ({len(report.findings)} findings; the first: {report.findings[0]}) "
            "The source is untouched: run libertad journal verify on it, mend what it finds, then --again"
        )
    return report


def _first_line(why: Exception) -> str:
    return (str(why).strip().splitlines() or [type(why).__name__])[0]
