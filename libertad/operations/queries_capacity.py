"""Places in care by country, for who reads the operation's file and may know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from libertad.access.actor import Actor
from libertad.access.queries import clock_now, readable
from libertad.operations.capacity_models import Capacity
from libertad.operations.queries import members
from libertad.vocabulary import yamlfile

FILE = Path(__file__).parent / "capacity.yaml"
LONGEST = 366


@dataclass(frozen=True)
class CapacitySeen:
    """What one care authority said of its country. `places` '' where it has said nothing; `old`: so long ago
    that somebody telephones first."""

    authority: str
    name: str
    country: str
    places: str
    at: datetime | None
    zone: str
    old: bool


@cache
def old_after() -> timedelta:
    """Raises ValueError, which names what is wrong in the file."""
    content = yamlfile.fields(FILE, ("assumed", "old_after_days"))
    yamlfile.check_number(FILE, "old_after_days", content["old_after_days"], LONGEST)
    return timedelta(days=content["old_after_days"])


def capacities(actor: Actor) -> list[CapacitySeen]:
    """Of each care authority that is a member, by country and name."""
    rows: Mapping[str, Capacity] = {
        row.authority: row for row in readable(actor, Capacity).filter(operation=actor.operation)
    }
    now = clock_now(actor.operation)
    listed = []
    for member in members(actor):
        if member.kind != "care":
            continue
        row = rows.get(member.id)
        listed.append(
            CapacitySeen(
                member.id,
                member.name,
                member.country,
                row.places if row else "",
                row.at if row else None,
                row.zone if row else actor.zone,
                row is None or now - row.at >= old_after(),
            )
        )
    return sorted(listed, key=lambda seen: (seen.country, seen.name))
