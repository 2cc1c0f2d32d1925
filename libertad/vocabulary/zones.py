"""Time zones of every country or territory, from the time zone database's own table (`zone.tab` of tzdata).

The table lists a country's zones from east to west, so where there are several it does not tell which one is
meant. For those `zones.yaml` names the usual one; a site may lie in another, which its form offers.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

from libertad.vocabulary import yamlfile
from libertad.vocabulary.codelists import check_code
from libertad.vocabulary.values import Refused, zone

COORDINATE = re.compile(r"[+-][0-9]+")
USUAL = Path(__file__).parent / "zones.yaml"


@cache
def _table() -> dict[str, tuple[str, ...]]:
    """ISO 3166-1 alpha-2 code -> IANA zones, the usual first. ValueError where `zones.yaml` is wrong."""
    table: dict[str, list[str]] = {}
    for line in resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text().splitlines():
        if line and not line.startswith("#"):
            country, _coordinates, name, *_comment = line.split("\t")
            table.setdefault(country, []).append(zone(name).key)
    for country, name in yamlfile.read(USUAL)["usual"].items():
        if name not in table.get(str(country), ()):
            raise ValueError(f"zones.yaml: '{name}' is no zone of '{country}'")
        table[str(country)].sort(key=lambda zone_name, first=name: zone_name != first)  # type: ignore[misc]
    return {country: tuple(names) for country, names in table.items()}


def zones(country: str) -> tuple[str, ...]:
    """IANA zones of a country (ISO 3166-1 alpha-2), the usual one first; Refused if nobody lives there."""
    names = _table().get(check_code("countries", country, "country"))
    if not names:
        raise Refused(
            "country", "no time zone is kept for '%(country)s'; choose the zone by its name", country=country
        )
    return names


@cache
def _cities() -> dict[str, tuple[tuple[float, float], ...]]:
    """Latitude and longitude, in degrees, of the town after which each zone of a country is called."""
    table: dict[str, list[tuple[float, float]]] = {}
    for line in resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text().splitlines():
        if line and not line.startswith("#"):
            country, coordinates, *_rest = line.split("\t")
            lat, lon = (_degrees(part) for part in COORDINATE.findall(coordinates))
            table.setdefault(country, []).append((lat, lon))
    return {country: tuple(places) for country, places in table.items()}


def _degrees(text: str) -> float:
    """'+0648' or '-0581000' (degrees, minutes and, in some lines, seconds) as degrees."""
    digits = text[1:]
    seconds = digits[-2:] if len(digits) > 5 else "0"
    minutes = digits[-4:-2] if len(digits) > 5 else digits[-2:]
    whole = digits[: -4 if len(digits) > 5 else -2]
    value = int(whole) + int(minutes) / 60 + int(seconds) / 3600
    return -value if text[0] == "-" else value


def kilometres_from(country: str, lat: float, lon: float) -> float | None:
    """How far a place lies from the nearest town after which a zone of a country is called (great circle,
    km); None for a country without a zone."""
    distances = [
        12_742
        * asin(
            sqrt(
                sin(radians(lat - place[0]) / 2) ** 2
                + cos(radians(lat)) * cos(radians(place[0])) * sin(radians(lon - place[1]) / 2) ** 2
            )
        )
        for place in _cities().get(country, ())
    ]
    return min(distances, default=None)


def default_zone(country: str) -> str:
    """The zone that is offered first for a country; Refused as `zones` is."""
    return zones(country)[0]


def every_zone() -> dict[str, tuple[str, ...]]:
    """All countries that have zones, with theirs: what a form offers where any country may be meant."""
    return dict(_table())
