"""Entries -> read models of this room."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

from libertad.evidence.custody import Chain, chain
from libertad.evidence.events import KINDS, event
from libertad.evidence.models import Exhibit, ExhibitCount, Seal
from libertad.evidence.seals import seal_number
from libertad.journal.corrections import corrected, first_said
from libertad.journal.fields import to_ms
from libertad.journal.folding import Row, Said, latest, live, project
from libertad.journal.subjects import content_of
from libertad.vocabulary.values import Cash
from libertad.vocabulary.verbs import evidence as say

# What a correction may change: not where it is kept, nor whose it is.
EXHIBIT = (
    "kind", "description", "where_found", "owner_agreed", "witness", "receipt", "device_number",
    "phone_number", "state_when_taken", "cash",
)  # fmt: skip


@project(
    Exhibit,
    verbs=tuple(KINDS),
    key=lambda said: (said.subject,),
    begins=content_of(say.ExhibitSeize),
    own=("exhibit.seize",),
)
def exhibit_row(key: str, said: Sequence[Said]) -> Row | None:
    taken = [entry for entry in said if isinstance(entry.content, say.ExhibitSeize)]
    told = chain(event(entry, place) for place, entry in enumerate(said))
    begun = first_said(taken)
    if told is None or not begun:
        return None
    more = corrected(taken, EXHIBIT)

    def now(name: str, default: Any = "") -> Any:
        value = latest(taken, name)
        return default if value is None else value.value

    cash = sorted({(c.value.currency, c.value.denomination, c.value.pieces) for c in live(taken, "cash")})
    names = (
        "description",
        "where_found",
        "person",
        "owner_agreed",
        "witness",
        "device_number",
        "phone_number",
    )
    first = begun[0]
    return Row(
        first.compartment,
        {
            **{name: now(name) for name in ("reference", "counting", "country", "kind", "site")},
            "authority": first.authority,
            "taken_at": told.start,
            "zone": first.happened.zone,
            "cash": [list(line) for line in cash],
            "cash_totals": totals(Cash(currency=c, denomination=d, pieces=p) for c, d, p in cash),
            **_custody(told),
            **more.plain,
        },
        {
            **{name: now(name) for name in (*names, "state_when_taken")},
            "receipt": now("receipt", False),
            "events": told.events,
            **(more.sealed if len(begun) < len(taken) else {}),
        },
    )


def _custody(told: Chain) -> dict[str, Any]:
    holder, offer = told.holder, told.offer
    moves = [*(h.since for h in told.holds), *(g.since for g in told.gaps)]
    closed = sum(((g.until - g.since).total_seconds() for g in told.gaps if g.until), 0.0)
    return {
        "state": told.state,
        "holder": holder.officer if holder else "",
        "holder_authority": holder.authority if holder else "",
        "moved_at": max([*moves, told.end or told.start]),
        "offer": offer.id if offer else "",
        "offered_to": offer.to_officer if offer else "",
        "offered_to_authority": offer.to_authority if offer else "",
        "offered_at": offer.at if offer else None,
        "taking": told.taking.id if told.taking else "",
        "witness": told.taking.witness if told.taking else "",
        "witness_authority": told.taking.authority if told.taking else "",
        "seal": told.seal,
        "store": told.stored.store if told.stored else "",
        "has_gap": bool(told.gaps),
        "gap_minutes": int(closed // 60),
        "gaps": [[to_ms(g.since), to_ms(g.until) if g.until else None, len(g.statements)] for g in told.gaps],
        "unexplained": sum(not g.statements for g in told.gaps),
        "conflicts": len(told.conflicts),
    }


def totals(cash: Any) -> dict[str, str]:
    """Sum by currency, as decimal text; currencies are never added together."""
    found: dict[str, Decimal] = {}
    for line in cash:
        found[line.currency] = found.get(line.currency, Decimal(0)) + line.total
    return {currency: f"{amount:f}" for currency, amount in sorted(found.items())}


@project(Seal, verbs=("exhibit.seal",), key=lambda said: (said.id,))
def seal_row(key: str, said: Sequence[Said]) -> Row:
    what = cast(say.ExhibitSeal, said[0].content)
    return Row(
        said[0].compartment,
        {
            "number": seal_number(what.number),
            "exhibit": said[0].subject,
            "opened": seal_number(what.opened),
            "at": said[0].at,
        },
    )


@project(
    ExhibitCount,
    verbs=("exhibit.count",),
    key=lambda said: (said.subject,),
    begins=content_of(say.ExhibitCount),
    own=("exhibit.count",),
)
def count_row(key: str, said: Sequence[Said]) -> Row:
    what = cast(say.ExhibitCount, said[-1].content)  # said again where the kind was corrected
    day = said[0].happened.local.date().isoformat()
    return Row(said[0].compartment, {"kind": what.kind, "country": what.country, "date": day})
