"""An officer's phone in the small operation."""

from __future__ import annotations

from typing import Any

from libertad.field import codes
from libertad.journal.node import node
from tests.support.phone import Phone, enrolled
from tests.support.world import World


def code_for(world: World, role: str = "officer", days: int = 14) -> str:
    code, _given = codes.give(world.actor("administrator"), world.actor(role).officer, days)
    return code


def phone_of(world: World, role: str = "officer", **more: Any) -> Phone:
    return enrolled(code_for(world, role, **more), node().key.public)
