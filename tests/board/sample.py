"""A board with generated facts like those of the design's picture, to draw and to measure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from libertad.board.compose import CountryFact, FlagFact, SiteFact, compose_map
from libertad.board.days import VisitFact, WindowFact, ZoneFact, compose_days
from libertad.board.page_objects import (
    Board,
    Clock,
    Counter,
    FeedItem,
    LegendRow,
    NavItem,
    OverdueTeam,
    TableRow,
)
from libertad.board.places import countries

COUNTRIES = (
    CountryFact("AG", "Antigua and Barbuda", "Antigua"),
    CountryFact("AW", "Aruba"),
    CountryFact("BB", "Barbados"),
    CountryFact("BZ", "Belize"),
    CountryFact("BR", "Brazil"),
    CountryFact("CW", "Curaçao"),
    CountryFact("GY", "Guyana"),
    CountryFact("JM", "Jamaica"),
    CountryFact("LC", "Saint Lucia"),
    CountryFact("VC", "Saint Vincent and the Grenadines", "Saint Vincent"),
    CountryFact("TT", "Trinidad and Tobago", "Trinidad"),
    CountryFact("TC", "Turks and Caicos Islands", "Turks and Caicos"),
    CountryFact("VE", "Venezuela"),
)
SHAPE = {"m": "met", "n": "nobody", "e": "empty", "p": "planned", "o": "on-site"}
BESIDE = {
    "AG": "mnm",
    "AW": "mmn",
    "BB": "mmnm",
    "CW": "mme",
    "JM": "mmnmmp",
    "LC": "mmn",
    "VC": "mmn",
    "TT": "mmnmomm",
    "TC": "mn",
}
ON_LAND = {
    "BZ": ((17.5, -88.2, "m"), (16.5, -88.6, "n")),
    "GY": (
        (7.9, -59.9, "m"),
        (7.3, -59.3, "m"),
        (6.8, -58.2, "n"),
        (6.4, -58.6, "m"),
        (6.0, -59.9, "m"),
        (5.6, -59.1, "m"),
        (5.3, -59.6, "o"),
        (5.2, -59.5, "o"),
        (4.3, -58.9, "m"),
        (3.1, -59.6, "m"),
    ),
    "VE": (
        (10.6, -71.6, "m"),
        (9.8, -69.3, "n"),
        (10.2, -66.9, "n"),
        (9.3, -64.3, "p"),
        (8.3, -62.7, "m"),
        (7.2, -61.5, "m"),
    ),
    "BR": (
        (2.8, -60.7, "m"),
        (0.9, -59.9, "m"),
        (3.9, -51.8, "m"),
        (2.1, -53.0, "m"),
        (0.03, -51.1, "e"),
        (1.0, -56.0, "p"),
        (-1.46, -48.5, "m"),
        (-23.5, -46.6, "n"),
    ),
}


def sites() -> list[SiteFact]:
    """Sites of every country; Brazil's last lies beyond the map."""
    sites_drawn = []
    for code, shapes in BESIDE.items():
        for n, letter in enumerate(shapes, 1):
            sites_drawn.append(_site(code, n, (15.0, -61.0), letter))
    for code, spots in ON_LAND.items():
        for n, (lat, lon, letter) in enumerate(spots, 1):
            sites_drawn.append(_site(code, n, (lat, lon), letter))
    return sites_drawn


def _site(code: str, n: int, place: tuple[float, float], letter: str) -> SiteFact:
    reference = f"{code}-{n:02}"
    return SiteFact(
        reference, code, place, SHAPE[letter], f"{reference}, {SHAPE[letter]}", f"/sites/{reference}/"
    )


FLAGS = (
    FlagFact("JM-1", "overdue", "18 min overdue", "JM-06", "/teams/JM-1/"),
    FlagFact("TT-3", "overdue", "41 min overdue", "TT-05", "/teams/TT-3/"),
    FlagFact("GY-2", "overdue", "3 h 22 min overdue", "GY-07", "/teams/GY-2/"),
    FlagFact("GY-4", "silent", "silent by plan", "GY-08", "/teams/GY-4/"),
)
START = datetime(2018, 4, 3, tzinfo=UTC)
NOW = datetime(2018, 4, 9, 22, 52, tzinfo=UTC)
ZONES = (
    ZoneFact("-6", "UTC−6", "Belize", "16:52", 17.5, -88.2),
    ZoneFact("-5", "UTC−5", "Jamaica", "17:52", 18.0, -76.8),
    ZoneFact("-4", "UTC−4", "11 authorities", "18:52", 13.1, -59.6),
    ZoneFact("-3", "UTC−3", "Brazil", "19:52", -1.46, -48.5),
    ZoneFact("+2", "UTC+2", "Lyon", "Tue 00:52", 45.76, 4.84),
)


