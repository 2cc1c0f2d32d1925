"""Entries -> read models of this room: operation, windows, leads, counts, checks.

Sites, teams and visits are in `fold_field`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from libertad.journal.corrections import behind, corrected, first_said, why
from libertad.journal.crossed import crossing, holding
from libertad.journal.folding import Row, Said, conflict, latest, live, project
from libertad.journal.subjects import content_of
from libertad.operations import fold_field as fold_field
from libertad.operations.corrected import CHECK, LEAD
from libertad.operations.models import Check, HitCount, Lead, Operation, SiteCount, Window
from libertad.vocabulary.verbs import operations as say

GRADES = ("source_grade", "information_grade", "handling")


@project(
    Operation,
    verbs=("operation.open",),
    key=lambda entry: (entry.subject,),
    begins=content_of(say.OperationOpen),
)
def operation_row(key: str, entries: Sequence[Said]) -> Row:
    content = cast(say.OperationOpen, entries[-1].content)
    return Row(
        entries[-1].compartment,
        {
            "name": content.name,
            "first_day": content.first_day,
            "last_day": content.last_day,
            "zone": content.zone,
            "countries": sorted(content.country),
            "operation": key,
        },
    )


@project(Window, verbs=("window.set",), key=lambda entry: (entry.subject,), begins=content_of(say.WindowSet))
def window_row(key: str, entries: Sequence[Said]) -> Row | None:
    newest = {name: latest(entries, name) for name in ("name", "opens", "closes")}
    if None in newest.values():
        return None
    values = {name: value.value for name, value in newest.items() if value is not None}
    # Two corrections of one value may cross on the way: a window never closes before it opens.
    values["closes"] = max(values["closes"], values["opens"])
    return Row(entries[0].compartment, {**values, "shown": behind(entries, ("name", "opens", "closes"))})


@project(
    Lead,
    verbs=("lead.report", "lead.grade", "lead.standing"),
    key=lambda entry: (entry.subject,),
    begins=content_of(say.LeadReport),
    own=("lead.report",),
)
def lead_row(key: str, entries: Sequence[Said]) -> Row | None:
    begun = first_said([entry for entry in entries if isinstance(entry.content, say.LeadReport)])
    if not begun:
        return None
    return first_report(begun[0]) if len(entries) == 1 else graded(begun[0], entries)


def graded(first: Said, entries: Sequence[Said]) -> Row:
    """A lead from its report and whatever graded it since."""

    def now(name: str) -> Any:
        value = latest(entries, name)
        return "" if value is None else value.value

    standing = holding(entries, "standing", "stale")
    grades = {
        name: careful(name, [live_value.value for live_value in live(entries, name)]) for name in GRADES
    }
    corrections = corrected([entry for entry in entries if isinstance(entry.content, say.LeadReport)], LEAD)
    return Row(
        first.compartment,
        {
            **{name: now(name) for name in ("reference", "country", "origin", "workplace", "site")},
            **grades,
            "authority": first.authority,
            "reported_at": first.at,
            "zone": first.happened.zone,
            "shown": behind(entries, (*GRADES, "handling_conditions")) | corrections.plain["shown"],
            "disputed": [
                *(name for name in GRADES if conflict(entries, name)),
                *crossing(entries, ("standing",)),
            ],
            "standing": standing.value if standing else "",
            "standing_at": standing.said.at if standing else None,
            "ground": getattr(standing.said.content, "ground", "") if standing else "",
        },
        {
            "summary": now("summary"),
            "heard": now("heard"),
            **{name: [value.value for value in live(entries, name)] for name in say.NAMED},
            "handling_conditions": "; ".join(
                dict.fromkeys(live_value.value for live_value in live(entries, "handling_conditions"))
            ),
            "reasons": now("reasons"),
            **(corrections.sealed if any(map(why, entries)) else {}),
            **({"because": getattr(standing.said.content, "because", "")} if standing else {}),
        },
    )


def first_report(entry: Said) -> Row:
    """As `graded`, for a lead that nobody graded anew: most leads, and quicker. A test compares the two."""
    content = cast(say.LeadReport, entry.content)
    stands = [entry.id]
    conditions = content.handling_conditions
    return Row(
        entry.compartment,
        {
            "reference": content.reference,
            "country": content.country,
            "origin": content.origin,
            "workplace": content.workplace,
            "site": content.site,
            "source_grade": content.source_grade,
            "information_grade": content.information_grade,
            "handling": content.handling,
            "authority": entry.body.authority,
            "reported_at": entry.at,
            "zone": entry.body.happened.zone,
            "shown": {
                "source_grade": stands,
                "information_grade": stands,
                "handling": stands,
                "handling_conditions": stands if conditions else [],
                **{name: stands if getattr(content, name) else [] for name in LEAD},
            },
            "disputed": [],
            "standing": "",
            "standing_at": None,
            "ground": "",
        },
        {
            "summary": content.summary,
            "heard": content.heard,
            **{name: list(getattr(content, name)) for name in say.NAMED},
            "handling_conditions": conditions,
            "reasons": "",
        },
    )


def careful(name: str, values: list[str]) -> str:
    """Of two grades on file the more careful one holds until a person settles it."""
    if not values:
        return ""
    return min(values) if name == "handling" else max(values)


@project(
    SiteCount,
    verbs=("site.count",),
    key=lambda entry: (entry.subject,),
    begins=content_of(say.SiteCount),
    own=("site.count",),
)
def site_count_row(key: str, entries: Sequence[Said]) -> Row:
    content = cast(say.SiteCount, entries[-1].content)
    return Row(
        entries[0].compartment,
        {"workplace": content.workplace, "country": content.country, "at": entries[0].at},
    )


@project(
    HitCount,
    verbs=("hit.count",),
    key=lambda entry: (entry.subject,),
    begins=content_of(say.HitCount),
    own=("hit.count",),
)
def hit_count_row(key: str, entries: Sequence[Said]) -> Row | None:
    content = cast(say.HitCount, entries[-1].content)
    if content.taken_back:
        return None
    return Row(
        entries[0].compartment, {"about": content.about, "country": content.country, "at": entries[0].at}
    )


@project(
    Check,
    verbs=("check.record",),
    key=lambda entry: (entry.subject,),
    begins=content_of(say.CheckRecord),
    own=("check.record",),
)
def check_row(key: str, entries: Sequence[Said]) -> Row | None:
    first = next((entry for entry in entries if not cast(say.CheckRecord, entry.content).reasons), None)
    if first is None:
        return None

    def now(name: str) -> Any:
        value = latest(entries, name)
        return "" if value is None else value.value

    plain = ("database", "about", "country", "person", "exhibit")
    corrections = corrected(entries, CHECK)
    return Row(
        first.compartment,
        {
            **{name: now(name) for name in plain},
            **corrections.plain,
            # While a hit stands beside another answer it is a hit.
            "answer": "hit"
            if any(live_value.value == "hit" for live_value in live(entries, "answer"))
            else now("answer"),
            "at": first.at,
            "zone": first.happened.zone,
            "officer": first.officer,
            "authority": first.authority,
        },
        {
            **{name: now(name) for name in ("document_ends", "document_country", "note", "counting")},
            **corrections.sealed,
        },
    )
