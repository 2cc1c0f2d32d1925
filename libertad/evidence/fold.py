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
from libertad.vocabulary.verbs.documents import DOCUMENT

# What a correction may change: not where it is kept, nor whose it is.
EXHIBIT = (
    "kind",
    "description",
    "where_found",
    "taken_from",
    "owner_agreed",
    "witness",
    "receipt",
    "device_number",
    "phone_number",
    "state_when_taken",
    "cash",
    *DOCUMENT,
)


@project(
    Exhibit,
    verbs=tuple(KINDS),
    key=lambda entry: (entry.subject,),
    begins=content_of(say.ExhibitSeize),
    own=("exhibit.seize",),
)
def exhibit_row(key: str, entries: Sequence[Said]) -> Row | None:
    seizures = [entry for entry in entries if isinstance(entry.content, say.ExhibitSeize)]
    custody = chain(event(entry, place) for place, entry in enumerate(entries))
    begun = first_said(seizures)
    if custody is None or not begun:
        return None
    corrections = corrected(seizures, EXHIBIT)

    def now(name: str, default: Any = "") -> Any:
        value = latest(seizures, name)
        return default if value is None else value.value

    cash = sorted({(c.value.currency, c.value.denomination, c.value.pieces) for c in live(seizures, "cash")})
    names = (
        "description",
        "where_found",
        "taken_from",
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
            "taken_at": custody.start,
            "zone": first.happened.zone,
            "cash": [list(line) for line in cash],
            "cash_totals": totals(Cash(currency=c, denomination=d, pieces=p) for c, d, p in cash),
            **_custody(custody),
            **corrections.plain,
        },
        {
            **{name: now(name) for name in (*names, "state_when_taken", *DOCUMENT)},
            "receipt": now("receipt", None),
            "events": custody.events,
            **(corrections.sealed if len(begun) < len(seizures) else {}),
        },
    )


def _custody(chain: Chain) -> dict[str, Any]:
    holder, offer = chain.holder, chain.offer
    moves = [*(h.since for h in chain.holds), *(g.since for g in chain.gaps)]
    closed = sum(((g.until - g.since).total_seconds() for g in chain.gaps if g.until), 0.0)
    return {
        "state": chain.state,
        "holder": holder.officer if holder else "",
        "holder_authority": holder.authority if holder else "",
        "moved_at": max([*moves, chain.end or chain.start]),
        "offer": offer.id if offer else "",
        "offered_to": offer.to_officer if offer else "",
        "offered_to_authority": offer.to_authority if offer else "",
        "offered_at": offer.at if offer else None,
        "taking": chain.taking.id if chain.taking else "",
        "witness": chain.taking.witness if chain.taking else "",
        "witness_authority": chain.taking.authority if chain.taking else "",
        "seal": chain.seal,
        "store": chain.stored.store if chain.stored else "",
        "has_gap": bool(chain.gaps),
        "gap_minutes": int(closed // 60),
        "gaps": [
            [to_ms(g.since), to_ms(g.until) if g.until else None, len(g.statements)] for g in chain.gaps
        ],
        "unexplained": sum(not g.statements for g in chain.gaps),
        "conflicts": len(chain.conflicts),
    }


def totals(cash: Any) -> dict[str, str]:
    """Sum by currency, as decimal text; currencies are never added together."""
    by_currency: dict[str, Decimal] = {}
    for line in cash:
        by_currency[line.currency] = by_currency.get(line.currency, Decimal(0)) + line.total
    return {currency: f"{amount:f}" for currency, amount in sorted(by_currency.items())}


@project(Seal, verbs=("exhibit.seal",), key=lambda entry: (entry.id,))
def seal_row(key: str, entries: Sequence[Said]) -> Row:
    content = cast(say.ExhibitSeal, entries[0].content)
    return Row(
        entries[0].compartment,
        {
            "number": seal_number(content.number),
            "exhibit": entries[0].subject,
            "opened": seal_number(content.opened),
            "at": entries[0].at,
        },
    )


@project(
    ExhibitCount,
    verbs=("exhibit.count",),
    key=lambda entry: (entry.subject,),
    begins=content_of(say.ExhibitCount),
    own=("exhibit.count",),
)
def count_row(key: str, entries: Sequence[Said]) -> Row:
    content = cast(say.ExhibitCount, entries[-1].content)  # said again where the kind was corrected
    day = entries[0].happened.local.date().isoformat()
    return Row(entries[0].compartment, {"kind": content.kind, "country": content.country, "date": day})