def visits() -> list[VisitFact]:
    """Sixty visits over the seven days, most of them in UTC-4."""
    keys = ["-4"] * 7 + ["-3", "-5", "-6"]
    hours = [
        9.7,
        12.2,
        14.9,
        10.6,
        33,
        39.4,
        43.5,
        49,
        57,
        58.6,
        61,
        62.4,
        63,
        75,
        86,
        91,
        106,
        107.5,
        109,
        111,
        112,
    ]
    hours += [122, 124, 131, 135, 141, 147, 157, 159.5, 162, 168.9, 173]
    visits_drawn = []
    for n in range(60):
        when = START + timedelta(hours=hours[n % len(hours)] + (n // len(hours)) * 1.1)
        shape = "planned" if when > NOW else ("met", "met", "nobody", "met", "empty")[n % 5]
        visits_drawn.append(VisitFact(when, keys[n % 10], shape, f"Visit {n}"))
    return visits_drawn


def board(empty: bool = False, problem: str = "") -> Board:
    """The board of the picture; or before the first site; or with a problem."""
    windows = [
        WindowFact(f"Window {n}", START + timedelta(hours=h), START + timedelta(hours=h + 6))
        for n, h in enumerate((24.5, 56, 96, 141), 1)
    ]
    placed = [] if empty else sites()
    lines = (
        (
            "18:51",
            "UTC−4",
            "Person",
            "Saint Lucia",
            "Two people met at LC-03. Interpreter asked for: Mandarin.",
        ),
        (
            "18:44",
            "UTC−4",
            "Hit",
            "Barbados",
            "Same phone number in a file of Curaçao. Disclosure is Curaçao’s decision.",
        ),
        ("17:40", "UTC−5", "Exhibit", "Jamaica", "JM-0012, mobile phone, sealed and taken into custody."),
        ("00:36", "UTC+2", "Hit", "Lyon", "Travel document reported stolen. This is hit 30."),
        (
            "18:31",
            "UTC−4",
            "Property",
            "Saint Vincent",
            "Last of 30 passports returned to its owner. All signed for.",
        ),
    )
    return Board(
        operation="Operation Libertad",
        day="day 7 of 7",
        operation_href="/operation/",
        clock=Clock(NOW, 1.0, "22:52", "Monday 9 April 2018", "18:52", -240, "Bridgetown", "UTC−4"),
        who="Insp. M. Alleyne",
        authority="Coordination centre, Barbados",
        change_href="/act-for/",
        counters=(
            Counter(
                "Seen as potential victims",
                "368",
                below="by first view; 347 in the last release",
                mark="generated",
                href="/figures/met/",
            ),
            Counter(
                "Arrests",
                "22",
                below="9 charged",
                below_mark="generated",
                mark="published",
                href="/figures/arrests/",
            ),
            Counter(
                "Sites visited",
                "57",
                of="60",
                below="2 not yet, 1 being visited now",
                mark="generated",
                href="/figures/sites/",
            ),
            Counter(
                "Exhibits",
                "118",
                below="1 gap in custody",
                urgent=True,
                mark="generated",
                href="/figures/exhibits/",
            ),
            Counter(
                "Database hits", "30", below="25 travel documents", mark="published", href="/figures/hits/"
            ),
        ),
        overdue=()
        if empty
        else (
            OverdueTeam("GY-2", "3 h 22 min overdue", "Mine GY-07", "due 15:30 (UTC−4)", "/teams/GY-2/"),
            OverdueTeam("TT-3", "41 min overdue", "Night club TT-05", "due 18:11 (UTC−4)", "/teams/TT-3/"),
            OverdueTeam("JM-1", "18 min overdue", "On the way to JM-06", "due 17:34 (UTC−5)", "/teams/JM-1/"),
        ),
        in_touch=""
        if empty
        else "17 teams in touch. GY-4 is silent by plan, on the river, until 10 April 2018, 06:00 (UTC−4).",
        feed=() if empty else tuple(FeedItem(str(n), *each) for n, each in enumerate(lines)),
        map=compose_map(countries(), COUNTRIES, placed, () if empty else FLAGS),
        days=compose_days(
            START,
            START + timedelta(days=7, hours=8.5),
            NOW,
            "Mon 9 April, 22:52 UTC",
            ZONES,
            windows,
            [] if empty else visits(),
            "generated",
        ),
        legend=(
            LegendRow("on-site", "Team on site now", "3"),
            LegendRow("met", "Potential victims met", "39"),
            LegendRow("nobody", "Nobody met", "13"),
            LegendRow("empty", "Found empty", "2"),
            LegendRow("planned", "Not yet visited", "3"),
            LegendRow("overdue", "Check-in overdue", "3", "overdue"),
            LegendRow("danger", "Teams in danger", "0"),
        ),
        nav=tuple(
            NavItem(words, f"/{words.lower()}/", words == "Board")
            for words in ("Board", "Sites", "People", "Exhibits", "Hits", "Figures")
        ),
        filters=tuple(
            NavItem(w, f"?feed={w.lower()}", w == "All")
            for w in ("All", "Sites", "People", "Exhibits", "Hits")
        ),
        mark="generated",
        problem=problem,
        as_of="22:40 UTC" if problem else "",
        first_site_href="/sites/new/",
        table=tuple(
            TableRow(s.reference, "Night club", s.country, s.shape, s.shape, "", "", s.href) for s in placed
        ),
    )
