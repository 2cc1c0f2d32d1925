"""What follows an arrest, said with court and order and read by another officer, as the clock asks for it."""

from __future__ import annotations

from typing import Any

from libertad.people.actions.read_custody import read_custody
from libertad.people.actions.record_stage import record_stage
from libertad.people.actions.set_detention import set_detention
from libertad.people.queries import detention
from tests.support.world import World

COURT = {"court": "Magistrates' Court", "order": "GD 12/2018"}
OFFENCE = "Trafficking in persons"


def record(world: World, key: str, stage: str, *, role: str = "prosecutor", **values: Any) -> None:
    """A stage with court and order; nobody has read it yet."""
    charge = {"charge": OFFENCE} if stage == "charged" else {}
    world.perform(role, record_stage, detention=key, stage=stage, **{**COURT, **charge, **values})


def release(world: World, key: str, *, role: str = "prosecutor", **values: Any) -> None:
    """A release without a charge; nobody has read it yet."""
    said = {"state": "released", "country": "GY", "release": "without-charge", "reasons": "No grounds"}
    world.perform(role, set_detention, detention=key, **{**said, **values})


def read_all(world: World, key: str) -> None:
    """Whatever waits for a second officer is read by one who did not say it."""
    seen = detention(world.actor("prosecutor"), key)
    assert seen is not None
    for word in seen.unheard:
        if not word.waits:
            continue
        said_it = word.officer == world.actor("prosecutor").officer
        role = "national-lead" if said_it else "prosecutor"
        world.perform(role, read_custody, detention=key, entry=word.entry, agrees="yes")


def stage(world: World, key: str, name: str, **values: Any) -> None:
    """A stage that is recorded and read."""
    record(world, key, name, **values)
    read_all(world, key)
