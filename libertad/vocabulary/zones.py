"""Time zones of every country or territory, from the time zone database's own table (`zone.tab` of tzdata).

The table lists a country's zones from east to west, so where there are several it does not tell which one is
meant. For those `zones.yaml` names the usual one; a site may lie in another, which its form offers.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

from libertad.vocabulary import yamlfile
from libertad.vocabulary.codelists import known
from libertad.vocabulary.values import Refused, zone

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
        table[str(country)].sort(key=lambda other, first=name: other != first)  # type: ignore[misc]
    return {country: tuple(names) for country, names in table.items()}


def zones(country: str) -> tuple[str, ...]:
    """IANA zones of a country (ISO 3166-1 alpha-2), the usual one first; Refused if nobody lives there."""
    names = _table().get(known("countries", country, "country"))
    if not names:
        raise Refused(
            "country", "no time zone is kept for '%(country)s'; choose the zone by its name", country=country
        )
    return names


def default_zone(country: str) -> str:
    """The zone that is offered first for a country; Refused as `zones` is."""
    return zones(country)[0]


def every_zone() -> dict[str, tuple[str, ...]]:
    """All countries that have zones, with theirs: what a form offers where any country may be meant."""
    return dict(_table())
