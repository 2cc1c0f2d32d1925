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
    key=lambda said: (said.subject,),
    begins=content_of(say.OperationOpen),
)
def operation_row(key: str, said: Sequence[Said]) -> Row:
    what = cast(say.OperationOpen, said[-1].content)
    return Row(
        said[-1].compartment,
        {
            "name": what.name,
            "first_day": what.first_day,
            "last_day": what.last_day,
            "zone": what.zone,
            "countries": sorted(what.country),
            "operation": key,
        },
    )


@project(Window, verbs=("window.set",), key=lambda said: (said.subject,), begins=content_of(say.WindowSet))
def window_row(key: str, said: Sequence[Said]) -> Row | None:
    found = {name: latest(said, name) for name in ("name", "opens", "closes")}
    if None in found.values():
        return None
    values = {name: value.value for name, value in found.items() if value is not None}
    # Two corrections of one value may cross on the way: a window never closes before it opens.
    values["closes"] = max(values["closes"], values["opens"])
    return Row(said[0].compartment, {**values, "shown": behind(said, ("name", "opens", "closes"))})


@project(
    Lead,
    verbs=("lead.report", "lead.grade", "lead.standing"),
    key=lambda said: (said.subject,),
    begins=content_of(say.LeadReport),
    own=("lead.report",),
)
def lead_row(key: str, said: Sequence[Said]) -> Row | None:
    begun = first_said([s for s in said if isinstance(s.content, say.LeadReport)])
    if not begun:
        return None
    return first_report(begun[0]) if len(said) == 1 else graded(begun[0], said)


def graded(first: Said, said: Sequence[Said]) -> Row:
    """A lead from its report and whatever graded it since."""

    def now(name: str) -> Any:
        value = latest(said, name)
        return "" if value is None else value.value

    standing = holding(said, "standing", "stale")
    grades = {name: careful(name, [v.value for v in live(said, name)]) for name in GRADES}
    more = corrected([s for s in said if isinstance(s.content, say.LeadReport)], LEAD)
    return Row(
        first.compartment,
        {
            **{name: now(name) for name in ("reference", "country", "origin", "workplace", "site")},
            **grades,
            "authority": first.authority,
            "reported_at": first.at,
            "zone": first.happened.zone,
            "shown": behind(said, (*GRADES, "handling_conditions")) | more.plain["shown"],
            "disputed": [*(name for name in GRADES if conflict(said, name)), *crossing(said, ("standing",))],
            "standing": standing.value if standing else "",
            "standing_at": standing.said.at if standing else None,
            "ground": getattr(standing.said.content, "ground", "") if standing else "",
        },
        {
            "summary": now("summary"),
            "handling_conditions": "; ".join(
                dict.fromkeys(v.value for v in live(said, "handling_conditions"))
            ),
            "reasons": now("reasons"),
            **(more.sealed if any(map(why, said)) else {}),
            **({"because": getattr(standing.said.content, "because", "")} if standing else {}),
        },
    )


def first_report(said: Said) -> Row:
    """As `graded`, for a lead that nobody graded anew: most leads, and quicker. A test compares the two."""
    what = cast(say.LeadReport, said.content)
    stands = [said.id]
    conditions = what.handling_conditions
    return Row(
        said.compartment,
        {
            "reference": what.reference,
            "country": what.country,
            "origin": what.origin,
            "workplace": what.workplace,
            "site": what.site,
            "source_grade": what.source_grade,
            "information_grade": what.information_grade,
            "handling": what.handling,
            "authority": said.body.authority,
            "reported_at": said.at,
            "zone": said.body.happened.zone,
            "shown": {
                "source_grade": stands,
                "information_grade": stands,
                "handling": stands,
                "handling_conditions": stands if conditions else [],
                **{name: stands if getattr(what, name) else [] for name in LEAD},
            },
            "disputed": [],
            "standing": "",
            "standing_at": None,
            "ground": "",
        },
        {"summary": what.summary, "handling_conditions": conditions, "reasons": ""},
    )


def careful(name: str, values: list[str]) -> str:
    """Of two grades on file the more careful one holds until a person settles it."""
    if not values:
        return ""
    return min(values) if name == "handling" else max(values)


@project(
    SiteCount,
    verbs=("site.count",),
    key=lambda said: (said.subject,),
    begins=content_of(say.SiteCount),
    own=("site.count",),
)
def site_count_row(key: str, said: Sequence[Said]) -> Row:
    what = cast(say.SiteCount, said[-1].content)
    return Row(said[0].compartment, {"workplace": what.workplace, "country": what.country, "at": said[0].at})


@project(
    HitCount,
    verbs=("hit.count",),
    key=lambda said: (said.subject,),
    begins=content_of(say.HitCount),
    own=("hit.count",),
)
def hit_count_row(key: str, said: Sequence[Said]) -> Row | None:
    what = cast(say.HitCount, said[-1].content)
    if what.taken_back:
        return None
    return Row(said[0].compartment, {"about": what.about, "country": what.country, "at": said[0].at})


@project(
    Check,
    verbs=("check.record",),
    key=lambda said: (said.subject,),
    begins=content_of(say.CheckRecord),
    own=("check.record",),
)
def check_row(key: str, said: Sequence[Said]) -> Row | None:
    first = next((s for s in said if not cast(say.CheckRecord, s.content).reasons), None)
    if first is None:
        return None

    def now(name: str) -> Any:
        value = latest(said, name)
        return "" if value is None else value.value

    plain = ("database", "about", "country", "person", "exhibit")
    more = corrected(said, CHECK)
    return Row(
        first.compartment,
        {
            **{name: now(name) for name in plain},
            **more.plain,
            # While a hit stands beside another answer it is a hit.
            "answer": "hit" if any(v.value == "hit" for v in live(said, "answer")) else now("answer"),
            "at": first.at,
            "zone": first.happened.zone,
            "officer": first.officer,
            "authority": first.authority,
        },
        {
            **{name: now(name) for name in ("document_ends", "document_country", "note", "counting")},
            **more.sealed,
        },
    )
