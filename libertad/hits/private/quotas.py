"""How much a peer may ask of an owner, by the owner's own log; and the alarms when somebody tries more.

The log is written before anything is evaluated, in the transaction that counts it: a restart forgets nothing,
and an answer that is lost on its way is spent all the same. Padding counts, since nobody can tell it apart.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from libertad.access.acting import new_id
from libertad.hits.private.tokens import KINDS
from libertad.journal.sql import Sql
from libertad.journal.writer import Transaction

DAY = 86_400_000
MONTH = 30 * DAY
NEARLY = 0.8
# Evaluations a day, and in 30 days. Seven digits of a phone are ten million guesses: 800 years of them.
DEFAULTS: dict[str, tuple[int, int]] = {
    "person": (4096, 32_768),
    "document": (128, 1024),
    "phone": (128, 1024),
    "device": (128, 1024),
    "vehicle": (256, 2048),
    "vessel": (256, 2048),
    "handle": (256, 2048),
    "field": (2048, 16_384),
}
OPENINGS = 10  # of one record for one peer in 30 days
USED = (
    "select kind, sum(case when at > ? then count else 0 end), sum(count) from hits_private_answered "
    "where authority = ? and peer = ? and at > ? group by kind"
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


def quotas(sql: Sql, authority: str, peer: str) -> dict[str, tuple[int, int]] | None:
    """What an admitted peer may ask a day and in 30 days, by kind; None for one that is not admitted."""
    row = sql.one(
        "select quotas from hits_private_admitted where authority = ? and peer = ?", (authority, peer)
    )
    return None if row is None else {kind: (day, month) for kind, (day, month) in json.loads(row[0]).items()}


def used(sql: Sql, authority: str, peer: str, now: int) -> dict[str, tuple[int, int]]:
    """What the peer has spent within a day and 30 days, by kind."""
    rows = sql.all(USED, (now - DAY, authority, peer, now - MONTH))
    return {kind: (int(day), int(month)) for kind, day, month in rows}


def left(sql: Sql, authority: str, peer: str, now: int) -> dict[str, int]:
    """What the peer may still ask today, by kind."""
    spent = used(sql, authority, peer, now)
    found = {}
    for kind, (day, month) in (quotas(sql, authority, peer) or {}).items():
        today, lately = spent.get(kind, (0, 0))
        found[kind] = max(0, min(day - today, month - lately))
    return found


def over(sql: Sql, authority: str, peer: str, wanted: Mapping[str, int], now: int) -> str:
    """The first kind of which more is wanted than is left; '' where all of it may be asked."""
    there = left(sql, authority, peer, now)
    return next((kind for kind, count in wanted.items() if count > there.get(kind, 0)), "")


def nearly(sql: Sql, authority: str, peer: str, now: int) -> bool:
    """Whether a quota is spent but for a fifth."""
    allowed, spent = quotas(sql, authority, peer) or {}, used(sql, authority, peer, now)
    return any(
        part >= NEARLY * most > 0
        for kind, parts in spent.items()
        for part, most in zip(parts, allowed.get(kind, (0, 0)), strict=True)
    )


def write(tx: Transaction, **columns: Any) -> None:
    """A line of the owner's log."""
    names = ("at", "authority", "peer", "counter", "about", "bond", "kind", "count", "what", "ref")
    tx.sql.run(LOG, (new_id(), *(columns[name] for name in names)))


def alarm(tx: Transaction, authority: str, peer: str, what: str, now: int) -> None:
    """Tell the owner; the same of one day is one line, and open again."""
    tx.sql.run(RAISE, (authority, peer, what, now // DAY, now, now))


def openings(sql: Sql, authority: str, peer: str, refs: Iterable[str], now: int) -> set[str]:
    """Those of the records that this peer has opened as often as it may."""
    count = (
        "select count(*) from hits_private_answered where authority = ? and peer = ? and ref = ? and at > ?"
    )
    found = set()
    for ref in refs:
        row = sql.one(count, (authority, peer, ref, now - MONTH))
        if row and row[0] >= OPENINGS:
            found.add(ref)
    return found


def whole(given: Mapping[str, tuple[int, int]] | None = None) -> dict[str, tuple[int, int]]:
    """Quotas with the defaults for what is not given."""
    return {kind: tuple((given or {}).get(kind, DEFAULTS[kind])) for kind in KINDS}  # type: ignore[misc]
