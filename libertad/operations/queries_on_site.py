"""Reading headcounts, rooms and ways in; and who is on file of those who were counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from libertad.access.actor import Actor
from libertad.access.queries import authority_names, officer_names, open_row
from libertad.journal.fields import from_ms, to_ms
from libertad.look.words import words
from libertad.operations.models import Headcount, Room, Site, Visit, WayIn
from libertad.operations.on_site_views import (
    HeadcountSeen,
    Reckoning,
    RoomSeen,
    Told,
    WayInSeen,
    explained_of,
)
from libertad.operations.queries_field import M, here, visits
from libertad.people.queries import met_at
from libertad.vocabulary.values import Happened


def headcounts(actor: Actor, *, site: str) -> list[HeadcountSeen]:
    """Every headcount of a site, the newest first."""
    return _headcounts(actor, _said_at(actor, Headcount, site))


def _said_at(actor: Actor, model: type[M], site: str) -> QuerySet[M]:
    """What was said of a site in the site's own file: another country's police say nothing of it."""
    place = here(actor, Site, [site]).values_list("compartment", flat=True).first()
    return here(actor, model).filter(site=site, compartment=place or "")


def headcount(actor: Actor, key: str) -> HeadcountSeen | None:
    """One headcount; None alike for one that does not exist and one that the actor may not know of."""
    listed = _headcounts(actor, here(actor, Headcount, [key]))
    return listed[0] if listed else None


def _headcounts(actor: Actor, rows: Iterable[Headcount]) -> list[HeadcountSeen]:
    listed = [(row, open_row(actor, row)) for row in rows]
    listed.sort(key=lambda pair: (pair[0].at, pair[0].pk), reverse=True)
    lines = [line for _, sealed in listed for line in [*_counts(sealed), *sealed.get("explanations", ())]]
    officers = officer_names(actor, [line["officer"] for line in lines])
    names = authority_names([line["authority"] for line in lines])

    def as_told(line: Mapping[str, Any]) -> Told:
        return Told(
            line["entry"],
            Happened(at=from_ms(line["at"]), zone=line["zone"]),
            officers.get(line["officer"], ""),
            names.get(line["authority"], ""),
            line["groups"],
            line["note"],
        )

    return [
        HeadcountSeen(
            id=row.pk,
            site=row.site,
            team=row.team,
            visit=row.visit,
            total=row.total,
            explained=row.explained,
            other=row.other,
            counts=[as_told(line) for line in _counts(sealed)],
            explanations=[as_told(line) for line in sealed["explanations"]],
            stands=sealed["stands"],
            explains=sealed["explains"],
            provenance=row.provenance,
            compartment=row.compartment,
        )
        for row, sealed in listed
        if sealed
    ]


def _counts(sealed: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [sealed["count"], *reversed(sealed["earlier"])] if sealed else []


def standing_counts(listed: Sequence[HeadcountSeen]) -> list[HeadcountSeen]:
    """Of each team, and of each of its visits that it named, the newest count: a phone that no longer knew
    its former count has begun another. `listed`: the newest first."""
    newest: dict[tuple[str, str, str], HeadcountSeen] = {}
    for counted in listed:
        newest.setdefault((counted.site, counted.team, counted.visit), counted)
    return list(newest.values())


def reckoning(actor: Actor, site: str, country: str, own: str) -> Reckoning | None:
    """What was counted at a site beside who is on file; None where nobody counted.

    `own`: the country of the actor's police, which alone keep files of the people met there.
    """
    listed = headcounts(actor, site=site)
    if not listed:
        return None
    recorded = met_at(actor, [site]).get(site, 0) if own == country else None
    teams = set(here(actor, Visit).filter(site=site).values_list("team", flat=True))
    return _reckoned(listed, recorded, teams)


def _reckoned(listed: Sequence[HeadcountSeen], recorded: int | None, teams: set[str]) -> Reckoning:
    counts = standing_counts(listed)
    return Reckoning(counts, recorded, all(counted.team in teams for counted in counts))


def reckonings(actor: Actor, country: str, ids: Sequence[str] | None = None) -> dict[str, Reckoning]:
    """By site of the actor's own country (of these alone): what was counted there beside who is on file."""
    by_site: dict[str, list[HeadcountSeen]] = {}
    places = _places(actor, country)
    rows = here(actor, Headcount).filter(site__in=list(places if ids is None else ids))
    for counted in _headcounts(actor, rows):
        if counted.compartment == places.get(counted.site):
            by_site.setdefault(counted.site, []).append(counted)
    recorded = met_at(actor, list(by_site))
    teams: dict[str, set[str]] = {}
    for site, team in here(actor, Visit).filter(site__in=list(by_site)).values_list("site", "team"):
        teams.setdefault(site, set()).add(team)
    return {
        site: _reckoned(listed, recorded.get(site, 0), teams.get(site, set()))
        for site, listed in by_site.items()
    }


