"""An officer's phone in the small operation, and reports of one that was ended."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import perform
from libertad.access.actions.revoke_device import revoke_device
from libertad.access.actor import Actor
from libertad.field import codes
from libertad.journal.node import node
from tests.support.phone import Phone, Written, enrolled
from tests.support.world import World


def phone_for(administrator: Actor, officer: str, days: int = 14) -> Phone:
    code, _given = codes.give(administrator, officer, days)
    return enrolled(code, node().key.public)


def ended_phone(administrator: Actor, officer: str, **met: Any) -> tuple[Phone, str, list[Written]]:
    """(phone, person, entries): a phone that was ended, and somebody whom it met, handed over after that."""
    phone = phone_for(administrator, officer)
    person, entries = phone.meet(**met)
    perform(administrator, revoke_device, device=phone.device, reason="lost")
    assert len(phone.hand_over(entries).content["waits"]) == len(entries)
    return phone, person, entries


def code_for(world: World, role: str = "officer", days: int = 14) -> str:
    code, _given = codes.give(world.actor("administrator"), world.actor(role).officer, days)
    return code


def phone_of(world: World, role: str = "officer", days: int = 14) -> Phone:
    return phone_for(world.actor("administrator"), world.actor(role).officer, days)
