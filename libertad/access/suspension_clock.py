"""How long an officer's suspension by one has lasted, and what becomes of it after a day.

Counted by a clock that nobody sets (`elapsed`), and written down at each look. While the node was off nobody
had access, and what its clock says of that time is counted, never less than nothing. A row that somebody else
changed counts for nothing. Where the journal says that it is older than a week and a day it is over anyway.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from libertad.access import changes
from libertad.access.acting import Act, Forbidden
from libertad.access.actions.suspend_officer import lapse_suspension
from libertad.access.actor import itself
from libertad.access.officer_suspensions import ALONE, CLOCK, TABLE, suspension_limits
from libertad.journal import guards
from libertad.journal.fields import from_ms
from libertad.journal.guards import GUARDS
from libertad.journal.node import Node, node
from libertad.journal.periodic import Periodic
from libertad.journal.transaction import Transaction
from libertad.vocabulary.values import Refused

logger = logging.getLogger("libertad.access")
EVERY = 60.0  # seconds between two looks
FAILURE = "suspensions: looking at the clock failed"
NOTE = f"insert into {CLOCK} (entry, lasted, looked) values (?, ?, ?)"  # noqa: S608
COUNT = f"update {CLOCK} set lasted = ?, looked = ? where entry = ?"  # noqa: S608
FORGET = f"delete from {CLOCK} where entry = ?"  # noqa: S608
# By suspension, as this process counted it: when it last looked (`elapsed`), and how long (ms) it has lasted.
_counts: dict[str, tuple[float, int]] = {}


def elapsed() -> float:
    """Seconds that no clock's setting changes, and that go on while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def tend(here: Node) -> int:
    """Count on, and say what has lapsed of this node's own authorities; returns how many."""
    if not _standing(here.sql(), here) and here.sql().first(f"select 1 from {CLOCK}") is None:  # noqa: S608
        return 0
    lapsed: int = here.writer.submit(look)
    return lapsed


def look(tx: Transaction) -> int:
    lapsed, now = 0, int(changes.now().timestamp() * 1000)
    standing = _standing(tx.sql, tx.node)
    for columns in standing:
        if _is_over(columns, _lasted(tx, columns["entry"], now)):
            act = Act(tx, itself(columns["authority"], columns["operation"], "UTC"))
            try:
                lapsed += lapse_suspension(act, officer=columns["id"])
            except (Forbidden, Refused) as why:  # one that cannot be said keeps no other waiting
                logger.error("%s (%s); it is tried again", FAILURE, type(why).__name__)
    current = {columns["entry"] for columns in standing}
    for (entry,) in tx.sql.all(f"select entry from {CLOCK}"):  # noqa: S608
        if entry not in current:
            tx.sql.run(FORGET, (entry,))
            _counts.pop(entry, None)
    return lapsed


def _standing(sql: Any, here: Node) -> list[dict[str, Any]]:
    """Suspensions by one of officers of authorities whose node this is, in believed rows."""
    names = GUARDS[TABLE].names
    rows = guards.rows(sql, GUARDS[TABLE], " and state = ?", (ALONE,))
    listed = [dict(zip(names, row, strict=True)) for row in rows if sql.believes(TABLE, row)]
    return [columns for columns in listed if columns["authority"] in here.rings.open]


def _lasted(tx: Transaction, entry: str, now: int) -> int:
    """For how many ms it has been counted, this look included."""
    counted, steady = _counts.get(entry), elapsed()
    row = tx.sql.first(f"{GUARDS[CLOCK].select} and entry = ?", (entry,))
    right = row is not None and tx.sql.believes(CLOCK, row)
    lasted = 0
    if counted is not None:
        lasted = counted[1] + int((steady - counted[0]) * 1000)
    elif row is not None and right:
        lasted = int(row[1]) + max(0, now - int(row[2]))
    _counts[entry] = steady, lasted
    if row is None:
        tx.sql.run(NOTE, (entry, lasted, now))
    elif right:
        tx.sql.run(COUNT, (lasted, now, entry))
    return lasted


def _is_over(columns: dict[str, Any], lasted: int) -> bool:
    lasts = suspension_limits().lasts
    return lasted >= lasts.total_seconds() * 1000 or changes.now() >= (
        from_ms(columns["at"]) + lasts + changes.DRIFT
    )


_watch: Periodic | None = None


def start() -> None:
    """Begin to look at the clock for this process's node."""
    global _watch
    if _watch is None:
        here = node()
        _watch = Periodic("libertad-suspensions", EVERY, lambda: tend(here), logger, FAILURE).start()


def stop() -> None:
    global _watch
    if _watch is not None:
        _watch.stop()
        _watch = None
