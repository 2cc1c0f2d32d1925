"""From facts to a placed map: sites on their land or beside their island's name, flags on leaders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot

from django.utils.translation import gettext as _

from libertad.board.layout import SITE, Box, around, near, place, row, spread, text_width
from libertad.board.page_objects import CountryRow, Flag, Map, MapCountry, MapLabel, MapSite, PhoneMark
from libertad.board.places import Country
from libertad.board.projection import HEIGHT, WIDTH, on_map, project

NAME = 15.0  # px of a participating country's name
FLAG = 14.0
FLAG_HEIGHT = 26.0
SMALL = 14.0  # px of a neighbour's name where it is largest
LEGEND = Box(0, 325, 262, HEIGHT - 325)
CREDIT = Box(262, 525, 205, 70)


@dataclass(frozen=True)
class CountryFact:
    """A country or territory of the operation; `short` is for the phone."""

    code: str
    name: str
    short: str = ""


@dataclass(frozen=True)
class SiteFact:
    """A site: where it lies (None: not known or not to be shown) and how it stands."""

    reference: str
    country: str
    place: tuple[float, float] | None
    shape: str
    title: str
    href: str = ""


@dataclass(frozen=True)
class FlagFact:
    """A team that needs a flag: 'overdue', 'silent' or 'danger', at a site."""

    team: str
    kind: str
    text: str
    site: str
    href: str = ""


def px(number: float) -> str:
    """A position as the SVG takes it, whatever the reader's language."""
    return f"{number:.1f}".removesuffix(".0")


def neighbours() -> dict[str, str]:
    """Names of the countries round the operation, for orientation."""
    return {
        "CU": _("Cuba"),
        "HT": _("Haiti"),
        "DO": _("Dominican Rep."),
        "PR": _("Puerto Rico"),
        "HN": _("Honduras"),
        "NI": _("Nicaragua"),
        "CR": _("Costa Rica"),
        "PA": _("Panama"),
        "CO": _("Colombia"),
        "SR": _("Suriname"),
    }


