"""What needs me today: gathered from the rooms, for the role that asks."""

from __future__ import annotations

from libertad.access.acting import Actor


def today(actor: Actor | None) -> dict[str, object]:
    return {"title": ""}
