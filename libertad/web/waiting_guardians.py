"""On Today: guardians recorded as safe to contact that wait for their second reader."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.care import queries as care
from libertad.look.times import when
from libertad.web.todo_item import Waiting

FIRST = 8  # the rest as these are read


def guardians_unread(actor: Actor) -> Iterator[Waiting]:
    """The longest waiting first."""
    if not may_open(actor, "care-guardian-read"):
        return
    listed = list(reversed(care.clearings_to_read(actor)))
    for place, clearing in enumerate(listed[:FIRST], 1):
        yield Waiting(
            _("A guardian recorded as safe to contact waits for you as second reader"),
            _("Recorded %(when)s. No letter goes before.") % {"when": when(clearing.when)},
            reverse("care-guardian-read", args=[clearing.person, clearing.id]),
            _("Read and decide"),
            rank=0.3,
            more=len(listed) - FIRST if place == FIRST else 0,
        )
