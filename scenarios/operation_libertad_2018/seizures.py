"""Exhibits with their custody (one with a gap), and detentions: each status apart, with its date."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

from libertad.vocabulary.values import Cash, Happened, PersonName
from scenarios.operation_libertad_2018 import names
from scenarios.operation_libertad_2018.book import Book
from scenarios.operation_libertad_2018.reading import read_unheard
from scenarios.operation_libertad_2018.stage import Stage

UTC = dt.UTC
LAST = dt.datetime(2018, 4, 9, 22, 40, tzinfo=UTC)
# The number of a phone seized in Jamaica: a lead in Venezuela had named it a month before.
KNOWN = "+1 876 555 0142"
CURRENCY = {
    "AG": "XCD",
    "LC": "XCD",
    "VC": "XCD",
    "AW": "AWG",
    "BB": "BBD",
    "BZ": "BZD",
    "BR": "BRL",
    "CW": "ANG",
    "GY": "GYD",
    "JM": "JMD",
    "TT": "TTD",
    "TC": "USD",
    "VE": "VEF",
}
NOTES = {"GYD": (1000, 5000), "JMD": (500, 1000, 5000), "VEF": (20000, 100000), "BRL": (20, 50, 100)}
PHONES = (
    "Mobile phone, black, cracked screen",
    "Mobile phone, grey",
    "Mobile phone, blue cover",
    "Mobile phone, two SIM cards",
)
COMPUTERS = ("Laptop, silver", "Laptop, black, no charger", "Desktop computer", "Tablet")
PAPERS = (
    "Notebook with names and sums",
    "Receipts in an envelope",
    "Work contracts, 14 sheets",
    "Ledger, red cover",
)


def exhibits(book: Book, code: str, country: dict[str, Any], visited: list[tuple[int, dt.datetime]]) -> None:
    """Spread a country's exhibits over its visited sites."""
    rng = book.rng
    places = visited
    for i in range(country["exhibits"]):
        passports = code == "VC" and i >= 6
        n, at = places[0] if code == "VC" else places[i % len(places)]
        taken_at = min(at + dt.timedelta(minutes=35 + 4 * i), LAST - dt.timedelta(minutes=30))
        kind = (
            "travel-document"
            if passports
            else ("cash", "mobile-phone", "computer", "document", "mobile-phone")[i % 5]
        )
        if code == "VC" and i == 1:
            kind = "mobile-phone"
        book.add(taken_at, lambda s, c=code, k=kind, i=i, n=n: _seize(s, c, k, i, n))
        gap = code == "VC" and i == 1
        number = f"{'SVG' if code == 'VC' else code + 'P'}-{118200 + 40 * list(CURRENCY).index(code) + i}"
        book.add(
            taken_at + dt.timedelta(minutes=3),
            lambda s, c=code, i=i, m=number: s.do(
                c, "officer", "seal", exhibit=s.get(f"exhibit {c} {i}"), number=m
            ),
        )
        stored = min(taken_at + dt.timedelta(hours=2), LAST - dt.timedelta(minutes=5))
        if rng.random() < 0.9 or gap or passports:
            book.add(stored, lambda s, c=code, i=i, m=number: _hand_over(s, c, i, m))
        if gap:
            _gap(book, code, i, number, stored)
        if passports:
            back = dt.datetime(2018, 4, 8, 19, 0, tzinfo=UTC) + dt.timedelta(minutes=7 * (i - 6) + 1)
            book.add(
                back,
                lambda s, c=code, i=i: s.do(
                    c,
                    "exhibits-officer",
                    "return_exhibit",
                    exhibit=s.get(f"exhibit {c} {i}"),
                    signed="yes",
                    to_person=s.get(f"person VC/{i - 6}"),
                ),
            )


