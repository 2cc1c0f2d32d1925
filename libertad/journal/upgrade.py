"""After an update of the program: everything on file is judged and folded anew, once, by today's rules.

Entries said before stay; what becomes of them may change with the rules. The number of the rules by which
they were judged last stands in the database (`journal_rules`), today's in `formats.RULES`. It may be cut off
at any moment and begins again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from libertad.journal.sql import Sql, exists
from libertad.vocabulary import formats

if TYPE_CHECKING:
    from libertad.journal.node import Node
    from libertad.journal.rebuild import Progress
    from libertad.journal.transaction import Transaction

LOG = logging.getLogger("libertad.journal")
# What is judged anew, in one transaction, before the rows are made from it; the exchange registers its own.
ANEW: list[Callable[[Transaction], object]] = []
# What cannot wait until every ring is open: rows that decide and that an older version had otherwise.
AT_ONCE: list[Callable[[Transaction], object]] = []
NEWER = (
    "a newer version of Libertad has been at this database, and this one would read it wrongly: install that "
    "version again, or put back the backup that was made before (docs/upgrading.md)"
)
PUT = (
    "insert into journal_rules (id, number) values (1, ?) "
    "on conflict (id) do update set number = excluded.number"
)


def note_rules(sql: Sql) -> None:
    """Note that everything on file was judged by today's rules, in a transaction."""
    sql.run(PUT, (formats.RULES,))


def pending(sql: Sql) -> bool:
    """Whether entries on file were judged by older rules than today's."""
    if sql.first("select 1 from journal_head where id = 1 and size > 0") is None:
        return False
    row = sql.first("select number from journal_rules where id = 1")
    return row is None or row[0] < formats.RULES


def judged_later(sql: Sql) -> bool:
    """Whether what is on file was judged by the rules of a newer version than this."""
    row = sql.first("select number from journal_rules where id = 1") if exists(sql, "journal_rules") else None
    return row is not None and row[0] > formats.RULES


def newer(sql: Sql) -> bool:
    """Whether a newer version has been at the database: by its rules, or by migrations that are not here."""
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection)
    if loader.applied_migrations.keys() - loader.disk_migrations.keys():
        return True
    return judged_later(sql)


def bring_up(node: Node, progress: Progress = lambda done, of: None) -> bool:
    """Judge and fold all that is on file anew where that is pending; returns whether it was.

    Locked when a ring of this node is: what it opens could not be judged.
    """
    from libertad.journal import erase, rebuild

    if not pending(node.sql()):
        return False

    def at_once(tx: Transaction) -> None:
        for hook in AT_ONCE:
            hook(tx)

    node.writer.submit(at_once)
    rebuild.need_all_rings(node)

    def judge(tx: Transaction) -> None:
        for judged in ANEW:
            judged(tx)

    node.writer.submit(judge)
    rebuild.rebuild(node, progress)
    node.writer.submit(lambda tx: note_rules(tx.sql))
    erase.scrub(node.sql())  # what older rules kept in the clear lingers in the log of writes
    return True


def at_start(node: Node) -> None:
    """`bring_up` as a server starts; where it cannot be done now, the log says why and the server goes on.

    Raises BehindMark where a newer version has been at the database, TakenOver where another node has this
    one's place: no server answers on either.
    """
    from libertad.journal import fence
    from libertad.journal.node import BehindMark
    from libertad.journal.rings import Locked
    from libertad.journal.writer import NotStored

    if newer(node.sql()):
        raise BehindMark(NEWER)
    fence.check(node, node.sql())
    try:
        bring_up(node)
    except (BehindMark, Locked, NotStored) as why:
        LOG.warning("not judged anew yet, after the update: %s", str(why))  # our own words
