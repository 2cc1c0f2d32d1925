"""What the tests of this room make, with good values to spoil one by one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from libertad.operations.actions.assign_team import assign_team
from libertad.operations.actions.register_site import register_site
from libertad.vocabulary.values import Place
from tests.support.world import World


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2018, 4, day, hour, minute, tzinfo=dt.UTC)


def site_values(**overrides: Any) -> dict[str, Any]:
    return {
        "country": "GY",
        "name": "Mine above the falls",
        "workplace": "gold-mine",
        "place": Place(lat=6.1, lon=-59.3, within_m=500, words="two hours up the river"),
        "zone": "America/Guyana",
        "access": ("river",),
        "network": "none for days",
        "living_space_m2": 12.0,
        "living_space_people": 8,
    } | overrides


def team_values(site: str, **overrides: Any) -> dict[str, Any]:
    return {
        "country": "GY",
        "reference": "T-GY-01",
        "officers": 8,
        "site": site,
        "first_check_in": at(5, 12),
    } | overrides


def a_site(world: World, role: str = "officer", **overrides: Any) -> str:
    return str(world.perform(role, register_site, happened=world.at(3, 12), **site_values(**overrides)))


def a_team(world: World, site: str, role: str = "national-lead", **overrides: Any) -> str:
    return str(world.perform(role, assign_team, happened=world.at(4, 12), **team_values(site, **overrides)))


def values(model: Any, key: str) -> Any:
    return model.objects.get(pk=key)
