"""What screens and the command line read of asking in private."""

from __future__ import annotations

import json

import msgspec

from libertad.exchange.peering.peers import now_ms
from libertad.hits.private import quotas
from libertad.journal.sql import Sql

MOST = 200


class AskMade(msgspec.Struct, frozen=True):
    """A line of our log: an officer asked an owner. `what`: 'sent' until there is an answer, then its own."""

    id: str
    at: int
    officer: str
    case: str
    owner: str
    counts: dict[str, int]
    what: str
    bits: float | None


class AskAnswered(msgspec.Struct, frozen=True):
    """What we evaluated for a peer in one case and moment. `met`: our records that were opened to it."""

    at: int
    peer: str
    case: str
    counts: dict[str, int]
    met: tuple[str, ...]


class Met(msgspec.Struct, frozen=True):
    """A record of ours that was opened to a peer, for which case and when."""

    ref: str
    peer: str
    case: str
    at: int


class QuotaLeft(msgspec.Struct, frozen=True):
    """Of one kind of token: what a peer may ask a day and in 30 days, and what is left today."""

    peer: str
    kind: str
    day: int
    month: int
    left: int


class AlarmSeen(msgspec.Struct, frozen=True):
    """`what`: malformed, batch, case, quota, nearly, unasked, forged, insistent, uninvited or copy."""

    peer: str
    what: str
    day: int
    times: int
    first: int
    last: int
    settled: bool


class OwnerSeen(msgspec.Struct, frozen=True):
    """Whether and how an authority here answers."""

    contact: str
    epoch: int
    begun: int
    marks: int
    waiting: int  # marks that are in no part yet


def asks_made(sql: Sql, authority: str, limit: int = MOST) -> list[AskMade]:
    """Asks that this authority's officers made, the newest first."""
    rows = sql.all(
        "select id, at, officer, about, owner, counts, what, bits from hits_private_asked "
        "where authority = ? order by at desc, id limit ?",
        (authority, limit),
    )
    return [
        AskMade(name, at, officer, case, owner, json.loads(counts), outcome, bits)
        for name, at, officer, case, owner, counts, outcome, bits in rows
    ]


def answered(sql: Sql, authority: str, limit: int = MOST) -> list[AskAnswered]:
    """What this authority answered, the newest first; the lines of one question together."""
    rows = sql.all(
        "select at, peer, about, kind, count, ref, counter from hits_private_answered "
        "where authority = ? order by at desc, id limit ?",
        (authority, limit * 8),
    )
    by_question: dict[tuple[str, int], AskAnswered] = {}
    for at, peer, about, kind, count, ref, counter in rows:
        before = by_question.get((peer, counter)) or AskAnswered(at, peer, about, {}, ())
        counts = {**before.counts, kind: before.counts.get(kind, 0) + count}
        met = (*before.met, ref) if ref else before.met
        by_question[peer, counter] = AskAnswered(min(at, before.at), peer, about, counts, met)
    return list(by_question.values())[:limit]


def met(sql: Sql, authority: str, handle: str) -> Met | None:
    """Which of this authority's records a peer means that names the handle of its answer."""
    row = sql.first(
        "select ref, peer, about, at from hits_private_answered "
        "where authority = ? and what = 'met' and substr(id, 1, 16) = ?",
        (authority, handle),
    )
    return None if row is None else Met(row[0], row[1], row[2], row[3])


def remaining_quotas(sql: Sql, authority: str) -> list[QuotaLeft]:
    """The quotas of every peer that this authority admitted."""
    peers = sql.all("select peer from hits_private_admitted where authority = ? order by peer", (authority,))
    quotas_left = []
    for (peer,) in peers:
        allowed, remaining = (
            quotas.quotas(sql, authority, peer) or {},
            quotas.remaining_today(sql, authority, peer, now_ms()),
        )
        quotas_left += [QuotaLeft(peer, kind, *limits, remaining[kind]) for kind, limits in allowed.items()]
    return quotas_left


def alarms(sql: Sql, authority: str, limit: int = MOST) -> list[AlarmSeen]:
    """Alarms of this authority and of the node, open ones first, then the newest."""
    rows = sql.all(
        "select peer, what, day, times, first, last, settled from hits_private_alarm "
        "where authority in (?, '') order by case when settled is null then 0 else 1 end, last desc limit ?",
        (authority, limit),
    )
    return [
        AlarmSeen(peer, alarm_kind, day, times, first, last, settled is not None)
        for peer, alarm_kind, day, times, first, last, settled in rows
    ]


def owner(sql: Sql, authority: str) -> OwnerSeen | None:
    """How this authority answers; None where it does not."""
    row = sql.first("select contact, epoch, begun from hits_private_owner where authority = ?", (authority,))
    if row is None:
        return None
    marks = sql.first(
        "select count(distinct m.mark) from hits_private_mark m join hits_private_kept k on k.id = m.record "
        "where k.authority = ? and m.epoch = ?",
        (authority, row[1]),
    )
    waiting = sql.first("select count(*) from hits_private_waiting where authority = ?", (authority,))
    return OwnerSeen(row[0], row[1], row[2], marks[0] if marks else 0, waiting[0] if waiting else 0)
