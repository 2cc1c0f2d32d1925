"""Entries -> sites, teams, check-ins and visits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from libertad.journal.corrections import corrected, first_said
from libertad.journal.fields import to_ms
from libertad.journal.folding import Row, Said, latest, live, project
from libertad.journal.subjects import by_subject, content_of
from libertad.operations.contacted import contacts, next_report, reached, silence_over
from libertad.operations.corrected import SITE, TEAM, VISIT
from libertad.operations.endangered import closed_dangers, danger_rows, open_dangers
from libertad.operations.models import CheckIn, Site, Team, Visit
from libertad.operations.tasked import tasking
from libertad.vocabulary.verbs import operations as say


def value(entries: Iterable[Said], name: str, default: Any = "") -> Any:
    """The live value that stands last."""
    newest = latest(entries, name)
    return default if newest is None else newest.value


def _site_of(entry: Said) -> tuple[str, ...]:
    if isinstance(entry.content, say.SiteRegister):
        return (entry.subject,)
    if isinstance(entry.content, say.TeamContact):
        return (entry.content.left,) if entry.content.left else ()
    return (cast("say.VisitRecord | say.TeamCheckIn", entry.content).site,)


@project(
    Site,
    verbs=("site.register", "visit.record", "team.check_in", "team.contact"),
    key=_site_of,
    begins=content_of(say.SiteRegister),
)
def site_row(key: str, entries: Sequence[Said]) -> Row | None:
    first = next(
        (
            entry
            for entry in entries
            if isinstance(entry.content, say.SiteRegister) and not entry.content.reasons
        ),
        None,
    )
    if first is None:
        return None
    registered = [entry for entry in entries if isinstance(entry.content, say.SiteRegister)]
    place, kind = value(registered, "place", None), value(registered, "workplace")
    visits = _visits(entries)
    on_site = _on_site(entries, visits)
    corrections = corrected(registered, SITE)
    return Row(
        first.compartment,
        {
            **{name: value(registered, name) for name in ("reference", "country", "workplace", "zone")},
            **{name: value(registered, name, None) for name in ("living_space_m2", "living_space_people")},
            "access": sorted(_all(registered, "access")),
            "leads": sorted(_all(registered, "lead")),
            "authority": first.authority,
            "registered_at": first.at,
            "status": _status(visits, on_site),
            "visited_at": visits[-1].at if visits else None,
            "people": sum(visit.people for visit in visits),
            "visits": len(visits),
            "on_site": on_site,
            **corrections.plain,
        },
        {
            "name": value(registered, "name"),
            **({"workplace_words": value(registered, "workplace_words")} if kind == "other" else {}),
            "network": value(registered, "network"),
            "lat": place.lat if place else None,
            "lon": place.lon if place else None,
            "within_m": place.within_m if place and place.lat is not None else None,
            "place": place.words if place else "",
            "counting": value(registered, "counting"),
            "measured": newest_measure(entries),
            **corrections.sealed,
        },
    )


def _all(entries: Sequence[Said], name: str) -> set[str]:
    return {live_value.value for live_value in live(entries, name)}


@dataclass(frozen=True)
class Found:
    """A visit as its last correction tells it."""

    at: datetime
    id: str
    team: str
    outcome: str
    people: int


def _visits(site_entries: Sequence[Said]) -> list[Found]:
    visits = [entry for entry in site_entries if isinstance(entry.content, say.VisitRecord)]
    folded = []
    for key, entries in by_subject(visits, visited).items():
        first = recorded(entries)
        if first is not None:
            folded.append(Found(first.at, key, value(entries, "team"), *found_there(entries)))
    return sorted(folded, key=lambda visit: (visit.at, visit.id))


def newest_measure(site_entries: Sequence[Said]) -> list[Any]:
    """[m², people or None, ms, zone] of the visit that measured the living space last; [] where none did."""
    visits = [entry for entry in site_entries if isinstance(entry.content, say.VisitRecord)]
    measures: list[tuple[datetime, str, list[Any]]] = []
    for key, entries in by_subject(visits, visited).items():
        first, area = recorded(entries), value(entries, "living_space_m2", None)
        if first is not None and area is not None:
            people = value(entries, "living_space_people", None)
            measures.append((first.at, key, [area, people, to_ms(first.at), first.happened.zone]))
    return max(measures, key=lambda measure: measure[:2])[2] if measures else []


visited = content_of(say.VisitRecord)


def recorded(entries: Sequence[Said]) -> Said | None:
    """The entry that records a visit, which no correction stands in for."""
    return next((entry for entry in entries if not cast(say.VisitRecord, entry.content).reasons), None)


def found_there(entries: Sequence[Said]) -> tuple[str, int]:
    """(outcome, people). While one of two outcomes on file says that people were met, they were."""
    if any(live_value.value == "people-found" for live_value in live(entries, "outcome")):
        return "people-found", max(
            (int(live_value.value) for live_value in live(entries, "people")), default=0
        )
    return value(entries, "outcome"), int(value(entries, "people", 0))


def _on_site(entries: Sequence[Said], visits: Sequence[Found]) -> list[str]:
    """Teams whose last word is 'on site', whom nobody has called away since, and who have not recorded since
    what they found."""
    last: dict[str, Said] = {}
    for entry in entries:
        if isinstance(entry.content, (say.TeamCheckIn, say.TeamContact)):
            last[entry.subject] = entry
    recorded: Mapping[str, datetime] = {visit.team: visit.at for visit in visits}
    return sorted(
        team
        for team, entry in last.items()
        if isinstance(entry.content, say.TeamCheckIn)
        and entry.content.state == "on-site"
        and (team not in recorded or recorded[team] < entry.at)
    )


def _status(visits: Sequence[Found], on_site: Sequence[str]) -> str:
    """A later empty visit does not undo that people were met."""
    if on_site:
        return "team-on-site"
    if any(visit.outcome == "people-found" for visit in visits):
        return "people-met"
    return visits[-1].outcome if visits else "not-visited"


@project(
    Team,
    verbs=("team.assign", "team.acknowledge", "team.check_in", "team.contact", "team.danger_close"),
    key=lambda entry: (entry.subject,),
    begins=content_of(say.TeamAssign),
)
def team_row(key: str, entries: Sequence[Said]) -> Row | None:
    assigned = [entry for entry in entries if isinstance(entry.content, say.TeamAssign)]
    begun = first_said(assigned)
    if not begun:
        return None
    first = begun[0]
    corrections = corrected(assigned, TEAM)
    undone = value(assigned, "taken_back", False)
    spoken = [entry for entry in entries if isinstance(entry.content, say.TeamCheckIn)]
    every = int(value(assigned, "every_minutes", 120))
    sent = [
        entry
        for entry in entries
        if isinstance(entry.content, say.TeamAssign) or (reached(entry) and entry.content.site)  # type: ignore[attr-defined]
    ]
    alarms, closings = open_dangers(entries), closed_dangers(entries)
    due = next_report(entries, value(assigned, "first_check_in", None), every, endangered=bool(alarms))
    plain: dict[str, Any] = {"state": "", "last_check_in": None, "danger": bool(alarms)}
    tasked = tasking(entries)
    sealed: dict[str, Any] = {
        "silent_why": value(assigned, "silent_why"),
        "tasking": tasked,
        **corrections.sealed,
    }
    if alarms:
        sealed["danger_at"] = to_ms(alarms[0].at)
        sealed["dangers"] = danger_rows(alarms, first.compartment)
    if closings:
        sealed["danger_closed"] = closings
    if spoken:
        last = cast(say.TeamCheckIn, spoken[-1].content)
        plain |= {"state": last.state, "last_check_in": spoken[-1].at}
    if contact_rows := contacts(entries):
        sealed["contacts"] = contact_rows
    return Row(
        first.compartment,
        {
            **plain,
            **{name: value(assigned, name) for name in ("reference", "country", "window")},
            "site": value(sent, "site"),
            "officers": len(tasked["members"]) + len(tasked["others"]) + tasked["unnamed"],
            "zone": first.happened.zone,
            "first_check_in": value(assigned, "first_check_in", first.at),
            "every_minutes": every,
            "silent_until": None if silence_over(entries, every) else value(assigned, "silent_until", None),
            "next_due": None if undone else due,
            "taken_back": undone,
            **corrections.plain,
            "check_ins": len(spoken),
            "assigned_at": first.at,
            "authority": first.authority,
        },
        sealed,
    )


@project(CheckIn, verbs=("team.check_in",), key=lambda entry: (entry.id,))
def check_in_row(key: str, entries: Sequence[Said]) -> Row:
    entry = entries[0]
    content = cast(say.TeamCheckIn, entry.content)
    return Row(
        entry.compartment,
        {
            "team": entry.subject,
            "site": content.site,
            "state": content.state,
            "next_due": content.next_due,
            "danger": content.danger,
            "at": entry.at,
            "zone": entry.happened.zone,
            "officer": entry.officer,
            "authority": entry.authority,
        },
        {"note": content.note},
    )


def _measured(entries: Sequence[Said]) -> dict[str, Any]:
    """What the visit measured and observed; nothing where it did not.

    An indicator that one of two words found is found.
    """
    names = ("living_space_m2", "living_space_people", "hours_a_day", "days_a_week")
    measured: dict[str, Any] = {
        name: known for name in names if (known := value(entries, name, None)) is not None
    }
    conditions, absent = _all(entries, "conditions"), _all(entries, "conditions_absent")
    if conditions:
        measured["conditions"] = sorted(conditions)
    if absent - conditions:
        measured["conditions_absent"] = sorted(absent - conditions)
    return measured


@project(
    Visit,
    verbs=("visit.record",),
    key=lambda entry: (entry.subject,),
    begins=visited,
    own=("visit.record",),
)
def visit_row(key: str, entries: Sequence[Said]) -> Row | None:
    first = recorded(entries)
    if first is None:
        return None
    outcome, people = found_there(entries)
    corrections = corrected(entries, VISIT)
    return Row(
        first.compartment,
        {
            **{name: value(entries, name) for name in ("site", "team", "country")},
            "outcome": outcome,
            "people": people,
            **corrections.plain,
            "at": first.at,
            "zone": first.happened.zone,
            "officer": first.officer,
            "authority": first.authority,
        },
        {"note": value(entries, "note"), **_measured(entries), **corrections.sealed},
    )
