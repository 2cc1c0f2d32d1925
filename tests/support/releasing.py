"""A release as it goes out: one account proposes it, another signs."""

from __future__ import annotations

from typing import Any

from libertad.figures.actions.propose_release import propose_release
from libertad.figures.actions.sign_release import sign_release
from tests.support.world import World


def publish(world: World, proposer: str = "coordinator", **values: Any) -> str:
    """The release's id."""
    key = str(world.perform(proposer, propose_release, **values))
    signer = "press" if proposer == "coordinator" else "coordinator"
    when = {name: value for name, value in values.items() if name in ("happened", "provenance")}
    world.perform(signer, sign_release, release=key, **when)
    return key