def _seize(stage: Stage, code: str, kind: str, i: int, n: int) -> None:
    rng: Random = stage.rng
    cash: tuple[Cash, ...] = ()
    words = {
        "mobile-phone": PHONES[0] if code == "VC" and i == 1 else rng.choice(PHONES),
        "computer": rng.choice(COMPUTERS),
        "document": rng.choice(PAPERS),
        "travel-document": "Passport, from the office safe",
        "cash": "Cash from a drawer, counted twice",
    }[kind]
    if kind == "cash":
        currency = CURRENCY[code]
        notes = NOTES.get(currency, (10, 20, 50, 100))
        cash = tuple(Cash(currency=currency, denomination=str(v), pieces=rng.randrange(2, 60)) for v in notes)
        if currency != "USD" and rng.random() < 0.5:
            cash += (Cash(currency="USD", denomination="20", pieces=rng.randrange(3, 40)),)
    phone = f"+1784{rng.randrange(4000000, 4999999)}" if kind == "mobile-phone" else ""
    if (code, i) == ("JM", 1):
        phone = KNOWN
    stage.remember(
        f"exhibit {code} {i}",
        stage.do(
            code,
            "officer",
            "seize",
            country=code,
            kind=kind,
            description=words,
            cash=cash,
            site=stage.get(f"site {code}-{n}"),
            where_found=rng.choice(["office", "locker room", "bar", "a car"]),
            witness=names.officer(rng),
            receipt=True,
            phone_number=phone,
            person=stage.get(f"person VC/{i - 6}")
            if kind == "travel-document"
            else stage.get("person VC/0")
            if code == "VC" and i == 1
            else "",
            owner_agreed="yes" if code == "VC" and i == 1 else "",
            device_number=f"35{rng.randrange(10**13):013d}" if kind == "mobile-phone" else "",
            state_when_taken="On, then flight mode" if kind == "mobile-phone" else "",
        ),
    )


def _hand_over(stage: Stage, code: str, i: int, number: str) -> None:
    hand_over(stage, code, stage.get(f"exhibit {code} {i}"), number)
    stage.remember(f"stored {code} {i}", number)


def hand_over(stage: Stage, code: str, exhibit: str, number: str) -> None:
    """From the officer who took it into the exhibit store; both read the seal."""
    keeper = stage.cast.actor(code, "exhibits-officer")
    offer = stage.do(
        code,
        "officer",
        "offer_custody",
        exhibit=exhibit,
        to_officer=keeper.officer,
        to_authority=keeper.authority,
        place="Exhibit store",
        seal_read=number,
    )
    stage.do(
        code,
        "exhibits-officer",
        "accept_custody",
        exhibit=exhibit,
        offer=offer,
        place="Exhibit store",
        seal_read=number,
    )


def _gap(book: Book, code: str, i: int, number: str, stored: dt.datetime) -> None:
    """Released without an acceptance: for 2 h 10 min nobody is recorded as holding it."""
    away = dt.datetime(2018, 4, 6, 23, 5, tzinfo=UTC)
    book.add(
        away,
        lambda s: s.do(
            code,
            "exhibits-officer",
            "release_custody",
            exhibit=s.get(f"exhibit {code} {i}"),
            to_whom=s.cast.names[s.cast.actor(code, "officer", 1).officer],
            seal_read=number,
        ),
    )
    book.add(
        away + dt.timedelta(hours=2, minutes=10),
        lambda s: s.do(
            code,
            "officer",
            "accept_custody",
            by=2,
            exhibit=s.get(f"exhibit {code} {i}"),
            offer="",
            place="Examination unit",
            seal_read=number,
        ),
    )

    def open_seal(stage: Stage) -> None:
        stage.do(
            code,
            "officer",
            "seal",
            by=2,
            exhibit=stage.get(f"exhibit {code} {i}"),
            number="SVG-118377",
            opened=number,
            why="Order 18-044: copy of the phone",
            witness="Const. K. Lewis",
        )

    def back(stage: Stage) -> None:
        exhibit, keeper = stage.get(f"exhibit {code} {i}"), stage.cast.actor(code, "exhibits-officer")
        offer = stage.do(
            code,
            "officer",
            "offer_custody",
            by=2,
            exhibit=exhibit,
            to_officer=keeper.officer,
            to_authority=keeper.authority,
            place="Exhibit store, shelf B-14",
            seal_read="SVG-118377",
        )
        stage.do(
            code,
            "exhibits-officer",
            "accept_custody",
            exhibit=exhibit,
            offer=offer,
            place="Exhibit store, shelf B-14",
            seal_read="SVG-118377",
        )
        stage.remember(f"stored {code} {i}", "SVG-118377")

    book.add(dt.datetime(2018, 4, 7, 12, 40, tzinfo=UTC), open_seal)
    book.add(dt.datetime(2018, 4, 8, 13, 30, tzinfo=UTC), back)


