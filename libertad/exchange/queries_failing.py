"""Reading what failed last, by peer and way, for the command line and the page Exchange."""

from __future__ import annotations

from dataclasses import dataclass

from libertad.exchange import queries
from libertad.exchange.peering import failures, peers
from libertad.exchange.protocol import failure_codes
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
    active = {peer.origin for peer in peers.every(sql) if peer.state == peers.ACTIVE}
    lives, failed = queries.lives_at(), []
    for failure in failures.failures(sql):
        if failure.origin and failure.origin not in active:
            continue
        name = (
            ", ".join(resident.name for resident in lives.get(failure.origin, ()) if resident.name)
            or failure.origin
        )
        reason, remedy = failure_codes.CODES[failure.code]
        failed.append(
            Failed(
                failure.origin,
                name,
                failure_codes.WAYS[failure.way],
                failure.code,
                reason,
                remedy,
                failure.since,
                failure.at,
                failure.times,
                failure.code in failure_codes.TOLD_ALONE,
            )
        )
    return failed
