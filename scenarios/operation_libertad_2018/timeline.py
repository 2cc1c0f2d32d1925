"""The timeline: every event of the operation, made from the seed, in the order of its time.

An event is what one officer did at one moment. `run` calls an action through the stage, exactly as
a screen would; ids that later events need are kept under a name on the stage.
"""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

from libertad.vocabulary.values import Place
from scenarios.operation_libertad_2018 import (
    counting,
    mission,
    names,
    on_site,
    places,
    protection,
    seizures,
    windows,
)
from scenarios.operation_libertad_2018.book import Book, Event
from scenarios.operation_libertad_2018.stage import Stage

UTC = dt.UTC
END = dt.datetime(2018, 4, 9, 22, 52, tzinfo=UTC)
WITHDRAWN = dt.datetime(2018, 4, 6, 2, 30, tzinfo=UTC)
EMPTY = {("GY", 6), ("BR", 2)}
ABORTED = {("JM", 3), ("TT", 2), ("BB", 1), ("GY", 9)}
NOT_YET = {("JM", 5), ("VE", 0), ("BR", 5)}
ON_SITE = {("GY", 4): (3, 22), ("TT", 4): (0, 41), ("GY", 7): None}
SILENT = {("GY", 7)}
ACCESS = {
    "gold-mine": ("river", "foot"),
    "farm": ("track",),
    "factory": ("road",),
    "night-club": ("road",),
    "market": ("road",),
}
NAMED = "Gold mine 07"
# What a lead says beside the words of its kind: the number of a phone that is seized elsewhere.
SAID_TOO = {"VE-3": f" She was to call {seizures.KNOWN} on arrival."}
NOTES = {
    "found-empty": "Beds still warm; the people were moved in the night.",
    "aborted": "Seen from afar before the road bends; turned back for everybody's safety.",
}
# Of the record: passports taken and nobody paid (factory), nobody could leave (mines). Where is generated.
CONDITIONS = {
    ("VC", "factory"): ("retention-of-identity-documents", "withholding-of-wages"),
    ("GY", "gold-mine"): ("isolation", "restriction-of-movement"),
}
WORDS = {
    "gold-mine": "Women are said to be kept near the mine and cannot leave without paying.",
    "farm": "Workers live in sheds and are taken to the field before light; nobody has papers.",
    "factory": "Workers from abroad sleep in the factory; their passports are in the office.",
    "night-club": "New women arrive each week; one said that she owes for the journey.",
    "market": "Young people sell from early until late and hand over what they earn.",
}


def write(data: dict[str, Any]) -> list[Event]:
    """All events, in order; the same for the same seed."""
    ends, book = data.get("ends"), written(data)  # a play that is broken off there, for tests
    return sorted(event for event in book.events if not ends or event.at < dt.datetime.fromisoformat(ends))


def written(data: dict[str, Any]) -> Book:
    """The whole plot, with what was drawn of whom; the same for the same seed."""
    book = Book(Random(data["seed"]), data)
    windows.write(book)
    for code in data["countries"]:
        book.lane = code
        _country(book, code)
    book.lane = "BB-centre"
    _checks(book)
    # A smaller operation, for tests, is played with some of the countries.
    if "BZ" in data["countries"]:
        _withdrawal(book)
    if "VE" in data["countries"]:
        _found_again(book)
    if data.get("arcs", True):  # a play in which nobody has shared anything goes without
        mission.write(book)
    counting.write(book)
    places.write(book)
    _releases(book)
    return book


