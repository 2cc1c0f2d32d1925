"""Time zones of a country or territory: data in `zones.yaml`, checked at first use."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from libertad.vocabulary import yamlfile
from libertad.vocabulary.codelists import known
from libertad.vocabulary.values import Refused, zone

FILE = Path(__file__).parent / "zones.yaml"


@cache
def _table() -> dict[str, tuple[str, ...]]:
    data = yamlfile.read(FILE)
    table = {known("countries", str(code), "country"): tuple(names) for code, names in data["zones"].items()}
    for names in table.values():
        for name in names:
            zone(name)
    return table


def zones(country: str) -> tuple[str, ...]:
    """IANA zones of a country (ISO 3166-1 alpha-2), the default first; Refused if none is kept for it."""
    found = _table().get(known("countries", country, "country"))
    if not found:
        raise Refused("country", f"no time zone is kept for '{country}'; choose the zone by its name")
    return found


def default_zone(country: str) -> str:
    """The zone that is offered first for a country."""
    return zones(country)[0]
