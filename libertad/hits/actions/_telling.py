"""What a confirmed hit does outside its own file: the board learns of it, and leads become fresh or stale."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libertad.access.acting import Act
from libertad.access.matrix import matrix
from libertad.hits.actions._hit import record_at_hand
from libertad.operations.actions._places import keeps
from libertad.operations.actions.set_standing import set_standing
from libertad.operations.models import Lead, Site
from libertad.vocabulary.verbs.hits import HitTally

# From when a record counts, by its kind: the first of these columns that says a moment.
AT = {
    "person": ("met_at",),
    "detention": ("detained_at", "arrested_at", "charged_at", "released_at"),
    "exhibit": ("taken_at",),
    "lead": ("reported_at",),
    "site": ("registered_at",),
}
MET = ("person", "detention", "exhibit")  # who and what was at its site at that moment


def tell(act: Act, row: dict[str, Any], counting: str) -> None:
    """Anonymously to the whole operation, and to the leads that it bears on."""
    say_tally(act, row, counting)
    for lead, standing in bears_on(act, row):
        if may_set(act, lead):
            ground = "hit-here" if standing == "fresh" else "hit-elsewhere"
            set_standing(act, lead=lead, standing=standing, ground=ground)


def take_back(act: Act, row: dict[str, Any], counting: str) -> None:
    """The same, undone; how a lead stands is not known then, until somebody says it."""
    say_tally(act, row, counting, taken_back=True)
    for lead, _standing in bears_on(act, row):
        known = act.get(Lead, lead)
        if known is not None and known["ground"].startswith("hit-") and may_set(act, lead):
            set_standing(act, lead=lead, standing="not-known", ground="hit-undone")


def say_tally(act: Act, row: dict[str, Any], counting: str, taken_back: bool = False) -> None:
    content = HitTally(
        left=row["left"].partition(":")[0],
        right=row["right"].partition(":")[0],
        left_country=row["left_country"],
        right_country=row["right_country"],
        taken_back=taken_back,
    )
    act.say(act.operation_compartment, content, subject=counting, supersedes={}, provenance=row["provenance"])


def bears_on(act: Act, row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(lead, 'fresh' or 'stale'). Met at two sites, the leads of the earlier one are stale and those of the
    later one fresh; met at one site, or named by a lead, its leads are fresh."""
    dated_records = []
    for ref in (row["left"], row["right"]):
        record = record_at_hand(act, ref)
        kind = ref.partition(":")[0]
        at = next((record[name] for name in AT[kind] if record[name]), None) if record is not None else None
        if record is not None and at is not None:
            dated_records.append((at, kind, record, record["id" if kind == "site" else "site"]))
    dated_records.sort(key=lambda dated_record: (dated_record[0], dated_record[2]["id"]))
    met = [kind in MET for _at, kind, _record, _site in dated_records]
    standings: dict[str, str] = {}
    for _at, kind, record, site in dated_records:
        elsewhere = all(met) and bool(dated_records[-1][3]) and site != dated_records[-1][3]
        for lead in leads_of(act, site):
            standings[lead] = "stale" if elsewhere else "fresh"
        if kind == "lead":
            standings[record["id"]] = "fresh"
    yield from sorted(standings.items())


def leads_of(act: Act, site: str) -> list[str]:
    """The leads behind a site, as far as this authority may know of them."""
    if not site:
        return []
    place = act.get(Site, site)
    if place is None or not act.reads(place["compartment"]):
        return []
    named = {row["id"] for row in act.find(Lead, site=site) if act.reads(row["compartment"])}
    return sorted(named.union(place["leads"]))


def may_set(act: Act, lead: str) -> bool:
    """Whether this officer may say of the lead how it stands; care and prosecution leave that to police."""
    row = act.get(Lead, lead)
    return (
        row is not None
        and act.reads(row["compartment"])
        and matrix().may_say(act.actor.role, "lead.standing", "police")
        and keeps(act, row)
    )
