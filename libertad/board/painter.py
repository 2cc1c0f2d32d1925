"""Draws counters, overdue teams, map and days anew, at most once a second for each audience."""

from __future__ import annotations

import json

from django.template.loader import render_to_string
from django.utils import translation

from libertad.access.clock import operation_now
from libertad.access.models import Clock
from libertad.board.queries import board
from libertad.board.viewers import Audience

PARTS = ("counters", "overdue", "map", "days")
AT_MOST_EVERY = 1.0


def due(audience: Audience, now: float, minute: int) -> bool:
    """Something was said, or a minute of the operation has passed (delays are words); not too often."""
    stale = audience.dirty or audience.waiting or minute != audience.minute
    return bool(stale) and now - audience.painted_at >= AT_MOST_EVERY


def paint(audience: Audience) -> dict[str, str]:
    """The parts as this audience sees them now, and the clock as last set."""
    with translation.override(audience.language):
        context = {"board": board(audience.actor, with_feed=False), "LANGUAGE_CODE": audience.language}
        return {name: str(render_to_string(f"board/_{name}.html", context)) for name in PARTS}


def changed(audience: Audience, parts: dict[str, str]) -> dict[str, str]:
    """What differs from the last drawing."""
    return {name: html for name, html in parts.items() if audience.parts.get(name) != html}


Setting = tuple[object, ...] | None


def clock_set(operation: str) -> Setting:
    """How the operation's clock is set: (reads, set at, rate)."""
    return Clock.objects.filter(pk=operation).values_list("reads", "set_at", "rate").first()


def clock_data(setting: Setting) -> str:
    """What the client's clock takes."""
    return json.dumps(
        {"reads": operation_now(setting).isoformat(), "rate": float(str(setting[2])) if setting else 1.0}
    )


def minute_of(setting: Setting) -> int:
    """The minute that the operation's clock shows."""
    return int(operation_now(setting).timestamp() // 60)