class Placing:
    """One pass over the map; `taken` grows as things find their place."""

    def __init__(self, land: Mapping[str, Country]) -> None:
        self.land = land
        self.taken: list[Box] = [LEGEND, CREDIT]
        self.at: dict[str, tuple[float, float]] = {}
        self.labels: list[MapLabel] = []

    def on_land(self, sites: Sequence[SiteFact]) -> list[SiteFact]:
        """Put the sites that the map can hold; give back the others."""
        here: list[tuple[SiteFact, tuple[float, float]]] = []
        rest: list[SiteFact] = []
        for site in sites:
            country = self.land.get(site.country)
            spot = project(*site.place) if site.place else None
            if spot and on_map(*spot) and not (country and country.beside) and not _covered(spot):
                here.append((site, spot))
            else:
                rest.append(site)
        for (site, _spot), (x, y) in zip(here, spread([spot for _site, spot in here]), strict=True):
            self.at[site.reference] = (x, y)
            self.taken.append(Box(x - 8, y - 8, 16, 16))
        return rest

    def place_country_name(self, fact: CountryFact, rest: Sequence[SiteFact]) -> None:
        """Put a country's name, and under it the sites that found no room on its land."""
        country = self.land.get(fact.code)
        width = text_width(fact.name, NAME, bold=True)
        rows = -(-len(rest) // 8)
        w = max(width, min(len(rest), 8) * SITE)
        h = 20 + (rows * SITE + 3 if rows else 0)
        anchor = country.anchor if country else (WIDTH - w - 20, HEIGHT - h - 20)
        wished = (country.label if country else None) or (anchor[0] + 14, anchor[1] - h / 2)
        box, _cost = place(near(wished, w, h), self.taken, WIDTH, HEIGHT)
        self.taken.append(box)
        leader = None
        if country and country.beside:
            # The leader leaves from the name's line or the row's side, so that it crosses neither.
            to = Box(box.x - 5, box.y + 1, box.w + 10, box.h - 2).edge_towards(*anchor)
            if hypot(to[0] - anchor[0], to[1] - anchor[1]) > 6:
                leader = (px(to[0]), px(to[1]), px(anchor[0]), px(anchor[1]))
        self.labels.append(MapLabel(px(box.x), px(box.y + 15), fact.name, leader))
        spots = row(box.x + 7, box.y + 29, len(rest))
        self.at.update({site.reference: spot for site, spot in zip(rest, spots, strict=True)})

    def flag(self, fact: FlagFact) -> Flag | None:
        """Put a flag near its site; nothing for a site that is not on the map."""
        if fact.site not in self.at:
            return None
        x, y = self.at[fact.site]
        icon = 28.0 if fact.kind != "silent" else 10.0
        name = text_width(fact.team, FLAG, bold=True)
        w = icon + name + 8 + text_width(fact.text, FLAG) + 8
        candidates = around(x, y, w + 6, FLAG_HEIGHT + 4)
        box, _cost = place(candidates, self.taken, WIDTH - 4, HEIGHT - 4)
        self.taken.append(box)
        drawn = Box(box.x + 3, box.y + 2, w, FLAG_HEIGHT)
        to = drawn.edge_towards(x, y)
        away = hypot(to[0] - x, to[1] - y) or 1.0
        start = (x + (to[0] - x) / away * 10, y + (to[1] - y) / away * 10)
        return Flag(
            px(drawn.x),
            px(drawn.y),
            px(drawn.w),
            fact.kind,
            fact.team,
            fact.text,
            px(icon),
            px(start[0]),
            px(start[1]),
            px(to[0]),
            px(to[1]),
            fact.href,
        )

    def neighbour(self, code: str, words: str) -> MapLabel | None:
        """A neighbour's name where there is room for it, else nothing."""
        country = self.land.get(code)
        if country is None:
            return None
        w = text_width(words, SMALL)
        at = country.label or (country.anchor[0] - w / 2, country.anchor[1] - 8)
        box, cost = place([Box(at[0], at[1], w, 16)], self.taken, WIDTH, HEIGHT)
        if cost:
            return None
        self.taken.append(box)
        return MapLabel(px(box.x), px(box.y + 12), words)


def _covered(spot: tuple[float, float]) -> bool:
    return LEGEND.overlap(Box(spot[0] - 8, spot[1] - 8, 16, 16)) > 0


def compose_map(
    land: Mapping[str, Country],
    countries: Sequence[CountryFact],
    sites: Sequence[SiteFact],
    flags: Sequence[FlagFact],
) -> Map:
    """Place everything, most urgent first where two want the same spot."""
    placing = Placing(land)
    rest = placing.on_land(sites)
    lit = {fact.code for fact in countries}
    # Small islands first: their names have the least room.
    for fact in sorted(countries, key=lambda f: not (f.code in land and land[f.code].beside)):
        placing.place_country_name(fact, [site for site in rest if site.country == fact.code])
    order = sorted(flags, key=lambda f: ("danger", "overdue", "silent").index(f.kind))
    drawn = [flag for flag in map(placing.flag, order) if flag]
    around_us = [
        label
        for code, words in neighbours().items()
        if code not in lit and (label := placing.neighbour(code, words))
    ]
    alarms = {flag.site: flag.kind for flag in flags}
    return Map(
        countries=tuple(MapCountry(code, code in lit) for code in sorted(land, key=lambda c: (c in lit, c))),
        labels=tuple(placing.labels),
        neighbours=tuple(around_us),
        sites=tuple(
            MapSite(
                px(placing.at[s.reference][0]),
                px(placing.at[s.reference][1]),
                s.shape,
                s.title,
                s.href,
                alarms.get(s.reference, ""),
            )
            for s in sites
            if s.reference in placing.at
        ),
        flags=tuple(drawn),
        phone=_phone(land, countries, sites, flags),
        built=bool(land),
        rows=_rows(countries, sites, flags) if 2 * len(lit - land.keys()) > len(lit) else (),
    )


def _rows(
    countries: Sequence[CountryFact], sites: Sequence[SiteFact], flags: Sequence[FlagFact]
) -> tuple[CountryRow, ...]:
    """By country, in the order given: sites, and the gravest that a team there is in."""
    where = {site.reference: site.country for site in sites}
    rows = []
    for fact in countries:
        kinds = {flag.kind for flag in flags if where.get(flag.site) == fact.code}
        alarm = next((kind for kind in ("danger", "overdue") if kind in kinds), "")
        rows.append(CountryRow(fact.name, sum(country == fact.code for country in where.values()), alarm))
    return tuple(rows)


PHONE_WIDTH, PHONE_HEIGHT, PHONE_SCALE, PHONE_X, PHONE_Y = 390.0, 312.0, 0.355, 8.0, 46.0


def _phone(
    land: Mapping[str, Country],
    countries: Sequence[CountryFact],
    sites: Sequence[SiteFact],
    flags: Sequence[FlagFact],
) -> tuple[PhoneMark, ...]:
    """The number of sites beside each short name; the legend and the link keep their corners."""
    occupied = [Box(0, 256, 150, 56), Box(282, 256, 108, 56)]
    overdue = {flag.site for flag in flags if flag.kind != "silent"}
    danger = {flag.site for flag in flags if flag.kind == "danger"}
    marks: list[PhoneMark] = []
    known = [(fact, land[fact.code]) for fact in countries if fact.code in land]
    for fact, country in sorted(known, key=lambda each: each[1].anchor[1]):
        own_sites = [site for site in sites if site.country == fact.code]
        words = fact.short or fact.name
        ax = min(country.anchor[0] * PHONE_SCALE + PHONE_X, PHONE_WIDTH - 90)
        ay = min(country.anchor[1] * PHONE_SCALE + PHONE_Y, 232.0)
        text = text_width(words, 14, bold=True)
        wx, wy, side = country.phone or (ax, ay, "right")
        right = list(near((wx - 13, wy - 12.5), 30 + text, 25))
        left = list(near((wx - 17 - text, wy - 12.5), 30 + text, 25))
        candidates = left[:49] + right if side == "left" else right[:49] + left
        box, _cost = place(candidates, occupied, PHONE_WIDTH, PHONE_HEIGHT)
        on_left = box in left
        occupied.append(box)
        cx, cy = (box.x + box.w - 13 if on_left else box.x + 13), box.y + 12.5
        moved = hypot(cx - ax, cy - ay) > 14
        marks.append(
            PhoneMark(
                px(cx),
                px(cy),
                words,
                str(len(own_sites)),
                any(s.reference in overdue for s in own_sites),
                px(cx - 17 if on_left else cx + 17),
                "end" if on_left else "start",
                (px(ax), px(ay)) if moved else None,
                any(s.reference in danger for s in own_sites),
            )
        )
    return tuple(marks)