def detentions(
    book: Book, code: str, country: dict[str, Any], visited: list[tuple[int, dt.datetime]]
) -> None:
    """Detained, arrested, charged, released: separate, each with its date."""
    rng = book.rng
    places = visited
    arrested, charged = country["arrested"], country["charged"]
    still = 1 if code in ("AG", "BR", "JM") else 0
    for i in range(country["detained"]):
        n, at = places[i % len(places)]
        detained = min(at + dt.timedelta(minutes=25 + i), LAST - dt.timedelta(minutes=45))
        if code == "GY" and i == 0:  # met first as a potential victim, forced to carry gold
            detained = dt.datetime(2018, 4, 9, 19, 30, tzinfo=UTC)
        tongue = names.pick(rng, names.TONGUES[code])
        name = names.person(rng, tongue, rng.choice(["male", "male", "female"]))
        book.add(detained, lambda s, c=code, i=i, n=n, m=name: _detain(s, c, i, n, m))
        if i < arrested:
            follow = [("arrested", 20)] + ([("charged", 35)] if i < charged else [])
        elif i < country["detained"] - still:
            follow = [("released", 30)]
        else:
            follow = []
        when = detained
        for state, minutes in follow:
            later = min(
                detained + dt.timedelta(hours=rng.randrange(2, 20)),
                LAST - dt.timedelta(minutes=50 - minutes + 7 * i),
            )
            when = max(later, when + dt.timedelta(minutes=1))
            book.add(when, lambda s, c=code, i=i, st=state: _follow(s, c, i, st))


def _follow(stage: Stage, code: str, i: int, state: str) -> None:
    """An arrest, a charge before a court, or a release. Of the last two the country's prosecution reads all
    but the first of Brazil, which still waits for it."""
    detention = stage.get(f"detention {code} {i}")
    if state == "charged":
        charge: dict[str, Any] = {
            "charge": "Trafficking in persons",
            "court": "Magistrates' Court",
            "order": f"{code} {i + 1}/2018",
        }
        stage.do(
            code,
            "national-lead",
            "record_stage",
            source="decision",
            detention=detention,
            stage=state,
            **charge,
        )
    else:
        said: dict[str, Any] = (
            {"reasons": "Nothing to hold them for", "release": "without-charge"}
            if state == "released"
            else {}
        )
        stage.do(
            code,
            "national-lead",
            "set_detention",
            source="decision",
            detention=detention,
            state=state,
            country=code,
            **said,
        )
    if state == "arrested" or (code, i) == ("BR", 0):
        return
    reader = stage.cast.actor(f"{code}-prosecution", "prosecutor")
    stage.cast.venue.perform(
        reader,
        read_unheard,
        happened=Happened(at=stage.now, zone=reader.zone),
        source="decision",
        provenance="generated",
        detention=detention,
    )


def _detain(stage: Stage, code: str, i: int, n: int, name: tuple[PersonName, ...]) -> None:
    both = code == "GY" and i == 0
    stage.remember(
        f"detention {code} {i}",
        stage.do(
            code,
            "officer",
            "set_detention",
            state="detained",
            country=code,
            name=stage.get("who GY/2")["name"] if both and "who GY/2" in stage.ids else name,
            site=stage.get(f"site {code}-{n}"),
            grounds="On suspicion of trafficking in persons",
            person=stage.ids.get("person GY/2", "") if both else "",
        ),
    )
