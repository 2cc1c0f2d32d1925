"""Reading limits on holding somebody, and how a detention stands against them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from libertad.access.actor import Actor
from libertad.access.models import Member
from libertad.access.queries import authority_names, clock_now, officer_names, open_row, readable
from libertad.journal.fields import from_ms
from libertad.people.hours import Against, Period, Running, against, exceeded, shortest
from libertad.people.limit_models import HoldingLimit
from libertad.people.queries import DetentionSeen
from libertad.vocabulary.values import Happened

KINDS = ("police", "prosecution")
WORDS = ("law", "text", "checked_with", "note", "reasons")


@dataclass(frozen=True)
class LimitSeen:
    """A limit as an authority said it. `earlier`: what it said before, oldest first; none of it is lost."""

    authority: str
    authority_name: str
    country: str
    kind: str
    rule: str
    hours: int
    withdrawn: bool
    law: str
    text: str
    checked_with: str
    note: str
    reasons: str
    officer: str
    when: Happened
    earlier: Sequence[LimitSeen] = ()


@dataclass(frozen=True)
class Standing:
    """How long somebody is held, against the limit that counts; `limit` is None where none is confirmed here.

    `limits`: all that are confirmed in the country, where they differ.
    """

    running: Running
    stands: Against
    limit: LimitSeen | None
    limits: Sequence[LimitSeen] = ()


@dataclass(frozen=True)
class Exceeding:
    """A period of holding that has ended, the limit that it exceeded, and by how long."""

    period: Period
    limit: LimitSeen
    over: timedelta


def limits(actor: Actor, *, country: str = "", kind: str = "") -> list[LimitSeen]:
    """Limits that police or prosecution of a country said of that country; withdrawn ones too.

    The country is that of the authority: nobody confirms for another country, whatever an entry holds.
    """
    places = Member.objects.filter(operation=actor.operation, kind__in=KINDS)
    places = places.filter(country=country) if country else places
    home = dict(places.values_list("authority", "country"))
    rows = readable(actor, HoldingLimit).filter(authority__in=list(home), operation=actor.operation)
    rows = rows.filter(kind=kind) if kind else rows
    opened_rows = [(row, open_row(actor, row)) for row in rows.order_by("kind", "authority")]
    ids = [row.officer for row, _words in opened_rows]
    ids += [version["officer"] for _row, words in opened_rows for version in words.get("earlier", ())]
    officers, names = officer_names(actor, ids), authority_names(list(home))
    listed = []
    for row, words in opened_rows:
        base: dict[str, Any] = {
            "authority": row.authority,
            "authority_name": names.get(row.authority, ""),
            "kind": row.kind,
            "country": home[row.authority],
        }
        now = {
            **{name: words.get(name, "") for name in WORDS},
            "rule": row.rule,
            "hours": row.hours,
            "withdrawn": row.withdrawn,
            "officer": officers.get(row.officer, ""),
            "when": Happened(at=row.at, zone=row.zone),
        }
        before = [_earlier(base, version, officers) for version in words.get("earlier", ())]
        listed.append(LimitSeen(**base, **now, earlier=before))
    return listed


def _earlier(base: Mapping[str, Any], version: Mapping[str, Any], officers: Mapping[str, str]) -> LimitSeen:
    values: dict[str, Any] = {name: version[name] for name in (*WORDS, "rule", "hours", "withdrawn")}
    when = Happened(at=from_ms(version["at"]), zone=version["zone"])
    return LimitSeen(**base, **values, officer=officers.get(version["officer"], ""), when=when)


def limits_in_force(candidates: Sequence[LimitSeen], country: str, kind: str) -> list[LimitSeen]:
    """Of these the ones that hold in a country for a kind of limit."""
    return [
        limit
        for limit in candidates
        if limit.country == country and limit.kind == kind and not limit.withdrawn
    ]


def standing(
    actor: Actor, held: DetentionSeen, candidates: Sequence[LimitSeen] | None = None
) -> Standing | None:
    """How a detention stands now; None for who is not held or whom a court has. `candidates`: limits read."""
    if held.running is None:
        return None
    candidates = limits(actor, country=held.country) if candidates is None else candidates
    here = limits_in_force(candidates, held.country, held.running.kind)
    limit = shortest(here)
    stands = against(held.running, limit, clock_now(actor.operation))
    return Standing(held.running, stands, limit, here)


def exceedings(
    actor: Actor, held: DetentionSeen, candidates: Sequence[LimitSeen] | None = None
) -> list[Exceeding]:
    """Limits that the holding of somebody exceeded before it ended or went on to its next part, in order.

    By the limits that are confirmed now, as the clock that still runs. `candidates`: limits read.
    """
    if not held.periods:
        return []
    candidates = limits(actor, country=held.country) if candidates is None else candidates
    listed = []
    for period in held.periods:
        limit = shortest(limits_in_force(candidates, held.country, period.kind))
        over = exceeded(period, limit)
        if limit is not None and over:
            listed.append(Exceeding(period, limit, over))
    return listed


def own_country(actor: Actor) -> str:
    """The country whose limits the actor's authority may confirm; '' where it confirms none."""
    own = Member.objects.filter(pk=f"{actor.operation}:{actor.authority}", kind__in=KINDS).first()
    return own.country if own is not None else ""