def unexplained(actor: Actor, country: str) -> dict[str, Reckoning]:
    """Of `reckonings` those of which a part is left to explain; only their rows are opened."""
    columns = ("site", "compartment", "team", "visit", "total", "explained", "other")
    places = _places(actor, country)
    rows = here(actor, Headcount).filter(site__in=list(places)).order_by("at", "id")
    newest = {line[:4]: line for line in rows.values_list(*columns)}  # the last of a team and visit
    sums: dict[str, list[int]] = {}
    for site, compartment, _team, _visit, *numbers in newest.values():
        if compartment != places[site]:
            continue
        sums[site] = [sum(pair) for pair in zip(sums.get(site, (0, 0, 0)), numbers, strict=True)]
    recorded = met_at(actor, list(sums))
    open_sites = []
    for site, (total, explained, other) in sums.items():
        difference = total - recorded.get(site, 0)
        if abs(difference) > explained_of(difference, explained, other):
            open_sites.append(site)
    return reckonings(actor, country, open_sites) if open_sites else {}


def _places(actor: Actor, country: str) -> dict[str, str]:
    """The sites of a country by id, each with its file."""
    rows = here(actor, Site).filter(country=country).values_list("pk", "compartment")
    return dict(rows) if country else {}


def rooms(actor: Actor, *, site: str) -> list[RoomSeen]:
    """Rooms of a site in the order in which they were measured."""
    return _rooms(actor, _said_at(actor, Room, site).order_by("at", "id"))


def room(actor: Actor, key: str) -> RoomSeen | None:
    """One room; None alike for one that does not exist and one that the actor may not know of."""
    listed = _rooms(actor, here(actor, Room, [key]))
    return listed[0] if listed else None


MEASURES = ("length_m", "width_m", "height_m", "sleeping")
TEXTS = ("label", "measured", "lock", "water", "light", "note")


def _rooms(actor: Actor, rows: Iterable[Room]) -> list[RoomSeen]:
    return [
        RoomSeen(
            **{name: sealed["values"].get(name) for name in MEASURES},
            **{name: sealed["values"].get(name, "") for name in TEXTS},
            **common,
        )
        for sealed, common in _open_rows(actor, rows)
    ]


def ways(actor: Actor, *, site: str) -> list[WayInSeen]:
    """Ways to a site: those that are open first, the newest of them first."""
    listed = _ways(actor, _said_at(actor, WayIn, site).order_by("-at", "id"))
    return sorted(listed, key=lambda way: way.closed)


def way(actor: Actor, key: str) -> WayInSeen | None:
    """One way in; None alike for one that does not exist and one that the actor may not know of."""
    listed = _ways(actor, here(actor, WayIn, [key]))
    return listed[0] if listed else None


def _ways(actor: Actor, rows: Iterable[WayIn]) -> list[WayInSeen]:
    names = ("path", "last_network", "seen_coming", "note")
    return [
        WayInSeen(
            **{name: sealed["values"].get(name, "") for name in names},
            closed=bool(sealed["values"].get("closed")),
            **common,
        )
        for sealed, common in _open_rows(actor, rows)
    ]


def _open_rows(actor: Actor, rows: Iterable[Room | WayIn]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """(sealed columns, what rooms and ways have alike) of each row that the actor's authority opens."""
    listed = [(row, open_row(actor, row)) for row in rows]
    officers = officer_names(actor, [row.officer for row, _ in listed])
    names = authority_names([row.authority for row, _ in listed])
    return [
        (
            sealed,
            {
                "id": row.pk,
                "site": row.site,
                "owner": row.authority,
                "when": Happened(at=row.at, zone=row.zone),
                "officer": officers.get(row.officer, ""),
                "authority": names.get(row.authority, ""),
                "shown": row.shown,
                "versions": sealed["versions"],
                "corrections": sealed["corrections"],
                "provenance": row.provenance,
                "compartment": row.compartment,
            },
        )
        for row, sealed in listed
        if sealed
    ]


def ways_in(actor: Actor, site: str) -> list[dict[str, Any]]:
    """For a phone's task: the ways to a site that are open, the newest first, as JSON takes them."""
    return [
        {
            "id": way.id,
            "path": way.path,
            "words": words("site-access", way.path),
            "last_network": way.last_network,
            "seen_coming": way.seen_coming,
            "note": way.note,
            "at": to_ms(way.when.utc),
        }
        for way in ways(actor, site=site)
        if not way.closed
    ]


def site_notes(actor: Actor, site: str) -> list[dict[str, Any]]:
    """For a phone's task: what teams wrote for the next one, the newest first, as JSON takes it."""
    return [
        {"text": visit.note, "at": to_ms(visit.at), "by": visit.officer}
        for visit in visits(actor, site=site)
        if visit.note
    ]