def visit_time(rng: Random, number: int, sites: int) -> dt.datetime:
    """A moment in the seven days, spread over them, between 03:00 and 21:00 UTC."""
    day = 3 + (number * 7 // max(sites, 1) + rng.randrange(2)) % 7
    return dt.datetime(2018, 4, day, rng.randrange(8, 20), rng.choice([0, 10, 20, 35, 50]), tzinfo=UTC)


def _country(book: Book, code: str) -> None:
    rng, country = book.rng, book.data["countries"][code]
    kinds = book.data["workplaces"][code]
    south, west, north, east = book.data["boxes"][code]
    visited: list[tuple[int, dt.datetime]] = []
    officers: dict[str, int] = {}
    for n, kind in enumerate(kinds):
        site = f"{code}-{n}"
        place = Place(
            lat=round(rng.uniform(south, north), 4),
            lon=round(rng.uniform(west, east), 4),
            within_m=rng.choice([50, 100, 500, 2000]),
        )
        reported_at = dt.datetime(2018, 3, 2 + 2 * n, rng.randrange(11, 23), 15, tzinfo=UTC)
        book.add(reported_at, lambda s, c=code, k=kind, i=site: _lead(s, c, k, i))
        river = code == "GY" and n in (3, 7)
        book.add(
            reported_at + dt.timedelta(days=2),
            lambda s, c=code, k=kind, i=site, p=place, r=river: _site(s, c, k, i, p, r),
        )
        on_site.ways(book, code, n, kind, river, reported_at + dt.timedelta(days=2, minutes=10))
        assigned = dt.datetime(2018, 4, 1, 14, n, tzinfo=UTC)
        at = _when(rng, code, n, len(kinds))
        book.add(assigned, lambda s, c=code, i=site, n=n, at=at: _team(s, c, i, n, at))
        if (code, n) in NOT_YET:
            if code == "JM":
                book.add(
                    dt.datetime(2018, 4, 9, 20, 34, tzinfo=UTC),
                    lambda s, c=code, i=site: s.do(
                        c,
                        "officer",
                        "check_in",
                        team=s.get(f"team {i}"),
                        state="on-the-way",
                        next_due=dt.datetime(2018, 4, 9, 22, 34, tzinfo=UTC),
                    ),
                )
            continue
        visited.append((n, at))
        officers[site] = _visit(book, code, n, at, kind)
    met_at = [(n, at) for n, at in visited if (code, n) not in EMPTY | ABORTED | SILENT]
    protection.people(book, code, country, met_at, kinds)
    on_site.counts(book, code, met_at, kinds, officers)
    seizures.exhibits(book, code, country, met_at)
    seizures.detentions(book, code, country, met_at)


def _when(rng: Random, code: str, n: int, sites: int) -> dt.datetime:
    if (code, n) in NOT_YET and code != "JM":
        return dt.datetime(2018, 4, 10, 12 + n % 3, 0, tzinfo=UTC)
    if (code, n) in ON_SITE:
        return dt.datetime(2018, 4, 9, 16, 30, tzinfo=UTC)
    if (code, n) == ("VC", 0):
        return dt.datetime(2018, 4, 5, 13, 30, tzinfo=UTC)
    if (code, n) == ("GY", 6):
        return dt.datetime(2018, 4, 5, 13, 0, tzinfo=UTC)
    at = visit_time(rng, n, sites)
    return min(at, dt.datetime(2018, 4, 9, 19, 0, tzinfo=UTC))


def _lead(stage: Stage, code: str, kind: str, site: str) -> None:
    rng = stage.rng
    stage.remember(
        f"lead {site}",
        stage.do(
            code,
            rng.choice(["officer", "national-lead"]),
            "report_lead",
            source="said",
            country=code,
            summary=WORDS[kind] + SAID_TOO.get(site, ""),
            source_grade=rng.choice("1122233"),
            information_grade=rng.choice("AABBCCDE"),
            handling="P",
            workplace=kind,
            origin=rng.choice(
                [
                    "hotline",
                    "partner-authority",
                    "labour-inspection",
                    "public",
                    "immigration",
                    "care-organisation",
                ]
            ),
        ),
    )


def _site(stage: Stage, code: str, kind: str, site: str, place: Place, river: bool) -> None:
    rng = stage.rng
    cramped = kind in ("gold-mine", "night-club") and rng.random() < 0.6
    stage.remember(
        f"site {site}",
        stage.do(
            code,
            "national-lead",
            "register_site",
            source="document",
            country=code,
            name=f"{stage.words('workplaces', kind)} {int(site[3:]) + 1:02d}",
            workplace=kind,
            place=place,
            zone=stage.zone(code),
            access=("river",) if river else ACCESS[kind],
            network="none for 72 hours at a time" if river else "",
            living_space_m2=round(rng.uniform(1.4, 3.6), 1) if cramped else round(rng.uniform(8, 40), 1),
            living_space_people=rng.randrange(1, 4),
            lead=(stage.get(f"lead {site}"),),
        ),
    )


def _team(stage: Stage, code: str, site: str, n: int, at: dt.datetime) -> None:
    silent = (code, n) == ("GY", 7)
    stage.remember(
        f"team {site}",
        stage.do(
            code,
            "national-lead",
            "assign_team",
            source="decision",
            country=code,
            reference=f"{code}-{n + 1}",
            officers=stage.rng.randrange(4, 12),
            site=stage.get(f"site {site}"),
            window=windows.window_of(stage, at),
            first_check_in=at,
            silent_until=dt.datetime(2018, 4, 10, 10, tzinfo=UTC) if silent else None,
            silent_why="on the river, no network" if silent else "",
        ),
    )


def _visit(book: Book, code: str, n: int, at: dt.datetime, kind: str) -> int:
    """Returns which officer is there."""
    rng, site = book.rng, f"{code}-{n}"
    number = rng.randrange(3)
    if code == "BZ" and number == 2 and at + dt.timedelta(hours=3) > WITHDRAWN:
        number = 1  # that officer is no longer there
    book.add(
        at,
        lambda s: s.do(
            code,
            "officer",
            "check_in",
            by=number,
            team=s.get(f"team {site}"),
            state="on-site",
            next_due=None if (code, n) in SILENT else _due(code, n, at),  # who is silent by plan names none
        ),
    )
    if (code, n) in SILENT:
        return number
    outcome = "found-empty" if (code, n) in EMPTY else "aborted" if (code, n) in ABORTED else "people-found"
    people = 0 if outcome != "people-found" else rng.randrange(6, 24)
    book.add(
        at + dt.timedelta(minutes=20),
        lambda s: s.remember(
            f"visit {site}",
            s.do(
                code,
                "officer",
                "record_visit",
                by=number,
                site=s.get(f"site {site}"),
                team=s.get(f"team {site}"),
                outcome=outcome,
                people=book.heads.get(site, people),
                note=NOTES.get(outcome, ""),
                conditions=CONDITIONS.get((code, kind), ()) if people else (),
            ),
        ),
    )
    book.add(
        at + dt.timedelta(minutes=50),
        lambda s: mission.stand(s, code, s.get(f"lead {site}"), outcome, by_hit=(code, n) in mission.BY_HIT),
    )
    if (code, n) in ON_SITE:
        book.add(
            at + dt.timedelta(minutes=35),
            lambda s: s.do(
                code,
                "officer",
                "check_in",
                by=number,
                team=s.get(f"team {site}"),
                state="on-site",
                next_due=_due(code, n, at),
                note="Staying with the people until the bus comes.",
            ),
        )
    else:
        book.add(
            at + dt.timedelta(hours=2, minutes=30),
            lambda s: s.do(
                code, "officer", "check_in", by=number, team=s.get(f"team {site}"), state="returned"
            ),
        )
    return number


def _due(code: str, n: int, at: dt.datetime) -> dt.datetime:
    late = ON_SITE.get((code, n))
    if late:
        return END - dt.timedelta(hours=late[0], minutes=late[1])
    return at + dt.timedelta(hours=3)


def _checks(book: Book) -> None:
    """Questions to databases: 30 hits, of them 25 travel documents, and many without a hit."""
    rng, hits = book.rng, [c for c, v in book.data["countries"].items() for _ in range(v["hits"])]
    remaining = book.data["published"]["hits"] - book.data["published"]["hits_travel_documents"]
    rng.shuffle(hits)
    if "JM" in hits:
        hits.remove("JM")
        hits.insert(0, "JM")
    for i, code in enumerate(hits):
        about = (
            "travel-document" if i >= remaining else ("phone" if i == 0 else rng.choice(["person", "phone"]))
        )
        at = dt.datetime(2018, 4, rng.randrange(3, 10), rng.randrange(12, 20), rng.randrange(60), tzinfo=UTC)
        book.add(at, lambda s, c=code, a=about: _check(s, c, a, "hit"), code)
    for code, country in book.data["countries"].items():
        for _ in range(country["records"] // 6):
            at = dt.datetime(
                2018, 4, rng.randrange(3, 10), rng.randrange(12, 22), rng.randrange(50), tzinfo=UTC
            )
            book.add(at, lambda s, c=code: _check(s, c, "travel-document", "no-hit"), code)


def _check(stage: Stage, code: str, about: str, answer: str) -> None:
    rng = stage.rng
    document = about == "travel-document"
    stage.do(
        code,
        "national-lead",
        "record_check",
        source="database",
        database="interpol-sltd"
        if document
        else "interpol-nominal"
        if about == "person"
        else "national-police",
        about=about,
        answer=answer,
        country=code,
        document_ends=f"{rng.randrange(10000):04d}" if document else "",
        document_country=rng.choice(["VE", "CO", "DO", "HT", "GY", "CN", "VN"]) if document else "",
        note="The same number is in a file of another country."
        if about == "phone" and answer == "hit"
        else "",
    )


def _withdrawal(book: Book) -> None:
    """One officer whose access is withdrawn in mid-operation."""
    book.add(
        WITHDRAWN,
        lambda s: s.do(
            "BZ",
            "administrator",
            "withdraw_officer",
            source="decision",
            officer=s.cast.actor("BZ", "officer", 2).officer,
            reason="Suspected of telling a site that police come",
        ),
        "BZ",
    )


def _found_again(book: Book) -> None:
    """People moved from an empty site in Guyana are met in Venezuela: a lead says so there."""
    book.add(
        dt.datetime(2018, 4, 7, 18, 5, tzinfo=UTC),
        lambda s: s.do(
            "VE",
            "national-lead",
            "report_lead",
            source="said",
            country="VE",
            source_grade="1",
            information_grade="B",
            handling="P",
            origin="match",
            workplace="gold-mine",
            summary=f"Two women met here name {NAMED}, the mine in Guyana that was found empty on 5 April.",
            site=s.get("site VE-1"),
        ),
        "VE",
    )


def _releases(book: Book) -> None:
    """A quarter of an hour after the cut, on the numbers of care that were published as of it."""
    for day in counting.RELEASES:
        as_of = counting.cut_of(day)
        book.add(
            as_of + dt.timedelta(minutes=15),
            lambda s, m=as_of, d=day: s.do(
                "BB-centre",
                "press",
                "sign_release",
                source="decision",
                release=s.do(
                    "BB-centre",
                    "coordinator",
                    "propose_release",
                    source="decision",
                    as_of=m,
                    block=s.get(f"block {d}"),
                ),
            ),
        )


def tongue(rng: Random, code: str) -> str:
    return names.pick(rng, names.TONGUES[code])
