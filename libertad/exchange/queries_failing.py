"""Reading what failed last, by peer and way, for the command line and the page Exchange."""

from __future__ import annotations

from dataclasses import dataclass

from libertad.exchange import failing, peers, queries, ways
from libertad.journal.node import node


@dataclass(frozen=True)
class Failed:
    """A failure that stands. `name`: the peer's authorities, '' for the broker itself; `way`, `reason` and
    `remedy` are words; `since` and `at` ms, UTC; `alone`: told, and no fault of this node."""

    origin: str
    name: str
    way: str
    code: str
    reason: str
    remedy: str
    since: int
    at: int
    times: int
    alone: bool


def standing() -> list[Failed]:
    """What failed last with each peer that we exchange with, and with the broker; untranslated words."""
    sql = node().sql()
    active = {one.origin for one in peers.every(sql) if one.state == peers.ACTIVE}
    lives, found = queries.lives_at(), []
    for one in failing.failures(sql):
        if one.origin and one.origin not in active:
            continue
        name = ", ".join(who.name for who in lives.get(one.origin, ()) if who.name) or one.origin
        reason, remedy = ways.CODES[one.code]
        found.append(
            Failed(
                one.origin, name, ways.WAYS[one.way], one.code, reason, remedy, one.since, one.at,
                one.times, one.code in ways.TOLD_ALONE,
            )
        )  # fmt: skip
    return found
