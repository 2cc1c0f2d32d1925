"""How much a peer may ask of an owner, and the alarms when somebody tries more.

Evaluations are counted and written down before they are made, in one transaction: a restart forgets nothing,
and an answer that is lost on its way is spent all the same. Padding counts, since nobody can tell it apart.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from libertad.access.acting import new_id
from libertad.hits.private.tokens import KINDS
from libertad.journal.guards import GUARDS
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction

HOUR = 3_600_000
DAY = 24 * HOUR
MONTH = 30 * DAY
NEARLY = 0.8
# Evaluations a day, and in 30 days. Seven digits of a phone are ten million guesses: 800 years of them.
DEFAULTS: dict[str, tuple[int, int]] = {
    "person": (2048, 12_288),
    "document": (128, 1024),
    "phone": (128, 1024),
    "device": (128, 1024),
    "vehicle": (256, 2048),
    "vessel": (256, 2048),
    "handle": (256, 2048),
    "field": (1024, 8192),
}
OPENINGS = 10  # of one record for one peer in 30 days
Quotas = dict[str, tuple[int, int]]
ADMITTED = (
    "select a.quotas from hits_private_owner o left join hits_private_admitted a "
    "on a.authority = o.authority and a.peer = ? where o.authority = ?"
)
USED = (
    "select kind, sum(case when hour > ? then count else 0 end), sum(count) from hits_private_spent "
    "where authority = ? and peer = ? and hour > ? group by kind"
)
SPEND = (
    "insert into hits_private_spent (authority, peer, kind, hour, count) values (?, ?, ?, ?, ?) "
    "on conflict (authority, peer, kind, hour) "
    "do update set count = hits_private_spent.count + excluded.count"
)
LOG = (
    "insert into hits_private_answered "
    "(id, at, authority, peer, counter, about, bond, kind, count, what, ref) values "
    "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
RAISE = (
    "insert into hits_private_alarm (authority, peer, what, day, times, first, last, settled, settled_by) "
    "values (?, ?, ?, ?, 1, ?, ?, null, '') on conflict (authority, peer, what, day) do update set "
    "times = hits_private_alarm.times + 1, last = excluded.last, settled = null"
)


def admitted(sql: Sql, authority: str, peer: str) -> tuple[bool, Quotas | None]:
    """Whether the authority answers anybody here; the quotas of this peer, where it is admitted."""
    row = sql.first(ADMITTED, (peer, authority))
    return row is not None, quotas(sql, authority, peer) if row and row[0] is not None else None


def quotas(sql: Sql, authority: str, peer: str) -> Quotas | None:
    """What an admitted peer may ask a day and in 30 days, by kind; None for one that is not admitted."""
    guard = GUARDS["hits_private_admitted"]
    row = sql.first(f"{guard.select} and authority = ? and peer = ?", (authority, peer))
    if row is None or not sql.believes(guard.table, row):
        return None
    return _read(row[guard.names.index("quotas")])


def _read(text: str) -> Quotas:
    return {kind: (day, month) for kind, (day, month) in json.loads(text).items()}


def used(sql: Sql, authority: str, peer: str, now: int) -> Quotas:
    """What the peer has spent within a day and 30 days, by kind."""
    rows = sql.all(USED, ((now - DAY) // HOUR, authority, peer, (now - MONTH) // HOUR))
    return {kind: (int(day), int(month)) for kind, day, month in rows}


def remaining_today(sql: Sql, authority: str, peer: str, now: int) -> dict[str, int]:
    """What the peer may still ask today, by kind."""
    spent = used(sql, authority, peer, now)
    remaining = {}
    for kind, (day, month) in (quotas(sql, authority, peer) or {}).items():
        today, lately = spent.get(kind, (0, 0))
        remaining[kind] = max(0, min(day - today, month - lately))
    return remaining


def spend(
    tx: Transaction, authority: str, peer: str, allowed: Quotas, counts: Mapping[str, int], now: int
) -> str:
    """Count what is wanted of what is allowed. 'quota' where more is wanted of a kind than is left and none
    is counted, 'nearly' where a quota is spent but for a fifth, else ''."""
    spent = used(tx.sql, authority, peer, now)
    near = False
    for kind, count in counts.items():
        for limit, before in zip(allowed.get(kind, (0, 0)), spent.get(kind, (0, 0)), strict=True):
            if before + count > limit:
                return "quota"
            near |= before + count >= NEARLY * limit
    tx.sql.run_many(SPEND, [(authority, peer, kind, now // HOUR, count) for kind, count in counts.items()])
    return "nearly" if near else ""


def write(tx: Transaction, **columns: Any) -> str:
    """A line of the owner's log; returns its id."""
    names = ("at", "authority", "peer", "counter", "about", "bond", "kind", "count", "what", "ref")
    name = new_id()
    tx.sql.run(LOG, (name, *(columns[column] for column in names)))
    return name


def alarm(tx: Transaction, authority: str, peer: str, alarm_kind: str, now: int) -> None:
    """Tell the owner; the same of one day is one line, and open again."""
    tx.sql.run(RAISE, (authority, peer, alarm_kind, now // DAY, now, now))


def openings(sql: Sql, authority: str, peer: str, refs: Iterable[str], now: int) -> set[str]:
    """Those of the records that this peer has opened as often as it may."""
    count = (
        "select count(*) from hits_private_answered where authority = ? and peer = ? and ref = ? and at > ?"
    )
    exhausted = set()
    for ref in refs:
        row = sql.first(count, (authority, peer, ref, now - MONTH))
        if row and row[0] >= OPENINGS:
            exhausted.add(ref)
    return exhausted


def with_defaults(limits: Mapping[str, tuple[int, int]] | None = None) -> dict[str, tuple[int, int]]:
    """Quotas with the defaults for what is not given."""
    return {kind: tuple((limits or {}).get(kind, DEFAULTS[kind])) for kind in KINDS}  # type: ignore[misc]
