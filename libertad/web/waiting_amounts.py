"""On Today, for the second person: unusual amounts by an officer, and weeks whose openings wait."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access.actor import Actor
from libertad.access.amount_words import burst_names, burst_title, week_words, what_to_do
from libertad.access.asking import may_open
from libertad.access.queries import clock_now
from libertad.access.queries_amounts import unread_bursts, unread_weeks
from libertad.web.todo_item import Waiting

FIRST = 6  # unusual amounts by themselves; the rest on the page


def unusual_amounts(actor: Actor) -> Iterator[Waiting]:
    """Until the second person says that it was read. Never to the officer: see `second_persons`."""
    if not may_open(actor, "openings"):
        return
    href, bursts = reverse("openings"), unread_bursts(actor)
    shown = bursts[:FIRST]
    names = burst_names(actor, shown)
    for place, row in enumerate(shown, 1):
        yield Waiting(
            burst_title(row, names),
            what_to_do(row),
            href,
            _("Read it"),
            clock_now(actor.operation),
            rank=-0.9,
            more=len(bursts) - FIRST if place == FIRST else 0,
        )
    weeks = unread_weeks(actor)
    if weeks:
        yield Waiting(
            ngettext(
                "File openings of %(n)d week wait to be read",
                "File openings of %(n)d weeks wait to be read",
                len(weeks),
            )
            % {"n": len(weeks)},
            week_words(weeks[-1]),
            href,
            _("Read them"),
        )
