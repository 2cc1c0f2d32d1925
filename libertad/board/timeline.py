"""The action days from the facts: zones of the operation, its windows, visits and first check-ins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import ngettext

from libertad.board.days import VisitFact, WindowFact, ZoneFact, compose_days
from libertad.board.facts import Facts, mark_of, statuses
from libertad.board.layout import text_width
from libertad.board.page_objects import Days
from libertad.board.places import countries
from libertad.board.projection import unproject
from libertad.look.times import offset
from libertad.look.words import words

OUTCOMES = {"people-found": "met", "found-empty": "empty", "aborted": "nobody"}
# Places of INTERPOL's centres beyond the map, by which their daylight is reckoned.
BEYOND = {"FR": (45.76, 4.84), "AR": (-34.6, -58.38)}
ROOM = 96.0  # px for the places' names beside the zone


def days(facts: Facts) -> Days:
    """From the first midnight (UTC) to the morning after the last day."""
    first, last = span(facts)
    now = facts.now
    return compose_days(
        first,
        last,
        now,
        f"{date_format(now, 'D j F')}, {now:%H:%M} UTC",
        zones(facts),
        [WindowFact(window.name, window.opens, window.closes) for window in facts.windows],
        visits(facts),
        mark_of(facts.visits),
    )


def span(facts: Facts) -> tuple[datetime, datetime]:
    """First and last moment drawn."""
    if facts.operation is None:
        first = facts.now.replace(hour=0, minute=0, second=0)
        return first, first + timedelta(days=1)
    first = datetime.fromisoformat(facts.operation.first_day).replace(tzinfo=UTC)
    last = datetime.fromisoformat(facts.operation.last_day).replace(tzinfo=UTC)
    return first, last + timedelta(days=1, hours=8.5)


def zone_key(zone: str, now: datetime) -> str:
    """Zones with one offset now share a row."""
    return offset(now.astimezone(ZoneInfo(zone)))


def zones(facts: Facts) -> list[ZoneFact]:
    """West to east. A country that has several zones is in each where it has an authority or a site."""
    by_offset: dict[str, tuple[datetime, dict[str, None]]] = {}
    members = [(m.zone, m.country) for m in facts.members if m.kind in ("police", "centre")]
    for zone, country in [*members, *((site.zone, site.country) for site in facts.sites)]:
        local = facts.now.astimezone(ZoneInfo(zone))
        key = offset(local)
        by_offset.setdefault(key, (local, {}))[1].setdefault(country)
    authorities = {
        key: sum(zone_key(zone, facts.now) == key for zone, _country in members) for key in by_offset
    }
    rows = sorted(by_offset.items(), key=lambda each: each[1][0].utcoffset() or timedelta())
    return [
        ZoneFact(
            key, key, _places(list(names), authorities[key]), _clock(local, facts.now), *_place(list(names))
        )
        for key, (local, names) in rows
    ]


def _places(codes: list[str], authorities: int) -> str:
    named = ", ".join(words("countries", code) for code in codes)
    if text_width(named, 12.5) <= ROOM:
        return named
    count = max(authorities, len(codes))
    return ngettext("%(n)d authority", "%(n)d authorities", count) % {"n": count}


def _clock(local: datetime, now: datetime) -> str:
    """With the day where it is another one than in UTC."""
    time = f"{local:%H:%M}"
    return time if local.date() == now.astimezone(UTC).date() else f"{date_format(local, 'D')} {time}"


def _place(codes: list[str]) -> tuple[float, float]:
    for code in codes:
        if code in BEYOND:
            return BEYOND[code]
        if code in countries():
            return unproject(*countries()[code].anchor)
    return 0.0, 0.0


def visits(facts: Facts) -> list[VisitFact]:
    """Visits by their outcome, teams on site now, and teams that are still to come."""
    labels, visits = statuses(), []
    for visit in facts.visits:
        code = OUTCOMES.get(visit.outcome, "nobody")
        title = f"{visit.site_reference}, {labels[code].lower()}"
        visits.append(VisitFact(visit.at, zone_key(visit.zone, facts.now), code, title))
    for team in facts.teams:
        site = facts.site_by_id.get(team.site)
        if site is None:
            continue
        key = zone_key(site.zone, facts.now)
        if team.id in site.on_site and team.last_check_in is not None:
            title = f"{site.reference}, {labels['on-site'].lower()}: {team.reference}"
            visits.append(VisitFact(team.last_check_in, key, "on-site", title))
        elif team.last_check_in is None and team.first_check_in > facts.now:
            title = f"{site.reference}, {labels['planned'].lower()}: {team.reference}"
            visits.append(VisitFact(team.first_check_in, key, "planned", title))
    keys = {zone.key for zone in zones(facts)}
    return [visit for visit in visits if visit.zone in keys]
